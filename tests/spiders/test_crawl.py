"""Whole crawls by Scrapy itself, against a server on this machine."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.realdata import PROJECT
from tests.spiders.answers import sample

# Each crawl is a process of its own and takes seconds.
pytestmark = pytest.mark.fault

Pages = dict[str, tuple[int, bytes]]

# The smallest settings that run the spiders; the project's own come from the crawler room.
SETTINGS = """
SPIDER_MODULES = ["spiders.markets"]
ROBOTSTXT_OBEY = False
TELNETCONSOLE_ENABLED = False
FEED_EXPORT_ENCODING = "utf-8"
LOG_LEVEL = "INFO"
CONCURRENT_REQUESTS = 1
"""


class Replay:
    """A server that answers by path and query, and remembers what was asked."""

    def __init__(self) -> None:
        self.pages: Pages = {}
        self.asked: list[str] = []
        replay = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                page = parse_qs(parts.query).get("page", parse_qs(parts.query).get("newest", [""]))[0]
                replay.asked.append(self.path)
                status, body = replay.pages.get(f"{parts.path}#{page}", replay.pages.get(parts.path, (404, b"none")))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                """Keep the test's output clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


def serve() -> Iterator[Replay]:
    replay = Replay()
    thread = threading.Thread(target=replay.server.serve_forever, daemon=True)
    thread.start()
    yield replay
    replay.server.shutdown()
    replay.server.server_close()
    thread.join()


replay = pytest.fixture(serve, name="replay")


def scrapy(folder: Path, *arguments: str, settings: str = SETTINGS) -> subprocess.CompletedProcess[str]:
    (folder / "tiny_settings.py").write_text(settings)
    paths = os.pathsep.join([str(folder), str(PROJECT)])
    environment = {**os.environ, "PYTHONPATH": paths, "SCRAPY_SETTINGS_MODULE": "tiny_settings"}
    command = [sys.executable, "-m", "scrapy", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def crawl(folder: Path, market: str, settings: str = SETTINGS, **arguments: str) -> tuple[list[dict[str, object]], str]:
    options = [part for name, value in arguments.items() for part in ("-a", f"{name}={value}")]
    done = scrapy(folder, "crawl", market, *options, "-O", "out.jsonl", settings=settings)
    assert done.returncode == 0, done.stderr
    out = folder / "out.jsonl"
    return [json.loads(line) for line in out.read_text().splitlines()], done.stderr


def test_scrapy_lists_and_checks_the_markets(tmp_path: Path) -> None:
    listed = scrapy(tmp_path, "list")
    assert {"shop", "shopee_vn", "tiki_vn"} <= set(listed.stdout.split()), listed.stderr
    checked = scrapy(tmp_path, "check")
    assert checked.returncode == 0, checked.stderr


def test_a_search_follows_its_pages_and_keeps_the_market_s_addresses(tmp_path: Path, replay: Replay) -> None:
    first = json.loads(sample("tiki_vn", "listing.json"))
    second = {
        "data": [dict(item, seller_product_id=item["seller_product_id"] + 100) for item in first["data"]],
        "paging": {"total": 90, "current_page": 2, "last_page": 9},
    }
    replay.pages = {
        "/api/v2/products#1": (200, json.dumps(first).encode()),
        "/api/v2/products#2": (200, json.dumps(second).encode()),
        # The third page repeats the second: the search ends there, though the answer promises nine pages.
        "/api/v2/products#3": (200, json.dumps({**second, "paging": {"current_page": 3, "last_page": 9}}).encode()),
    }
    items, log = crawl(tmp_path, "tiki_vn", query="ấm", base_url=replay.url, max_pages="9")
    assert len(replay.asked) == 3, log
    assert len({item["listing_id"] for item in items}) == 8
    assert all(str(item["url"]).startswith("https://tiki.vn/") for item in items)
    copies = [item["page_copy"] for item in items]
    assert all(isinstance(copy, dict) and str(copy["url"]).startswith(replay.url) for copy in copies)
    assert len({copy["sha256"] for copy in copies if isinstance(copy, dict)}) == 3


def test_max_pages_bounds_a_search(tmp_path: Path, replay: Replay) -> None:
    replay.pages = {"/api/v2/products": (200, sample("tiki_vn", "listing.json"))}
    crawl(tmp_path, "tiki_vn", query="a", base_url=replay.url, max_pages="1")
    assert len(replay.asked) == 1


def test_a_page_that_is_gone_or_changed_does_not_end_the_run(tmp_path: Path, replay: Replay) -> None:
    replay.pages = {"/api/v2/products/1": (200, b"{}"), "/api/v2/products/3": (200, sample("tiki_vn", "product.json"))}
    urls = "|".join(f"https://tiki.vn/api/v2/products/{number}" for number in (1, 2, 3))
    items, log = crawl(tmp_path, "tiki_vn", url=urls, base_url=replay.url)
    assert len(items) == 3
    assert "PageChanged" in log
    assert "Gone" in log


def test_shopee_items_get_the_shop_names_that_were_replayed(tmp_path: Path, replay: Replay) -> None:
    replay.pages = {
        "/api/v4/item/get": (200, sample("shopee_vn", "items-by-key.json")),
        "/api/v4/shop/get": (200, sample("shopee_vn", "shop.json")),
    }
    urls = "https://shopee.vn/api/v4/item/get?itemid=1|https://shopee.vn/api/v4/shop/get?shopid=3006"
    items, _ = crawl(tmp_path, "shopee_vn", url=urls, base_url=replay.url)
    sellers = [item["seller"] for item in items]
    assert [seller["name"] for seller in sellers if isinstance(seller, dict)] == [None, "Tiệm Len Sáu"]


def test_a_shop_is_walked_from_its_category_page_and_stays_on_its_site(tmp_path: Path, replay: Replay) -> None:
    replay.pages = {
        "/desk-lamps": (200, sample("shop", "category.html")),
        "/p/lamp-1": (200, sample("shop", "json-ld.html").replace(b"/p/lamp-7", b"/p/lamp-1")),
        "/p/lamp-2": (200, sample("shop", "microdata.html")),
    }
    items, _ = crawl(tmp_path, "shop", url="https://www.shop.example/desk-lamps", base_url=replay.url, max_pages="20")
    assert {item["listing_id"] for item in items} == {
        "https://www.shop.example/p/lamp-1",
        "https://www.shop.example/p/lamp-2",
    }
    assert not any("cart" in path or "login" in path for path in replay.asked)


@pytest.mark.parametrize(
    ("market", "arguments", "message"),
    [
        ("tiki_vn", ["-a", "colour=red"], "colour: unknown argument of tiki_vn"),
        ("shopee_vn", ["-a", "query=a", "-a", "way=pages"], "the way pages is closed"),
    ],
)
def test_a_refused_crawl_fails_with_its_reason(tmp_path: Path, market: str, arguments: list[str], message: str) -> None:
    done = scrapy(tmp_path, "crawl", market, *arguments)
    assert done.returncode != 0
    assert message in done.stderr
