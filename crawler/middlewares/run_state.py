"""What one crawl knows while it runs: hosts with their pauses and stops, events for people."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from weakref import WeakKeyDictionary

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.utils.httpobj import urlparse_cached

logger = logging.getLogger(__name__)

# Requests of the engine itself for robots.txt carry this mark; page rules do not apply to them.
ROBOTS_MARK = "robots_txt"
# Requests for the picture of a flagged listing: they may go to any public host.
IMAGE_MARK = "listing_image"
MAX_WAITING_EVENTS = 1_000


def utc_now() -> datetime:
    """Return the time; the one clock of the crawl's components."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that people should read in the run's events."""

    at: datetime
    kind: str
    """robots, refused, paused, blocked, page, budget, database or guard."""
    text: str


@dataclass(slots=True, kw_only=True)
class HostState:
    """What the run learnt about one host."""

    not_before: float = 0.0
    """Monotonic time before which nothing is sent."""
    refusals: int = 0
    """429 and 503 answers since the last good one."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by the one request that is under way."""
    stopped: str = ""
    """Why nothing more is sent in this run; empty while it is."""


@dataclass(slots=True, kw_only=True)
class RunState:
    """The shared notebook of a crawl's components."""

    hosts: dict[str, HostState] = field(default_factory=dict)
    events: deque[Event] = field(default_factory=lambda: deque(maxlen=MAX_WAITING_EVENTS))
    clock: Callable[[], datetime] = utc_now
    finish_reason: str = ""
    """Scrapy's reason for the end; empty while it runs."""
    is_blocked: bool = False
    """A market refused us, by page, by status or by robots.txt."""
    sentences: list[str] = field(default_factory=list)
    """What went wrong for the run as a whole, for its failed bounds."""

    def host(self, name: str) -> HostState:
        """Return the state of a host, new where it was not met yet."""
        return self.hosts.setdefault(name, HostState())

    def note(self, kind: str, text: str) -> None:
        """Keep an event for the run and write it to the log."""
        self.events.append(Event(at=self.clock(), kind=kind, text=text))
        logger.info("%s: %s", kind, ascii(text)[1:-1])

    def stop_host(self, name: str, why: str) -> None:
        """Send nothing more to the host in this run, and call the run blocked."""
        state = self.host(name)
        if not state.stopped:
            state.stopped = why
            self.is_blocked = True
            self.sentences.append(f"{name}: {why}")
            self.note("blocked", f"{name}: {why}")

    def leave_host(self, name: str, why: str) -> None:
        """Send nothing more to the host in this run; unlike a block this is for the operator to put right."""
        state = self.host(name)
        if not state.stopped:
            state.stopped = why
            self.sentences.append(f"{name}: {why}")
            self.note("error", f"{name}: {why}")

    def pause_host(self, name: str, seconds: float) -> None:
        """Send nothing to the host for that long."""
        state = self.host(name)
        state.not_before = max(state.not_before, monotonic() + seconds)

    async def wait_for(self, name: str) -> None:
        """Return when the host's pause is over, or at once when it is stopped."""
        state = self.host(name)
        # Short naps: a stop or a longer pause may come meanwhile.
        while not state.stopped and (left := state.not_before - monotonic()) > 0:  # noqa: ASYNC110 - see above
            await asyncio.sleep(min(left, 1.0))


_STATES: WeakKeyDictionary[Crawler, RunState] = WeakKeyDictionary()


def state_of(crawler: Crawler) -> RunState:
    """Return the one state of a crawl."""
    return _STATES.setdefault(crawler, RunState())


def host_of(request: Request) -> str:
    """Return the host that a request goes to, as downloader slots are keyed."""
    return urlparse_cached(request).hostname or ""


def count(crawler: Crawler, name: str, number: int = 1) -> None:
    """Count something of the run: pages, listings, errors, skip.<reason>."""
    crawler.stats.inc_value(name, number)
