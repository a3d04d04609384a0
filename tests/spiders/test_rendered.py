"""A shop that is built by script is read through the browser."""

import os
from pathlib import Path

import pytest

from crawler.browser import find_browser
from tests.spiders.test_crawl import SETTINGS, Replay, crawl, serve

pytestmark = pytest.mark.browser

replay = pytest.fixture(serve, name="replay")

# The product data, the link and a download appear only when the page's script has run.
PAGE = b"""<!DOCTYPE html><html><head><title>Vase</title></head><body><script>
setTimeout(() => {
  const data = document.createElement("script");
  data.type = "application/ld+json";
  data.textContent = JSON.stringify({"@type": "Product", "name": "Blue vase " + navigator.language + innerWidth,
    "offers": {"price": "35.00", "priceCurrency": "EUR"}});
  document.head.append(data);
  const link = document.createElement("a");
  link.href = "data:application/octet-stream,abc"; link.download = "abc.bin";
  document.body.append(link); link.click();
}, 300);
navigator.serviceWorker?.register("/worker.js").catch(() => {});
fetch("/late");
</script></body></html>"""


def browser_settings() -> str:
    browser = find_browser(install=False)
    if browser is None:
        pytest.skip("no Chromium on this machine")
    options = {"executable_path": str(browser.path), "args": ["--no-sandbox"] if os.geteuid() == 0 else []}
    return (
        f"{SETTINGS}\nDOWNLOAD_HANDLERS = {{'http': 'scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler'}}\n"
        f"PLAYWRIGHT_LAUNCH_OPTIONS = {options!r}\nUSER_AGENT = 'Markwatch-test'\n"
    )


def arguments(replay: Replay) -> dict[str, str]:
    return {"url": f"{replay.url}/vase", "allow_host": replay.url.removeprefix("http://"), "max_pages": "1"}


def test_a_page_built_by_script_is_read_in_a_fixed_window_and_language(tmp_path: Path, replay: Replay) -> None:
    replay.pages = {"/vase": (200, PAGE), "/late": (200, b"x"), "/worker.js": (200, b"")}
    items, log = crawl(tmp_path, "shop", settings=browser_settings(), rendered="true", **arguments(replay))
    assert [(item["title"], item["listing_id"]) for item in items] == [("Blue vase vi-VN1366", f"{replay.url}/vase")], (
        log
    )
    assert "/worker.js" not in replay.asked


def test_without_the_browser_the_same_page_holds_no_product(tmp_path: Path, replay: Replay) -> None:
    replay.pages = {"/vase": (200, PAGE)}
    items, log = crawl(tmp_path, "shop", **arguments(replay))
    assert items == []
    assert "has neither a product" in log


def test_a_page_that_should_have_come_through_the_browser_and_did_not_is_refused(
    tmp_path: Path, replay: Replay
) -> None:
    replay.pages = {"/vase": (200, PAGE)}
    _, log = crawl(tmp_path, "shop", rendered="true", **arguments(replay))
    assert "was not fetched through the browser" in log
