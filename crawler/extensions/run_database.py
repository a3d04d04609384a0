"""The run's database while it crawls: sign of life every few seconds, and patience when the database is away."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Self, TypeVar

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.defer import _schedule_coro

from crawler.bounds import counts_of
from crawler.config import Settings
from crawler.middlewares.run_state import state_of
from records.run import ENDED
from storage.database import Database, open_database
from storage.errors import DatabaseAway
from storage.runs import load_run, record_event, record_heartbeat

logger = logging.getLogger(__name__)

T = TypeVar("T")
LONGEST_PAUSE_SECONDS = 10.0


class DatabaseLost(RuntimeError):
    """The database stayed away for longer than a run waits."""


class RunDatabase:
    """Extension: does the crawl's database work in threads, records heartbeats, pauses the crawl while it is away."""

    def __init__(self, crawler: Crawler, url: str, run_id: str) -> None:
        self.crawler = crawler
        self.state = state_of(crawler)
        self.run_id = run_id
        self.database: Database = open_database(url, Settings().contact_key_bytes)
        self.beat_seconds = crawler.settings.getfloat("HEARTBEAT_SECONDS")
        self.patience_seconds = crawler.settings.getfloat("DATABASE_PATIENCE_SECONDS")
        self.away = 0
        self.is_over = False
        """True once the database stayed away or the run was given up: nothing more is stored."""
        self.heart: asyncio.Task[None] | None = None
        crawler.signals.connect(self._start, signal=signals.spider_opened)
        crawler.signals.connect(self._end, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for a crawl that has a database and a run; off without them."""
        url, run_id = crawler.settings.get("MARKWATCH_DB"), crawler.settings.get("MARKWATCH_RUN_ID")
        if not url or not run_id:
            raise NotConfigured
        return cls(crawler, str(url), str(run_id))

    async def do(self, work: Callable[[Database], T]) -> T:
        """Return what the work returns, tried again while the database is away; its other errors pass through."""
        deadline = monotonic() + self.patience_seconds
        pause = 0.5
        while True:
            try:
                return await asyncio.to_thread(work, self.database)
            except Exception as error:
                # One on a full disk answers, and takes nothing: what the storage says of itself needs no second look.
                if not isinstance(error, DatabaseAway) and await asyncio.to_thread(self._answers):
                    raise
                if monotonic() > deadline:
                    raise DatabaseLost(f"the database was away for {self.patience_seconds:g} s: {error}") from error
                problem = str(error)
            await self._wait_away(pause, problem)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _wait_away(self, seconds: float, problem: str) -> None:
        """Hold the crawl still meanwhile: what it would fetch could not be kept."""
        self.away += 1
        if self.away == 1:
            self.state.note("database", f"the crawl waits: {problem}")
            self.crawler.engine.pause()
        try:
            await asyncio.sleep(seconds)
        finally:
            self.away -= 1
            if self.away == 0:
                self.crawler.engine.unpause()
                self.state.note("database", "the crawl tries again")

    def _answers(self) -> bool:
        """Return whether the database takes writes: one that is locked for long is away, too."""
        try:
            with self.database.write() as session:
                load_run(session, self.run_id)
        except Exception:  # noqa: BLE001 - each kind of database fails in its own way; any failure means away
            return False
        return True

    async def beat(self) -> bool:
        """Record a sign of life with the counts so far and the new events; return whether the run is still ours."""
        events = tuple(self.state.events)
        self.state.events.clear()

        counts = counts_of(self.crawler.stats.get_stats())

        def write(database: Database) -> bool:
            with database.write() as session:
                is_ours = record_heartbeat(session, self.run_id, self.state.clock(), counts)
                for event in events:
                    record_event(session, self.run_id, event.at, event.kind, event.text)
                return is_ours or load_run(session, self.run_id).outcome not in ENDED

        return await self.do(write)

    async def _beat_for_ever(self) -> None:
        try:
            while await self._beat_once():  # noqa: ASYNC110 - a clock, not a wait for something
                await asyncio.sleep(self.beat_seconds)
        except DatabaseLost as lost:
            self._close("database_lost", str(lost))
        else:
            # Somebody called the run lost while this process slept; what it would still store belongs to nobody.
            self._close("given_up", "the run was given up elsewhere while this process was still at work")

    async def _beat_once(self) -> bool:
        try:
            return await self.beat()
        except DatabaseLost:
            raise
        except Exception:
            # Whatever one beat ran into, a run without further beats would be called lost while it is at work.
            logger.exception("a heartbeat failed")
            return True

    def _close(self, reason: str, sentence: str) -> None:
        self.is_over = True
        self.state.sentences.append(sentence)
        # Not awaited: closing waits for this very task.
        _schedule_coro(self.crawler.engine.close_spider_async(reason=reason))

    def _start(self) -> None:
        self.heart = asyncio.get_running_loop().create_task(self._beat_for_ever())

    async def _end(self, reason: str) -> None:
        if self.heart is None or reason in {"database_lost", "given_up"}:
            return
        self.heart.cancel()
        with suppress(asyncio.CancelledError):
            await self.heart
        await self.beat()
