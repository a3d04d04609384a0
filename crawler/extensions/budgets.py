"""Ends a run that a trap keeps alive: pages, bytes and minutes each have a budget."""

from typing import Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.asyncio import CallLaterResult, call_later
from scrapy.utils.defer import _schedule_coro

from crawler.middlewares.run_state import state_of


class Budgets:
    """Extension: closes the spider when one budget is spent and names that budget."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.pages_left = crawler.settings.getint("BUDGET_PAGES")
        self.bytes_left = crawler.settings.getint("BUDGET_BYTES")
        self.minutes = crawler.settings.getfloat("BUDGET_MINUTES")
        self.timer: CallLaterResult | None = None
        self.is_spent = False
        crawler.signals.connect(self._start, signal=signals.spider_opened)
        crawler.signals.connect(self._spend, signal=signals.response_received)
        crawler.signals.connect(self._stop, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for the crawl."""
        return cls(crawler)

    def count_earlier(self, pages: int) -> None:
        """Take the pages off that an earlier process of the run, or the lost run it goes on with, fetched."""
        self.pages_left -= pages

    def _start(self, spider: Spider) -> None:  # noqa: ARG002 - the signal's argument
        self.timer = call_later(self.minutes * 60, self._close, "budget_minutes", f"{self.minutes:g} minutes")

    def _spend(self, response: Response) -> None:
        self.pages_left -= 1
        self.bytes_left -= len(response.body)
        if self.pages_left <= 0:
            self._close("budget_pages", f"{self.crawler.settings.getint('BUDGET_PAGES')} pages")
        elif self.bytes_left <= 0:
            self._close("budget_bytes", f"{self.crawler.settings.getint('BUDGET_BYTES')} bytes")

    def _stop(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    def _close(self, reason: str, budget: str) -> None:
        if self.is_spent:
            return
        self.is_spent = True
        state = state_of(self.crawler)
        state.sentences.append(f"the run's budget of {budget} was spent before its pages ended")
        state.note("budget", f"{budget} spent")
        _schedule_coro(self.crawler.engine.close_spider_async(reason=reason))
