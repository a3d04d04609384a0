"""Downloads of markets whose pages need a browser; their other requests go the usual way."""

from scrapy import Request
from scrapy.http import Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from crawler.egress_download import GuardedDownloadHandler, HostStopped
from crawler.middlewares.run_state import count, host_of, state_of


class BrowserDownloadHandler(ScrapyPlaywrightDownloadHandler, GuardedDownloadHandler):  # type: ignore[misc]
    """Reads pages marked `playwright` in the browser, which itself leaves through the guard."""

    async def download_request(self, request: Request) -> Response:
        """Return the answer; a page in the browser waits for its host as every other does."""
        if request.meta.get("playwright"):
            state = state_of(self._crawler)
            host = host_of(request)
            await state.wait_for(host)
            if state.host(host).stopped:
                count(self._crawler, "skip.host_stopped")
                raise HostStopped(f"{request.url}: {state.host(host).stopped}")
            request.meta["fetched_at"] = state.clock()
        response: Response = await super().download_request(request)
        return response
