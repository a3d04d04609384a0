"""Fetches the first image of every flagged listing, as politely as pages, and keeps it small."""

import asyncio
import hashlib
from collections import deque
from collections.abc import Iterable
from functools import cached_property
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider, NotConfigured
from scrapy.http.request import NO_CALLBACK

from crawler.extensions.run_database import RunDatabase
from crawler.middlewares.run_state import IMAGE_MARK, count, state_of
from crawler.parse_worker import ParseWorker
from crawler.pictures import SmallPicture
from records.listing import Listing
from spiders.addresses import checked
from spiders.base import MarketSpider
from storage.database import Database
from storage.thumbnails import Thumbnail, load_thumbnail_source, save_thumbnail


class Thumbnails:
    """Extension: small pictures of flagged listings; off without a database, or where the market forbids it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.state = state_of(crawler)
        self.left = crawler.settings.getint("THUMBNAILS_PER_RUN")
        self.most_bytes = crawler.settings.getint("THUMBNAIL_MAXSIZE")
        self.waiting: deque[Listing] = deque()
        self.worker = ParseWorker()
        self.task: asyncio.Task[None] | None = None
        crawler.signals.connect(self._stay, signal=signals.spider_idle)
        crawler.signals.connect(self._end, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for the crawl."""
        spider = crawler.spider
        if not crawler.settings.get("MARKWATCH_RUN_ID") or not isinstance(spider, MarketSpider):
            raise NotConfigured
        if not spider.rules.keeps_answers:
            raise NotConfigured
        return cls(crawler)

    @cached_property
    def run_database(self) -> RunDatabase | None:
        """The run's database, known once all extensions are made."""
        return self.crawler.get_extension(RunDatabase)

    def want(self, listings: Iterable[Listing]) -> None:
        """Ask for the pictures of listings that were flagged."""
        self.waiting += [listing for listing in listings if listing.images]
        if self.waiting and (self.task is None or self.task.done()):
            self.task = asyncio.get_running_loop().create_task(self._fetch_waiting())

    async def _fetch_waiting(self) -> None:
        while self.waiting:
            listing = self.waiting.popleft()
            try:
                await self._fetch(listing)
            except Exception as problem:  # noqa: BLE001 - a picture that cannot be had costs nothing but the picture
                await self._keep(listing, None, b"", str(problem) or type(problem).__name__)

    async def _fetch(self, listing: Listing) -> None:
        run_database = self.run_database
        if run_database is None:
            return

        def load(database: Database) -> str | None:
            with database.read() as session:
                return load_thumbnail_source(session, *listing.key)

        url = listing.images[0]
        if await run_database.do(load) == url:
            return
        if self.left <= 0:
            count(self.crawler, "skip.thumbnail")
            return
        self.left -= 1
        request = Request(
            checked(url),
            callback=NO_CALLBACK,
            dont_filter=True,
            headers={"Accept": "image/avif;q=0,image/webp,image/jpeg,image/png,image/gif;q=0.8"},
            meta={IMAGE_MARK: True, "dont_retry": True, "download_maxsize": self.most_bytes},
        )
        response = await self.crawler.engine.download_async(request)
        if response.status != 200:
            await self._keep(listing, None, b"", f"HTTP {response.status}")
            return
        picture = await self.worker.small_picture(url, response.body)
        await self._keep(listing, picture, response.body, None)

    async def _keep(self, listing: Listing, picture: SmallPicture | None, body: bytes, problem: str | None) -> None:
        run_database = self.run_database
        if run_database is None:
            return
        thumbnail = Thumbnail(
            image_url=listing.images[0],
            fetched_at=self.state.clock(),
            jpeg=None if picture is None else picture.jpeg,
            sha256=hashlib.sha256(body).hexdigest() if body else None,
            width=0 if picture is None else picture.width,
            height=0 if picture is None else picture.height,
            problem=problem if problem is None else problem[:300],
        )

        def write(database: Database) -> None:
            with database.write() as session:
                save_thumbnail(session, *listing.key, thumbnail)

        await run_database.do(write)
        count(self.crawler, "thumbnails" if picture is not None else "skip.no_thumbnail")

    def _stay(self) -> None:
        """Keep the run open until the pictures are there; a host that stopped answers them at once."""
        if self.task is not None and not self.task.done():
            raise DontCloseSpider

    async def _end(self, reason: str) -> None:
        if self.task is not None and not self.task.done():
            if reason != "finished":
                self.waiting.clear()
                self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)
        await self.worker.close()
