"""Hostile pages through a whole crawl, over TLS and into the parser: each costs itself, and little; the run goes on."""

import gzip
import os
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from crawler.parse_worker import is_doubtful
from tests.alerts.test_sender import certificate as make_certificate
from tests.crawler.crawling import Crawled, crawl
from tests.crawler.replay import Reply, replay
from tests.crawler.test_engine_faults import OK, encoded, sends
from tests.realdata import PROJECT

pytestmark = pytest.mark.fault

MIB = 2**20
GOOD = (
    '<html lang="de"><head><title>Lampe</title></head><body><h1>Lampe</h1><p class="price">49,90 €</p>'
    "<button>In den Warenkorb</button></body></html>"
)


def page(body: str) -> Reply:
    return Reply(body=f"<html><body>{body}</body></html>".encode())


# path -> (page, words that its error holds; "" where the page is read)
PARSED: dict[str, tuple[Reply, str]] = {
    "/nested": (page("<div>" * 300_000), "nesting is deeper than 1000"),
    "/nested-lists": (page("<ul><li>" * 100_000), "nesting"),
    "/attributes": (page("<p " + " ".join(f"a{number}=1" for number in range(200_000)) + ">x</p>"), "attributes"),
    "/siblings": (page("<b></b>" * 1_100_000), ""),
    "/texts": (page("<i>x</i>" * 900_000), ""),
    "/entities": (page("&amp;" * 1_500_000), ""),
    "/bad-entities": (page("&#x110000;&#0;&#xD800;" * 100_000), ""),
    "/comments": (page("<!-- x -->" * 700_000), ""),
    "/open-comment": (page("<!--" * 1_000_000), ""),
    "/script": (page("<script>" + '{"price": ' * 500_000 + "</script>"), ""),
    "/json-ld": (page('<script type="application/ld+json">' + "[" * 1_000_000 + "</script>"), ""),
    "/prices": (page("<h1>Lamp</h1>" + "<b class=price>1,00 €</b>" * 250_000), ""),
    "/giant-text": (page("<h1>Lamp</h1><p>" + "9" * 7_000_000 + "</p>"), ""),
    "/links": (page("".join(f'<a href="/x/{number}">x</a>' for number in range(250_000))), ""),
    "/microdata": (page("<div itemscope itemtype='https://schema.org/Product'>" * 900 + "x"), ""),
    "/tables": (page("<table><tr><td>" * 300), ""),
}  # fmt: skip


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    routes: dict[str, Reply | list[Reply]] = {path: reply for path, (reply, _) in PARSED.items()}
    routes |= {"/robots.txt": Reply(body=b""), "/good": Reply(body=GOOD.encode())}
    with replay(routes) as server:
        urls = "|".join(server.url + path for path in (*PARSED, "/good"))
        arguments = {"url": urls, "allow_host": server.place, "max_pages": "1"}
        return crawl(tmp_path_factory.mktemp("parsed"), "shop", arguments)


@pytest.mark.parametrize(("path", "words"), [(path, words) for path, (_, words) in PARSED.items() if words])
def test_a_page_made_to_break_parsers_is_an_error_that_says_so(parsed: Crawled, path: str, words: str) -> None:
    texts = [text for text in parsed.event_texts("page") if f"{path}: " in text]
    assert len(texts) == 1
    assert words in texts[0]


def test_reading_in_the_worker_takes_little_memory_here_and_ends_in_time() -> None:
    script = """
import asyncio, sys, time
from datetime import UTC, datetime
from crawler.parse_worker import ParseWorker
from spiders.errors import ReadingError
from spiders.reading import Answer
from tests.crawler.test_hostile_pages import PARSED

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096

async def main():
    worker, bodies = ParseWorker(), {path: reply.body for path, (reply, _) in PARSED.items()}
    most, slowest = 0, 0.0
    for path, body in bodies.items():
        before, began = resident(), time.process_time()
        try:
            await worker.read("shop", Answer(url="https://shop.example/x", body=body, fetched_at=datetime.now(UTC)))
        except ReadingError:
            pass
        most, slowest = max(most, resident() - before), max(slowest, time.process_time() - began)
    await worker.close()
    print(most // 2**20, round(slowest, 2), worker.kills)

asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    growth, seconds, kills = (float(word) for word in done.stdout.split())
    assert growth <= 64
    assert seconds <= 2
    assert kills >= 1


def test_the_crawl_reads_on_after_every_hostile_page(parsed: Crawled) -> None:
    assert parsed.run.counts["pages"] == len(PARSED) + 1
    assert any(listing.title == "Lampe" for listing in parsed.listings)
    assert parsed.run.outcome != "failed"


def test_large_and_crowded_pages_are_read_elsewhere_and_usual_ones_are_not() -> None:
    doubtful = [path for path, (reply, _) in PARSED.items() if is_doubtful(reply.body)]
    assert set(doubtful) >= set(PARSED) - {"/tables", "/microdata"}
    assert not is_doubtful(GOOD.encode())
    assert not is_doubtful(b'{"data": [' + b'{"a": "<b>&amp;"},' * 100_000 + b"{}]}")


LIMIT = MIB
SETTINGS = (f"DOWNLOAD_MAXSIZE={LIMIT}", "DOWNLOAD_TIMEOUT=3", "RETRY_TIMES=0")
ZEROS = b"\0" * 2**27
SECURED: dict[str, tuple[Reply, str]] = {
    "/gzip-bomb": (encoded(gzip.compress(ZEROS), "gzip"), f"unpacks to more than {LIMIT} bytes (gzip)"),
    "/double-bomb": (encoded(gzip.compress(gzip.compress(ZEROS)), "gzip, gzip"), f"more than {LIMIT} bytes"),
    "/deflate-bomb": (encoded(zlib.compress(ZEROS), "deflate"), f"unpacks to more than {LIMIT} bytes"),
    "/announced": (Reply(body=b"x" * (LIMIT + 1)), str(LIMIT)),
    "/endless": (sends(OK + b"\r\n", part=b"x" * 65_536, then_every=0.001, for_seconds=5), f"than {LIMIT} bytes"),
    "/drip": (sends(OK + b"\r\n", part=b"x", then_every=0.2, for_seconds=5), "longer than 3"),
    "/header-flood": (sends(OK, part=b"X: " + b"y" * 65_536 + b"\r\n", for_seconds=5), "headers over 65536 bytes"),
    "/header-lines": (sends(OK + b"A: b\r\n" * 300 + b"\r\n"), "200 lines"),
    "/wrong-length": (sends(OK + b"Content-Length: 100000\r\n\r\n0123456789"), "cut short"),
}  # fmt: skip


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    folder = tmp_path_factory.mktemp("secured")
    make_certificate(folder, "127.0.0.1")
    both = folder / "both.pem"
    both.write_bytes((folder / "127.0.0.1.crt").read_bytes() + (folder / "127.0.0.1.key").read_bytes())
    routes: dict[str, Reply | list[Reply]] = {path: reply for path, (reply, _) in SECURED.items()}
    routes |= {"/robots.txt": Reply(body=b""), "/good": Reply(body=GOOD.encode())}
    before = os.environ.get("SSL_CERT_FILE")
    os.environ["SSL_CERT_FILE"] = str(folder / "127.0.0.1.crt")
    try:
        with replay(routes, certificate=both) as server:
            urls = "|".join(server.url + path for path in (*SECURED, "/good"))
            return crawl(folder, "shop", {"url": urls, "allow_host": server.place, "max_pages": "1"}, SETTINGS)
    finally:
        os.environ.pop("SSL_CERT_FILE")
        if before is not None:
            os.environ["SSL_CERT_FILE"] = before


@pytest.mark.parametrize("path", sorted(SECURED))
def test_inside_tls_the_download_itself_keeps_the_limits(secured: Crawled, path: str) -> None:
    texts = [text for text in secured.event_texts("page") if path in text]
    assert len(texts) == 1, secured.log[-3000:]
    assert SECURED[path][1] in texts[0]


def test_a_good_page_inside_tls_is_read_after_all_of_them(secured: Crawled) -> None:
    assert [listing.title for listing in secured.listings] == ["Lampe"]


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    make_certificate(tmp_path, "127.0.0.1")
    both = tmp_path / "both.pem"
    both.write_bytes((tmp_path / "127.0.0.1.crt").read_bytes() + (tmp_path / "127.0.0.1.key").read_bytes())
    with replay({"/robots.txt": Reply(body=b""), "/good": Reply(body=GOOD.encode())}, certificate=both) as server:
        done = crawl(tmp_path, "shop", {"url": f"{server.url}/good", "allow_host": server.place}, SETTINGS)
        assert server.log == []
    assert done.listings == ()


def test_a_referrer_policy_from_a_site_is_ignored(tmp_path: Path) -> None:
    headers = (("Referrer-Policy", "os.system"), ("Referrer-Policy", "unsafe-url"))
    links = b'<html><body><h1>L</h1><a href="/good">L</a></body></html>'
    routes: dict[str, Reply | list[Reply]] = {
        "/": Reply(body=links, headers=headers),
        "/good": Reply(body=GOOD.encode()),
    }
    with replay({"/robots.txt": Reply(body=b""), **routes}) as server:
        crawl(tmp_path, "shop", {"url": f"{server.url}/", "allow_host": server.place, "max_pages": "3"})
        assert [asked.path for asked in server.log if asked.path == "/good"]
        assert not any("Referer" in asked.headers for asked in server.log)
