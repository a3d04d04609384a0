"""Whole crawls of pages on a loopback server: paging, categories, details, and the first refusal that ends it."""

import json
from pathlib import Path

import pytest

from storage.access import load_host_rests
from storage.database import open_database
from tests.crawler.crawling import crawl, tiki_item, tiki_page
from tests.crawler.replay import Reply, file_reply, replay
from tests.realdata import PROJECT

# Each crawl is a process of its own and takes seconds.
pytestmark = pytest.mark.fault

DOCUMENTED = PROJECT / "samples" / "documented"
JSON = "application/json"
ROBOTS = Reply(body=b"User-agent: *\nAllow: /\n", content_type="text/plain")


def test_cho_tot_is_paged_and_nobody_is_stored(tmp_path: Path) -> None:
    def ads(first: int, count: int) -> Reply:
        found = [
            {"list_id": number, "subject": f"Kem mẫu {number}", "full_name": "Người Bán Mẫu", "price": 1_000 + number}
            for number in range(first, first + count)
        ]
        return Reply(body=json.dumps({"ads": found, "total": 60}).encode(), content_type=JSON)

    path = "/v1/public/ad-listing?cg=4010&limit=50&st=s%2Ck&o="
    routes: dict[str, Reply | list[Reply]] = {"/robots.txt": ROBOTS, f"{path}0": ads(1, 50), f"{path}50": ads(51, 10)}
    with replay(routes) as server:
        crawled = crawl(tmp_path, "chotot_vn", {"category": "4010", "base_url": server.url})
        assert server.paths() == [f"{path}0", f"{path}50"]
    assert (crawled.code, len(crawled.listings)) == (0, 60)
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert "Người Bán Mẫu".encode() not in kept


def test_robots_of_a_gateway_is_obeyed(tmp_path: Path) -> None:
    routes: dict[str, Reply | list[Reply]] = {"/robots.txt": Reply(body=b"User-agent: *\nDisallow: /v1/\n")}
    with replay(routes) as server:
        crawled = crawl(tmp_path, "chotot_vn", {"query": "kem", "base_url": server.url})
        assert server.paths() == []
    assert crawled.run.outcome == "blocked"
    assert crawled.run.counts["skip.robots"] == 1


def test_the_first_punish_page_ends_the_crawl_of_its_host(tmp_path: Path) -> None:
    blocked = file_reply(DOCUMENTED / "lazada_vn" / "blocked.json")
    routes: dict[str, Reply | list[Reply]] = {
        "/robots.txt": ROBOTS,
        "/catalog/": [file_reply(DOCUMENTED / "lazada_vn" / "catalog-1.json"), blocked],
    }
    with replay(routes) as server:
        crawled = crawl(tmp_path, "lazada_vn", {"query": "a|b|c", "base_url": server.url})
        assert len(server.paths()) <= 3
    assert crawled.run.outcome == "blocked"
    assert len(crawled.listings) == 2
    assert crawled.run.counts["answers.blocked"] >= 1
    assert any("punish page" in text for text in crawled.event_texts("blocked"))
    # A server opened for one run stands in for a market: what it says is no word of the market's.
    database = open_database(crawled.url)
    with database.read() as session:
        assert load_host_rests(session, crawled.run.requested_at) == ()
    database.close()


NO_GOODS = Reply(body=b'{"mods": {"listItems": []}, "mainInfo": {"totalResults": "0"}}', content_type=JSON)


@pytest.mark.parametrize("has_results", [True, False])
def test_an_empty_search_of_lazada_counts_only_after_another_one_has_found_something(
    has_results: bool, tmp_path: Path
) -> None:
    control = file_reply(DOCUMENTED / "lazada_vn" / "catalog-1.json") if has_results else NO_GOODS
    routes: dict[str, Reply | list[Reply]] = {
        "/robots.txt": ROBOTS, "/catalog/?ajax=true&q=%C3%A1o&page=1": control, "/catalog/": NO_GOODS,
    }  # fmt: skip
    with replay(routes) as server:
        crawled = crawl(tmp_path, "lazada_vn", {"query": "hanamori|hatomugi", "base_url": server.url})
    counts = crawled.run.counts
    assert len(crawled.listings) == 0
    if has_results:
        assert counts["answers.empty"] == 2
        assert crawled.run.outcome == "suspicious"
    else:
        assert counts.get("answers.empty", 0) == 0
        assert counts["blocked"] >= 1
        assert crawled.run.outcome == "blocked"


def test_tiki_categories_are_listed_and_details_read(tmp_path: Path) -> None:
    product = {
        "id": 900_001, "name": "Áo mưa mẫu số 1", "url_path": "ao-mua-mau-1-p900001.html?spid=800001", "price": 45_001,
        "current_seller": {"id": 77, "name": "Cửa Hàng Thử", "product_id": 800_001, "price": 45_001},
        "description": "<p>Áo mưa Hanamori</p>",
    }  # fmt: skip
    routes: dict[str, Reply | list[Reply]] = {
        "/robots.txt": ROBOTS,
        "/api/v2/products": Reply(body=tiki_page(1, 1), content_type=JSON),
        "/api/v2/products/900001": Reply(body=json.dumps(product).encode(), content_type=JSON),
    }
    with replay(routes) as server:
        crawled = crawl(tmp_path, "tiki_vn", {"category": "1883", "details": "true", "base_url": server.url})
        assert server.paths() == [
            "/api/v2/products?limit=40&page=1&category=1883",
            "/api/v2/products/900001?spid=800001",
        ]
    (listing,) = crawled.listings
    assert listing.description == "Áo mưa Hanamori"
    assert tiki_item(1)["seller_product_id"] == int(listing.listing_id)
