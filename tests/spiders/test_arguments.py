import pytest
from scrapy.utils.test import get_crawler

from spiders.arguments import ArgumentError, read_arguments
from spiders.registry import load_markets


def make(market: str, **given: str) -> object:
    """Return the spider as a crawl makes it, on a day when an administrator's record opens its pages."""
    spider = load_markets()[market]
    return spider.from_crawler(get_crawler(spider, {"MARKWATCH_OPEN_WAYS": ["pages"]}), **given)


def test_the_markets_are_found_by_their_files() -> None:
    markets = load_markets()
    assert {"tiki_vn", "shopee_vn", "shop"} <= set(markets)
    for name, market in markets.items():
        assert market.name == name
        assert market.title
        assert market.ways
        assert all(way.terms for way in market.ways)
        assert market.expected.at_least >= 1


def test_an_unknown_argument_is_refused_by_name() -> None:
    with pytest.raises(ArgumentError, match=r"colour: unknown argument of tiki_vn \(it knows query, url"):
        make("tiki_vn", query="a", colour="red")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_pages", "0"),
        ("max_pages", "many"),
        ("base_url", "127.0.0.1:8000"),
        ("base_url", "ftp://127.0.0.1/"),
        ("allow_host", "127.0.0.1"),
        ("allow_host", "127.0.0.1:99999"),
        ("url", "file:///etc/passwd"),
    ],
)
def test_a_wrong_argument_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(ArgumentError, match=name):
        make("tiki_vn", **{"query": "a", name: value})


def test_several_values_are_split_at_the_bar() -> None:
    arguments = read_arguments(
        load_markets()["tiki_vn"].arguments_model, "tiki_vn", {"query": "a b| c |", "max_pages": "7"}
    )
    assert (arguments.query, arguments.max_pages) == (("a b", "c"), 7)


def test_a_crawl_without_a_start_is_refused() -> None:
    with pytest.raises(ArgumentError, match="give a query or a page"):
        make("tiki_vn")


def test_a_page_of_another_host_is_refused_unless_the_host_is_opened() -> None:
    with pytest.raises(ArgumentError, match="is not a page of Tiki"):
        make("tiki_vn", url="https://evil-tiki.vn/x")
    with pytest.raises(ArgumentError, match="is not a page of Tiki"):
        make("tiki_vn", url="https://tiki.vn:8443/x")
    assert make("tiki_vn", url="http://127.0.0.1:8000/x", allow_host="127.0.0.1:8000")


def test_a_way_that_asks_for_consent_is_closed_until_a_record_opens_it() -> None:
    spider = load_markets()["shopee_vn"]
    closed = get_crawler(spider)
    with pytest.raises(
        ArgumentError, match=r"the way pages is closed: Shopee's terms .*markwatch markets allow shopee_vn"
    ):
        spider.from_crawler(closed, query="a", way="pages")
    assert make("shopee_vn", query="a", way="pages")
    assert spider.from_crawler(get_crawler(spider), query="a", base_url="http://127.0.0.1:8000").is_confined
    page = {"url": "http://127.0.0.1:8000/x", "allow_host": "127.0.0.1:8000"}
    assert spider.from_crawler(get_crawler(spider), way="pages", **page).is_confined


def test_a_shop_has_no_search() -> None:
    with pytest.raises(ArgumentError, match="has no search"):
        make("shop", query="lamp")


def test_only_a_rendered_shop_needs_the_browser() -> None:
    shop = load_markets()["shop"]
    for rendered in (False, True):
        spider = shop(url="https://shop.example/", rendered=str(rendered))
        assert spider.needs_browser is rendered
        assert bool(spider.request("https://shop.example/", start="x").meta.get("playwright")) is rendered
