"""Recorded answers of the other markets, field by field: against values read by eye, or the raw JSON itself."""

import html
import json
import re
from decimal import Decimal
from typing import Any

import pytest

from records.listing import Listing
from spiders.errors import BadRequest, PageChanged
from spiders.reading import Reading
from tests.realdata import data_path
from tests.spiders.answers import by_id, digest, read, recorded

pytestmark = pytest.mark.real


def total(listings: tuple[Listing, ...]) -> Decimal:
    return sum((listing.offer.price.amount for listing in listings if listing.offer.price is not None), Decimal(0))


@pytest.fixture(name="ebay", scope="module")
def _ebay() -> Reading:
    return read("ebay_com", recorded("ebay_com", "search-2026-02.html"), "https://www.ebay.com/sch/i.html?_nkw=a")


def test_ebay_ids_and_titles(ebay: Reading) -> None:
    assert len(ebay.listings) == 60
    assert (ebay.skipped, ebay.notes, ebay.links) == ({}, (), ())
    ends = [(one.listing_id, digest(one.title)) for one in (ebay.listings[0], ebay.listings[-1])]
    assert ends == [("225272243923", "cf7afe9e12a133f4"), ("277716924443", "3d0b29a23f1ffcd6")]
    # The two placeholders before the results are no listings.
    page = recorded("ebay_com", "search-2026-02.html").decode()
    placed = set(re.findall(r'<li[^>]*data-listingid="?(\d+)"?[^>]*class="?s-card', page)) - {"2500219655424533"}
    assert {one.listing_id for one in ebay.listings} == placed


def test_ebay_prices(ebay: Reading) -> None:
    assert {one.currency for one in ebay.listings} == {"IDR"}
    ranged = by_id(ebay)["167525899099"].offer
    assert ranged.price is not None
    assert ranged.price_max is not None
    assert ranged.original_price is not None
    amounts = [str(money.amount) for money in (ranged.price, ranged.price_max, ranged.original_price)]
    assert amounts == ["1918728.00", "2069928.00", "2131920.00"]
    assert sum(one.offer.original_price is not None for one in ebay.listings) == 10
    assert sum(one.offer.price_max is not None for one in ebay.listings) == 11


def test_ebay_rows(ebay: Reading) -> None:
    first = ebay.listings[0]
    assert (first.condition, first.seller.location, first.sold) == ("Brand New", "Australia", 45)
    assert {one.condition for one in ebay.listings} == {"Brand New", "Pre-Owned", "New (Other)"}
    assert sum(one.sold is not None for one in ebay.listings) == 10
    assert all(one.seller.seller_id is None and one.seller.name is None for one in ebay.listings)
    assert all(
        len(one.images) == 1 and one.url == f"https://www.ebay.com/itm/{one.listing_id}" for one in ebay.listings
    )


@pytest.fixture(name="amazon", scope="module")
def _amazon() -> Reading:
    return read("amazon_jp", recorded("amazon_jp", "search-2026-04.html"), "https://www.amazon.co.jp/s?k=a")


def test_amazon_ids_titles_and_addresses(amazon: Reading) -> None:
    assert (len(amazon.listings), amazon.skipped, amazon.notes) == (33, {}, ())
    ends = [(one.listing_id, digest(one.title)) for one in (amazon.listings[0], amazon.listings[-1])]
    assert ends == [("B0GSQYD46D", "d279a4adb4162ee3"), ("B0BNZYL56S", "65e8795cc66cd036")]
    # An advertisement's own link is a click counter.
    assert all(one.url == f"https://www.amazon.co.jp/dp/{one.listing_id}" for one in amazon.listings)


def test_amazon_prices_and_stars(amazon: Reading) -> None:
    assert sum(one.offer.price is not None for one in amazon.listings) == 30
    assert total(amazon.listings) == 333_179
    struck = by_id(amazon)["B0D86FVG5R"]
    assert struck.offer.original_price is not None
    assert (str(struck.offer.original_price.amount), struck.offer.price_raw) == ("17000", "￥5,500")
    assert (struck.rating, struck.review_count) == (Decimal("3.5"), 1458)
    assert sum(one.rating is not None for one in amazon.listings) == 25


@pytest.fixture(name="lazada", scope="module")
def _lazada() -> Reading:
    return read("lazada_ph", recorded("lazada_ph", "search-2024-02.html"))


def test_lazada_grid(lazada: Reading) -> None:
    assert (len(lazada.listings), lazada.skipped, lazada.notes) == (40, {}, ())
    first, last = lazada.listings[0], lazada.listings[-1]
    assert (first.listing_id, first.sku, digest(first.title)) == ("14064874821", "2894375047", "751b71daeacbd37b")
    assert (last.listing_id, last.sku, digest(last.title)) == ("23908478731", "4271214524", "4badddb6b152c507")
    assert (first.offer.price_raw, str(total(lazada.listings))) == ("₱305", "6626.66")
    assert (first.sold, first.review_count, first.seller.location) == (2_000, 384, "Laguna")
    assert sum(one.seller.official is True for one in lazada.listings) == 37
    assert {one.seller.location for one in lazada.listings} == {"Bulacan", "Laguna", "Metro Manila", "Abra"}
    assert sum(one.sold is None for one in lazada.listings) == 2


RAKUTEN = ("item_search_with_keyword_Ruby.json", "ranking_search.json")


@pytest.mark.parametrize("name", RAKUTEN)
def test_rakuten_answers_field_by_field(name: str) -> None:
    body = recorded("rakuten_jp", name)
    raw: list[dict[str, Any]] = [entry.get("Item", entry) for entry in json.loads(body)["Items"]]
    reading = read("rakuten_jp", body)
    assert (len(reading.listings), reading.skipped, reading.notes) == (30, {}, ())
    for one, item in zip(reading.listings, raw, strict=True):
        assert one.offer.price is not None
        assert (one.listing_id, one.title, one.url) == (item["itemCode"], item["itemName"], item["itemUrl"])
        assert (one.offer.price.amount, one.currency) == (Decimal(item["itemPrice"]), "JPY")
        assert one.offer.availability == ("in_stock" if item["availability"] == 1 else "out_of_stock")
        assert (one.seller.seller_id, one.seller.name) == (item["shopCode"], item["shopName"])
        assert (one.rating or 0, one.review_count) == (Decimal(str(item["reviewAverage"])), item["reviewCount"])
        assert one.images == tuple(dict.fromkeys(url.partition("?")[0] for url in item["mediumImageUrls"]))
        caption = " ".join(html.unescape(item["itemCaption"]).split())
        assert caption[:50] in " ".join((one.description or "").split())


def test_rakuten_zero_hits_come_without_any_items_key() -> None:
    assert read("rakuten_jp", recorded("rakuten_jp", "item_search_with_no_items.json")).outcome == "empty"


def test_a_rakuten_product_search_is_no_list_of_offers() -> None:
    with pytest.raises(PageChanged, match="Items: is missing"):
        read("rakuten_jp", recorded("rakuten_jp", "product_search.json"))


@pytest.mark.slow
def test_rakuten_recorded_sessions_give_their_items_and_errors() -> None:
    yaml = pytest.importorskip("yaml")
    read_sessions = 0
    for path in sorted(data_path("recorded", "rakuten_jp").glob("test_item*.yaml")):
        for session in yaml.safe_load(path.read_bytes())["interactions"]:
            answered = session["response"]
            body, status = answered["body"]["string"], answered["status"]["code"]
            url = "https://openapi.rakuten.co.jp/ichibams/api/IchibaItem/Search/20260701?keyword=x&page=1"
            if status == 400:
                with pytest.raises(BadRequest, match="wrong_parameter"):
                    read("rakuten_jp", body, url, status=status)
            else:
                assert len(read("rakuten_jp", body, url).listings) == len(json.loads(body)["Items"])
            read_sessions += 1
    assert read_sessions > 10


def test_aliexpress_item() -> None:
    (one,) = read("aliexpress_com", recorded("aliexpress_com", "item-he.html")).listings
    assert (one.listing_id, one.url) == ("32993251330", "https://www.aliexpress.com/item/32993251330.html")
    assert (digest(one.title), digest(one.seller.name)) == ("572e1e1d8fe69596", "436292293742335b")
    offer = one.offer
    assert offer.price is not None
    assert offer.price_max is not None
    assert offer.original_price is not None
    amounts = [str(money.amount) for money in (offer.price, offer.price_max, offer.original_price)]
    assert (amounts, one.currency, offer.price_raw) == (["97.39", "128.72", "162.32"], "EUR", "€ 97,39 - 128,72")
    assert (one.brand, one.seller.seller_id, one.seller.location) == ("Apple", "1392990", "China")
    assert (one.sold, one.rating, one.review_count, offer.availability) == (6, Decimal("5.0"), 2, "in_stock")
    assert (len(one.images), digest("|".join(one.category))) == (5, "ab77040f393e9f64")


def test_1688_search() -> None:
    reading = read("alibaba1688_cn", recorded("alibaba1688_cn", "search-2024-07.html"))
    assert (len(reading.listings), reading.skipped) == (20, {})
    first, last = reading.listings[0], reading.listings[-1]
    # Advertisements' links name no offer: the picture stands in for it.
    assert first.listing_id == "picture:O1CN01fc8pjr25B6BUQLFGE_!!2897747487-0-cib"
    assert (last.listing_id, last.url) == ("662778980590", "https://detail.1688.com/offer/662778980590.html")
    assert (digest(first.title), digest(first.seller.name)) == ("4d326059d53c7c9d", "62ab265bc8fd21ca")
    assert (first.offer.price_raw, str(total(reading.listings)), first.currency) == ("¥1.74", "46.04", "CNY")
    # A turnover in yuan is no number of units.
    assert [one.sold for one in reading.listings if one.sold is not None] == [30, 1000, 700, 9700]


def test_taobao_and_tmall_items() -> None:
    (taobao,) = read("taobao_cn", recorded("taobao_cn", "item.html")).listings
    assert (taobao.listing_id, taobao.url) == ("562283240178", "https://item.taobao.com/item.htm?id=562283240178")
    assert (digest(taobao.title), digest(taobao.seller.name)) == ("0ad689d20c48ee9a", "20c14a3f6240df95")
    assert (taobao.offer.price_raw, taobao.brand, taobao.seller.seller_id) == (
        "¥149.00 - 159.00",
        "KBDfans",
        "134583372",
    )
    # GBK, though its scripts state UTF-8.
    (tmall,) = read("taobao_cn", recorded("taobao_cn", "tmall-item.html")).listings
    assert (tmall.listing_id, tmall.url) == ("605258110430", "https://detail.tmall.com/item.htm?id=605258110430")
    assert (digest(tmall.title), digest(tmall.seller.name)) == ("6531eb6dd362bfcf", "b63c89dfa8cfa1aa")
    assert tmall.offer.price is not None
    assert tmall.offer.price_max is not None
    assert [str(tmall.offer.price.amount), str(tmall.offer.price_max.amount)] == ["5499.00", "6799.00"]
    assert (tmall.offer.availability, len(tmall.images)) == ("in_stock", 5)
    assert "\ufffd" not in tmall.title


def test_sendo_entries() -> None:
    body = recorded("sendo_vn", "listing-entries-2023-07.json")
    reading = read("sendo_vn", body)
    items = [entry["item"] for entry in json.loads(body) if "item" in entry]
    assert (len(reading.listings), reading.notes) == (48, ())
    assert reading.skipped == {"item: an advertisement without one": 12}
    for one, item in zip(reading.listings, items, strict=True):
        assert one.offer.price is not None
        assert (one.listing_id, one.title) == (str(item["product_id"]), item["name"])
        assert one.offer.price.amount == item["final_price"]
        assert (one.offer.original_price is not None) == (item["price"] > item["final_price"])
        assert (one.seller.name, one.seller.location) == (item.get("shop_name"), item.get("shop_warehouse_city"))
        assert (one.sold, one.review_count) == (item.get("order_count"), item.get("total_ratings"))


def test_phong_vu_category() -> None:
    reading = read("phongvu_vn", recorded("phongvu_vn", "category-2022-07.html"))
    assert (len(reading.listings), reading.skipped, reading.notes) == (15, {}, ())
    first = reading.listings[0]
    assert (first.listing_id, digest(first.title), first.brand) == ("201000633", "05869782e4760065", "APPLE")
    assert first.offer.original_price is not None
    assert (first.offer.price_raw, str(first.offer.original_price.amount)) == ("15000000", "23990000")
    assert total(reading.listings) == 309_190_000
    assert sum(one.offer.availability == "out_of_stock" for one in reading.listings) == 6


def test_cho_tot_ads_and_nobody_in_them() -> None:
    body = recorded("chotot_vn", "ad-listing-2026-08.json")
    reading = read("chotot_vn", body)
    ads = json.loads(body)["ads"]
    assert (len(reading.listings), reading.skipped, reading.notes) == (3, {}, ())
    for one, ad in zip(reading.listings, ads, strict=True):
        assert one.offer.price is not None
        assert (one.listing_id, one.title) == (str(ad["list_id"]), ad["subject"])
        assert (one.offer.price.amount, one.offer.price_raw) == (ad["price"], ad["price_string"])
        assert (one.category, one.condition) == ((ad["category_name"],), ad["condition_ad_name"])
        assert one.seller.location == ad["region_name_v3"]
        for personal in (ad["account_name"], ad["full_name"], ad["ward_name"], ad["area_name"]):
            assert personal not in repr(one)
