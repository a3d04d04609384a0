"""Gives the crawl its egress guard before anything else exists, and fails the crawl where there is none."""

from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler

from crawler.browser import launch_options
from crawler.egress_process import RunningGuard, start_guard
from crawler.middlewares.run_state import state_of
from crawler.middlewares.scope import opened_places


class EgressGuard:
    """Extension: starts the guard with the hosts opened for this run and points Scrapy and the browser at it."""

    def __init__(self, guard: RunningGuard | None) -> None:
        self.guard = guard

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Start the guard unless EGRESS_PROXY names one. Raises GuardAbsent, which ends the crawl before it began."""
        opened = opened_places(crawler.spider)
        guard = None
        if not crawler.settings.get("EGRESS_PROXY"):
            guard = start_guard(opened)
            crawler.settings.set("EGRESS_PROXY", guard.url, priority="cmdline")
        if opened:
            state_of(crawler).note("guard", f"opened for this run: {', '.join(opened)}")
        if getattr(crawler.spider, "needs_browser", False):
            options = launch_options(str(crawler.settings["EGRESS_PROXY"]))
            crawler.settings.set("PLAYWRIGHT_LAUNCH_OPTIONS", options, priority="cmdline")
            handlers = dict.fromkeys(("http", "https"), "crawler.browser_download.BrowserDownloadHandler")
            crawler.settings.set("DOWNLOAD_HANDLERS", handlers, priority="cmdline")
        made = cls(guard)
        crawler.signals.connect(made.stop, signal=signals.engine_stopped)
        return made

    def stop(self) -> None:
        """End the guard that was started here."""
        if self.guard is not None:
            self.guard.stop()
            self.guard = None
