"""The base of every market's spider: what it declares, crawled: requests out, listings in, on its own hosts only."""

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response

from records.listing import Listing, PageCopy, Seller
from spiders.addresses import moved, origin_of
from spiders.api import API_MARK, Api, Call, Token
from spiders.arguments import read_arguments
from spiders.blocks import READ_STATUSES, check_answer
from spiders.credentials import Keys, load_keys
from spiders.declared import DeclaredMarket, Yield, is_opened
from spiders.errors import AuthRefused, Blocked, ReadingError
from spiders.reading import Answer, Reading
from spiders.ways import WayName

# A response's reading, or the error it came to, made before the spider got the response.
READING = "reading"
# (listing ids, links) of a page that its server says has not changed.
UNCHANGED = "unchanged_page"
__all__ = ["MarketSpider", "Yield", "utc_now"]


def utc_now() -> datetime:
    """Return the time; the one clock of this room."""
    return datetime.now(UTC)


class MarketSpider(DeclaredMarket, Spider):
    """One marketplace as Scrapy crawls it; what it declares and implements stands in DeclaredMarket."""

    stops_at_known: ClassVar[bool] = True
    """True: a page without a new listing ends its search. False for sites whose link pages hold no listings."""

    control_query: ClassVar[str | None] = None
    """Words that surely have results. Where they are given, an empty search counts only after they found something."""

    # The reader wants these answers: they say what went wrong, in their status or in their body.
    handle_httpstatus_list: ClassVar[list[int]] = sorted(READ_STATUSES | {304})

    clock: Callable[[], datetime] = staticmethod(utc_now)

    def __init__(self, name: str | None = None, **given: Any) -> None:
        super().__init__(name)
        self.arguments = read_arguments(self.arguments_model, self.name, given)
        # One bound method for all requests: Scrapy looks into the source of every callback that it has not met.
        self.reader = self.parse
        self.pages_left: dict[str, int] = {}
        self.followed: set[str] = set()
        self.incomplete: set[str] = set()
        """Starts of which not every page was seen."""
        self.page_read: Callable[[Response, Answer, Reading], None] | None = None
        self.known_ids: dict[str, set[str]] = {}
        self.known_sellers: dict[str, Seller] = {}
        self.open_ways: frozenset[WayName] = frozenset()
        self.control: Literal["not asked", "asked", "passed", "failed"] = "not asked"
        self.doubted: list[str] = []
        """Starts whose empty answers wait for the control."""
        self.keys = Keys({})
        self.token: Token | None = None

    @property
    def needs_browser(self) -> bool:
        """Whether pages of this run go through the browser; the crawl then starts one."""
        return False

    @property
    def is_confined(self) -> bool:
        """Whether this run never leaves the hosts opened for it: a replay, or a way that nobody has opened."""
        return self.arguments.base_url is not None or self.closed_because(self.arguments, self.open_ways) is not None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **given: Any) -> Self:
        """Make the spider for a crawl; raise ArgumentError for wrong arguments or a crawl that is not allowed."""
        spider = super().from_crawler(crawler, *args, **given)
        opened = crawler.settings.getlist("MARKWATCH_OPEN_WAYS")
        spider.open_ways = frozenset(way.name for way in cls.ways if way.name in opened)
        cls.check_arguments(spider.arguments, spider.open_ways)
        way = cls.way_of(spider.arguments)
        if way.name == "api":
            spider.keys = load_keys(way.keys)
        if not crawler.settings.frozen:
            crawler.settings.set("DOWNLOAD_DELAY", way.floor_seconds, priority="spider")
            if way.daily_calls is not None:
                own = crawler.settings.getint("BUDGET_DAY_REQUESTS", way.daily_calls)
                crawler.settings.set("BUDGET_DAY_REQUESTS", min(own, way.daily_calls), priority="spider")
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Yield one request per query and per page given, or first the one for the API's token."""
        api = self.way_api
        if api is not None and api.needs_token:
            yield self.token_request(None)
            return
        for request in self.first_requests():
            yield request

    def first_requests(self) -> Iterator[Request]:
        """Yield one request per query, category, seller and page given."""
        starts = self.start_addresses(self.arguments)
        for url in sorted(starts, key=self.start_priority, reverse=True):
            self.pages_left.setdefault(url, self.arguments.max_pages - 1)
            yield self.request(url, start=url, priority=self.start_priority(url))

    @property
    def way_api(self) -> type[Api] | None:
        """The API of this run, None where it reads pages."""
        return self.api if self.way_of(self.arguments).name == "api" else None

    def token_request(self, refused: Request | None) -> Request:
        """Return the request for the API's token; after it the refused request is asked again, or the crawl begins."""
        api = self.way_api
        if api is None:
            raise ValueError(f"{self.name}: this run uses no API")
        url = api.token_call(self.keys, self.clock()).url
        request = self.request(url, start=url, priority=100)
        return request.replace(
            callback=self.parse_token, cb_kwargs={"refused": refused}, dont_filter=True,
            meta={**request.meta, "token_request": True},
        )  # fmt: skip

    def parse_token(self, response: Response, refused: Request | None = None) -> Iterator[Request]:
        """Keep the token and yield what waited for it."""
        api = self.way_api
        if api is None:
            return
        answer = self.answer_of(response)
        api.check(answer)
        check_answer(answer)
        self.token = api.read_token(answer)
        if refused is None:
            yield from self.first_requests()
        else:
            yield refused.replace(dont_filter=True, meta={**refused.meta, "token_renewed": True})

    def signed(self, request: Request) -> Request:
        """Return the request as it is sent: with keys and signature, which nothing else ever sees."""
        api = self.way_api
        if api is None:
            return request
        at = self.clock()
        if request.meta.get("token_request"):
            call = api.token_call(self.keys, at)
            call = Call(url=request.url, method=call.method, headers=call.headers, body=call.body)
        else:
            call = api.call(request.url, self.keys, self.token, at)
        headers = request.headers.copy()
        for name, value in call.headers.items():
            headers[name] = value
        return request.replace(url=call.url, method=call.method, headers=headers, body=call.body)

    def start_priority(self, url: str) -> int:  # noqa: ARG002 - the hook's argument
        """Return how early a first page is fetched; higher is earlier."""
        return 0

    def request(self, url: str, *, start: str, priority: int = 0) -> Request:
        """Return the request for one of the market's own addresses, pointed at the replay host where one is set."""
        base = self.arguments.base_url
        target = url if base is None or is_opened(url, self.arguments) else moved(url, origin_of(base))
        meta = {"real_url": url, "start": start, **self.request_meta()}
        if self.way_api is not None and not is_opened(url, self.arguments):
            meta[API_MARK] = True
        return Request(target, callback=self.reader, meta=meta, priority=priority)

    def request_meta(self) -> dict[str, object]:
        """Return what every request of this spider carries besides its address; a hook for browser pages."""
        return {}

    def parse(self, response: Response, **_kwargs: Any) -> Iterator[Listing | Request]:
        """Yield the listings of an answer, then requests for its links. ReadingError passes through to the crawl."""
        if UNCHANGED in response.meta:
            # The server says that the page is as it was at the last visit: its listings are noted as seen already.
            ids, links = response.meta[UNCHANGED]
            start = str(response.meta.get("start", response.url))
            self.known_ids.setdefault(start, set()).update(ids)
            yield from self.follow(links, start)
            return
        answer = self.answer_of(response)
        try:
            reading = self.reading_of(response, answer)
        except AuthRefused:
            # A token ends after an hour or two, within a long run; one refused when fresh is a wrong key.
            if self.token is None or self.clock() < self.token.ends_at or response.meta.get("token_renewed"):
                raise
            yield self.token_request(response.request)
            return
        if reading.outcome == "empty" and self.control_query is not None and self.way_api is None:
            yield from self.doubt(response)
            return
        self.inc_stat(f"answers.{reading.outcome}")
        if self.page_read is not None:
            self.page_read(response, answer, reading)
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
        if self.arguments.details and not response.meta.get("detail"):
            yield from self.follow_details(reading, answer.url, start)
        if is_new or not self.stops_at_known:
            yield from self.follow(reading.links, start)

    def doubt(self, response: Response) -> Iterator[Request]:
        """Ask, once in a run, for a search that surely has results; until it has some, nothing is called empty."""
        if self.control == "passed":
            self.inc_stat("answers.empty")
            return
        start = str(response.meta.get("start", response.url))
        self.doubted.append(start)
        self.incomplete.add(start)
        if self.control == "failed":
            raise Blocked(response.url, self.quiet_refusal)
        if self.control == "not asked" and self.control_query is not None:
            self.control = "asked"
            url = self.search_url(self.control_query, 1)
            yield self.request(url, start=url).replace(callback=self.parse_control, dont_filter=True)

    def parse_control(self, response: Response, **_kwargs: Any) -> Iterator[Request]:
        """Believe the empty answers where the control found something; where it did not, the site refuses quietly."""
        answer = self.answer_of(response)
        if self.reading_of(response, answer).outcome == "empty":
            self.control = "failed"
            raise Blocked(answer.url, self.quiet_refusal)
        self.control = "passed"
        self.incomplete.difference_update(self.doubted)
        self.inc_stat("answers.empty", len(self.doubted))
        yield from ()

    @property
    def quiet_refusal(self) -> str:
        """What an empty answer to the control means."""
        return f"even a search for {self.control_query!r} is empty"

    def reading_of(self, response: Response, answer: Answer) -> Reading:
        """Return what the answer says; a page that was read elsewhere already brings its reading along."""
        found = response.meta.pop(READING, None)
        if isinstance(found, ReadingError):
            raise found
        return found if isinstance(found, Reading) else self.read(answer)

    def follow_details(self, reading: Reading, url: str, start: str) -> Iterator[Request]:
        """Yield a request for the own page of each listing that a list showed, within the page limit."""
        api = self.way_api
        found = [(self.detail_url(one) if api is None else api.detail_url(one)) for one in reading.listings]
        links = tuple(link for link in found if link is not None and link != url)
        for request in self.follow(links, start):
            yield request.replace(meta={**request.meta, "detail": True})

    def named(self, seller: Seller) -> Seller:
        """Return the seller with the name that an earlier answer gave its shop."""
        known = self.known_sellers.get(seller.seller_id or "")
        return seller if known is None or seller.name is not None else replace(seller, name=known.name)

    def follow(self, links: tuple[str, ...], start: str) -> Iterator[Request]:
        """Yield requests for the links that belong to the market, as many as the page limit leaves."""
        # Met before: it must not take a place of the page limit twice.
        news = [link for link in links if link not in self.followed]
        if len(news) < len(links):
            self.inc_stat("skip.seen", len(links) - len(news))
        for link in news:
            if not self.may_fetch(link, self.arguments):
                self.inc_stat("skip.off_site")
                continue
            if self.pages_left.get(start, self.arguments.max_pages - 1) <= 0:
                self.inc_stat("skip.max_pages")
                self.incomplete.add(start)
                continue
            self.pages_left[start] = self.pages_left.get(start, self.arguments.max_pages - 1) - 1
            self.followed.add(link)
            yield self.request(link, start=start)

    def resume(self, pages: list[tuple[str, str]]) -> None:
        """Go on where an earlier process stopped: its pages, as (address, start), count against the page limit."""
        for url, start in pages:
            # What the earlier process saw is not known here.
            self.incomplete.add(start)
            if url != start:
                self.followed.add(url)
                self.pages_left[start] = self.pages_left.get(start, self.arguments.max_pages - 1) - 1

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
