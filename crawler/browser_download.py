"""Downloads of markets whose pages need a browser; their other requests go the usual way."""

from scrapy import Request
from scrapy.http import Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from crawler.egress_download import GuardedDownloadHandler
from crawler.middlewares.run_state import state_of


class BrowserDownloadHandler(ScrapyPlaywrightDownloadHandler, GuardedDownloadHandler):  # type: ignore[misc]
    """Reads pages marked `playwright` in the browser, which itself leaves through the guard."""

    async def download_request(self, request: Request) -> Response:
        """Return the answer; a page in the browser waits for its host as every other does."""
        if not request.meta.get("playwright"):
            return await GuardedDownloadHandler.download_request(self, request)
        return await self.in_turn(request, self._download_in_browser)

    async def _download_in_browser(self, request: Request) -> Response:
        response: Response = await super().download_request(request)
        request.meta["fetched_at"] = state_of(self._crawler).clock()
        return response
