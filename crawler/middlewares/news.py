"""Conditional requests: a page that the server says is unchanged costs no body, no reading and no rewriting."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.extensions.page_memory import PageMemory
from crawler.middlewares.run_state import IMAGE_MARK, ROBOTS_MARK
from spiders.base import UNCHANGED

NOT_MODIFIED = 304


class OnlyNews:
    """Downloader middleware: adds the validators of the last visit, and what is known of a page that is as it was."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for the crawl."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Ask for the page only where it changed."""
        memory = self.crawler.get_extension(PageMemory)
        if memory is not None and not request.meta.keys() & {ROBOTS_MARK, IMAGE_MARK}:
            memory.ask_for_news(request)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the response; for an unchanged page with what it said before, else ask for the whole page."""
        if response.status != NOT_MODIFIED or ROBOTS_MARK in request.meta:
            return response
        memory = self.crawler.get_extension(PageMemory)
        known = None if memory is None else await memory.unchanged(request)
        if known is not None:
            request.meta[UNCHANGED] = (known.listing_ids, known.links)
            return response
        whole = request.copy()
        for name in ("If-None-Match", "If-Modified-Since"):
            whole.headers.pop(name, None)
        whole.dont_filter = True
        return whole
