"""The queue of a crawl, kept in the database: a run whose process died goes on where it stopped.

A page is done when everything that came of it is stored, its further pages among it, in one transaction. So a page that
was under way when the process died is fetched once more, and no other.
"""

import asyncio
from typing import Any

from scrapy import Request, Spider
from scrapy.core.scheduler import Scheduler
from scrapy.utils.defer import deferred_from_coro
from twisted.internet.defer import Deferred

from crawler.extensions.budgets import Budgets
from crawler.extensions.page_memory import PAGE_KEY, PageMemory
from crawler.extensions.run_database import RunDatabase
from crawler.middlewares.run_state import state_of
from spiders.base import MarketSpider
from storage.database import Database
from storage.run_pages import RunPage, adopt_run_pages, clear_run_pages, load_run_pages, save_run_pages
from storage.runs import load_run

# In a request's meta: the key of the page that led to it.
PARENT_KEY = "parent_key"
FLUSH_SECONDS = 0.02
# Reasons for an end after which somebody may want to go on.
UNFINISHED = frozenset({"shutdown", "database_lost", "given_up"})


class Frontier(Scheduler):
    """Scrapy's scheduler in memory, with every page of a market's run in the database beside it."""

    run_database: RunDatabase | None = None

    def open(self, spider: Spider) -> "Deferred[None] | None":
        """Open the queue and fill it with what an earlier process of the run, or a lost run, left waiting."""
        super().open(spider)
        self.again: set[str] = set()
        self.found: dict[str, list[RunPage]] = {}
        self.waiting: list[RunPage] = []
        self.done: list[str] = []
        self.position = 0
        self.writer: asyncio.Task[None] | None = None
        self.is_watching = False
        crawler = self.crawler
        if crawler is None or not isinstance(spider, MarketSpider):
            return None
        api = spider.way_api
        # A token is no page; a run by an API that needs one is short, and begins anew.
        if api is None or not api.needs_token:
            self.run_database = crawler.get_extension(RunDatabase)
        return None if self.run_database is None else deferred_from_coro(self._restore(spider))

    def enqueue_request(self, request: Request) -> bool:
        """Queue a request and keep its page; return False where the run asked for it before."""
        key = request.meta.get(PAGE_KEY)
        if self.run_database is None or (key is None and request.dont_filter):
            return super().enqueue_request(request)
        parent = request.meta.pop(PARENT_KEY, None)
        if key is not None:
            # The same page again: a retry, a redirect, a wait that is over.
            is_queued = super().enqueue_request(request)
            if is_queued:
                self.again.add(key)
            return is_queued
        page = self._page_of(request)
        request.meta[PAGE_KEY] = page.page_key
        if not super().enqueue_request(request):
            return False
        if parent is None:
            self.waiting.append(page)
            self._write_soon()
        else:
            self.found.setdefault(parent, []).append(page)
        return True

    def next_request(self) -> Request | None:
        """Return the next request."""
        if not self.is_watching and self.run_database is not None and self.crawler is not None:
            self._watch(self.crawler.engine)
        request = super().next_request()
        if request is not None:
            self.again.discard(request.meta.get(PAGE_KEY, ""))
        return request

    def close(self, reason: str) -> "Deferred[None] | None":
        """Write what is left; forget the pages of a run that came to its end."""
        closed = super().close(reason)
        if self.run_database is None:
            return closed
        return deferred_from_coro(self._end(reason))

    def finish(self, request: Request) -> None:
        """Note that everything that came of a request is stored."""
        key = request.meta.get(PAGE_KEY)
        if key is None or key in self.again:
            return
        memory = None if self.crawler is None else self.crawler.get_extension(PageMemory)
        if memory is not None:
            memory.finish(key)
        self.done.append(key)
        self.waiting += self.found.pop(key, [])
        self._write_soon()

    def _watch(self, engine: Any) -> None:
        """Hear when the engine has done with a request, its listings included; it tells nobody by itself."""
        self.is_watching = True
        slot = engine._slot  # noqa: SLF001 - no signal says it
        forget = slot.remove_request

        def remove_request(request: Request) -> None:
            forget(request)
            self.finish(request)

        slot.remove_request = remove_request

    def _page_of(self, request: Request) -> RunPage:
        fingerprinter = self.crawler.request_fingerprinter if self.crawler is not None else None
        return RunPage(
            page_key=fingerprinter.fingerprint(request).hex() if fingerprinter is not None else request.url,
            url=str(request.meta.get("real_url", request.url)),
            start=str(request.meta.get("start", "")),
            priority=request.priority,
            depth=int(request.meta.get("depth", 0)),
            detail=bool(request.meta.get("detail")),
        )

    def _write_soon(self) -> None:
        if self.writer is None or self.writer.done():
            self.writer = asyncio.get_running_loop().create_task(self._write_later())

    async def _write_later(self) -> None:
        while self.done or self.waiting:
            await asyncio.sleep(FLUSH_SECONDS)
            await self._write()

    async def _write(self) -> None:
        run_database = self.run_database
        if run_database is None or not (self.done or self.waiting):
            return
        done, waiting, position = self.done, self.waiting, self.position
        self.done, self.waiting = [], []
        self.position += len(waiting)

        def write(database: Database) -> None:
            with database.write() as session:
                save_run_pages(session, run_database.run_id, done, waiting, position)

        await run_database.do(write)

    async def _restore(self, spider: MarketSpider) -> None:
        run_database = self.run_database
        if run_database is None or self.crawler is None:
            return
        run_id, now = run_database.run_id, state_of(self.crawler).clock()

        def load(database: Database) -> tuple[tuple[RunPage, ...], str | None, dict[str, int]]:
            with database.write() as session:
                pages = load_run_pages(session, run_id)
                adopted = None if pages else adopt_run_pages(session, run_id, now)
                counts = dict(load_run(session, run_id).counts) if pages or adopted else {}
                return pages or load_run_pages(session, run_id), adopted, counts

        pages, adopted, counts = await run_database.do(load)
        if not pages:
            return
        self.position = len(pages)
        for name, number in counts.items():
            if self.stats is not None:
                self.stats.inc_value(name, number)
        budgets = self.crawler.get_extension(Budgets)
        if budgets is not None:
            budgets.count_earlier(counts.get("pages", 0))
        left = [page for page in pages if not page.is_done]
        state_of(self.crawler).note(
            "resumed", f"{len(left)} of {len(pages)} pages left" + (f", from run {adopted}" if adopted else "")
        )
        spider.resume([(page.url, page.start) for page in pages])
        for page in pages:
            request = spider.request(page.url, start=page.start, priority=page.priority)
            if page.is_done:
                self.df.request_seen(request)
                continue
            meta = {**request.meta, "depth": page.depth, PAGE_KEY: page.page_key}
            if page.detail:
                meta["detail"] = True
            super().enqueue_request(request.replace(meta=meta))

    async def _end(self, reason: str) -> None:
        if self.writer is not None:
            await asyncio.gather(self.writer, return_exceptions=True)
        run_database = self.run_database
        if run_database is None or reason == "database_lost":
            return
        await self._write()
        if reason in UNFINISHED:
            return

        def clear(database: Database) -> None:
            with database.write() as session:
                clear_run_pages(session, run_database.run_id)

        await run_database.do(clear)
