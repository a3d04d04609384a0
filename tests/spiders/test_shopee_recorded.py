"""Shopee's recorded answers against values written down from them by reading; texts by digest."""

import pytest

from spiders.reading import Reading
from tests.spiders.answers import by_id, digest, read, recorded

pytestmark = pytest.mark.real


@pytest.fixture(name="daily", scope="module")
def _daily() -> Reading:
    return read("shopee_vn", recorded("shopee_vn", "daily-discover-home-2023.json"))


@pytest.fixture(name="items", scope="module")
def _items() -> Reading:
    return read("shopee_vn", recorded("shopee_vn", "item-get-61-2023.json"))


def test_the_counts_are_those_of_the_files_and_nothing_is_skipped_or_unknown(daily: Reading, items: Reading) -> None:
    assert (len(daily.listings), len(items.listings)) == (60, 61)
    assert (daily.skipped, items.skipped) == ({}, {})
    assert (daily.notes, items.notes) == ((), ())


def test_item_answer_ids_and_addresses(items: Reading) -> None:
    assert items.listings[0].key == ("shopee_vn", "15791396126")
    assert items.listings[0].url == "https://shopee.vn/product/34456910/15791396126"
    assert items.listings[60].url == "https://shopee.vn/product/255599109/3492624480"
    assert len({one.seller.seller_id for one in items.listings}) == 40


def test_item_answer_titles_and_descriptions(items: Reading) -> None:
    assert [digest(items.listings[index].title) for index in (0, 1, 60)] == [
        "d9d99f179617ce01", "b88d72be231fdc20", "1d66750049fb762e",
    ]  # fmt: skip
    assert len(items.listings[0].description or "") == 840
    assert digest(items.listings[0].description) == "2a8de1a65712b2ae"


def test_item_answer_prices(items: Reading) -> None:
    first = items.listings[0].offer
    assert first.price is not None
    assert first.original_price is not None
    assert (str(first.price.amount), str(first.original_price.amount)) == ("108151", "156741")
    assert first.price_raw == "10815129684"
    ranged = by_id(items)["2065187975"].offer
    assert ranged.price is not None
    assert ranged.price_max is not None
    assert (str(ranged.price.amount), str(ranged.price_max.amount)) == ("165771", "192563")
    assert sum(one.offer.price_max is not None for one in items.listings) == 20


def test_item_answers_without_a_price_before_the_discount_strike_nothing_through(items: Reading) -> None:
    assert sum(one.offer.price is None for one in items.listings) == 0
    assert {one.currency for one in items.listings} == {"VND"}


def test_item_answer_sellers(items: Reading) -> None:
    assert {one.seller.name for one in items.listings} == {None}
    assert {one.seller.official for one in items.listings} == {False}


def test_item_answer_category_images_and_counts(items: Reading) -> None:
    first = items.listings[0]
    assert [digest(name) for name in first.category] == ["07b96bc3f9e82935", "1613017521e18bed", "bda82bf0c5f3deeb"]
    assert len(first.images) == 4
    assert first.images[0] == "https://down-vn.img.susercontent.com/file/c7bcc01b8c8a81a6a111474468162d8a"
    assert (first.sold, str(first.rating), first.review_count) == (9458, "4.19877705529104", 2334)
    assert {one.offer.availability for one in items.listings} == {"in_stock"}


def test_daily_discovery_fields(daily: Reading) -> None:
    first, last = daily.listings[0], daily.listings[59]
    assert (first.listing_id, first.seller.seller_id) == ("17642587434", "736867547")
    assert (digest(first.title), digest(first.seller.name)) == ("81ede4706094f138", "0410875d663931da")
    assert first.offer.price_raw == "1490000000 - 3390000000"
    assert first.offer.price is not None
    assert first.offer.original_price is not None
    assert (str(first.offer.price.amount), str(first.offer.original_price.amount)) == ("14900", "15000")
    assert (first.sold, first.review_count, len(first.images)) == (19531, 3901, 9)
    assert (last.listing_id, last.offer.original_price, last.seller.location) == ("21117857728", None, None)
    assert digest(last.title) == "3b9c0576683d7c39"


def test_daily_discovery_totals(daily: Reading) -> None:
    prices = [one.offer.price.amount for one in daily.listings if one.offer.price is not None]
    assert sum(prices) == 22_570_846
    assert sum(one.offer.price_max is not None for one in daily.listings) == 37
    assert sum(one.seller.official is True for one in daily.listings) == 1


def test_the_flash_sale_has_53_listings() -> None:
    reading = read("shopee_vn", recorded("shopee_vn", "flash-sale-2023.json"))
    first = reading.listings[0]
    assert len(reading.listings) == 53
    assert (first.listing_id, first.seller.seller_id, first.seller.official) == ("12645245011", "440347339", True)
    assert (digest(first.title), first.offer.price_raw, first.review_count) == ("850ee801c864322b", "22950000000", 6)
    assert sum(one.seller.official is True for one in reading.listings) == 5
    assert sum(one.offer.price.amount for one in reading.listings if one.offer.price is not None) == 3_994_925


def test_the_40_shop_answers_name_the_shops_of_all_61_items(items: Reading) -> None:
    sellers = read("shopee_vn", recorded("shopee_vn", "shop-base-40-2023.json")).sellers
    assert len(sellers) == 40
    assert (sellers[0].seller_id, digest(sellers[0].name)) == ("34456910", "85e4ff6de86b634f")
    assert {one.seller.seller_id for one in items.listings} == {seller.seller_id for seller in sellers}


def test_the_product_page_has_one_listing() -> None:
    (listing,) = read("shopee_vn", recorded("shopee_vn", "product-2023-11.html"), "https://shopee.vn/x").listings
    assert (listing.listing_id, listing.seller.seller_id) == ("15012594597", "276087485")
    assert listing.url == "https://shopee.vn/product/276087485/15012594597"
    assert listing.offer.price is not None
    assert listing.offer.price_max is not None
    assert (str(listing.offer.price.amount), str(listing.offer.price_max.amount)) == ("42000", "55000")
    assert (str(listing.rating), listing.review_count, listing.offer.availability) == ("4.50", 1181, "in_stock")
    assert len(listing.category) == 3
    assert listing.images == ("https://down-vn.img.susercontent.com/file/b2294df47b2e1c6776b6924ecf00b804",)
