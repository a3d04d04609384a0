"""Backs off when a host refuses: Retry-After is kept to the second, and a host that goes on refusing is left alone."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.middlewares.retry_after import retry_after_seconds
from crawler.middlewares.run_state import ROBOTS_MARK, count, host_of, state_of

REFUSAL_STATUSES = frozenset({429, 503})
# Refusals in a row after which a host is left alone for the rest of the run.
MAX_REFUSALS = 5


class Politeness:
    """Downloader middleware: pauses a host for as long as it asks, stops it when that is too long or too often."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.state = state_of(crawler)
        self.backoff_seconds = crawler.settings.getfloat("POLITENESS_BACKOFF_SECONDS")
        self.longest_wait_seconds = crawler.settings.getfloat("POLITENESS_LONGEST_WAIT_SECONDS")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for the crawl."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Skip requests to a host that is left alone, before they take a place in its queue."""
        host = self.state.host(host_of(request))
        if host.stopped and ROBOTS_MARK not in request.meta:
            count(self.crawler, "skip.host_stopped")
            raise IgnoreRequest(f"{request.url}: {host.stopped}")

    def hear(self, request: Request, response: Response) -> None:
        """Note whether the host refuses. The download itself calls this, before it frees the host for the next one."""
        name = host_of(request)
        host = self.state.host(name)
        if response.status not in REFUSAL_STATUSES or ROBOTS_MARK in request.meta:
            if response.status < 400:
                host.refusals = 0
            return
        host.refusals += 1
        count(self.crawler, "refusals")
        asked = retry_after_seconds(response.headers.getlist("Retry-After"), self.state.clock())
        wait = self.backoff_seconds * 2 ** (host.refusals - 1) if asked is None else asked
        told = "no usable Retry-After" if asked is None else f"Retry-After {asked:.0f} s"
        self.state.note("refused", f"{request.url}: HTTP {response.status}, {told}")
        if host.refusals >= MAX_REFUSALS:
            self.state.stop_host(name, f"refused {host.refusals} times in a row (HTTP {response.status})")
        elif wait > self.longest_wait_seconds:
            self.state.stop_host(name, f"asks to wait {wait:.0f} s (HTTP {response.status}); too long for this run")
        else:
            self.state.pause_host(name, wait)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Pass other answers on; after a refusal ask for the page again, which then waits, or skip it."""
        if response.status not in REFUSAL_STATUSES or ROBOTS_MARK in request.meta:
            return response
        stopped = self.state.host(host_of(request)).stopped
        if stopped:
            count(self.crawler, "skip.host_stopped")
            raise IgnoreRequest(f"{request.url}: {stopped}")
        again = request.copy()
        again.dont_filter = True
        again.priority = request.priority - 1
        return again
