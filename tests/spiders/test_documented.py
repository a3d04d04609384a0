"""Markets known from documentation: fixtures of the documented skeletons, field by field, and every error they name.

Nothing here was seen on a live answer; `markwatch markets list` and docs/marketplaces.md say so.
"""

from decimal import Decimal
from pathlib import Path

import pytest

from records.listing import Listing
from spiders.errors import (
    AuthRefused,
    BadRequest,
    Blocked,
    Gone,
    PageChanged,
    ReadingError,
    ServerFailed,
    TermsRefused,
    Throttled,
    UnknownPage,
)
from spiders.reading import Reading
from spiders.registry import load_markets
from tests.realdata import PROJECT
from tests.spiders.answers import read

DOCUMENTED = PROJECT / "samples" / "documented"
EBAY = "https://api.ebay.com/buy/browse/v1/item_summary/search?q=hanamori&marketplace=EBAY_US&limit=200&offset=0"


def documented(market: str, name: str, url: str = "", *, status: int = 200) -> Reading:
    return read(market, (DOCUMENTED / market / name).read_bytes(), url, status=status)


def amounts(listing: Listing) -> tuple[str | None, ...]:
    offer = listing.offer
    found = (offer.price, offer.price_max, offer.original_price)
    return tuple(None if money is None else str(money.amount) for money in found)


@pytest.mark.parametrize("path", sorted(DOCUMENTED.glob("*/*")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_documented_fixture_is_read_or_refused_by_name(path: Path) -> None:
    market = load_markets()[path.parent.name]
    refused = ("error", "blocked", "captcha", "absent", "robot", "token", "search-warning")
    if path.stem.startswith(refused) and path.stem != "error-not-found":
        with pytest.raises(ReadingError):
            documented(market.name, path.name)
        return
    reading = documented(market.name, path.name)
    assert reading.outcome == ("empty" if "empty" in path.stem or "not-found" in path.stem else "ok")
    assert reading.notes == () or reading.notes[0].startswith("left out:")


def test_ebay_search_rows() -> None:
    reading = documented("ebay_com", "search-1.json", EBAY)
    fixed, auction, reduced = reading.listings
    assert (fixed.listing_id, fixed.url) == ("110000000001", "https://www.ebay.com/itm/110000000001")
    assert (amounts(fixed), fixed.currency, fixed.condition) == (("12.50", None, None), "USD", "New")
    assert fixed.offer.price_raw == "12.50 USD"
    assert (fixed.seller.location, fixed.category) == ("VN", ("Moisturizers",))
    # Of an auction `price` is the opening bid.
    assert amounts(auction) == ("8.00", None, None)
    assert amounts(reduced) == ("12.50", None, "25.00")
    assert reading.links == (EBAY.replace("offset=0", "offset=200"),)
    assert documented("ebay_com", "search-2.json", EBAY.replace("offset=0", "offset=200")).links == ()


def test_no_ebay_user_is_ever_read() -> None:
    for name in ("search-1.json", "item.json", "search-s-item.html", "item.html"):
        shown = repr(documented("ebay_com", name).listings)
        assert "seller-of-the-sample" not in shown
        assert "a-seller" not in shown


def test_an_answer_of_another_ebay_site_than_the_one_asked_is_refused() -> None:
    with pytest.raises(PageChanged, match="is not the marketplace asked for, EBAY_GB"):
        documented("ebay_com", "search-1.json", EBAY.replace("EBAY_US", "EBAY_GB"))


def test_an_ebay_item_adds_brand_codes_description_and_stock() -> None:
    (item,) = documented("ebay_com", "item.json").listings
    assert (item.brand, item.gtin, item.mpn) == ("Hanamori", "4900000000016", "HA-50")
    assert (item.description, item.sold, item.offer.availability) == ("Aqua cream, 50 g.", 17, "in_stock")
    assert item.category == ("Health & Beauty", "Skin Care", "Moisturizers")


def test_ebays_older_layout() -> None:
    (item,) = documented("ebay_com", "search-s-item.html").listings
    assert (item.listing_id, item.title) == ("110000000011", "Hanamori Aqua Cream 50 g")
    assert (amounts(item), item.condition) == (("8.00", "12.50", None), "Brand New")
    assert (item.seller.location, item.sold) == ("Japan", 45)


def test_rakuten_of_2026() -> None:
    url = "https://openapi.rakuten.co.jp/ichibams/api/IchibaItem/Search/20260701?keyword=x&availability=0&page=1"
    reading = documented("rakuten_jp", "search-1.json", url)
    first, second = reading.listings
    assert (first.listing_id, first.seller.seller_id) == ("sample-shop:10000001", "sample-shop")
    assert (amounts(first), first.offer.availability) == (("2480", "2980", None), "in_stock")
    assert (first.rating, first.review_count) == (Decimal("4.25"), 12)
    assert first.images == ("https://thumbnail.image.rakuten.co.jp/@0_mall/sample-shop/cabinet/1.jpg",)
    assert first.description == "正規品\nJAN 4900000000016"
    # taxFlag 1: the price is without tax, and the text says so.
    assert (second.offer.price_raw, second.offer.availability) == ("2480 (税抜)", "out_of_stock")
    assert reading.links == (url.replace("page=1", "page=2"),)


def test_yahoo_hits() -> None:
    url = "https://shopping.yahooapis.jp/ShoppingWebService/V3/itemSearch?query=x&results=50&start=1"
    reading = documented("yahoo_jp", "search-1.json", url)
    first, second = reading.listings
    assert (first.listing_id, first.seller.seller_id, first.gtin) == (
        "sample-store_aqua1",
        "sample-store",
        "4900000000016",
    )
    assert (amounts(first), first.brand) == (("2480", None, "3100"), "HANAMORI")
    assert first.category == ("スキンケア", "フェイスクリーム")
    assert (second.gtin, second.brand, second.offer.availability) == (None, None, "out_of_stock")
    assert reading.links == (url.replace("start=1", "start=51"),)


def test_amazon_items() -> None:
    url = "https://creatorsapi.amazon/catalog/v1/searchItems?keywords=x&searchIndex=All&sortBy=Relevance&itemPage=1"
    reading = documented("amazon_jp", "search-1.json", url)
    first, second = reading.listings
    assert (first.listing_id, first.sku, first.gtin) == ("B0SAMPLE01", "B0PARENT01", "4900000000016")
    assert (amounts(first), first.offer.price_raw) == (("2480", None, "3100"), "￥2,480")
    assert (first.seller.seller_id, first.brand, first.condition) == ("A1SAMPLE", "ハナモリ", "New")
    assert amounts(second) == (None, None, None)
    assert reading.links == (url.replace("itemPage=1", "itemPage=2"),)
    (item,) = documented("amazon_jp", "item.html").listings
    assert (item.listing_id, amounts(item), item.brand) == ("B0SAMPLE01", ("2480", None, "3100"), "ハナモリ")
    assert (item.seller.name, item.offer.availability, item.rating) == ("見本商店", "in_stock", Decimal("4.2"))


def test_aliexpress_products() -> None:
    url = (
        "https://api-sg.aliexpress.com/sync?method=aliexpress.affiliate.product.query&keywords=x&page_size=50&page_no=1"
    )
    reading = documented("aliexpress_com", "query-1.json", url)
    first, second = reading.listings
    assert (first.listing_id, first.url) == (
        "1005000000000001",
        "https://www.aliexpress.com/item/1005000000000001.html",
    )
    assert (amounts(first), first.currency, first.sold) == (("3.67", None, "7.34"), "USD", 120)
    # A struck-through price that is not above the price is none.
    assert (amounts(second), second.seller.name) == (("3.67", None, None), None)
    assert reading.links == (url.replace("page_no=1", "page_no=2"),)
    (card,) = documented("aliexpress_com", "search.html").listings
    assert (card.listing_id, amounts(card), card.sold) == ("1005000000000009", ("3.67", None, "7.34"), 84)


def test_shopee_offers_are_in_plain_dong() -> None:
    url = "https://open-api.affiliate.shopee.vn/graphql?keyword=x&sortType=1&page=1&limit=50"
    reading = documented("shopee_vn", "offers-1.json", url)
    first, second = reading.listings
    assert (first.listing_id, first.url) == ("24000000001", "https://shopee.vn/product/88000001/24000000001")
    assert (amounts(first), amounts(second)) == (("129000", "159000", None), ("129000", None, None))
    assert (first.seller.seller_id, first.sold, first.rating) == ("88000001", 602, Decimal("4.8"))
    assert reading.links == (url.replace("page=1&limit=50", "page=2&limit=50"),)


def test_lazada_feed_and_catalogue() -> None:
    feed = "https://api.lazada.vn/rest/marketing/product/feed?categoryL1=1211&limit=50&page=1"
    reading = documented("lazada_vn", "feed-1.json", feed)
    assert len(reading.listings) == 50
    assert (reading.listings[0].listing_id, amounts(reading.listings[0])) == ("2700000001", ("129000", None, "159000"))
    assert reading.links == (feed.replace("page=1", "page=2"),)
    (last,) = documented("lazada_vn", "feed-2.json", feed.replace("page=1", "page=2")).listings
    assert (amounts(last), last.offer.availability) == (("159000", None, None), "out_of_stock")
    catalogue = "https://www.lazada.vn/catalog/?ajax=true&q=x&page=1"
    first, second = documented("lazada_vn", "catalog-1.json", catalogue).listings
    assert (first.listing_id, first.sku) == ("12900000001", "2700000001")
    assert (amounts(first), first.offer.price_raw) == (("129000", None, "159000"), "₫129,000")
    assert (second.offer.availability, first.sold, first.brand) == ("out_of_stock", 602, "Hanamori")
    assert documented("lazada_vn", "catalog-1.json", catalogue).links == (catalogue.replace("page=1", "page=2"),)
    assert len(documented("lazada_vn", "page.html").listings) == 1


def test_tiktok_1688_and_taobao_pages() -> None:
    (product,) = documented("tiktok_vn", "product.html").listings
    assert (product.listing_id, amounts(product)) == ("1729384756019283746", ("129000", None, "159000"))
    assert (product.seller.name, product.sold, product.review_count) == ("Mỹ Phẩm Mẫu", 602, 31)
    (offer,) = documented("alibaba1688_cn", "offer.html").listings
    assert (offer.listing_id, amounts(offer), offer.currency) == ("700000000001", ("8.80", "18.00", None), "CNY")
    assert (offer.seller.name, offer.offer.availability, offer.sold) == ("样品化妆品厂", "in_stock", 1200)
    (auction,) = documented("taobao_cn", "search.html").listings
    assert (auction.listing_id, amounts(auction)) == ("600000000001", ("59.00", None, None))
    assert auction.url == "https://detail.tmall.com/item.htm?id=600000000001"


API = {name: market.api.host for name, market in load_markets().items() if market.api is not None}


@pytest.mark.parametrize(
    ("market", "name", "status", "error"),
    [
        ("ebay_com", "error-token.json", 401, AuthRefused),
        ("ebay_com", "error-request.json", 400, BadRequest),
        ("ebay_com", "error-gone.json", 404, Gone),
        ("ebay_com", "error-server.json", 500, ServerFailed),
        ("ebay_com", "search-warning.json", 200, BadRequest),
        ("rakuten_jp", "error-gateway.json", 403, AuthRefused),
        ("rakuten_jp", "error-application.json", 400, AuthRefused),
        ("rakuten_jp", "error-keyword.json", 400, BadRequest),
        ("rakuten_jp", "error-too-many.json", 429, Throttled),
        ("rakuten_jp", "error-server.json", 500, ServerFailed),
        ("yahoo_jp", "error-forbidden.xml", 403, AuthRefused),
        ("yahoo_jp", "error-forbidden.xml", 200, AuthRefused),
        ("yahoo_jp", "error-forbidden.xml", 429, Throttled),
        ("yahoo_jp", "error-forbidden.xml", 503, ServerFailed),
        ("amazon_jp", "error-eligible.json", 403, TermsRefused),
        ("amazon_jp", "error-token.json", 401, AuthRefused),
        ("amazon_jp", "error-field.json", 400, BadRequest),
        ("amazon_jp", "error-throttle.json", 429, Throttled),
        ("amazon_jp", "robot-check.html", 200, Blocked),
        ("aliexpress_com", "error-publisher.json", 200, TermsRefused),
        ("aliexpress_com", "error-key.json", 200, AuthRefused),
        ("aliexpress_com", "error-limit.json", 200, Throttled),
        ("aliexpress_com", "error-path.json", 200, BadRequest),
        ("aliexpress_com", "error-system.json", 200, ServerFailed),
        ("shopee_vn", "error-signature.json", 200, AuthRefused),
        ("shopee_vn", "error-rate.json", 200, Throttled),
        ("shopee_vn", "error-access.json", 200, TermsRefused),
        ("shopee_vn", "error-field.json", 200, BadRequest),
        ("lazada_vn", "error-token.json", 200, AuthRefused),
        ("lazada_vn", "error-limit.json", 200, Throttled),
        ("lazada_vn", "error-system.json", 200, ServerFailed),
        ("lazada_vn", "error-parameter.json", 200, BadRequest),
        ("lazada_vn", "blocked.json", 200, Blocked),
        ("tiktok_vn", "absent.html", 200, Blocked),
        ("tiktok_vn", "captcha.html", 200, Blocked),
    ],
)
def test_every_error_has_one_meaning(market: str, name: str, status: int, error: type[ReadingError]) -> None:
    with pytest.raises(ReadingError) as caught:
        documented(market, name, f"{API.get(market, 'https://shop.tiktok.com')}/x", status=status)
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("market", "body"),
    [
        ("ebay_com", '{"total": 5, "offset": 0, "limit": 200}'),
        ("rakuten_jp", '{"count": 5, "page": 1, "pageCount": 1}'),
        ("yahoo_jp", '{"totalResultsAvailable": 5, "totalResultsReturned": 5, "hits": []}'),
        ("amazon_jp", '{"searchResult": {"totalResultCount": 5}}'),
        ("aliexpress_com", '{"a_response": {"resp_result": {"resp_code": 200, "result": {"total_record_count": 5}}}}'),
        ("shopee_vn", '{"data": {"productOfferV2": {"pageInfo": {"page": 1, "hasNextPage": false}}}}'),
        ("lazada_vn", '{"code": "0", "result": {"success": true}}'),
        ("lazada_vn", '{"mods": {}, "mainInfo": {"totalResults": 5}}'),
    ],
)
def test_items_that_are_missing_are_never_zero_items(market: str, body: str) -> None:
    with pytest.raises(PageChanged):
        read(market, body)


def test_an_unknown_answer_of_an_api_is_a_change() -> None:
    for market in ("ebay_com", "amazon_jp"):
        with pytest.raises(UnknownPage):
            read(market, '{"something": 1}')
