"""The spiders' own readers find every sample offer, with the values that were written."""

import json
from decimal import Decimal

import pytest

from records.listing import Listing
from samples.goods import SEARCHES, Offered, load_offers
from samples.serve import answer
from samples.web_shop import BROKEN, DELETED, SITE, markup_of, product_path
from spiders.registry import load_markets
from tests.samples.reading import crawl, load_plan, read, starts

MARKETS = ("tiki_vn", "shopee_vn", "shop")


def pairs(market: str) -> list[tuple[Offered, Listing]]:
    """Return every offer of a market with the listing that the demo's crawl reads from it."""
    found, _ = crawl(market)
    return [
        (offer, found[SITE + product_path(offer) if market == "shop" else offer.listing_id])
        for offer in load_offers()
        if offer.market == market
    ]


@pytest.mark.parametrize("market", MARKETS)
def test_the_demo_finds_every_offer_and_nothing_else(market: str) -> None:
    assert len(pairs(market)) == len(crawl(market)[0])


@pytest.mark.parametrize("market", MARKETS)
def test_titles_prices_and_sellers_are_read_as_written(market: str) -> None:
    for offer, listing in pairs(market):
        assert listing.title == offer.title
        price = listing.offer.price
        assert (None if price is None else price.amount) == (None if offer.price is None else Decimal(offer.price))
        assert listing.currency == ("VND" if offer.price is not None or market != "shop" else listing.currency)
        if market != "shop":
            assert listing.seller.seller_id == offer.shop.seller_id
            assert listing.seller.official == offer.shop.official
        if offer.goods.brand:
            assert listing.brand == offer.goods.brand or markup_of(offer) == "opengraph"


@pytest.mark.parametrize("market", MARKETS)
def test_an_offer_without_a_price_has_an_unknown_price(market: str) -> None:
    unknown = [listing for offer, listing in pairs(market) if offer.price is None]
    assert unknown
    assert all(listing.offer.price is None for listing in unknown)


def test_some_prices_are_ranges() -> None:
    ranges = [listing.offer for _, listing in pairs("shopee_vn") if listing.offer.price_max is not None]
    assert ranges
    assert all(offer.price and offer.price_max and offer.price.amount < offer.price_max.amount for offer in ranges)


@pytest.mark.parametrize("market", ["tiki_vn", "shopee_vn"])
def test_a_search_has_several_pages(market: str) -> None:
    spider = load_markets()[market]
    first = read(spider, spider.search_url(SEARCHES["cosmetics"][0], 1))
    assert len(first.links) == 1
    second = read(spider, first.links[0])
    assert second.listings
    assert not {one.listing_id for one in first.listings} & {one.listing_id for one in second.listings}
    assert not second.links


@pytest.mark.parametrize("market", ["tiki_vn", "shopee_vn"])
def test_a_search_for_nothing_that_is_there_finds_nothing(market: str) -> None:
    spider = load_markets()[market]
    assert read(spider, spider.search_url("zzz không có", 1)).listings == ()


def test_the_search_page_of_tiki_names_the_sellers_that_the_listing_answer_leaves_out() -> None:
    spider = load_markets()["tiki_vn"]
    page = read(spider, "https://tiki.vn/search?q=hanamori").listings
    api = {one.listing_id: one for one in read(spider, spider.search_url("hanamori", 1)).listings}
    assert page
    assert {one.listing_id for one in page} == set(api)
    assert all(one.seller.name for one in page)
    assert all(one.seller.name is None for one in api.values())


def test_tiki_product_answers_carry_description_and_other_sellers() -> None:
    spider = load_markets()["tiki_vn"]
    products = [read(spider, url) for url in starts(load_plan()[0]) if "/api/v2/products/" in url]
    assert products
    assert all(one.listings[0].description for one in products)
    shared = next(offer for offer in load_offers() if offer.market == "tiki_vn" and offer.goods.goods_id == "f09")
    several = read(spider, f"https://tiki.vn/api/v2/products/{int(shared.listing_id) - 2}").listings
    assert len({one.seller.seller_id for one in several}) == 2


def test_shopee_item_answers_carry_a_description_and_no_shop_name() -> None:
    spider = load_markets()["shopee_vn"]
    items = [read(spider, url).listings[0] for url in starts(load_plan()[1]) if "/item/get" in url]
    assert items
    assert all(item.description and item.seller.name is None for item in items)


def test_shopee_shop_answers_name_the_shop() -> None:
    spider = load_markets()["shopee_vn"]
    shops = [read(spider, url).sellers[0] for url in starts(load_plan()[1]) if "/get_shop_base" in url]
    assert shops
    assert all(shop.name for shop in shops)


def test_the_daily_discovery_of_shopee_lists_offers_that_searches_list_too() -> None:
    spider = load_markets()["shopee_vn"]
    found = read(spider, spider.start_pages[0]).listings
    assert len(found) == 60


def test_the_web_shop_uses_three_markups() -> None:
    offers = [offer for offer in load_offers() if offer.market == "shop"]
    assert {markup_of(offer) for offer in offers} == {"json-ld", "microdata", "opengraph"}


def test_the_web_shop_states_the_gtin_of_a_listed_product() -> None:
    assert any(listing.gtin for _, listing in pairs("shop"))


def test_the_web_shop_has_one_broken_page_and_one_that_is_gone() -> None:
    found, failed = crawl("shop")
    assert failed[SITE + DELETED] == "Gone"
    assert SITE + BROKEN not in found
    assert answer(BROKEN).status == 200


def test_the_sitemap_names_every_product() -> None:
    sitemap = answer("/shop/sitemap.xml").body.decode()
    assert all(f"{SITE}{product_path(offer)}<" in sitemap for offer in load_offers() if offer.market == "shop")


def test_robots_txt_forbids_the_private_folder_which_pages_link_to() -> None:
    assert "Disallow: /private/" in answer("/robots.txt").body.decode().splitlines()
    assert 'href="/private/' in answer("/shop/").body.decode()


@pytest.mark.parametrize(
    "target",
    [
        "/api/v2/products/999999999999",
        "/api/v4/item/get?itemid=1&shopid=2",
        "/api/v4/shop/get_shop_base?shopid=1",
        "/shop/p/none-1.html",
        "/else",
    ],
)
def test_what_is_not_there_is_answered_with_404(target: str) -> None:
    assert answer(target).status == 404


@pytest.mark.parametrize(
    "target",
    [
        "/api/v2/products?page=x&limit=-3&q=hanamori",
        "/api/v2/products?q=",
        "/api/v4/search/search_items?newest=x&limit=0&keyword=",
    ],
)
def test_odd_parameters_are_answered_as_if_left_out(target: str) -> None:
    sent = answer(target)
    assert sent.status == 200
    assert isinstance(json.loads(sent.body), dict)


def test_the_same_request_has_the_same_answer() -> None:
    target = "/api/v4/search/search_items?keyword=hanamori&newest=0&limit=60"
    assert answer(target) == answer(target)
