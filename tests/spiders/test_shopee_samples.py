import json

import pytest

from records.listing import Listing
from spiders.errors import Blocked, PageChanged, UnknownPage
from tests.spiders.answers import by_id, read, sample


def prices(listing: Listing) -> tuple[str | None, str | None, str | None]:
    offer = listing.offer
    found = (offer.price, offer.price_max, offer.original_price)
    low, high, original = (None if money is None else str(money.amount) for money in found)
    return low, high, original


def test_prices_are_hundred_thousandths_rounded_half_up_and_keep_what_was_sent() -> None:
    first = read("shopee_vn", sample("shopee_vn", "daily.json")).listings[0]
    assert prices(first) == ("108151", None, "156741")
    assert first.offer.price_raw == "10815129684"
    body = json.loads(sample("shopee_vn", "item.json"))
    body["data"].update(price=10850000, price_min=10850000, price_max=10850000)
    assert prices(read("shopee_vn", json.dumps(body)).listings[0])[0] == "109"


def test_a_range_has_both_ends() -> None:
    second = read("shopee_vn", sample("shopee_vn", "daily.json")).listings[1]
    assert prices(second) == ("108151", "200000", "156741")
    assert second.offer.price_raw == "10815129684 - 20000000000"


def test_zero_minus_one_and_null_are_unknown_prices() -> None:
    third = read("shopee_vn", sample("shopee_vn", "daily.json")).listings[2]
    assert prices(third) == (None, None, None)
    assert third.offer.availability == "out_of_stock"
    assert (third.rating, third.review_count) == (None, 9)


def test_an_item_is_read_field_by_field() -> None:
    listing = read("shopee_vn", sample("shopee_vn", "daily.json")).listings[1]
    assert listing.key == ("shopee_vn", "9007199254740995")
    assert listing.title == "Khăn len Mây Hồng mẫu 2"
    assert listing.url == "https://shopee.vn/product/3002/9007199254740995"
    assert (listing.seller.seller_id, listing.seller.name) == ("3002", "Tiệm Len 2")
    assert (listing.seller.official, listing.seller.location) == (True, "Hà Nội")
    assert listing.brand == "No Brand"
    assert listing.images == (
        "https://down-vn.img.susercontent.com/file/aa02",
        "https://down-vn.img.susercontent.com/file/bb02",
    )
    assert (listing.sold, str(listing.rating), listing.review_count) == (42, "4.5", 8)


def test_an_item_answer_carries_no_shop_name_but_category_and_description() -> None:
    listing = read("shopee_vn", sample("shopee_vn", "item.json")).listings[0]
    assert listing.seller.name is None
    assert listing.category == ("Thời Trang Nữ", "Khăn")
    assert listing.description == "Khăn len dày\n\nMàu hồng"
    assert listing.condition is None


def test_a_file_of_many_answers_by_key_is_read_whole() -> None:
    assert list(by_id(read("shopee_vn", sample("shopee_vn", "items-by-key.json")))) == ["9007199254740998", "6006"]


def test_a_flash_sale_is_read() -> None:
    listing = read("shopee_vn", sample("shopee_vn", "flash.json")).listings[0]
    assert prices(listing) == ("229500", None, "270000")
    assert (listing.seller.official, listing.offer.availability, listing.review_count) == (True, "out_of_stock", 7)


def test_a_shop_answer_gives_a_seller_and_no_listing() -> None:
    reading = read("shopee_vn", sample("shopee_vn", "shop.json"))
    assert reading.listings == ()
    (seller,) = reading.sellers
    assert (seller.seller_id, seller.name, seller.location) == ("3006", "Tiệm Len Sáu", "Đà Nẵng")


def test_a_search_gives_its_items_and_the_next_page() -> None:
    url = "https://shopee.vn/api/v4/search/search_items?by=relevancy&keyword=khan&limit=60&newest=0"
    reading = read("shopee_vn", sample("shopee_vn", "search.json"), url)
    assert len(reading.listings) == 2
    (link,) = reading.links
    assert "keyword=khan" in link
    assert "newest=60" in link
    last = url.replace("newest=0", "newest=120")
    assert read("shopee_vn", sample("shopee_vn", "search.json"), last).links == ()


def test_an_empty_search_is_nothing_only_where_the_answer_says_so() -> None:
    assert read("shopee_vn", sample("shopee_vn", "search-empty.json")).listings == ()
    with pytest.raises(PageChanged, match="items: is empty, but the answer does not say"):
        read("shopee_vn", '{"error": null, "items": [], "total_count": 9, "nomore": false}')
    with pytest.raises(PageChanged, match="items: is missing"):
        read("shopee_vn", '{"error": 0, "data": {"update_time": 1}}')
    with pytest.raises(PageChanged, match="data: is missing"):
        read("shopee_vn", '{"error": 0, "data": null}')


@pytest.mark.parametrize(
    "body",
    [
        '{"is_customized": false, "action_type": 2, "error": 90309999, "tracking_id": "x", "platform": 0}',
        '{"1": false, "2": 2, "3": 90309999, "4": "x"}',
        '{"key": {"error": 90309999, "data": null}}',
    ],
)
def test_the_anti_bot_answer_is_a_block_in_every_shape(body: str) -> None:
    with pytest.raises(Blocked, match="90309999"):
        read("shopee_vn", body)


def test_any_other_error_is_a_change_and_an_object_of_another_site_is_unknown() -> None:
    with pytest.raises(PageChanged, match="error: is neither 0 nor null"):
        read("shopee_vn", '{"error": 4, "data": null}')
    with pytest.raises(PageChanged, match="error: is neither 0 nor null"):
        read("shopee_vn", '{"error": [0], "data": null}')
    with pytest.raises(UnknownPage):
        read("shopee_vn", '{"hello": "world"}')
    with pytest.raises(UnknownPage):
        read("shopee_vn", "{}")


def test_a_product_page_states_plain_vnd_and_the_shop_name() -> None:
    listing = read("shopee_vn", sample("shopee_vn", "product.html")).listings[0]
    assert listing.key == ("shopee_vn", "8008")
    assert listing.url == "https://shopee.vn/product/3008/8008"
    assert prices(listing) == ("42000", "55000", None)
    assert (listing.seller.seller_id, listing.seller.name) == ("3008", "Tiệm Len Tám")
    assert listing.category == ("Thời Trang Nữ",)
    assert (str(listing.rating), listing.review_count) == ("4.50", 118)


def test_a_currency_other_than_the_market_s_is_never_taken_for_it() -> None:
    body = json.loads(sample("shopee_vn", "item.json"))
    body["data"]["currency"] = "THB"
    with pytest.raises(PageChanged, match="currency: is not VND"):
        read("shopee_vn", json.dumps(body))
