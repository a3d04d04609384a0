"""Serve the sample markets on loopback under the paths of the real ones: `python samples/serve.py --port 0`.

Needs the standard library only. Prints `port N` first; ends on SIGTERM, Ctrl-C, or when the pipe to its standard
input closes, so that it never outlives the program that started it.
"""

import argparse
import json
import os
import re
import signal
import stat
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

# Run by path, Python looks for modules beside this file; the samples are a package one folder up.
sys.path[0:0] = [str(Path(__file__).resolve().parent.parent)]

from samples import shopee_vn, tiki_vn, web_shop  # noqa: E402 - needs the path set above

Query = Mapping[str, str]
HTML = "text/html; charset=utf-8"
JSON = "application/json"
TEXT = "text/plain; charset=utf-8"
XML = "application/xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One HTTP answer of the sample markets."""

    body: bytes
    """The body."""
    content_type: str
    """Content-Type header."""
    status: int = 200
    """HTTP status."""


def _json(value: dict[str, object] | None) -> Sent:
    if value is None:
        return Sent(body=b'{"error": {"code": 404, "message": "not found"}}', content_type=JSON, status=404)
    return Sent(body=json.dumps(value, ensure_ascii=False).encode(), content_type=JSON)


def _robots() -> Sent:
    lines = ("User-agent: *", "Disallow: /private/", f"Sitemap: {web_shop.SITE}/shop/sitemap.xml", "")
    return Sent(body="\n".join(lines).encode(), content_type=TEXT)


# Path -> what answers it: (parts of the path, query) -> answer. Tried in this order.
ROUTES: tuple[tuple[str, Callable[[tuple[str, ...], Query], Sent]], ...] = (
    (r"/robots\.txt", lambda _parts, _query: _robots()),
    (
        r"/(?:shop/)?sitemap\.xml",
        lambda _parts, _query: Sent(body=web_shop.sitemap().encode(), content_type=XML),
    ),
    (r"/api/v2/products", lambda _parts, query: _json(tiki_vn.listing_answer(query))),
    (r"/api/v2/products/(\d{1,12})", lambda parts, _query: _json(tiki_vn.product_answer(parts[0]))),
    (
        r"/search",
        lambda _parts, query: Sent(body=tiki_vn.search_page(query).encode(), content_type=HTML),
    ),
    (r"/api/v4/search/search_items", lambda _parts, query: _json(shopee_vn.search_answer(query))),
    (
        r"/api/v4/(?:homepage/get_daily_discover|recommend/recommend)",
        lambda _parts, query: _json(shopee_vn.discovery_answer(query)),
    ),
    (r"/api/v4/item/get", lambda _parts, query: _json(shopee_vn.item_answer(query))),
    (r"/api/v4/shop/get_shop_base", lambda _parts, query: _json(shopee_vn.shop_answer(query))),
    (r"(/shop/.*)", lambda parts, query: _shop(parts[0], query)),
    # A crawler that obeys robots.txt never sees it: the page exists so that a test can tell.
    (r"/private/.*", lambda _parts, _query: Sent(body=b"<h1>private</h1>", content_type=HTML)),
)


def _shop(path: str, query: Query) -> Sent:
    page = web_shop.page_at(path, query)
    if page is None:
        return Sent(body="<h1>Không tìm thấy trang</h1>".encode(), content_type=HTML, status=404)
    return Sent(body=page.encode(), content_type=HTML)


def answer(target: str) -> Sent:
    """Return what the sample markets answer to a request for that path and query."""
    parts = urlsplit(target)
    query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    path = unquote(parts.path)
    for pattern, reply in ROUTES:
        found = re.fullmatch(pattern, path)
        if found is not None:
            return reply(found.groups(), query)
    return Sent(body=b"not found\n", content_type=TEXT, status=404)


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD from the tables above; keeps connections open as real markets do."""

    protocol_version = "HTTP/1.1"
    server_version = "sample-market"
    sys_version = ""
    timeout: ClassVar[float] = 30

    def do_GET(self) -> None:
        """Answer with the body."""
        self._reply(with_body=True)

    def do_HEAD(self) -> None:
        """Answer without the body."""
        self._reply(with_body=False)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing: the crawl's own log tells what was fetched."""

    def _reply(self, *, with_body: bool) -> None:
        sent = answer(self.path)
        self.send_response(sent.status)
        self.send_header("Content-Type", sent.content_type)
        self.send_header("Content-Length", str(len(sent.body)))
        self.end_headers()
        if with_body:
            self.wfile.write(sent.body)


def make_server(port: int) -> ThreadingHTTPServer:
    """Return a server bound to that loopback port, 0 for a free one."""
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    return server


def main() -> int:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(description="Serve the sample markets on loopback.")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one (default)")
    try:
        server = make_server(parser.parse_args().port)
    except OSError as error:
        sys.stderr.write(f"serve.py: {error}\n")
        return 1
    # shutdown() waits for the serving loop, so it must not run in the loop's own thread.
    stop = threading.Thread(target=server.shutdown, daemon=True)
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda *_: stop.start() if not stop.is_alive() else None)
    if _is_pipe(sys.stdin.fileno() if sys.stdin else -1):
        threading.Thread(target=_stop_at_end_of_input, args=(server,), daemon=True).start()
    sys.stdout.write(f"port {server.server_address[1]}\n")
    sys.stdout.flush()
    with server:
        server.serve_forever(poll_interval=0.1)
    return 0


def _is_pipe(number: int) -> bool:
    """Return whether a parent holds the other end; a terminal or /dev/null never ends the server."""
    try:
        mode = os.fstat(number).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _stop_at_end_of_input(server: ThreadingHTTPServer) -> None:
    while os.read(0, 4096):
        pass
    server.shutdown()


if __name__ == "__main__":
    sys.exit(main())
