"""How captures behave towards marketplaces: robots.txt by RFC 9309, and one request at a time per host."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from captures.client import Client
from captures.errors import CaptureFailed
from captures.exchange import MAX_REDIRECTS, REDIRECTS, exchange
from captures.page_record import RobotsNote
from crawler.middlewares.robots_rules import Robots, robots_of_answer, unreachable
from storage.database import Database
from storage.host_turns import give_turn, take_turn

# Between two requests to one host, from the end of the first.
REST_SECONDS = 3.0
# A host that rests for longer is left alone; the capture is tried again later.
LONGEST_WAIT_SECONDS = 300.0


@dataclass(slots=True, kw_only=True)
class PoliteManners:
    """robots.txt, and turns at hosts shared with every crawl; hosts opened for the run need none."""

    opened: frozenset[str]
    """HOST:PORT places."""
    database: Database
    holder: str
    """Names this process among all that take turns."""
    clock: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep
    client: Client | None = None
    decided: dict[str, Robots] = field(default_factory=dict)

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
        """Wait until the host may be asked, and give its turn back with the rest that it is owed."""
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        place = f"{host}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
        if place in self.opened:
            yield
            return
        self._take(url, host)
        try:
            yield
        finally:
            decision = self.decided.get(f"{parts.scheme}://{parts.netloc.lower()}")
            asked = 0.0 if decision is None else decision.crawl_delay_seconds
            next_at = self.clock() + timedelta(seconds=max(REST_SECONDS, asked))
            with self.database.write() as session:
                give_turn(session, host, self.holder, next_at)

    def _take(self, url: str, host: str) -> None:
        waited = 0.0
        while True:
            now = self.clock()
            with self.database.write() as session:
                until = take_turn(session, host, self.holder, now)
            if until is None:
                return
            wait = max((until - now).total_seconds(), 0.05)
            if waited + wait > LONGEST_WAIT_SECONDS:
                raise CaptureFailed(url, "busy", f"{host} rests or is asked by another run for {wait:.0f} s longer")
            self.sleep(min(wait, 5.0))
            waited += min(wait, 5.0)

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
