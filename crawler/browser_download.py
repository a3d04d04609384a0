"""Downloads of markets whose pages need a browser; their other requests go the usual way."""

from scrapy import Request
from scrapy.http import Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from crawler.egress_download import GuardedDownloadHandler
from crawler.middlewares.run_state import host_of, state_of


class BrowserDownloadHandler(ScrapyPlaywrightDownloadHandler, GuardedDownloadHandler):  # type: ignore[misc]
    """Reads pages marked `playwright` in the browser, which itself leaves through the guard."""

    async def download_request(self, request: Request) -> Response:
        """Return the answer; a page in the browser waits for its host as every other does."""
        if not request.meta.get("playwright"):
            return await GuardedDownloadHandler.download_request(self, request)
        state = state_of(self._crawler)
        async with state.host(host_of(request)).turn:
            await self.wait_for_host(request)
            try:
                response: Response = await super().download_request(request)
            finally:
                self.rest_after(request)
            request.meta["fetched_at"] = state.clock()
            return response
