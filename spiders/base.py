"""The base of every market's spider: search pages and page addresses in, listings out, on the market's hosts only."""

import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response

from records.listing import Listing, PageCopy, Seller
from spiders.addresses import checked, is_default_port, is_on_host, moved, origin_of
from spiders.arguments import ArgumentError, CrawlArguments, read_arguments
from spiders.blocks import BLOCKED_STATUSES, GONE_STATUSES, check_answer
from spiders.reading import Answer, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Yield:
    """How many listings a run of one query or page is expected to give; outside it the run is suspicious."""

    at_least: int = 1
    """Fewer means that the market changed or refused quietly."""
    at_most: int | None = None
    """More means that something was counted twice; None sets no bound."""


def utc_now() -> datetime:
    """Return the time; the one clock of this room."""
    return datetime.now(UTC)


class MarketSpider(Spider):
    """One marketplace: states the table below, implements read_page and, where the market has a search, search_url."""

    title: ClassVar[str]
    """Name as people write it."""
    home: ClassVar[str]
    """Scheme and host, such as https://tiki.vn."""
    hosts: ClassVar[tuple[str, ...]] = ()
    """Hosts whose pages belong to the market; hosts below them count too."""
    currency: ClassVar[str | None] = None
    """ISO 4217 code of all its prices; None where pages say it."""
    expected: ClassVar[Yield] = Yield()
    """Listings expected per run."""
    live: ClassVar[bool] = True
    """False: imports, replays and opened hosts only."""
    live_refusal: ClassVar[str] = ""
    """Why it is not crawled live."""
    documented_only: ClassVar[bool] = False
    """True where the formats are known from documentation, not from a recorded answer."""
    arguments_model: ClassVar[type[CrawlArguments]] = CrawlArguments
    """What -a may say."""
    start_pages: ClassVar[tuple[str, ...]] = ()
    """Read where neither a query nor a page is given; empty makes one of them mandatory."""
    stops_at_known: ClassVar[bool] = True
    """True: a page without a new listing ends its search. False for sites whose link pages hold no listings."""

    # The reader wants these answers: they say Gone and Blocked.
    handle_httpstatus_list: ClassVar[list[int]] = sorted(BLOCKED_STATUSES | GONE_STATUSES)

    clock: Callable[[], datetime] = staticmethod(utc_now)

    def __init__(self, name: str | None = None, **given: Any) -> None:
        super().__init__(name)
        self.arguments = read_arguments(self.arguments_model, self.name, given)
        self.pages_left: dict[str, int] = {}
        self.known_ids: dict[str, set[str]] = {}
        self.known_sellers: dict[str, Seller] = {}

    @property
    def needs_browser(self) -> bool:
        """Whether pages of this run go through the browser; the crawl then starts one."""
        return False

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **given: Any) -> Self:
        """Make the spider for a crawl; raise ArgumentError for wrong arguments or a crawl that is not allowed."""
        spider = super().from_crawler(crawler, *args, **given)
        cls.check_arguments(spider.arguments)
        return spider

    @classmethod
    def check_arguments(cls, arguments: CrawlArguments) -> None:
        """Raise ArgumentError where a crawl with these arguments cannot or may not run."""
        starts = cls.start_addresses(arguments)
        if not starts:
            raise ArgumentError(f"{cls.name}: give a query or a page (-a query=… or -a url=…)")
        for url in starts:
            if arguments.base_url is None and not cls.may_fetch(url, arguments):
                raise ArgumentError(f"{cls.name}: {url} is not a page of {cls.title} or of a host opened for this run")
        if not cls.live and arguments.base_url is None:
            closed = [url for url in starts if not _is_opened(url, arguments)]
            if closed:
                raise ArgumentError(f"{cls.name}: not crawled live: {cls.live_refusal}")

    @classmethod
    def start_addresses(cls, arguments: CrawlArguments) -> tuple[str, ...]:
        """Return the market's own addresses that a crawl with these arguments begins with."""
        searches = tuple(cls.search_url(query, 1) for query in arguments.query)
        given = tuple(cls.real_address(url, arguments) for url in arguments.url)
        return searches + given or cls.start_pages

    @classmethod
    def search_url(cls, query: str, page: int) -> str:  # noqa: ARG003 - the hook's arguments
        """Return the address of a search's page, from 1; raise ArgumentError where the market has no search."""
        raise ArgumentError(f"{cls.name}: has no search; give pages (-a url=…)")

    @classmethod
    def read(cls, answer: Answer) -> Reading:
        """Return what the answer says, whatever address it came from; raise ReadingError and nothing else."""
        check_answer(answer)
        reading = cls.read_page(answer)
        kept: dict[str, Listing] = {}
        skipped = Counter(reading.skipped)
        for listing in reading.listings:
            if listing.listing_id in kept:
                skipped["listing_id: is on the page already"] += 1
            else:
                kept[listing.listing_id] = listing
        return replace(
            reading, listings=tuple(kept.values()), links=tuple(dict.fromkeys(reading.links)), skipped=dict(skipped)
        )

    @classmethod
    def read_page(cls, answer: Answer) -> Reading:
        """Read a page of the market by the shape of its body. Blocks, errors and empty bodies never reach it."""
        raise NotImplementedError

    @classmethod
    def may_fetch(cls, url: str, arguments: CrawlArguments) -> bool:
        """Return whether the address is the market's own, on a usual port, or on a host opened for this run."""
        return (is_on_host(url, cls.hosts) and is_default_port(url)) or _is_opened(url, arguments)

    @classmethod
    def real_address(cls, url: str, arguments: CrawlArguments) -> str:
        """Return the market's own address of a page, also where the replay host's was given."""
        base = arguments.base_url
        return moved(url, cls.home) if base is not None and origin_of(url) == origin_of(base) else url

    async def start(self) -> AsyncIterator[Any]:
        """Yield one request per query and per page given."""
        starts = self.start_addresses(self.arguments)
        for url in sorted(starts, key=self.start_priority, reverse=True):
            self.pages_left[url] = self.arguments.max_pages - 1
            yield self.request(url, start=url, priority=self.start_priority(url))

    def start_priority(self, url: str) -> int:  # noqa: ARG002 - the hook's argument
        """Return how early a first page is fetched; higher is earlier."""
        return 0

    def request(self, url: str, *, start: str, priority: int = 0) -> Request:
        """Return the request for one of the market's own addresses, pointed at the replay host where one is set."""
        base = self.arguments.base_url
        target = url if base is None or _is_opened(url, self.arguments) else moved(url, origin_of(base))
        meta = {"real_url": url, "start": start, **self.request_meta()}
        return Request(target, callback=self.parse, meta=meta, priority=priority)

    def request_meta(self) -> dict[str, object]:
        """Return what every request of this spider carries besides its address; a hook for browser pages."""
        return {}

    def parse(self, response: Response, **_kwargs: Any) -> Iterator[Listing | Request]:
        """Yield the listings of an answer, then requests for its links. ReadingError passes through to the crawl."""
        answer = self.answer_of(response)
        reading = self.read(answer)
        page_copy = PageCopy(
            url=response.url,
            sha256=hashlib.sha256(answer.body).hexdigest(),
            byte_count=len(answer.body),
            content_type=answer.content_type,
            status=answer.status,
            fetched_at=answer.fetched_at,
        )
        self.count(reading)
        start = str(response.meta.get("start", answer.url))
        known = self.known_ids.setdefault(start, set())
        ids = {listing.listing_id for listing in reading.listings}
        is_new = not ids <= known
        known |= ids
        self.known_sellers |= {seller.seller_id: seller for seller in reading.sellers if seller.seller_id is not None}
        for listing in reading.listings:
            yield replace(listing, page_copy=page_copy, seller=self.named(listing.seller))
        if is_new or not self.stops_at_known:
            yield from self.follow(reading.links, start)

    def named(self, seller: Seller) -> Seller:
        """Return the seller with the name that an earlier answer gave its shop."""
        known = self.known_sellers.get(seller.seller_id or "")
        return seller if known is None or seller.name is not None else replace(seller, name=known.name)

    def follow(self, links: tuple[str, ...], start: str) -> Iterator[Request]:
        """Yield requests for the links that belong to the market, as many as the page limit leaves."""
        for link in links:
            if not self.may_fetch(link, self.arguments):
                self.inc_stat("skip.off_site")
                continue
            if self.pages_left.get(start, self.arguments.max_pages - 1) <= 0:
                self.inc_stat("skip.max_pages")
                continue
            self.pages_left[start] = self.pages_left.get(start, self.arguments.max_pages - 1) - 1
            yield self.request(link, start=start)

    def answer_of(self, response: Response) -> Answer:
        """Return the response as the market's own answer: on a replay its address is moved back to the market."""
        real_url = str(response.meta.get("real_url", response.url))
        base = self.arguments.base_url
        is_replayed = base is not None and origin_of(response.url) == origin_of(base)
        fetched_at = response.meta.get("fetched_at")
        return Answer(
            url=moved(response.url, origin_of(real_url)) if is_replayed else response.url,
            body=response.body,
            content_type=(response.headers.get("Content-Type") or b"").decode("latin-1"),
            status=response.status,
            fetched_at=fetched_at if isinstance(fetched_at, datetime) else self.clock(),
        )

    def count(self, reading: Reading) -> None:
        """Add what was skipped to the run's counts and log what people should know."""
        for reason, number in reading.skipped.items():
            self.inc_stat(f"skip.{reason}", number)
        for note in reading.notes:
            self.logger.info("note: %s", note)

    def inc_stat(self, name: str, number: int = 1) -> None:
        """Count something of this run."""
        stats = self.crawler.stats
        if stats is not None:
            stats.inc_value(name, number)


def _is_opened(url: str, arguments: CrawlArguments) -> bool:
    """Return whether the address lies on a host that was opened for this run on the command line."""
    origin = origin_of(checked(url))
    if arguments.base_url is not None and origin == origin_of(arguments.base_url):
        return True
    scheme, _, place = origin.partition("://")
    with_port = place if place.rpartition(":")[2].isdecimal() else f"{place}:{443 if scheme == 'https' else 80}"
    return with_port in {host.lower() for host in arguments.allow_host}
