import pytest

from crawler.middlewares.scope import in_scope, opened_places, real_address, refusal_of, repeats
from spiders.base import MarketSpider
from spiders.registry import load_markets

REPLAY = "http://127.0.0.1:8123"


def spider(market: str = "tiki_vn", **arguments: str) -> MarketSpider:
    made = load_markets()[market](**arguments)
    made.open_ways = frozenset({"pages"})
    return made


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://tiki.vn/p1", None),
        ("https://api.tiki.vn/p1", None),
        ("http://tiki.vn/p1", None),
        ("https://tiki.vn.evil.test/", "off_site"),
        ("https://evil-tiki.vn/", "off_site"),
        ("https://tiki.vn:8443/", "off_site"),
        ("https://evil.test/#@tiki.vn", "off_site"),
        ("https://user:word@tiki.vn/", "bad_address"),
        ("https://tiki.vn@evil.test/", "bad_address"),
        ("https://tiki.vn/a\r\nX: y", "bad_address"),
        ("https://tiki.vn/" + "a" * 2_100, "bad_address"),
        ("http://127.0.0.1/", "internal_address"),
        ("http://2130706433/", "internal_address"),
        ("http://[::1]/", "internal_address"),
        ("ftp://tiki.vn/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("https://tiki.vn/a/b/a/b/a/b/", "path_repeats"),
        ("https://tiki.vn/a/a/a", "path_repeats"),
        ("https://tiki.vn/a/b/a/b/", None),
    ],
)
def test_a_live_run_stays_on_its_markets_hosts(url: str, reason: str | None) -> None:
    assert refusal_of(url, spider(query="x")) == reason


def test_a_replay_opens_exactly_its_host_and_port_and_closes_the_market() -> None:
    replayed = spider(query="x", base_url=REPLAY)
    assert opened_places(replayed) == ("127.0.0.1:8123",)
    assert refusal_of(f"{REPLAY}/p1", replayed) is None
    assert refusal_of("http://127.0.0.1:8124/p1", replayed) == "internal_address"
    assert refusal_of("http://localhost:8123/p1", replayed) == "internal_address"
    assert refusal_of("https://tiki.vn/p1", replayed) == "off_site"


def test_a_market_that_is_not_crawled_live_never_leaves_the_opened_host() -> None:
    closed = spider("shopee_vn", url=f"{REPLAY}/api/v4/item/get", allow_host="127.0.0.1:8123", way="pages")
    closed.open_ways = frozenset()
    assert refusal_of(f"{REPLAY}/api/v4/item/get", closed) is None
    assert refusal_of("https://shopee.vn/api/v4/item/get", closed) == "off_site"


def test_a_redirect_on_a_replay_means_the_replay_host_and_the_markets_address() -> None:
    replayed = spider(query="x", base_url=REPLAY)
    assert in_scope("https://tiki.vn/new?a=1", replayed) == f"{REPLAY}/new?a=1"
    assert in_scope("https://evil.test/", replayed) == "https://evil.test/"
    assert real_address("https://tiki.vn/old", "/new", replayed) == "https://tiki.vn/new"
    assert real_address("https://tiki.vn/old", f"{REPLAY}/new", replayed) == "https://tiki.vn/new"


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/", False), ("/a/b/c", False), ("/a/a", False), ("/a/a/a", True), ("/x/a/b/a/b/a/b/y", True), ("/1/2/1", False)],
)  # fmt: skip
def test_a_path_that_repeats_itself_a_third_time_is_a_trap(path: str, *, expected: bool) -> None:
    assert repeats(path) is expected
