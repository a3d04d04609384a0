"""Between spider and crawl: counts pages and decides what a reading error means."""

from functools import cached_property
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.spidermiddlewares.depth import DepthMiddleware

from crawler.extensions.page_memory import PAGE_KEY, PageMemory
from crawler.frontier import PARENT_KEY
from crawler.middlewares.run_state import count, state_of
from spiders.base import MarketSpider
from spiders.errors import AuthRefused, Blocked, Gone, ReadingError, TermsRefused, Throttled

# How often a page is asked for again after the market said inside its answer that it was asked too often.
MAX_THROTTLED = 2


# Sent with `host` and `sign` when an answer is a refusal of automatic reading.
host_blocked = object()


class ReadingOutcomes:
    """Spider middleware: a page that cannot be read costs that page; a refusal stops its host for the run."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.state = state_of(crawler)
        crawler.signals.connect(self._count_error, signal=signals.spider_error)
        crawler.signals.connect(self._count_error, signal=signals.item_error)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for the crawl."""
        return cls(crawler)

    def process_spider_input(self, response: Response) -> None:  # noqa: ARG002 - Scrapy passes it by name
        """Count the page."""
        count(self.crawler, "pages")

    def process_spider_exception(self, response: Response, exception: Exception) -> list[Any] | None:
        """Turn a reading error into its consequence; leave anything else to Scrapy's log."""
        if not isinstance(exception, ReadingError):
            return None
        host = str(response.meta.get("download_slot", ""))
        count(self.crawler, f"answers.{exception.outcome}")
        if not isinstance(exception, Gone) and response.request is not None:
            mark_incomplete(self.crawler, response.request)
        if isinstance(exception, Blocked):
            count(self.crawler, "blocked")
            self.state.stop_host(host, str(exception))
            self.crawler.signals.send_catch_log(signal=host_blocked, host=host, sign=exception.sign)
        elif isinstance(exception, Throttled):
            return self._ask_again(response, host, exception)
        elif isinstance(exception, AuthRefused | TermsRefused):
            # Every further answer would be the same, and some markets suspend keys that go on asking.
            count(self.crawler, "errors")
            self.state.leave_host(host, str(exception))
        elif isinstance(exception, Gone):
            count(self.crawler, "skip.gone")
            self.state.note("page", str(exception))
        else:
            count(self.crawler, "errors")
            self.state.note("page", str(exception))
        return []

    def _ask_again(self, response: Response, host: str, throttled: Throttled) -> list[Any]:
        """Let the host rest and ask for the page again; after that too, leave the host alone."""
        times = int(response.meta.get("throttled_times", 0)) + 1
        if times > MAX_THROTTLED:
            self.state.stop_host(host, f"asked too often, {times} times in a row: {throttled}")
            return []
        longest = self.crawler.settings.getfloat("THROTTLED_REST_SECONDS")
        rest = longest if throttled.rest_seconds is None else min(throttled.rest_seconds, longest)
        self.state.note("throttled", f"{throttled}; {host} rests {rest:g} s")
        self.state.pause_host(host, rest)
        request = response.request
        if request is None:
            return []
        return [request.replace(dont_filter=True, meta={**request.meta, "throttled_times": times})]

    def _count_error(self, **_signal: object) -> None:
        count(self.crawler, "errors")


def mark_incomplete(crawler: Crawler, request: Request) -> None:
    """Note that the list a page belongs to was not seen whole: nothing may be called absent from it."""
    if isinstance(crawler.spider, MarketSpider):
        crawler.spider.incomplete.add(str(request.meta.get("start", "")))


class CountedDepth(DepthMiddleware):
    """Scrapy's depth limit with a count of what it cuts off; a page budget that was asked for reaches its last page."""

    crawler: Crawler

    @cached_property
    def memory(self) -> PageMemory | None:
        """What is known of pages from earlier runs."""
        return self.crawler.get_extension(PageMemory)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for the crawl: the pages of a search follow each other, so its page budget is a depth as well."""
        made = super().from_crawler(crawler)
        made.crawler = crawler
        if isinstance(crawler.spider, MarketSpider):
            made.maxdepth = max(made.maxdepth, crawler.spider.arguments.max_pages)
        return made

    def get_processed_request(self, request: Request, response: Response | None) -> Request | None:
        """Return the request within the limit, None beyond it."""
        kept = super().get_processed_request(request, response)
        if kept is not None and response is not None and response.request is not None:
            kept.meta.setdefault(PARENT_KEY, response.request.meta.get(PAGE_KEY))
            if self.memory is not None and PAGE_KEY not in kept.meta:
                kept.priority += self.memory.rank(kept)
        if kept is None:
            self.stats.inc_value("skip.depth")
            mark_incomplete(self.crawler, request)
        return kept
