"""Counts the pages that could not be fetched at all, after every retry, and says which and why."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from crawler.middlewares.run_state import IMAGE_MARK, ROBOTS_MARK, count, state_of
from spiders.base import MarketSpider


class Failures:
    """Downloader middleware nearest to the engine: sees an error when nobody below could mend it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for the crawl."""
        return cls(crawler)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Count the failed page and leave the error as it is. Skips were counted where they were decided."""
        if ROBOTS_MARK in request.meta or IMAGE_MARK in request.meta:
            return
        if isinstance(self.crawler.spider, MarketSpider):
            # The list that the page belongs to was not seen whole.
            self.crawler.spider.incomplete.add(str(request.meta.get("start", "")))
        if isinstance(exception, IgnoreRequest):
            return
        count(self.crawler, "errors")
        text = str(exception) or type(exception).__name__
        named = text if request.url in text else f"{request.url}: {text}"
        state_of(self.crawler).note("page", named[:1_000])
