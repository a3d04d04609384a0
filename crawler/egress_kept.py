"""Connections of the egress guard to sites, kept open for the next request to the same place; bodies of known length.

A kept connection leads to the very address that was checked when it was opened.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from crawler.egress_head import READ_BYTES, Head

Place = tuple[str, int]
KEPT_SECONDS = 15.0
MOST_KEPT = 16
# How long a stalled answer waits until it is asked whether its reader is still there.
WATCH_SECONDS = 1.0
WITHOUT_BODY = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class Link:
    """An open connection to a site."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


@dataclass(slots=True)
class KeptLinks:
    """Idle connections by place, the latest first."""

    clock: Callable[[], float] = monotonic
    idle: dict[Place, list[tuple[Link, float]]] = field(default_factory=dict)

    async def take(self, place: Place) -> Link | None:
        """Return an idle connection to the place, None where there is none that still lives and is silent."""
        waiting = self.idle.get(place, [])
        while waiting:
            link, since = waiting.pop()
            is_fresh = self.clock() - since <= KEPT_SECONDS
            if is_fresh and not link.writer.is_closing() and await _is_silent(link.reader):
                return link
            link.writer.close()
        self.idle.pop(place, None)
        return None

    def give(self, place: Place, link: Link) -> None:
        """Keep the connection for the next request; of too many the oldest is closed."""
        self.idle.setdefault(place, []).append((link, self.clock()))
        if sum(map(len, self.idle.values())) > MOST_KEPT:
            oldest = min(self.idle, key=lambda one: self.idle[one][0][1])
            self.idle[oldest].pop(0)[0].writer.close()
            if not self.idle[oldest]:
                del self.idle[oldest]

    def close(self) -> None:
        """Close every idle connection."""
        for waiting in self.idle.values():
            for link, _ in waiting:
                link.writer.close()
        self.idle.clear()


async def _is_silent(reader: asyncio.StreamReader) -> bool:
    """Return whether the site sent nothing that nobody asked for, and has not hung up."""
    try:
        async with asyncio.timeout(0):
            await reader.read(1)
    except TimeoutError:
        return True
    return False


def body_length(answer: Head, method: str) -> int | None:
    """Return how many bytes follow an answer's head, None where only the connection's end tells."""
    if method == "HEAD" or answer.status in WITHOUT_BODY:
        return 0
    lengths = {value for name, value in answer.headers if name.lower() == b"content-length"}
    if answer.value(b"transfer-encoding") is not None or len(lengths) != 1:
        return None
    length = lengths.pop()
    return int(length) if length.isdigit() and len(length) <= 15 else None


def stays_open(message: Head) -> bool:
    """Return whether the sender of a message of HTTP/1.1 means to go on with the connection."""
    said = b",".join(message.value(name) or b"" for name in (b"connection", b"proxy-connection")).lower()
    return b"HTTP/1.1" in message.first_line and b"close" not in said


async def read_watched(source: asyncio.StreamReader, client: asyncio.StreamReader, most: int) -> bytes:
    """Return the next bytes of an answer; b"" where it ended, or where the client left while it stalled."""
    while True:
        try:
            async with asyncio.timeout(WATCH_SECONDS):
                return await source.read(min(most, READ_BYTES))
        except TimeoutError:
            if client.at_eof():
                return b""
