"""Obeys robots.txt by RFC 9309: what cannot be read forbids everything, and every decision is an event of the run."""

import asyncio
from typing import Self
from urllib.parse import urljoin

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from crawler.extensions.pace import Pace
from crawler.middlewares.robots_rules import LONGEST_CRAWL_DELAY_SECONDS, Robots, robots_of_answer, unreachable
from crawler.middlewares.run_state import ROBOTS_MARK, count, host_of, state_of
from spiders.api import API_MARK

MAX_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class RobotsTxt:
    """Downloader middleware: asks each origin once per run and skips what it forbids."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.state = state_of(crawler)
        self.timeout_seconds = crawler.settings.getfloat("ROBOTS_TIMEOUT_SECONDS")
        self.decisions: dict[str, asyncio.Task[Robots]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for the crawl."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let the request pass, or skip it with a count."""
        if ROBOTS_MARK in request.meta or API_MARK in request.meta:
            return
        parts = urlparse_cached(request)
        origin = f"{parts.scheme}://{parts.netloc.lower()}"
        if origin not in self.decisions:
            self.decisions[origin] = asyncio.ensure_future(self._decide(origin, host_of(request)))
        # Shielded: one waiting page that is cancelled must not take the decision from the others.
        robots = await asyncio.shield(self.decisions[origin])
        if robots.is_too_slow:
            count(self.crawler, "skip.crawl_delay")
            raise IgnoreRequest(f"{request.url}: robots.txt asks for {robots.crawl_delay_seconds:g} s between requests")
        if not robots.allows(request.url):
            count(self.crawler, "skip.robots")
            raise IgnoreRequest(f"{request.url}: forbidden by robots.txt ({robots.reason})")

    async def _decide(self, origin: str, host: str) -> Robots:
        robots = await self._read(f"{origin}/robots.txt")
        self.state.note("robots", robots.sentence)
        if robots.is_too_slow:
            delay, most = robots.crawl_delay_seconds, LONGEST_CRAWL_DELAY_SECONDS
            self.state.sentences.append(f"{host}: robots.txt asks for a crawl delay of {delay:g} s, over {most:g} s")
        elif robots.verdict == "disallow all":
            self.state.sentences.append(f"{host}: robots.txt could not be read ({robots.reason}): nothing was fetched")
        elif robots.crawl_delay_seconds:
            pace = self.crawler.get_extension(Pace)
            if pace is not None:
                pace.keep(host, robots.crawl_delay_seconds)
        return robots

    async def _read(self, url: str) -> Robots:
        """Follow redirects to the body, across hosts too: the guard keeps internal addresses out."""
        for _ in range(MAX_REDIRECTS + 1):
            try:
                response = await self.crawler.engine.download_async(self._request(url))
            except Exception as error:  # noqa: BLE001 - whatever kept us from reading it, the meaning is the same
                return unreachable(url, str(error) or type(error).__name__)
            if response.status not in REDIRECTS:
                return robots_of_answer(url, response.status, response.body)
            target = self._target(url, response)
            if target is None:
                return unreachable(url, f"HTTP {response.status} without a usable Location")
            url = target
        return unreachable(url, f"more than {MAX_REDIRECTS} redirects")

    def _target(self, url: str, response: Response) -> str | None:
        location = (response.headers.get("Location") or b"").decode("latin-1").strip()
        target = urljoin(url, location)
        return target if location and target.startswith(("http://", "https://")) else None

    def _request(self, url: str) -> Request:
        return Request(
            url,
            callback=NO_CALLBACK,
            priority=1_000,
            dont_filter=True,
            headers={"Accept": "text/plain,*/*;q=0.1", "Accept-Encoding": "identity"},
            meta={
                ROBOTS_MARK: True,
                "dont_retry": True,
                "dont_redirect": True,
                "download_timeout": self.timeout_seconds,
            },
        )
