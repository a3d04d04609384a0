"""Downloads of markets whose pages need a browser: a fresh context per page, every wait bounded, renewed in time."""

import asyncio
from contextlib import suppress
from typing import Any

from playwright.async_api import BrowserContext, Error, Page, WebSocketRoute
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError
from scrapy.http import Response
from scrapy_playwright.handler import BrowserContextWrapper, ScrapyPlaywrightDownloadHandler

from crawler.browser_processes import browser_processes, kill_all, private_bytes
from crawler.egress_download import GuardedDownloadHandler
from crawler.middlewares.run_state import count, state_of
from spiders.rendered import CLOSED, CONTEXT_ARGUMENTS

WATCH_SECONDS = 0.25
CLOSE_SECONDS = 5


class BrowserDownloadHandler(ScrapyPlaywrightDownloadHandler, GuardedDownloadHandler):  # type: ignore[misc]
    """Reads pages marked `playwright` in the browser, which itself leaves through the guard; one page at a time."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        settings = crawler.settings
        self.page_seconds = settings.getfloat("BROWSER_PAGE_SECONDS")
        self.most_pages = settings.getint("BROWSER_PAGES")
        self.most_bytes = settings.getint("BROWSER_MEMORY_MB") * 2**20
        self.turn = asyncio.Lock()
        self.pages = 0
        self.pages_of_browser = 0
        self.hog = ""

    async def download_request(self, request: Request) -> Response:
        """Return the answer; a page in the browser waits for its host as every other does."""
        if not request.meta.get("playwright"):
            return await GuardedDownloadHandler.download_request(self, request)
        return await self.in_turn(request, self._download_in_browser)

    async def _download_in_browser(self, request: Request) -> Response:
        async with self.turn:
            self.pages += 1
            self.pages_of_browser += 1
            name = f"page-{self.pages}"
            request.meta["playwright_context"] = name
            # What a market asks for its pages never opens what is closed for all of them.
            asked = request.meta.get("playwright_context_kwargs") or {}
            request.meta["playwright_context_kwargs"] = {**CONTEXT_ARGUMENTS, **asked, **CLOSED}
            watch = asyncio.create_task(self._watch_memory())
            try:
                async with asyncio.timeout(self.page_seconds):
                    response: Response = await ScrapyPlaywrightDownloadHandler.download_request(self, request)
            except TimeoutError:
                # Not tried again: a page that loops would loop again.
                raise DownloadCancelledError(f"{request.url}: not at rest within {self.page_seconds:g} s") from None
            except Error as error:
                if self.hog:
                    raise DownloadCancelledError(f"{request.url}: {self.hog}") from None
                raise DownloadCancelledError(f"{request.url}: {str(error).partition(chr(10))[0]}") from None
            finally:
                watch.cancel()
                self.hog = ""
                await self._end_page(name)
            request.meta["fetched_at"] = state_of(self._crawler).clock()
            return response

    async def _create_browser_context(
        self, name: str, context_kwargs: dict[str, Any] | None, spider: Spider | None = None
    ) -> BrowserContextWrapper:
        wrapper = await super()._create_browser_context(name, context_kwargs, spider)
        await wrapper.context.route_web_socket("**/*", _refuse_socket)
        wrapper.context.on("page", lambda page: self._close_popup(wrapper.context, page))
        return wrapper

    def _close_popup(self, context: BrowserContext, page: Page) -> None:
        if len(context.pages) > 1:
            count(self._crawler, "skip.popup")
            asyncio.get_running_loop().create_task(_close_quietly(page))

    async def _watch_memory(self) -> None:
        """End the browser as soon as it holds too much: a page can ask for a gigabyte a second."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            pids = browser_processes()
            if private_bytes(pids) > self.most_bytes:
                self.hog = f"the browser took more than {self.most_bytes // 2**20} MB"
                kill_all(pids)
                return

    async def _end_page(self, name: str) -> None:
        """Close the page's context, and the whole browser where that fails, or where it is due for a new one."""
        wrapper = self.context_wrappers.get(name)
        is_due = self.pages_of_browser >= self.most_pages or private_bytes(browser_processes()) > self.most_bytes
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                if wrapper is not None:
                    await wrapper.context.close()
        except (TimeoutError, Error):
            is_due = True
        if is_due:
            await self._end_browser()

    async def _end_browser(self) -> None:
        self.pages_of_browser = 0
        browser = getattr(self, "browser", None)
        if browser is None:
            return
        with suppress(TimeoutError, Error):
            async with asyncio.timeout(CLOSE_SECONDS):
                await browser.close()
        kill_all(browser_processes())
        # The library forgets the browser when it hears that it is gone; the next page then starts a new one.
        for _ in range(int(CLOSE_SECONDS / 0.05)):
            if not hasattr(self, "browser"):
                return
            await asyncio.sleep(0.05)
        self.context_wrappers.clear()
        del self.browser


async def _refuse_socket(socket: WebSocketRoute) -> None:
    await socket.close()


async def _close_quietly(page: Page) -> None:
    with suppress(Error):
        await page.close()
