"""Pages that are built by script: fetched by Chromium through scrapy-playwright, in a context that keeps nothing."""

from typing import Final

from scrapy_playwright.page import PageMethod

# One context for all pages of a run: a plain desktop window, no downloads, no service workers, certificates checked.
CONTEXT_NAME: Final = "markwatch"
CONTEXT_ARGUMENTS: Final[dict[str, object]] = {
    "accept_downloads": False,
    "service_workers": "block",
    "viewport": {"width": 1366, "height": 900},
    "locale": "vi-VN",
    "timezone_id": "Asia/Ho_Chi_Minh",
    "ignore_https_errors": False,
    "java_script_enabled": True,
    "permissions": [],
}
# How long a page's scripts may take to come to rest; what is there by then is read.
SETTLE_MILLISECONDS: Final = 20_000

# Scrapy settings of a crawl with browser pages: one window at a time.
BROWSER_LIMITS: Final[dict[str, object]] = {
    "PLAYWRIGHT_BROWSER_TYPE": "chromium",
    "PLAYWRIGHT_MAX_CONTEXTS": 1,
    "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 1,
    "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": SETTLE_MILLISECONDS,
}


def browser_meta() -> dict[str, object]:
    """Return the request meta that sends a page through the browser; the handler closes the page after reading it."""
    return {
        "playwright": True,
        "playwright_context": CONTEXT_NAME,
        "playwright_context_kwargs": dict(CONTEXT_ARGUMENTS),
        "playwright_include_page": False,
        "playwright_page_goto_kwargs": {"wait_until": "load", "timeout": SETTLE_MILLISECONDS},
        "playwright_page_methods": [PageMethod("wait_for_load_state", "networkidle", timeout=SETTLE_MILLISECONDS)],
    }
