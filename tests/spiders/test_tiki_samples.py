import json

import pytest

from spiders.errors import PageChanged, UnknownPage
from tests.spiders.answers import MOMENT, by_id, read, sample


def test_a_listing_answer_gives_its_items_and_the_next_page_of_the_same_search() -> None:
    url = "https://tiki.vn/api/v2/products?limit=40&page=1&q=%E1%BA%A5m"
    reading = read("tiki_vn", sample("tiki_vn", "listing.json"), url)
    assert [listing.listing_id for listing in reading.listings] == ["80000001", "80000002", "80000003", "80000004"]
    assert reading.links == ("https://tiki.vn/api/v2/products?limit=40&page=2&q=%E1%BA%A5m",)
    assert reading.skipped == {}
    assert reading.notes == ()


def test_an_item_is_read_field_by_field() -> None:
    listing = read("tiki_vn", sample("tiki_vn", "listing.json")).listings[0]
    assert listing.key == ("tiki_vn", "80000001")
    assert listing.sku == "70000001"
    assert listing.title == "Ấm siêu tốc Mặt Trăng 1,7 lít"
    assert listing.url == "https://tiki.vn/am-sieu-toc-mat-trang-1-p70000001.html?spid=80000001"
    assert listing.offer.price is not None
    assert (str(listing.offer.price.amount), listing.offer.price.currency) == ("200001", "VND")
    assert listing.offer.original_price is not None
    assert str(listing.offer.original_price.amount) == "250001"
    assert listing.offer.price_raw == "200001"
    assert listing.offer.availability == "in_stock"
    assert (listing.seller.seller_id, listing.seller.name, listing.seller.official) == ("501", None, True)
    assert listing.brand == "Mặt Trăng"
    assert listing.category == ("Điện Gia Dụng", "Đồ dùng nhà bếp", "Ấm siêu tốc")
    assert listing.images == ("https://salt.tikicdn.com/cache/280x280/ts/product/aa/1.jpg",)
    assert (listing.sold, str(listing.rating), listing.review_count) == (34, "4.6", 12)
    assert listing.fetched_at == MOMENT


def test_a_price_of_zero_is_unknown_and_a_click_counter_never_becomes_the_address() -> None:
    listing = read("tiki_vn", sample("tiki_vn", "listing.json")).listings[2]
    assert listing.offer.price is None
    assert listing.offer.original_price is None
    assert listing.offer.availability == "out_of_stock"
    assert listing.url == "https://tiki.vn/product-p70000003.html?spid=80000003"


def test_an_original_price_that_is_not_above_the_price_is_not_struck_through() -> None:
    assert read("tiki_vn", sample("tiki_vn", "listing.json")).listings[1].offer.original_price is None


def test_a_title_in_decomposed_form_stays_as_it_was_sent() -> None:
    listing = read("tiki_vn", sample("tiki_vn", "listing.json")).listings[3]
    assert listing.title == "Ghe\u0302\u0301 go\u0302\u0303 nho\u0309"
    assert (listing.seller.name, listing.seller.official) == ("Nhà Gỗ Nhỏ", False)


def test_the_bare_array_and_the_search_page_hold_the_same_listings_as_the_envelope() -> None:
    whole = read("tiki_vn", sample("tiki_vn", "listing.json"))
    assert read("tiki_vn", sample("tiki_vn", "listing-array.json")).listings == whole.listings
    page = read("tiki_vn", sample("tiki_vn", "search.html"), "https://tiki.vn/search?q=a")
    assert page.listings == whole.listings
    assert page.links == ("https://tiki.vn/api/v2/products?limit=40&page=2&q=a",)
    assert "Người Mua" not in str(page)


def test_a_product_answer_gives_the_current_offer_and_those_of_the_other_sellers() -> None:
    reading = read("tiki_vn", sample("tiki_vn", "product.json"))
    found = {
        listing.listing_id: (str(listing.offer.price and listing.offer.price.amount), listing.seller.seller_id)
        for listing in reading.listings
    }
    assert found == {"81000001": ("990000", "601"), "81000002": ("1010000", "602"), "81000003": ("995000", "603")}
    assert {listing.sku for listing in reading.listings} == {"71000001"}
    first, second, _ = reading.listings
    assert first.description == "Nồi Sao Biển\n1,8 lít\nLòng nồi dày"
    assert first.category == ("Điện Gia Dụng", "Nồi cơm điện")
    assert (first.sold, second.sold) == (300, None)
    assert second.url == "https://tiki.vn/noi-com-sao-bien-p71000001.html?spid=81000002"
    assert second.seller.name == "Gia Dụng Hoa"


def test_a_product_page_says_the_same_as_the_product_answer() -> None:
    assert (
        read("tiki_vn", sample("tiki_vn", "product.html")).listings
        == read("tiki_vn", sample("tiki_vn", "product.json")).listings
    )


def test_product_answers_line_by_line_are_read_and_a_discontinued_one_keeps_its_offer_id() -> None:
    listings = by_id(read("tiki_vn", sample("tiki_vn", "products.jsonl")))
    assert len(listings) == 4
    gone = listings["81000009"]
    assert (gone.offer.availability, gone.seller.seller_id, gone.brand) == ("out_of_stock", None, None)
    assert gone.category == ("Nồi cơm điện",)


def test_an_empty_answer_is_nothing_only_where_its_envelope_says_so() -> None:
    assert read("tiki_vn", sample("tiki_vn", "empty.json")).listings == ()
    with pytest.raises(PageChanged, match=r"data: is empty, but the answer does not say"):
        read("tiki_vn", '{"data": [], "paging": {"total": 1000000, "current_page": 2, "last_page": 50}}')
    with pytest.raises(PageChanged, match=r"data: is missing"):
        read("tiki_vn", '{"paging": {"total": 0}}')
    with pytest.raises(PageChanged, match=r"entries: is empty"):
        read("tiki_vn", "[]")


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("seller_product_id", None, "seller_product_id: is missing"),
        ("seller_product_id", 1.8446744073709552e19, "seller_product_id: is not an id"),
        ("name", "  ", "name: is missing"),
        ("name", ["a"], "name: is not text"),
        ("price", True, "price: is not a number"),
        ("price", {}, "price: is not a number"),
        ("price", "12.000đ", "price: is not a number"),
        ("price", -5, "price: is out of the range 0 to 10^12"),
        ("price", 10**15, "price: is out of the range 0 to 10^12"),
        ("quantity_sold", 7, "quantity_sold: is not an object"),
        ("review_count", -1, "review_count: is not a whole number"),
    ],
)
def test_an_entry_that_cannot_be_read_is_skipped_and_counted(field: str, value: object, reason: str) -> None:
    items = json.loads(sample("tiki_vn", "listing-array.json"))
    items[1][field] = value
    reading = read("tiki_vn", json.dumps(items))
    assert [listing.listing_id for listing in reading.listings] == ["80000001", "80000003", "80000004"]
    assert reading.skipped == {reason: 1}


def test_a_field_that_is_missing_everywhere_means_that_the_page_changed() -> None:
    items = json.loads(sample("tiki_vn", "listing-array.json"))
    for name, problem in (("name", "is missing in 4 of 4"), ("price", "is missing in all 4 entries")):
        changed = [{key: value for key, value in item.items() if key != name} for item in items]
        with pytest.raises(PageChanged, match=problem) as caught:
            read("tiki_vn", json.dumps(changed), "https://tiki.vn/api/v2/products?q=a")
        assert caught.value.field == name
        assert caught.value.url == "https://tiki.vn/api/v2/products?q=a"


def test_a_price_that_is_missing_in_one_entry_is_unknown_and_noted() -> None:
    items = json.loads(sample("tiki_vn", "listing-array.json"))
    del items[0]["price"]
    reading = read("tiki_vn", json.dumps(items))
    assert reading.listings[0].offer.price is None
    assert reading.notes == ("field price is missing in 1 of 4",)


def test_a_field_never_seen_before_is_noted_by_name() -> None:
    items = json.loads(sample("tiki_vn", "listing-array.json"))
    items[0]["price_after_voucher"] = 1
    assert read("tiki_vn", json.dumps(items)).notes == ("unknown field price_after_voucher in 1 of 4",)


def test_an_id_sent_as_text_is_the_same_listing_and_is_kept_once() -> None:
    items = json.loads(sample("tiki_vn", "listing-array.json"))
    again = dict(items[0], seller_product_id="80000001")
    reading = read("tiki_vn", json.dumps([*items, again]))
    assert len(reading.listings) == 4
    assert reading.skipped == {"listing_id: is on the page already": 1}


def test_a_page_without_its_data_is_unknown() -> None:
    with pytest.raises(UnknownPage, match="has no __NEXT_DATA__"):
        read("tiki_vn", "<html><body>Xin chào</body></html>")
    with pytest.raises(UnknownPage, match="neither JSON nor HTML"):
        read("tiki_vn", "xin chào")


@pytest.mark.parametrize("title", ["", " \t", "\x00", None])
def test_an_item_whose_title_prints_nothing_is_skipped_and_counted(title: str | None) -> None:
    document = json.loads(sample("tiki_vn", "listing.json"))
    document["data"][1]["name"] = title
    reading = read("tiki_vn", json.dumps(document))
    assert len(reading.listings) == 3
    assert sum(reading.skipped.values()) == 1
