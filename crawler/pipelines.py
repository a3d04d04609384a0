"""The pipeline at a glance: what happens to the listings of a page before the review queue, in this order.

1. `Repeats`: the same listing with nothing new about it, met again in this run: dropped and counted.
2. `count_missing`: fields that every market prints and a listing lacks: counted, never guessed.
3. `JudgeAndStore`: matched against the watch list, the answers of queued hits kept, listings, prices and hits stored:
   in batches, in one transaction each (crawler/intake.py). Off where the crawl has no database.

A page goes through as a whole: handing its listings on one by one cost more than reading, matching and storing them.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from captures.store import CaptureStore
from crawler.capture_requests import captures_pages
from crawler.config import Settings
from crawler.extensions.run_database import RunDatabase
from crawler.extensions.thumbnails import Thumbnails
from crawler.imports import Imported
from crawler.intake import Intake
from crawler.middlewares.run_state import count, state_of
from crawler.product_models import installed_matcher
from records.listing import Listing
from storage.database import Database
from storage.watchlist import load_watchlist

logger = logging.getLogger(__name__)

BATCH_LISTINGS = 400
# How long a page waits for others before its batch is stored.
BATCH_SECONDS = 0.1


class PagePipeline:
    """Spider middleware: takes a page's listings through the steps, and hands them on where a file is to hold them."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.repeats = Repeats(crawler)
        self.store = JudgeAndStore(crawler, crawler.get_extension(RunDatabase))
        self.is_exported = bool(crawler.settings.getdict("FEEDS"))
        crawler.signals.connect(self.store.open, signal=signals.spider_opened)
        crawler.signals.connect(self.store.close, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for the crawl."""
        return cls(crawler)

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Pass requests on; the page is done when its listings are stored."""
        found: list[Listing] = []
        try:
            async for item in result:
                if isinstance(item, Listing):
                    found.append(item)
                else:
                    yield item
        finally:
            # What was read before an error is not lost with it.
            stored = await self._taken(found, response.body) if found else ()
        if self.is_exported:
            for listing in stored:
                yield listing

    async def _taken(self, found: Sequence[Listing], body: bytes) -> Sequence[Listing]:
        fresh = self.repeats.dropped_from(found)
        count_missing(self.crawler, fresh)
        return await self.store.take(fresh, body)


class Repeats:
    """Passes each listing of a run once, and again only when another page says something else about it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.seen: dict[tuple[str, str], int] = {}

    def dropped_from(self, found: Iterable[Listing]) -> list[Listing]:
        """Return the listings without those that are known, which are counted."""
        fresh: list[Listing] = []
        news = 0
        for listing in found:
            said = hash(
                (
                    listing.title, listing.url, listing.offer, listing.seller, listing.currency, listing.condition,
                    listing.brand, listing.gtin, listing.sku, listing.mpn, listing.category, listing.description,
                    listing.images, listing.sold, listing.rating, listing.review_count,
                )
            )  # fmt: skip
            known = self.seen.get(listing.key)
            if known == said:
                count(self.crawler, "skip.duplicate")
                continue
            news += known is None
            self.seen[listing.key] = said
            fresh.append(listing)
        if news:
            count(self.crawler, "listings", news)
        return fresh


def count_missing(crawler: Crawler, listings: Iterable[Listing]) -> None:
    """Count what listings lack, so that a run whose every price is missing is noticed."""
    for listing in listings:
        if listing.offer.price is None:
            count(crawler, "missing.price")
        if listing.url is None:
            count(crawler, "missing.url")
        if not listing.seller.seller_id and not listing.seller.name:
            count(crawler, "missing.seller")


class JudgeAndStore:
    """Hands listings to the intake in batches, in a thread, and waits until they are safely stored."""

    def __init__(self, crawler: Crawler, run_database: RunDatabase | None) -> None:
        self.crawler = crawler
        self.state = state_of(crawler)
        self.run_database = run_database
        self.intake: Intake | None = None
        self.waiting: list[tuple[list[Imported], asyncio.Future[list[Listing]]]] = []
        self.batch: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Load the watch list that the whole run judges by."""
        run_database = self.run_database
        if run_database is None:
            return
        folder = self.crawler.settings.get("MARKWATCH_CAPTURES")

        def make(database: Database) -> Intake:
            with database.read() as session:
                watchlist = load_watchlist(session, self.state.clock().date())
            store = CaptureStore(Path(folder), Settings().free_floor_bytes) if folder else None
            return Intake(
                database,
                installed_matcher(watchlist),
                store,
                run_database.run_id,
                captures_pages=captures_pages(self.crawler.spider, self.crawler.settings["MARKWATCH_OPEN_WAYS"]),
            )

        self.intake = await run_database.do(make)

    async def take(self, listings: Sequence[Listing], body: bytes) -> Sequence[Listing]:
        """Return the listings of a page that are stored now; what kept another from it is logged and counted."""
        if self.intake is None or not listings:
            return listings
        stored: asyncio.Future[list[Listing]] = asyncio.get_running_loop().create_future()
        page = [Imported(listing, None if listing.page_copy is None else body) for listing in listings]
        self.waiting.append((page, stored))
        if self.batch is None or self.batch.done():
            self.batch = asyncio.create_task(self._store_waiting())
        return await stored

    async def close(self) -> None:
        """Judge again what was judged before all of its peers were stored; not where the run is no longer ours."""
        intake, run_database = self.intake, self.run_database
        if intake is None or run_database is None or run_database.is_over:
            return
        at = self.state.clock()
        for name, number in (await run_database.do(lambda _database: intake.meet_peers(at))).items():
            count(self.crawler, name, number)

    async def _store_waiting(self) -> None:
        while self.waiting:
            if sum(len(page) for page, _ in self.waiting) < BATCH_LISTINGS:
                await asyncio.sleep(BATCH_SECONDS)
            batch: list[tuple[list[Imported], asyncio.Future[list[Listing]]]] = []
            size = 0
            while self.waiting and size < BATCH_LISTINGS:
                batch.append(self.waiting.pop(0))
                size += len(batch[-1][0])
            try:
                await self._take([item for page, _ in batch for item in page])
            except Exception:  # noqa: BLE001 - one bad listing must not take its neighbours with it
                for page, stored in batch:
                    stored.set_result(await self._stored_singly(page))
            else:
                for page, stored in batch:
                    stored.set_result([item.listing for item in page])

    async def _stored_singly(self, page: Iterable[Imported]) -> list[Listing]:
        stored: list[Listing] = []
        for item in page:
            try:
                await self._take([item])
            except Exception:
                count(self.crawler, "errors")
                logger.exception("not stored: %s %s", *item.listing.key)
            else:
                stored.append(item.listing)
        return stored

    async def _take(self, batch: list[Imported]) -> None:
        intake, run_database = self.intake, self.run_database
        if intake is None or run_database is None:
            return
        at = self.state.clock()
        counts = await run_database.do(lambda _database: intake.take(batch, at))
        thumbnails = self.crawler.get_extension(Thumbnails)
        if thumbnails is not None:
            thumbnails.want(intake.flagged)
        for name, number in counts.items():
            # Distinct listings of the run are counted where duplicates are dropped.
            if name != "listings":
                count(self.crawler, name, number)
