"""Keeps the crawl on its own hosts, also when a page redirects it elsewhere."""

from typing import Self
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.middlewares.run_state import IMAGE_MARK, ROBOTS_MARK, count, state_of
from crawler.middlewares.scope import in_scope, real_address, refusal_of

REDIRECTS = frozenset({301, 302, 303, 307, 308})


class OwnSites:
    """Downloader middleware: skips every request that does not belong to the run, however it came about."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for the crawl."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Let the request pass, or skip it with a count."""
        if ROBOTS_MARK in request.meta:
            return
        reason = refusal_of(request.url, self.crawler.spider, is_image=IMAGE_MARK in request.meta)
        if reason is not None:
            count(self.crawler, f"skip.{reason}")
            state_of(self.crawler).note("refused", f"{request.url}: {reason}")
            raise IgnoreRequest(f"{request.url}: {reason}")


class OwnRedirects(RedirectMiddleware):
    """Follows redirects within the run's hosts, at most REDIRECT_MAX_TIMES of them, and skips the others."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Return the next request of a redirect, the answer itself where it is none, or skip with a count."""
        if ROBOTS_MARK in request.meta or response.status not in REDIRECTS:
            return response
        location = (response.headers.get("Location") or b"").decode("latin-1").strip()
        if not location:
            return self._skip(request, "bad_redirect", "a redirect without a Location")
        target = urljoin(request.url, location)
        if not urlsplit(target).netloc and target.partition(":")[0] in {"http", "https"}:
            return self._skip(request, "bad_redirect", "a redirect to no host")
        is_image = IMAGE_MARK in request.meta
        reason = refusal_of(in_scope(target, self.crawler.spider), self.crawler.spider, is_image=is_image)
        if reason is not None:
            name = "off_site_redirect" if reason == "off_site" else reason
            return self._skip(request, name, f"redirects to {target[:200]}")
        moved_target = in_scope(target, self.crawler.spider)
        response.headers[b"Location"] = moved_target.encode()
        try:
            following = super().process_response(request, response)
        except IgnoreRequest:
            return self._skip(request, "redirects", f"more than {self.max_redirect_times} redirects")
        if isinstance(following, Request) and "real_url" in following.meta:
            # The spider knows pages by the market's own address, also on a replay.
            following.meta["real_url"] = real_address(str(request.meta["real_url"]), location, self.crawler.spider)
        return following

    def _skip(self, request: Request, name: str, text: str) -> Response:
        count(self.crawler, f"skip.{name}")
        state_of(self.crawler).note("refused", f"{request.url}: {text} ({name})")
        raise IgnoreRequest(f"{request.url}: {text}")
