"""Hostile answers within one crawl: each costs its own page and says why; the page after them is read."""

import gzip
import time
import zlib
from http.server import BaseHTTPRequestHandler

import pytest

from tests.crawler.crawling import Crawled, crawl, tiki_page
from tests.crawler.replay import Raw, Reply, replay

pytestmark = pytest.mark.fault

LIMIT = 2**20
SETTINGS = (f"DOWNLOAD_MAXSIZE={LIMIT}", "DOWNLOAD_TIMEOUT=2", "RETRY_TIMES=1")
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def encoded(body: bytes, encoding: str) -> Reply:
    return Reply(body=body, content_type="application/json", headers=(("Content-Encoding", encoding),))


def sends(*parts: bytes, then_every: float = 0.0, part: bytes = b"", for_seconds: float = 20.0) -> Reply:
    def send(handler: BaseHTTPRequestHandler) -> None:
        for piece in parts:
            handler.wfile.write(piece)
        deadline = time.monotonic() + for_seconds
        while part and time.monotonic() < deadline:
            handler.wfile.write(part)
            time.sleep(then_every)

    raw: Raw = send
    return Reply(raw=raw)


ZEROS = b"\0" * 2**27
# path -> (answer, words that its error holds)
PAGES: dict[str, tuple[Reply, str]] = {
    "/gzip-bomb": (encoded(gzip.compress(ZEROS), "gzip"), f"unpacks to more than {LIMIT} bytes (gzip)"),
    "/deflate-bomb": (encoded(zlib.compress(ZEROS), "deflate"), f"unpacks to more than {LIMIT} bytes (deflate)"),
    "/double-bomb": (encoded(gzip.compress(gzip.compress(ZEROS)), "gzip, gzip"), f"more than {LIMIT} bytes"),
    "/not-gzip": (encoded(b"<html>plain</html>", "gzip"), "cannot decode gzip"),
    "/unknown-encoding": (encoded(b"abc", "x-foo"), "unknown content encoding x-foo"),
    "/announced": (Reply(body=b"x" * (LIMIT + 1)), str(LIMIT)),
    "/endless": (sends(OK + b"\r\n", part=b"x" * 65_536, then_every=0.001), f"larger than {LIMIT} bytes"),
    "/drip": (sends(OK + b"\r\n", part=b"x", then_every=0.2), "longer than 2"),
    "/header-drip": (sends(OK, part=b"X-Drip: y\r\n", then_every=0.2), "longer than 2"),
    "/header-flood": (sends(OK, part=b"X-Flood: " + b"y" * 65_536 + b"\r\n"), "headers over 65536 bytes"),
    "/header-lines": (sends(OK + b"A: b\r\n" * 300 + b"\r\n"), "200 lines"),
    "/wrong-length": (sends(OK + b"Content-Length: 100000\r\n\r\n0123456789"), "cut short"),
    "/cut-chunk": (sends(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabc"), "cut short"),
    "/bad-status": (sends(b"HTTP/1.1 abc\r\n\r\n"), "bad_status_line"),
    "/silence": (sends(b""), "no_answer"),
    "/empty": (Reply(body=b""), "body: is empty"),
    "/not-json": (Reply(body=b"<p>hello", content_type="application/json"), "is not JSON at byte 0"),
    "/server-error": (Reply(status=500, body=b"no"), ""),
}  # fmt: skip


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    routes: dict[str, Reply | list[Reply]] = {path: reply for path, (reply, _) in PAGES.items()}
    routes["/good"] = Reply(body=tiki_page(0, 12), content_type="application/json")
    with replay(routes) as server:
        urls = "|".join(server.url + path for path in (*PAGES, "/good"))
        return crawl(tmp_path_factory.mktemp("faults"), "tiki_vn", {"url": urls, "allow_host": server.place}, SETTINGS)


@pytest.mark.parametrize(("path", "words"), [(path, words) for path, (_, words) in PAGES.items() if words])
def test_a_hostile_answer_is_an_error_that_names_its_page_and_the_limit(
    crawled: Crawled, path: str, words: str
) -> None:
    texts = [text for text in crawled.event_texts("page") if path in text]
    assert len(texts) == 1
    assert words in texts[0]


def test_hostile_answers_cost_only_their_own_pages(crawled: Crawled) -> None:
    assert len(crawled.listings) == 12
    assert crawled.run.counts["errors"] == len(PAGES)
    assert crawled.run.outcome == "suspicious"
    assert crawled.code == 3
    assert any(f"{len(PAGES)} of" in sentence for sentence in crawled.run.failed_bounds)
