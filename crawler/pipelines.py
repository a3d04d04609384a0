"""The pipeline at a glance: what happens to a listing between its page and the review queue, in this order."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

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

ITEM_PIPELINES: dict[str, int] = {
    # The same listing with nothing new about it, met again in this run: dropped and counted.
    "crawler.pipelines.DropDuplicates": 100,
    # Fields that every market prints and this listing lacks: counted, never guessed.
    "crawler.pipelines.CheckFields": 200,
    # Match against the watch list, keep the answers of queued hits, store listings, prices and hits: in batches, in
    # one transaction each (crawler/intake.py). Off where the crawl has no database.
    "crawler.pipelines.JudgeAndStore": 300,
}

BATCH_LISTINGS = 100
# How long a listing waits for others before its batch is stored.
BATCH_SECONDS = 0.05


class DropDuplicates:
    """Passes each listing of a run once, and again only when another page says something else about it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.seen: dict[tuple[str, str], int] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for the crawl."""
        return cls(crawler)

    def process_item(self, item: Listing) -> Listing:
        """Return the listing, or drop it with a count."""
        content = hash(repr(replace(item, page_copy=None, fetched_at=None)))
        if self.seen.get(item.key) == content:
            count(self.crawler, "skip.duplicate")
            raise DropItem(f"{item.market} {item.listing_id}: met before in this run", log_level="DEBUG")
        if item.key not in self.seen:
            count(self.crawler, "listings")
        self.seen[item.key] = content
        return item


class CheckFields:
    """Counts what listings lack, so that a run whose every price is missing is noticed."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for the crawl."""
        return cls(crawler)

    def process_item(self, item: Listing) -> Listing:
        """Return the listing unchanged."""
        present = {"price": item.offer.price, "url": item.url, "seller": item.seller.seller_id or item.seller.name}
        for name, value in present.items():
            if value is None:
                count(self.crawler, f"missing.{name}")
        return item


class JudgeAndStore:
    """Hands listings to the intake in batches, in a thread, and waits until they are safely stored."""

    def __init__(self, crawler: Crawler, run_database: RunDatabase | None) -> None:
        self.crawler = crawler
        self.state = state_of(crawler)
        self.run_database = run_database
        self.intake: Intake | None = None
        self.waiting: list[tuple[Imported, asyncio.Future[None]]] = []
        self.batch: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for the crawl."""
        return cls(crawler, crawler.get_extension(RunDatabase))

    async def open_spider(self) -> None:
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

    async def process_item(self, item: Listing) -> Listing:
        """Return the listing once it is stored; raise what kept it from being stored."""
        if self.intake is None:
            return item
        body = None if item.page_copy is None else self.state.bodies.get(item.page_copy.sha256)
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append((Imported(item, body), stored))
        if self.batch is None or self.batch.done():
            self.batch = asyncio.create_task(self._store_waiting())
        await stored
        return item

    async def _store_waiting(self) -> None:
        while self.waiting:
            if len(self.waiting) < BATCH_LISTINGS:
                await asyncio.sleep(BATCH_SECONDS)
            batch, self.waiting = self.waiting[:BATCH_LISTINGS], self.waiting[BATCH_LISTINGS:]
            try:
                await self._take([item for item, _ in batch])
            except Exception:  # noqa: BLE001 - one bad listing must not take its neighbours with it
                await self._store_singly(batch)
            else:
                for _, stored in batch:
                    stored.set_result(None)

    async def _store_singly(self, batch: list[tuple[Imported, asyncio.Future[None]]]) -> None:
        for item, stored in batch:
            try:
                await self._take([item])
            except Exception as error:  # noqa: BLE001 - raised again where the listing waits
                stored.set_exception(error)
            else:
                stored.set_result(None)

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
