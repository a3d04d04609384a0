import pytest

from records.watchlist import AuthorisedSeller, Mark, Product, WatchList, WatchListError

MARK = Mark(mark_id="HAN-1", text="HANAMORI")
PRODUCT = Product(product_id="P-1", mark_id="HAN-1", name="Foam")


def test_two_marks_with_one_id_are_refused_and_the_id_is_named() -> None:
    with pytest.raises(WatchListError, match="'HAN-1': two marks"):
        WatchList(marks=(MARK, Mark(mark_id="HAN-1", text="ハナモリ")))


def test_two_products_with_one_id_are_refused_and_the_id_is_named() -> None:
    with pytest.raises(WatchListError, match="'P-1': two products"):
        WatchList(marks=(MARK,), products=(PRODUCT, PRODUCT))


def test_a_product_of_an_unknown_mark_is_refused_and_both_are_named() -> None:
    with pytest.raises(WatchListError, match="'P-1': unknown mark 'HAN-1'"):
        WatchList(products=(PRODUCT,))


def test_a_permission_for_an_unknown_mark_is_refused_and_both_are_named() -> None:
    seller = AuthorisedSeller(mark_id="XXX", market="shop", seller_name="Tiệm A")
    with pytest.raises(WatchListError, match="'Tiệm A': unknown mark 'XXX'"):
        WatchList(marks=(MARK,), sellers=(seller,))


def test_marks_and_products_are_found_by_id() -> None:
    watchlist = WatchList(marks=(MARK,), products=(PRODUCT,))
    assert watchlist.mark_by_id == {"HAN-1": MARK}
    assert watchlist.product_by_id == {"P-1": PRODUCT}


def test_an_empty_watch_list_is_allowed_and_judges_no_validity() -> None:
    assert WatchList().as_of is None
