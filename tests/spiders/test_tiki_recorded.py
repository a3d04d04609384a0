"""Tiki's recorded answers against values written down from them by reading; texts by digest."""

import unicodedata

import pytest

from records.listing import Listing
from spiders.reading import Reading
from tests.spiders.answers import by_id, digest, read, recorded

pytestmark = pytest.mark.real


@pytest.fixture(name="api", scope="module")
def _api() -> Reading:
    return read("tiki_vn", recorded("tiki_vn", "listing-api-data-2024-07.json"))


@pytest.fixture(name="search", scope="module")
def _search() -> Reading:
    return read("tiki_vn", recorded("tiki_vn", "search-2023-10.html"), "https://tiki.vn/search?q=a")


@pytest.fixture(name="products", scope="module")
def _products() -> Reading:
    return read("tiki_vn", recorded("tiki_vn", "product-api-2024-06.json"))


@pytest.fixture(name="old_products", scope="module")
def _old_products() -> Reading:
    return read("tiki_vn", recorded("tiki_vn", "product-api-2021-01.jsonl"))


def total(listings: tuple[Listing, ...]) -> int:
    return sum(int(listing.offer.price.amount) for listing in listings if listing.offer.price is not None)


def test_the_listing_answer_has_40_offers_and_nothing_is_skipped(api: Reading) -> None:
    assert len(api.listings) == 40
    assert api.skipped == {}
    assert api.notes == ()
    assert api.links == ()


def test_listing_answer_ids(api: Reading) -> None:
    ids = [(listing.listing_id, listing.sku) for listing in api.listings]
    assert ids[0] == ("138481687", "138481685")
    assert ids[1] == ("75007379", "17967481")
    assert ids[39] == ("173507134", "13335150")


def test_listing_answer_titles(api: Reading) -> None:
    assert digest(api.listings[0].title) == "1358ee08fbde5a04"
    assert digest(api.listings[39].title) == "f9536088e0de7f28"
    assert sum(unicodedata.normalize("NFC", one.title) != one.title for one in api.listings) == 2


def test_listing_answer_addresses(api: Reading) -> None:
    assert digest((api.listings[0].url or "").removeprefix("https://tiki.vn/")) == "99de898a4e1b1407"
    assert all((one.url or "").startswith("https://tiki.vn/") for one in api.listings)
    assert all((one.url or "").endswith(f"spid={one.listing_id}") for one in api.listings)


def test_listing_answer_prices(api: Reading) -> None:
    assert total(api.listings) == 74_814_999
    assert api.listings[1].offer.price_raw == "259000"
    assert {one.currency for one in api.listings} == {"VND"}


def test_listing_answer_struck_through_prices(api: Reading) -> None:
    originals = [one.offer.original_price for one in api.listings]
    assert [str(money.amount) for money in originals[:2] if money is not None] == ["1490000", "299000"]
    assert sum(money is not None for money in originals) == 23


def test_listing_answer_sellers(api: Reading) -> None:
    assert [api.listings[index].seller.seller_id for index in (0, 1, 7)] == ["1", "129537", "154163"]
    assert {one.seller.name for one in api.listings} == {None}
    assert sum(one.seller.official is True for one in api.listings) == 15
    assert sum(one.seller.official is False for one in api.listings) == 25


def test_listing_answer_brand_category_and_image(api: Reading) -> None:
    eighth = api.listings[7]
    assert digest(eighth.brand) == "5d1fc8bb44eb181a"
    assert [digest(name) for name in eighth.category] == [
        "594c690a5da616a7", "d8c9c523ad1d5cc2", "2be7166be85d1293", "c04a5ee666e46254",
    ]  # fmt: skip
    assert [digest(image) for image in eighth.images] == ["7033774b0d3fb19b"]


def test_listing_answer_sold_rating_and_reviews(api: Reading) -> None:
    first, last = api.listings[0], api.listings[39]
    assert (first.sold, str(first.rating), first.review_count) == (3715, "5", 650)
    assert (last.sold, last.rating, last.review_count) == (None, None, 0)
    assert sum(one.review_count == 0 for one in api.listings) == 3


def test_listing_answer_availability(api: Reading) -> None:
    assert {one.offer.availability for one in api.listings} == {"in_stock"}


def test_the_search_page_has_50_offers_of_49_products(search: Reading) -> None:
    assert len(search.listings) == 50
    assert len({one.sku for one in search.listings}) == 49
    assert search.skipped == {}
    assert search.links == ("https://tiki.vn/api/v2/products?limit=40&page=2&q=a",)


def test_search_page_fields(search: Reading) -> None:
    first, fourth, last = search.listings[0], search.listings[3], search.listings[49]
    assert (first.listing_id, first.sku, first.seller.seller_id) == ("103755912", "103755910", "183522")
    assert (digest(first.title), digest(first.seller.name)) == ("302d2ee77442fc7f", "4aac8eb642e370a7")
    assert (first.offer.price_raw, first.sold, str(first.rating), first.review_count) == ("359000", 602, "4.8", 185)
    assert first.offer.original_price is not None
    assert str(first.offer.original_price.amount) == "390000"
    assert [digest(name) for name in first.category] == [
        "2697950deb969724", "c66cb3ea404ff80b", "0af6f9debe39bf90", "fde5bf33756655e3",
    ]  # fmt: skip
    assert (fourth.listing_id, fourth.offer.price_raw, fourth.offer.original_price) == ("191131550", "274497", None)
    assert (fourth.seller.official, first.seller.official) == (False, True)
    assert (last.listing_id, last.sku, digest(last.title)) == ("191132039", "108585365", "258b198dbaced346")
    assert digest((last.url or "").removeprefix("https://tiki.vn/")) == "80671ef2b17c5ce4"


def test_search_page_totals(search: Reading) -> None:
    assert total(search.listings) == 30_218_228
    assert sum(one.offer.original_price is not None for one in search.listings) == 15
    assert sum(one.rating is None for one in search.listings) == 14
    assert sum(one.seller.official is True for one in search.listings) == 13
    assert by_id(search)["112564939"].offer.availability is None
    assert search.notes == ("unknown field availability value 4 in 1 of 50",)
    assert not any("tka.tiki.vn" in (one.url or "") for one in search.listings)


def test_the_ten_product_answers_give_ten_offers_and_114_of_other_sellers(products: Reading) -> None:
    assert len(products.listings) == 124
    assert len({one.sku for one in products.listings}) == 10
    assert products.notes == ()


def test_product_answer_fields(products: Reading) -> None:
    first, second, third = products.listings[:3]
    assert (first.listing_id, first.sku, first.seller.seller_id) == ("174444165", "174444163", "1")
    assert (digest(first.title), digest(first.seller.name)) == ("ac089edb28f48f29", "814b48e108bd4a8a")
    assert (first.offer.price_raw, first.offer.availability) == ("55440", "in_stock")
    assert first.offer.original_price is not None
    assert str(first.offer.original_price.amount) == "88000"
    assert (first.sold, str(first.rating), first.review_count, first.brand) == (6161, "4.8", 890, None)
    assert len(first.images) == 3
    assert [digest(name) for name in first.category] == [
        "6aebbd4eb632d79d", "7917fced7d5597b2", "a4716d25c45e9f25", "7ecce77170b05de7", "925475c1a28497f3",
    ]  # fmt: skip
    assert first.description is not None
    assert "<p>" not in first.description
    assert (second.listing_id, second.seller.seller_id, second.offer.price_raw) == ("174608336", "175953", "79200")
    assert (third.listing_id, third.seller.seller_id, third.offer.price_raw) == ("175534172", "10039", "64500")
    assert second.sku == third.sku == "174444163"
    assert (second.sold, second.offer.availability) == (None, None)


def test_the_315_product_lines_give_315_offers_and_46_of_other_sellers(old_products: Reading) -> None:
    assert len(old_products.listings) == 361
    assert len({one.sku for one in old_products.listings}) == 315
    assert total(old_products.listings) == 6_392_424_000 + 816_707_000
    assert old_products.skipped == {}
    assert old_products.notes == ()


def test_product_line_fields(old_products: Reading) -> None:
    found = by_id(old_products)
    sold_out = found["70722483"]
    assert (sold_out.sku, sold_out.offer.availability, sold_out.seller.seller_id) == ("70722482", "out_of_stock", None)
    other = found["75701036"]
    assert (other.sku, other.seller.seller_id, other.offer.price_raw) == ("58189861", "21125", "11199000")
    assert found["58189864"].offer.price_raw == "9899000"


def test_the_product_page_has_one_offer() -> None:
    (listing,) = read("tiki_vn", recorded("tiki_vn", "product-2023-10.html")).listings
    assert (listing.listing_id, listing.sku, listing.seller.seller_id) == ("38035425", "33260595", "1845")
    assert (digest(listing.title), digest(listing.seller.name)) == ("ec03ccae3b32b6bd", "7b9333b126d2508b")
    assert (listing.offer.price_raw, listing.offer.original_price) == ("1350000", None)
    assert (listing.sold, str(listing.rating), listing.review_count) == (195, "4.7", 27)
    assert len(listing.images) == 10
    assert len(listing.category) == 4
    assert listing.brand == "Adidas"
