"""Pages that are built by script: fetched by Chromium through scrapy-playwright, in a context that keeps nothing."""

from typing import Final

from playwright.async_api import Page
from scrapy_playwright.page import PageMethod

from spiders.shop_links import MORE_WORDS

# What no page gets: downloads, service workers, bad certificates, permissions.
CLOSED: Final[dict[str, object]] = {
    "accept_downloads": False,
    "service_workers": "block",
    "ignore_https_errors": False,
    "permissions": [],
}
# Every page's own context: a plain desktop window.
CONTEXT_ARGUMENTS: Final[dict[str, object]] = {
    "viewport": {"width": 1366, "height": 900},
    "locale": "vi-VN",
    "timezone_id": "Asia/Ho_Chi_Minh",
    "java_script_enabled": True,
    **CLOSED,
}
# How long a page's scripts may take to come to rest; what is there by then is read.
SETTLE_MILLISECONDS: Final = 20_000

# How often a page may be made to show more, and how long it gets each time.
MAX_REVEALS: Final = 10
REVEAL_MILLISECONDS: Final = 700
PRESS_MORE: Final = """words => {
  const buttons = [...document.querySelectorAll("button, a[href='#'], [role=button]")];
  const more = buttons.find(b => b.offsetParent && words.includes(b.textContent.trim().toLowerCase()));
  if (more) more.click();
}"""

# Scrapy settings of a crawl with browser pages: one window at a time.
BROWSER_LIMITS: Final[dict[str, object]] = {
    "PLAYWRIGHT_BROWSER_TYPE": "chromium",
    "PLAYWRIGHT_MAX_CONTEXTS": 1,
    "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 1,
    "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": SETTLE_MILLISECONDS,
}


async def reveal_more(page: Page) -> None:
    """Scroll and press "load more" until nothing is added, at most MAX_REVEALS times: some pages grow for ever."""
    height = -1
    for _ in range(MAX_REVEALS):
        grown = await page.evaluate("document.body ? document.body.scrollHeight : 0")
        if grown <= height:
            return
        height = grown
        await page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        await page.evaluate(PRESS_MORE, list(MORE_WORDS))
        await page.wait_for_timeout(REVEAL_MILLISECONDS)


def browser_meta() -> dict[str, object]:
    """Return the request meta that sends a page through the browser; the handler closes the page after reading it."""
    return {
        "playwright": True,
        "playwright_context_kwargs": dict(CONTEXT_ARGUMENTS),
        "playwright_include_page": False,
        "playwright_page_goto_kwargs": {"wait_until": "load", "timeout": SETTLE_MILLISECONDS},
        "playwright_page_methods": [
            PageMethod("wait_for_load_state", "networkidle", timeout=SETTLE_MILLISECONDS),
            PageMethod(reveal_more),
        ],
    }
