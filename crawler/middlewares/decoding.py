"""Content decoding that fails by name: the page, the encoding and the limit stand in the error, and it is counted."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.middlewares.run_state import IMAGE_MARK, ROBOTS_MARK, count, state_of


class Decoding(HttpCompressionMiddleware):
    """Downloader middleware: decodes up to DOWNLOAD_MAXSIZE; what cannot be decoded is an error of that page."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for the crawl."""
        made = super().from_crawler(crawler)
        made.crawler = crawler
        return made

    crawler: Crawler

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Return the decoded answer; raise IgnoreRequest, which names page, encoding and limit, where that fails."""
        encoding = b", ".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        try:
            decoded = super().process_response(request, response)
        except IgnoreRequest:
            limit = self.crawler.settings.getint("DOWNLOAD_MAXSIZE")
            raise self._failed(request, f"the body unpacks to more than {limit} bytes ({encoding})") from None
        except Exception as error:
            # Each decoder has its own exceptions, some of them without a common base.
            raise self._failed(request, f"cannot decode {encoding}: {error}") from error
        if isinstance(decoded, Response) and decoded.headers.get("Content-Encoding"):
            raise self._failed(request, f"unknown content encoding {encoding}")
        return decoded

    def _failed(self, request: Request, problem: str) -> IgnoreRequest:
        if not request.meta.keys() & {ROBOTS_MARK, IMAGE_MARK}:
            count(self.crawler, "errors")
            state_of(self.crawler).note("page", f"{request.url}: {problem}")
        return IgnoreRequest(f"{request.url}: {problem}")
