"""How captures behave towards marketplaces: robots.txt by RFC 9309, and a rest between two requests to one host."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from captures.errors import CaptureFailed
from captures.exchange import MAX_REDIRECTS, REDIRECTS, Client, exchange
from captures.page_record import RobotsNote
from crawler.middlewares.robots_rules import Robots, robots_of_answer, unreachable

# Between two requests to one host, from the end of the first.
REST_SECONDS = 3.0


@dataclass(slots=True, kw_only=True)
class PoliteManners:
    """robots.txt by RFC 9309 and a rest between two requests to one host; hosts opened for the run need no rest."""

    opened: frozenset[str]
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    client: Client | None = None
    decided: dict[str, Robots] = field(default_factory=dict)
    free_at: dict[str, float] = field(default_factory=dict)

    def robots(self, url: str) -> RobotsNote:
        """Return what robots.txt says about the page; each host is asked once."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc.lower()}"
        if origin not in self.decided:
            self.decided[origin] = self._read(f"{origin}/robots.txt")
        decision = self.decided[origin]
        return RobotsNote(
            url=decision.url,
            is_allowed=decision.allows(url) and not decision.is_too_slow,
            reason=f"{decision.verdict}: {decision.reason}",
            sha256=decision.sha256,
        )

    @contextmanager
    def turn(self, url: str) -> Iterator[None]:
        """Wait until the host may be asked; it rests afterwards."""
        parts = urlsplit(url)
        place = f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
        wait = self.free_at.get(place, 0.0) - self.monotonic()
        if wait > 0:
            self.sleep(wait)
        try:
            yield
        finally:
            decision = self.decided.get(f"{parts.scheme}://{parts.netloc.lower()}")
            asked = 0.0 if decision is None else decision.crawl_delay_seconds
            rest = 0.0 if place in self.opened else max(REST_SECONDS, asked)
            self.free_at[place] = self.monotonic() + rest

    def _read(self, url: str) -> Robots:
        if self.client is None:
            raise RuntimeError("manners without a client")
        first = url
        for _ in range(MAX_REDIRECTS + 1):
            try:
                with self.turn(url):
                    answer = exchange(url, self.client)
            except CaptureFailed as failure:
                return unreachable(first, failure.reason)
            location = answer.header("location")
            if answer.hop.status not in REDIRECTS or not location:
                return robots_of_answer(url, answer.hop.status, answer.body)
            url = urljoin(url, location)
        return unreachable(first, f"more than {MAX_REDIRECTS} redirects")
