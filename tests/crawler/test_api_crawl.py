"""Whole crawls of documented APIs against a loopback server that speaks their skeletons: signed, paged, keys unseen."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.crawler.crawling import Crawled, crawl
from tests.crawler.replay import Asked, Reply, file_reply, replay
from tests.realdata import PROJECT

# Each crawl is a process of its own and takes seconds.
pytestmark = pytest.mark.fault

DOCUMENTED = PROJECT / "samples" / "documented"
KEYS = {
    "MARKWATCH_EBAY_CLIENT_ID": "ebay-id-7311",
    "MARKWATCH_EBAY_CLIENT_SECRET": "ebay-secret-7312",
    "MARKWATCH_RAKUTEN_APPLICATION_ID": "rakuten-id-7313",
    "MARKWATCH_RAKUTEN_ACCESS_KEY": "pk_rakuten-7314",
    "MARKWATCH_YAHOO_CLIENT_ID": "yahoo-id-7315",
    "MARKWATCH_AMAZON_CREDENTIAL_ID": "amazon-id-7316",
    "MARKWATCH_AMAZON_CREDENTIAL_SECRET": "amazon-secret-7317",
    "MARKWATCH_AMAZON_PARTNER_TAG": "amazon-tag-7318",
    "MARKWATCH_ALIEXPRESS_APP_KEY": "ali-key-7319",
    "MARKWATCH_ALIEXPRESS_APP_SECRET": "ali-secret-7320",
    "MARKWATCH_ALIEXPRESS_TRACKING_ID": "ali-tracking-7321",
    "MARKWATCH_SHOPEE_AFFILIATE_ID": "shopee-id-7322",
    "MARKWATCH_SHOPEE_AFFILIATE_SECRET": "shopee-secret-7323",
    "MARKWATCH_LAZADA_APP_KEY": "lazada-key-7324",
    "MARKWATCH_LAZADA_APP_SECRET": "lazada-secret-7325",
    "MARKWATCH_LAZADA_USER_TOKEN": "lazada-user-7326",
}
TOKENS = "token-of-the-sample"


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


def file(market: str, name: str) -> Reply:
    return file_reply(DOCUMENTED / market / name)


def run(
    folder: Path, market: str, routes: Mapping[str, Reply | list[Reply]], **arguments: str
) -> tuple[Crawled, list[Asked]]:
    """Crawl the market's API on a server with these routes; no key may stand anywhere that stays."""
    with replay(routes) as server:
        given = {"way": "api", "base_url": server.url, **arguments}
        crawled = crawl(folder, market, given, ("LOG_LEVEL=DEBUG",))
        asked = [one for one in server.log if one.path != "/robots.txt"]
    left = [crawled.log, repr(crawled.events), repr(crawled.listings), repr(crawled.run)]
    left += [path.read_bytes().decode("utf-8", "replace") for path in folder.rglob("*") if path.is_file()]
    for secret in (*KEYS.values(), TOKENS):
        assert not any(secret in text for text in left), secret
    # Calls made under an API's contract ask no robots.txt.
    assert "/robots.txt" not in [one.path for one in server.log]
    return crawled, asked


def ids(crawled: Crawled) -> list[str]:
    return sorted(listing.listing_id for listing in crawled.listings)


def header(asked: Asked, name: str) -> str:
    """Return a header by its name in any case: the client writes them in its own."""
    return {key.lower(): value for key, value in asked.headers.items()}[name.lower()]


def query_of(asked: Asked) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(asked.path).query))


def test_ebay_fetches_a_token_once_and_names_the_marketplace_in_the_header(tmp_path: Path) -> None:
    search = "/buy/browse/v1/item_summary/search"
    pages = [file("ebay_com", "search-1.json"), file("ebay_com", "search-2.json")]
    item = Reply(body=(DOCUMENTED / "ebay_com/item.json").read_bytes(), content_type="application/json")
    routes: dict[str, Reply | list[Reply]] = {
        "/identity/v1/oauth2/token": file("ebay_com", "token.json"),
        search: pages,
        "/buy/browse/v1/item/get_item_by_legacy_id?legacy_item_id=110000000001": item,
    }
    crawled, asked = run(tmp_path, "ebay_com", routes, query="hanamori", exclude_seller="own-shop", from_seller="a|b")
    assert (crawled.code, crawled.run.outcome) == (0, "finished")
    assert ids(crawled) == [f"11000000000{number}" for number in (1, 2, 3, 4)]
    token, first, second = asked
    assert (token.method, token.path) == ("POST", "/identity/v1/oauth2/token")
    assert header(token, "Authorization").startswith("Basic ")
    assert b"grant_type=client_credentials" in token.body
    assert header(first, "Authorization") == f"Bearer {TOKENS}"
    assert header(first, "X-EBAY-C-MARKETPLACE-ID") == "EBAY_US"
    asked_for = query_of(first)
    assert asked_for["filter"] == "buyingOptions:{FIXED_PRICE|AUCTION},sellers:{a|b},excludeSellers:{own-shop}"
    assert (asked_for["q"], asked_for["limit"], asked_for["offset"]) == ("hanamori", "200", "0")
    assert "marketplace" not in asked_for
    assert query_of(second)["offset"] == "200"
    assert crawled.run.counts["answers.ok"] == 2


def test_ebay_details_are_read_where_they_are_asked_for(tmp_path: Path) -> None:
    routes: dict[str, Reply | list[Reply]] = {
        "/identity/v1/oauth2/token": file("ebay_com", "token.json"),
        "/buy/browse/v1/item_summary/search": file("ebay_com", "search-2.json"),
        "/buy/browse/v1/item/get_item_by_legacy_id": Reply(
            body=(DOCUMENTED / "ebay_com/item.json").read_bytes().replace(b"110000000001", b"110000000004"),
            content_type="application/json",
        ),
    }
    crawled, asked = run(tmp_path, "ebay_com", routes, query="hanamori", details="true")
    (listing,) = crawled.listings
    assert (listing.gtin, listing.brand) == ("4900000000016", "Hanamori")
    assert [urlsplit(one.path).path.rpartition("/")[2] for one in asked] == ["token", "search", "get_item_by_legacy_id"]


def test_a_refused_key_ends_the_run_as_failed_and_says_so(tmp_path: Path) -> None:
    routes = {
        "/identity/v1/oauth2/token": Reply(
            body=(DOCUMENTED / "ebay_com/error-token.json").read_bytes(), content_type="application/json", status=401
        )
    }
    crawled, asked = run(tmp_path, "ebay_com", routes, query="hanamori")
    assert (crawled.run.outcome, len(asked)) == ("failed", 1)
    assert any("the key is refused: 'invalid_client'" in bound for bound in crawled.run.failed_bounds)
    assert crawled.run.counts["answers.auth"] == 1


def test_rakuten_sends_its_key_in_the_header_and_asks_for_sold_out_goods(tmp_path: Path) -> None:
    path = "/ichibams/api/IchibaItem/Search/20260701"
    routes: dict[str, Reply | list[Reply]] = {
        path: [file("rakuten_jp", "search-1.json"), file("rakuten_jp", "search-2.json")]
    }
    crawled, asked = run(tmp_path, "rakuten_jp", routes, query="ハナモリ A クリーム")
    assert (crawled.code, ids(crawled)) == (0, [f"sample-shop:1000000{number}" for number in (1, 2, 3)])
    first, second = asked
    assert header(first, "accessKey") == KEYS["MARKWATCH_RAKUTEN_ACCESS_KEY"]
    asked_for = query_of(first)
    # One word of a single character would make Rakuten refuse the whole keyword.
    assert (asked_for["keyword"], asked_for["availability"], asked_for["formatVersion"]) == (
        "ハナモリ クリーム",
        "0",
        "2",
    )
    assert asked_for["applicationId"] == KEYS["MARKWATCH_RAKUTEN_APPLICATION_ID"]
    assert "accessKey" not in asked_for
    assert (asked_for["page"], query_of(second)["page"]) == ("1", "2")


def test_rakuten_nothing_found_is_empty_and_not_an_error(tmp_path: Path) -> None:
    reply = Reply(body=(DOCUMENTED / "rakuten_jp/error-not-found.json").read_bytes(), status=404)
    crawled, _ = run(tmp_path, "rakuten_jp", {"/ichibams/api/IchibaItem/Search/20260701": reply}, query="zz")
    assert (crawled.run.counts["answers.empty"], crawled.run.counts.get("errors", 0)) == (1, 0)
    # Nothing found where a market promises something is looked at by people.
    assert crawled.run.outcome == "suspicious"


def test_yahoo_pages_by_start(tmp_path: Path) -> None:
    routes: dict[str, Reply | list[Reply]] = {
        "/ShoppingWebService/V3/itemSearch": [file("yahoo_jp", "search-1.json"), file("yahoo_jp", "search-2.json")]
    }
    crawled, asked = run(tmp_path, "yahoo_jp", routes, query="hanamori")
    assert (crawled.code, ids(crawled)) == (0, [f"sample-store_aqua{number}" for number in (1, 2, 3)])
    assert [query_of(one)["start"] for one in asked] == ["1", "51"]
    assert query_of(asked[0])["appid"] == KEYS["MARKWATCH_YAHOO_CLIENT_ID"]


def test_amazon_posts_what_its_public_address_says(tmp_path: Path) -> None:
    routes: dict[str, Reply | list[Reply]] = {
        "/auth/o2/token": file("amazon_jp", "token.json"),
        "/catalog/v1/searchItems": [file("amazon_jp", "search-1.json"), file("amazon_jp", "search-2.json")],
    }
    crawled, asked = run(tmp_path, "amazon_jp", routes, query="ハナモリ")
    assert (crawled.code, ids(crawled)) == (0, ["B0SAMPLE01", "B0SAMPLE02", "B0SAMPLE03"])
    token, first, second = asked
    assert b"scope=creatorsapi%3A%3Adefault" in token.body
    assert (first.method, first.path) == ("POST", "/catalog/v1/searchItems")
    assert (header(first, "Authorization"), header(first, "x-marketplace")) == (f"Bearer {TOKENS}", "www.amazon.co.jp")
    body = json.loads(first.body)
    assert (body["keywords"], body["itemPage"], body["availability"]) == ("ハナモリ", 1, "IncludeOutOfStock")
    assert body["partnerTag"] == KEYS["MARKWATCH_AMAZON_PARTNER_TAG"]
    assert json.loads(second.body)["itemPage"] == 2


def test_amazon_without_enough_sales_is_refused_by_its_terms(tmp_path: Path) -> None:
    refusal = (DOCUMENTED / "amazon_jp/error-eligible.json").read_bytes()
    routes = {
        "/auth/o2/token": file("amazon_jp", "token.json"),
        "/catalog/v1/searchItems": Reply(body=refusal, content_type="application/json", status=403),
    }
    crawled, _ = run(tmp_path, "amazon_jp", routes, query="x")
    assert (crawled.run.outcome, crawled.run.counts["answers.refused_by_terms"]) == ("failed", 1)


def test_aliexpress_signs_all_its_parameters(tmp_path: Path) -> None:
    routes: dict[str, Reply | list[Reply]] = {
        "/sync": [file("aliexpress_com", "query-1.json"), file("aliexpress_com", "query-2.json")]
    }
    crawled, asked = run(tmp_path, "aliexpress_com", routes, query="hanamori", currency="JPY")
    assert (crawled.code, ids(crawled)) == (0, [f"100500000000000{number}" for number in (1, 2, 3)])
    for one, page in zip(asked, ("1", "2"), strict=True):
        sent = dict(parse_qsl(one.body.decode()))
        text = "".join(f"{name}{value}" for name, value in sorted(sent.items()) if name != "sign")
        secret = KEYS["MARKWATCH_ALIEXPRESS_APP_SECRET"].encode()
        assert sent["sign"] == hmac.new(secret, text.encode(), hashlib.sha256).hexdigest().upper()
        assert (sent["page_no"], sent["target_currency"], sent["ship_to_country"]) == (page, "JPY", "VN")
        assert (one.method, one.path) == ("POST", "/sync")


def test_shopee_signs_the_very_bytes_it_sends(tmp_path: Path) -> None:
    routes: dict[str, Reply | list[Reply]] = {
        "/graphql": [file("shopee_vn", "offers-1.json"), file("shopee_vn", "offers-2.json")]
    }
    crawled, asked = run(tmp_path, "shopee_vn", routes, query='kem "hanamori"')
    # Three are fewer than Shopee promises.
    assert (crawled.run.outcome, ids(crawled)) == ("suspicious", [f"2400000000{number}" for number in (1, 2, 3)])
    for one, page in zip(asked, (1, 2), strict=True):
        given = dict(
            part.strip().split("=", 1) for part in header(one, "Authorization").removeprefix("SHA256 ").split(",")
        )
        name, secret = KEYS["MARKWATCH_SHOPEE_AFFILIATE_ID"], KEYS["MARKWATCH_SHOPEE_AFFILIATE_SECRET"]
        signed = hashlib.sha256(f"{name}{given['Timestamp']}".encode() + one.body + secret.encode()).hexdigest()
        assert (given["Credential"], given["Signature"]) == (name, signed)
        query = json.loads(one.body)["query"]
        assert query.startswith(f'{{productOfferV2(keyword:"kem \\"hanamori\\"",sortType:1,page:{page},limit:50)')


def test_shopee_rests_when_it_was_asked_too_often_and_then_leaves_the_host_alone(tmp_path: Path) -> None:
    routes = {"/graphql": file("shopee_vn", "error-rate.json")}
    with replay(routes) as server:
        given = {"way": "api", "base_url": server.url, "query": "kem"}
        crawled = crawl(tmp_path, "shopee_vn", given, ("THROTTLED_REST_SECONDS=0.2",))
        assert len(server.paths()) == 3
    assert crawled.run.outcome == "blocked"
    assert crawled.run.counts["answers.throttled"] == 3
    assert "listings" not in crawled.run.counts


def test_lazada_has_categories_and_known_products_but_no_search(tmp_path: Path) -> None:
    routes: dict[str, Reply | list[Reply]] = {
        "/rest/marketing/product/feed": [file("lazada_vn", "feed-1.json"), file("lazada_vn", "feed-2.json")]
    }
    crawled, asked = run(tmp_path, "lazada_vn", routes, category="1211")
    assert (crawled.code, len(crawled.listings)) == (0, 51)
    for one, page in zip(asked, ("1", "2"), strict=True):
        sent = query_of(one)
        text = "".join(f"{name}{value}" for name, value in sorted(sent.items()) if name != "sign")
        secret = KEYS["MARKWATCH_LAZADA_APP_SECRET"].encode()
        signed = hmac.new(secret, f"/marketing/product/feed{text}".encode(), hashlib.sha256).hexdigest().upper()
        assert (sent["sign"], sent["page"], sent["categoryL1"]) == (signed, page, "1211")


def test_a_server_that_is_away_quotes_no_key(tmp_path: Path) -> None:
    given = {"way": "api", "base_url": "http://127.0.0.1:9", "category": "1211"}
    crawled = crawl(tmp_path, "lazada_vn", given, ("LOG_LEVEL=DEBUG",))
    assert crawled.run.outcome != "finished"
    for secret in KEYS.values():
        assert secret not in crawled.log
        assert secret not in repr(crawled.events)
