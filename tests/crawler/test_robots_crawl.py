"""RFC 9309 from end to end: one crawl over two dozen hosts, each with another answer to /robots.txt."""

import gzip
import hashlib
import socket
import struct
import time
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.crawler.crawling import crawl, tiki_page
from tests.crawler.replay import Replay, Reply, replay

pytestmark = pytest.mark.fault

PAGE = "/api/v2/products"
FORBID = b"User-agent: *\nDisallow: /api\n"
ALLOW = b"User-agent: *\nDisallow: /private\n"
FILLER = b"# " + b"x" * 97 + b"\n"


def text(body: bytes, status: int = 200, *headers: tuple[str, str]) -> Reply:
    return Reply(body=body, status=status, content_type="text/plain", headers=headers)


def hang(_handler: BaseHTTPRequestHandler) -> None:
    time.sleep(5)


def reset(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def cut_short(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + ALLOW)


def hops(number: int) -> dict[str, Reply | list[Reply]]:
    routes: dict[str, Reply | list[Reply]] = {
        "/robots.txt" if hop == 0 else f"/robots/{hop}": text(b"", 301, ("Location", f"/robots/{hop + 1}"))
        for hop in range(number)
    }
    routes[f"/robots/{number}"] = text(ALLOW)
    return routes


BOMB = gzip.compress(gzip.compress(b"\0" * 2**26))
# name -> (answer, whether its page may be fetched)
ANSWERS: dict[str, tuple[Reply | dict[str, Reply | list[Reply]], bool]] = {
    "200 empty": (text(b""), True),
    "200 HTML": (Reply(body=b"<html><body>hello</body></html>"), True),
    "200 allow": (text(ALLOW), True),
    "200 disallow": (text(FORBID), False),
    "BOM": (text(b"\xef\xbb\xbf" + FORBID), False),
    "CR only": (text(FORBID.replace(b"\n", b"\r")), False),
    "600 KiB, rule first": (text(FORBID + FILLER * 6_144), False),
    "5 MB, rule last": (text(FILLER * 52_000 + FORBID), True),
    "301 x 5": (hops(5), True),
    "301 x 6": (hops(6), False),
    "401": (text(FORBID, 401), True),
    "403": (text(FORBID, 403), True),
    "404": (text(b"", 404), True),
    "410": (text(b"", 410), True),
    "429": (text(b"", 429), False),
    "500": (text(ALLOW, 500), False),
    "502": (text(ALLOW, 502), False),
    "503": (text(ALLOW, 503), False),
    "time-out": (Reply(raw=hang), False),
    "reset": (Reply(raw=reset), False),
    "wrong length": (Reply(raw=cut_short), False),
    "gzip bomb": (text(BOMB, 200, ("Content-Encoding", "gzip, gzip")), False),
    "redirect without Location": (text(b"", 302), False),
    "redirect to a file": (text(b"", 302, ("Location", "file:///etc/passwd")), False),
    "crawl delay of a day": (text(b"User-agent: *\nCrawl-delay: 86400\n"), False),
}  # fmt: skip


def test_robots_txt_decides_as_rfc_9309_says_whatever_the_answer(tmp_path: Path) -> None:
    with ExitStack() as stack:
        servers: dict[str, Replay] = {}
        expected: dict[str, bool] = {}

        def serve(name: str, robots: Reply | dict[str, Reply | list[Reply]], *, allowed: bool) -> None:
            page = Reply(body=tiki_page(100 * len(servers), 2), content_type="application/json")
            routes = robots if isinstance(robots, dict) else {"/robots.txt": robots}
            servers[name] = stack.enter_context(replay({**routes, PAGE: page}))
            expected[name] = allowed

        for name, (answer, allowed) in ANSWERS.items():
            serve(name, answer, allowed=allowed)
        canary = stack.enter_context(replay({"/robots.txt": text(ALLOW)}))
        elsewhere = servers["200 allow"].url + "/robots.txt"
        serve("redirect to another host", text(b"", 302, ("Location", elsewhere)), allowed=True)
        serve("redirect inside", text(b"", 302, ("Location", canary.url + "/robots.txt")), allowed=False)
        serve("TLS error", text(ALLOW), allowed=False)
        urls = [
            (server.url.replace("http:", "https:") if name == "TLS error" else server.url) + PAGE
            for name, server in servers.items()
        ]
        arguments = {"url": "|".join(urls), "allow_host": "|".join(server.place for server in servers.values())}
        crawled = crawl(tmp_path, "tiki_vn", arguments)

        fetched = {name: server.paths().count(PAGE) == 1 for name, server in servers.items()}
        assert fetched == expected
        assert canary.log == []

    allowed_count = sum(expected.values())
    assert len(crawled.listings) == 2 * allowed_count
    assert crawled.run.counts["pages"] == allowed_count
    assert crawled.run.counts["skip.robots"] == len(servers) - allowed_count - 1
    assert crawled.run.counts["skip.crawl_delay"] == 1
    decisions = crawled.event_texts("robots")
    assert len(decisions) == len(servers)
    assert sum("sha256" in decision for decision in decisions) >= 16
    assert any(hashlib.sha256(FORBID).hexdigest() in decision for decision in decisions)
    assert any("crawl delay of 86400 s" in sentence for sentence in crawled.run.failed_bounds)
