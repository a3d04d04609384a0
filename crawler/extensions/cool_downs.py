"""Hosts that refused stay alone: an earlier run's are not asked, what this run meets is kept for the next ones."""

import asyncio
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.access import COOL_DOWN
from crawler.extensions.run_database import RunDatabase
from crawler.middlewares.reading import host_blocked
from crawler.middlewares.run_state import state_of
from crawler.middlewares.scope import opened_places
from spiders.base import MarketSpider
from storage.access import HostRest, load_host_rests, record_host_rest
from storage.database import Database


class CoolDowns:
    """Extension: reads which hosts rest when the crawl begins, and writes down the ones that refuse meanwhile."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.state = state_of(crawler)
        self.run_database: RunDatabase | None = None
        self.writing: set[asyncio.Task[None]] = set()
        crawler.signals.connect(self._begin, signal=signals.spider_opened)
        crawler.signals.connect(self._refused, signal=host_blocked)
        crawler.signals.connect(self._end, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for a crawl that has a database; off without one."""
        if not crawler.settings.get("MARKWATCH_RUN_ID"):
            raise NotConfigured
        return cls(crawler)

    async def _begin(self, spider: MarketSpider) -> None:
        self.run_database = self.run_database or self.crawler.get_extension(RunDatabase)
        if self.run_database is None:
            return
        at = self.state.clock()

        def load(database: Database) -> tuple[HostRest, ...]:
            with database.read() as session:
                return load_host_rests(session, at)

        opened = {place.rpartition(":")[0] for place in opened_places(spider)}
        for rest in await self.run_database.do(load):
            if rest.host not in opened:
                why = f"refused on {rest.since:%Y-%m-%d %H:%M} UTC ({rest.sign}), left alone for a day"
                self.state.host(rest.host).stopped = why

    def _refused(self, host: str, sign: str) -> None:
        spider = self.crawler.spider
        # A host opened on the command line stands in for a market; what it says is no word of the market's.
        if spider is None or host in {place.rpartition(":")[0] for place in opened_places(spider)}:
            return
        task = asyncio.get_running_loop().create_task(self._keep(spider.name, host, sign))
        self.writing.add(task)
        task.add_done_callback(self.writing.discard)

    async def _keep(self, market: str, host: str, sign: str) -> None:
        run_database = self.run_database
        if run_database is None:
            return
        since = self.state.clock()

        def write(database: Database) -> None:
            with database.write() as session:
                record_host_rest(session, market, host, sign, run_database.run_id, since, since + COOL_DOWN)

        await run_database.do(write)

    async def _end(self) -> None:
        if self.writing:
            await asyncio.gather(*self.writing, return_exceptions=True)
