"""Refusals from end to end: how long a host is left alone, and what the run is called afterwards."""

import time
from pathlib import Path

import pytest

from tests.crawler.crawling import crawl, tiki_page
from tests.crawler.replay import Reply, replay

pytestmark = pytest.mark.fault

GOOD = Reply(body=tiki_page(0, 12), content_type="application/json")
SLOW = Reply(body=b"User-agent: *\nCrawl-delay: 1\n", content_type="text/plain")
CAPTCHA = Reply(body=b"<html><title>Just a moment...</title><form>captcha</form></html>")


def refusal(status: int, *retry_after: str) -> Reply:
    return Reply(status=status, body=b"slow down", headers=tuple(("Retry-After", value) for value in retry_after))


def test_a_host_is_asked_again_no_earlier_than_it_said_and_nothing_is_lost(tmp_path: Path) -> None:
    other = Reply(body=tiki_page(20, 3), content_type="application/json")
    with replay({"/a": [refusal(429, "2"), refusal(503, "-1"), GOOD], "/b": other}) as server:
        arguments = {"url": f"{server.url}/a|{server.url}/b", "allow_host": server.place}
        crawled = crawl(tmp_path, "tiki_vn", arguments)
    refused = next(asked for asked in server.log if asked.path == "/a")
    later = [asked for asked in server.log if asked.began_at > refused.began_at]
    assert len(later) >= 2
    assert all(asked.began_at - refused.ended_at >= 1.95 for asked in later)
    assert (crawled.code, crawled.run.outcome) == (0, "finished")
    assert len(crawled.listings) == 15
    assert crawled.run.counts["refusals"] == 2
    assert any("HTTP 429, Retry-After 2 s" in text for text in crawled.event_texts("refused"))


def test_five_refusals_in_a_row_stop_the_host_and_the_run_is_blocked(tmp_path: Path) -> None:
    with replay({"/a": refusal(503, "0"), "/b": refusal(503, "abc"), "/c": refusal(429)}) as server:
        urls = "|".join(server.url + path for path in ("/a", "/b", "/c"))
        crawled = crawl(tmp_path, "tiki_vn", {"url": urls, "allow_host": server.place})
    assert len(server.paths()) == 5
    assert (crawled.code, crawled.run.outcome) == (1, "blocked")
    assert crawled.run.counts["refusals"] == 5
    assert crawled.run.counts["skip.host_stopped"] == 3


def test_a_wait_of_a_day_ends_the_run_as_blocked_at_once(tmp_path: Path) -> None:
    with replay({"/a": refusal(429, "86400"), "/b": GOOD}) as server:
        began_at = time.monotonic()
        crawled = crawl(tmp_path, "tiki_vn", {"url": f"{server.url}/a|{server.url}/b", "allow_host": server.place})
    assert time.monotonic() - began_at < 30
    assert server.paths() in (["/a"], ["/b", "/a"])
    assert (crawled.code, crawled.run.outcome) == (1, "blocked")
    assert crawled.run.counts["skip.host_stopped"] == 3 - len(server.paths())
    assert any("asks to wait 86400 s" in sentence for sentence in crawled.run.failed_bounds)


def test_a_block_page_with_status_200_is_no_listing_and_stops_the_host(tmp_path: Path) -> None:
    with replay({"/robots.txt": SLOW, **{f"/{number}": CAPTCHA for number in range(5)}}) as server:
        urls = "|".join(f"{server.url}/{number}" for number in range(5))
        crawled = crawl(tmp_path, "tiki_vn", {"url": urls, "allow_host": server.place})
    assert crawled.listings == ()
    assert len(server.paths()) == 1
    assert crawled.run.counts["skip.host_stopped"] == 4
    assert (crawled.code, crawled.run.outcome) == (1, "blocked")
    assert any("browser challenge" in text for text in crawled.event_texts("blocked"))


def test_a_missing_page_is_a_sighting_and_never_an_error(tmp_path: Path) -> None:
    with replay({"/a": Reply(status=404), "/b": GOOD}) as server:
        arguments = {"url": f"{server.url}/a|{server.url}/b", "allow_host": server.place}
        crawled = crawl(tmp_path, "tiki_vn", arguments)
    assert (crawled.code, crawled.run.outcome) == (0, "finished")
    assert crawled.run.counts["skip.gone"] == 1
    assert "errors" not in crawled.run.counts
