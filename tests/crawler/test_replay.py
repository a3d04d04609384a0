"""Whole crawls against recorded or own answers, from the spider's arguments to the rows of the database."""

import hashlib
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from captures.store import CaptureStore
from records.watchlist import Mark
from storage.database import open_database
from storage.hits import HitFilter, load_queue
from storage.watchlist import save_marks
from tests.crawler.crawling import crawl, made_database, tiki_page
from tests.crawler.replay import Reply, file_reply, replay
from tests.realdata import data_path

JSON = "application/json; charset=utf-8"
ROBOTS = Reply(body=b"User-agent: *\nCrawl-delay: 0.4\nDisallow: /private\n", content_type="text/plain")


def sample_routes() -> dict[str, Reply | list[Reply]]:
    return {
        "/robots.txt": ROBOTS,
        "/api/v2/products?limit=40&page=1&q=ao": Reply(body=tiki_page(0, 12, 1, 3), content_type=JSON),
        "/api/v2/products?limit=40&page=2&q=ao": Reply(body=tiki_page(10, 12, 2, 3), content_type=JSON),
        "/api/v2/products?limit=40&page=3&q=ao": Reply(body=tiki_page(22, 8, 3, 3), content_type=JSON),
    }


@pytest.mark.slow
def test_a_search_is_crawled_politely_judged_stored_and_its_flagged_answers_kept(tmp_path: Path) -> None:
    url = made_database(tmp_path)
    database = open_database(url)
    with database.write() as session:
        save_marks(session, [Mark(mark_id="m1", text="Zorblax", owner="Zorblax Co.")])
    routes = sample_routes()
    body = tiki_page(22, 8, 3, 3, {25: "Áo Z.o.r.b.l.a.x hàng fake loại 1"})
    routes["/api/v2/products?limit=40&page=3&q=ao"] = Reply(body=body, content_type=JSON)
    with replay(routes) as server:
        crawled = crawl(tmp_path, "tiki_vn", {"query": "ao", "base_url": server.url}, url=url)

    assert (crawled.code, crawled.run.outcome, crawled.run.failed_bounds) == (0, "finished", ())
    assert {listing.listing_id for listing in crawled.listings} == {str(800_000 + number) for number in range(30)}
    counts = crawled.run.counts
    assert (counts["pages"], counts["listings"], counts["new"]) == (3, 30, 30)
    assert counts["skip.duplicate"] == 2

    assert [asked.path for asked in server.log] == ["/robots.txt", *sorted(server.paths())]
    for earlier, later in zip(server.log, server.log[1:], strict=False):
        assert earlier.ended_at <= later.began_at
        assert later.began_at - earlier.ended_at >= 0.4
    assert {asked.headers["User-Agent"].partition("/")[0] for asked in server.log} == {"Markwatch"}
    assert not any("Cookie" in asked.headers or "Referer" in asked.headers for asked in server.log)

    digest = hashlib.sha256(ROBOTS.body).hexdigest()
    assert any(digest in text for text in crawled.event_texts("robots"))
    with database.read() as session:
        rows = load_queue(session, HitFilter(view="unreviewed"), None, 10, "score").rows
    database.close()
    assert [row.hit.listing.listing_id for row in rows] == ["800025"]
    kept = list((tmp_path / "captures").rglob("*.body"))
    assert [path.stem for path in kept] == [hashlib.sha256(body).hexdigest()]
    assert CaptureStore(tmp_path / "captures").verify() == ()


@pytest.mark.real
@pytest.mark.database
def test_the_recorded_tiki_search_page_gives_its_fifty_offers(tmp_path: Path) -> None:
    page = data_path("recorded", "tiki_vn", "search-2023-10.html")
    with replay({"/search": file_reply(page, "text/html; charset=utf-8")}) as server:
        arguments = {"url": "https://tiki.vn/search?q=x", "base_url": server.url, "max_pages": "1"}
        crawled = crawl(tmp_path, "tiki_vn", arguments)
    assert (crawled.code, crawled.run.outcome) == (0, "finished")
    assert len(crawled.listings) == 50
    for listing in crawled.listings:
        assert listing.title
        assert listing.offer.price is not None
        assert listing.offer.price.currency == "VND"
        assert listing.offer.price.amount == int(listing.offer.price.amount) >= 1_000
        assert listing.seller.seller_id
        assert listing.seller.seller_id.isdecimal()
        assert listing.url is not None
        assert urlsplit(listing.url).netloc == "tiki.vn"
        assert f"spid={listing.listing_id}" in listing.url


@pytest.mark.real
@pytest.mark.database
def test_the_recorded_shopee_item_answers_give_their_sixty_one_items(tmp_path: Path) -> None:
    answers = data_path("recorded", "shopee_vn", "item-get-61-2023.json")
    with replay({"/api/v4/item/get": file_reply(answers)}) as server:
        arguments = {"url": "https://shopee.vn/api/v4/item/get?itemid=1&shopid=2", "base_url": server.url}
        crawled = crawl(tmp_path, "shopee_vn", arguments)
    assert (crawled.code, crawled.run.outcome) == (0, "finished")
    assert len(crawled.listings) == 61
    for listing in crawled.listings:
        assert listing.title
        assert listing.offer.price is not None
        assert listing.offer.price.currency == "VND"
        assert 1_000 <= listing.offer.price.amount < 10**9
        assert listing.seller.seller_id
        assert listing.url is not None
        assert urlsplit(listing.url).netloc == "shopee.vn"
        assert listing.url.endswith(f"/{listing.seller.seller_id}/{listing.listing_id}")
