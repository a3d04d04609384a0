"""One request at a time per host across all processes: the crawl takes the host's row before each and gives it back."""

import asyncio
from datetime import timedelta
from functools import cached_property
from time import monotonic
from typing import Self

from scrapy.crawler import Crawler
from scrapy.utils.defer import _schedule_coro

from crawler.extensions.run_database import RunDatabase
from crawler.middlewares.run_state import state_of
from crawler.middlewares.scope import opened_places
from storage.database import Database
from storage.host_turns import count_request, give_turn, take_turn


class HostTurns:
    """Extension: turns at hosts and the daily budget of requests to the market.

    Hosts opened for the run on the command line stand in for a market and belong to whoever opened them: they take no
    turns unless TURNS_AT_OPENED_HOSTS says so. A crawl without a database knows of no other process.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.state = state_of(crawler)
        self.longest_wait_seconds = crawler.settings.getfloat("POLITENESS_LONGEST_WAIT_SECONDS")
        self.budget = crawler.settings.getint("BUDGET_DAY_REQUESTS")
        own = () if crawler.settings.getbool("TURNS_AT_OPENED_HOSTS") else opened_places(crawler.spider)
        self.exempt = {place.rpartition(":")[0].strip("[]") for place in own}
        self.is_spent = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for the crawl."""
        return cls(crawler)

    @cached_property
    def run_database(self) -> RunDatabase | None:
        """The run's database, known once all extensions are made."""
        return self.crawler.get_extension(RunDatabase)

    async def take(self, host: str) -> None:
        """Return when the host's turn is this crawl's; a host that rests for too long is stopped for this run."""
        run_database = self.run_database
        if run_database is None or host in self.exempt:
            return
        market = self.crawler.spider.name if self.crawler.spider is not None else ""

        def ask(database: Database) -> tuple[float, int]:
            now = self.state.clock()
            with database.write() as session:
                until = take_turn(session, host, run_database.run_id, now)
                if until is None:
                    return 0.0, count_request(session, market, now.date())
            return max((until - now).total_seconds(), 0.05), 0

        while not self.state.host(host).stopped:
            wait, requests = await run_database.do(ask)
            if requests > self.budget:
                self._spend()
                await self.give(host)
                self.state.leave_host(host, f"the budget of {self.budget} requests a day is spent")
                return
            if not wait:
                return
            if wait > self.longest_wait_seconds:
                self.state.stop_host(host, f"asked another run to wait {wait:.0f} s longer")
                return
            await asyncio.sleep(min(wait, 5.0))

    async def give(self, host: str) -> None:
        """Give the turn back with the rest that the host is owed."""
        run_database = self.run_database
        if run_database is None or host in self.exempt:
            return
        rest = timedelta(seconds=max(self.state.host(host).not_before - monotonic(), 0.0))

        def write(database: Database) -> bool:
            with database.write() as session:
                return give_turn(session, host, run_database.run_id, self.state.clock() + rest)

        await run_database.do(write)

    def _spend(self) -> None:
        if self.is_spent:
            return
        self.is_spent = True
        self.state.sentences.append(
            f"the market's budget of {self.budget} requests a day is spent; the run ended early"
        )
        self.state.note("budget", f"{self.budget} requests a day spent")
        _schedule_coro(self.crawler.engine.close_spider_async(reason="budget_day"))
