"""What a crawl knows of pages from earlier runs: asks only for news, sooner for what changes; notes absences."""

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from crawler.extensions.run_database import RunDatabase
from crawler.middlewares.run_state import count, state_of
from records.listing import Listing
from spiders.base import MarketSpider
from spiders.reading import Answer, Reading
from storage.database import Database
from storage.page_states import (
    PageHabit,
    PageState,
    load_page_habits,
    load_page_state,
    save_page_states,
    touch_page,
)
from storage.passes import record_pass

PAGE_KEY = "page_key"
FLUSH_SECONDS = 0.5
# How much earlier a page is asked for that has an open hit, or changed at every visit.
OPEN_HIT_PRIORITY = 20
CHANGE_PRIORITY = 10
QUIET_VISITS = 3
QUIET_PRIORITY = -5
MAX_KEPT_LINKS = 500


class PageMemory:
    """Extension: page states before, during and after a run that has a database; off without one."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.state = state_of(crawler)
        self.habits: Mapping[str, PageHabit] = {}
        self.read: dict[str, PageState] = {}
        self.kept: list[PageState] = []
        self.writer: asyncio.Task[None] | None = None
        self.began_at: datetime = self.state.clock()
        crawler.signals.connect(self._begin, signal=signals.spider_opened)
        crawler.signals.connect(self._end, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for the crawl."""
        if not crawler.settings.get("MARKWATCH_RUN_ID") or not isinstance(crawler.spider, MarketSpider):
            raise NotConfigured
        return cls(crawler)

    @cached_property
    def run_database(self) -> RunDatabase | None:
        """The run's database, known once all extensions are made."""
        return self.crawler.get_extension(RunDatabase)

    @property
    def spider(self) -> MarketSpider:
        """The market's spider."""
        spider = self.crawler.spider
        if not isinstance(spider, MarketSpider):
            raise TypeError("page memory is for markets only")
        return spider

    def ask_for_news(self, request: Request) -> None:
        """Ask for the page only where it changed, if the server told how to ask."""
        habit = self.habits.get(str(request.meta.get("real_url", request.url)))
        if habit is None or request.method != "GET":
            return
        if habit.etag:
            request.headers.setdefault(b"If-None-Match", habit.etag.encode("latin-1", "ignore"))
        if habit.last_modified:
            request.headers.setdefault(b"If-Modified-Since", habit.last_modified.encode("latin-1", "ignore"))

    def rank(self, request: Request) -> int:
        """Return how much earlier than others a page is asked for."""
        habit = self.habits.get(str(request.meta.get("real_url", request.url)))
        if habit is None:
            return 0
        rank = OPEN_HIT_PRIORITY if habit.has_open_hit else 0
        if habit.visits >= QUIET_VISITS and not habit.changes:
            return rank + QUIET_PRIORITY
        return rank + round(CHANGE_PRIORITY * habit.changes / max(habit.visits, 1))

    async def unchanged(self, request: Request) -> PageState | None:
        """Note that the server says a page is as it was; return its state, None where it is not known after all."""
        run_database = self.run_database
        if run_database is None:
            return None
        url, now = str(request.meta.get("real_url", request.url)), self.state.clock()

        def touch(database: Database) -> tuple[PageState | None, int]:
            with database.write() as session:
                known = load_page_state(session, self.spider.name, url)
                if known is None:
                    return None, 0
                return known, touch_page(session, self.spider.name, known, run_database.run_id, now)

        known, touched = await run_database.do(touch)
        count(self.crawler, "pages_unchanged")
        for name in ("listings", "unchanged"):
            count(self.crawler, name, touched)
        return known

    def note(self, response: Response, answer: Answer, reading: Reading) -> None:
        """Remember what a page says until everything that came of it is stored."""
        key = response.meta.get(PAGE_KEY)
        if key is None or answer.status != 200:
            return
        links = reading.links[:MAX_KEPT_LINKS]
        digest = hashlib.sha256(repr(links).encode("utf-8", "replace"))
        for listing in reading.listings:
            digest.update(repr(_lasting(listing)).encode("utf-8", "replace"))
        # A page whose links do not all fit cannot be answered for by its state: it is always fetched whole.
        is_whole = len(reading.links) <= MAX_KEPT_LINKS
        self.read[str(key)] = PageState(
            url=str(response.meta.get("real_url", response.url)),
            etag=_header(response, "ETag") if is_whole else None,
            last_modified=_header(response, "Last-Modified") if is_whole else None,
            fetched_at=answer.fetched_at,
            fingerprint=digest.hexdigest(),
            listing_ids=tuple(listing.listing_id for listing in reading.listings),
            links=links,
        )

    def finish(self, key: str) -> None:
        """Keep the state of a page whose listings are stored."""
        state = self.read.pop(key, None)
        if state is None:
            return
        self.kept.append(state)
        if self.writer is None or self.writer.done():
            self.writer = asyncio.get_running_loop().create_task(self._write_later())

    async def _write_later(self) -> None:
        while self.kept:
            await asyncio.sleep(FLUSH_SECONDS)
            await self._write()

    async def _write(self) -> None:
        run_database, kept = self.run_database, self.kept
        if run_database is None or not kept:
            return
        self.kept = []

        def write(database: Database) -> None:
            with database.write() as session:
                save_page_states(session, self.spider.name, kept)

        await run_database.do(write)

    async def _begin(self) -> None:
        run_database = self.run_database
        if run_database is None:
            return
        self.spider.page_read = self.note

        def load(database: Database) -> Mapping[str, PageHabit]:
            with database.read() as session:
                return load_page_habits(session, self.spider.name)

        self.habits = await run_database.do(load)

    async def _end(self, reason: str) -> None:
        if self.writer is not None:
            await asyncio.gather(self.writer, return_exceptions=True)
        run_database, spider = self.run_database, self.spider
        if run_database is None or reason in {"database_lost", "given_up"}:
            return
        await self._write()
        if reason != "finished" or self.state.is_blocked or self.state.sentences:
            return
        # An honest absence needs every page of the list: one that failed may have shown the listing.
        complete = {start: ids for start, ids in spider.known_ids.items() if start not in spider.incomplete and ids}

        def write(database: Database) -> int:
            with database.write() as session:
                gone = [record_pass(session, spider.name, start, ids, self.began_at) for start, ids in complete.items()]
                return sum(number or 0 for number in gone)

        count(self.crawler, "not_seen_any_more", await run_database.do(write))


def _lasting(listing: Listing) -> tuple[object, ...]:
    """Return what is said of the listing itself; not how often it sold or was voted on, which every visit changes."""
    offer, seller = listing.offer, listing.seller
    prices = [
        (str(price.amount), price.currency) if price is not None else None
        for price in (offer.price, offer.price_max, offer.original_price)
    ]
    return (
        listing.listing_id, listing.title, listing.url, prices, offer.price_raw, offer.availability, seller.seller_id,
        seller.name, seller.official, seller.location, listing.condition, listing.brand, listing.gtin, listing.sku,
        listing.mpn, listing.category, listing.description, listing.images,
    )  # fmt: skip


def _header(response: Response, name: str) -> str | None:
    value = (response.headers.get(name) or b"").decode("latin-1").strip()
    return value if 0 < len(value) <= 1_000 else None
