"""Fetches one page for the record: every byte sent and received, the address, the certificates, the times.

It speaks HTTP/1.1 itself (h11) over one tunnel of the egress guard per request, because what a download library hands
over (decoded, merged, without certificates) is not what went over the wire.
"""

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from urllib.parse import urljoin, urlsplit

import h11

from captures.client import Client
from captures.errors import CaptureFailed
from captures.page_record import Headers, Hop, RobotsNote, moment_text
from captures.wire import MAX_HEAD_BYTES, TOTAL_SECONDS, Deadline, Wire, tls_of, tunnel

MAX_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_BODY_BYTES = 8 * 2**20
MAX_DECODED_BYTES = 32 * 2**20
ACCEPT = "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer, as sent and received."""

    hop: Hop
    """The facts of it."""
    sent: bytes
    """Every byte of the request inside the tunnel."""
    received: bytes
    """Every byte of the answer inside the tunnel."""
    body: bytes
    """The answer's body after transfer and content decoding."""
    chain: tuple[bytes, ...]
    """The server's certificates in DER form, its own first; empty for plain http."""
    started_at: datetime
    ended_at: datetime

    def header(self, name: str) -> str:
        """Return the first response header of that lower-case name, or an empty text."""
        return next((value for key, value in self.hop.response_headers if key.lower() == name), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A page with the redirects that led to it."""

    exchanges: tuple[Exchange, ...]
    robots: RobotsNote
    """What robots.txt said about the page that answered."""

    @property
    def last(self) -> Exchange:
        """The answer that is no redirect."""
        return self.exchanges[-1]


def fetch(url: str, client: Client) -> Fetched:
    """Return the page behind the address, redirects followed; every hop is permitted, waits its turn and is recorded.

    Raises CaptureFailed with a reason: robots, scheme, redirects, guard's words, tls, timeout, too_large, broken.
    """
    exchanges: list[Exchange] = []
    while True:
        robots = client.manners.robots(url)
        if not robots.is_allowed:
            raise CaptureFailed(url, "robots", f"robots.txt does not allow it ({robots.reason})")
        with client.manners.turn(url):
            exchanges.append(exchange(url, client))
        last = exchanges[-1]
        location = last.header("location")
        if last.hop.status not in REDIRECTS or not location:
            return Fetched(exchanges=tuple(exchanges), robots=robots)
        if len(exchanges) > MAX_REDIRECTS:
            raise CaptureFailed(url, "redirects", f"more than {MAX_REDIRECTS} redirects")
        url = urljoin(url, location).partition("#")[0]


def exchange(url: str, client: Client) -> Exchange:
    """Send one GET and return everything that went over the wire; raise CaptureFailed."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise CaptureFailed(url, "scheme", "only plain http and https addresses are captured")
    deadline = Deadline(url, monotonic() + TOTAL_SECONDS)
    started_at = client.clock()
    with tunnel(url, client, deadline) as wire:
        request_headers = _ask(url, client, wire)
        answer, body = _listen(url, wire)
        tls, chain = tls_of(wire.socket, client)
        ended_at = client.clock()
    hop = Hop(
        url=url,
        status=answer.status_code,
        request_headers=request_headers,
        response_headers=tuple(
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers.raw_items()
        ),
        address=wire.address,
        tls=tls,
        started_at=moment_text(started_at),
        ended_at=moment_text(ended_at),
    )
    coding = next((value for name, value in hop.response_headers if name.lower() == "content-encoding"), "")
    return Exchange(
        hop=hop,
        sent=bytes(wire.sent),
        received=bytes(wire.received),
        body=_decoded(url, coding.strip().lower(), body),
        chain=chain,
        started_at=started_at,
        ended_at=ended_at,
    )


def _ask(url: str, client: Client, wire: Wire) -> Headers:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers: Headers = (
        ("Host", parts.netloc.rpartition("@")[2]),
        ("User-Agent", client.user_agent),
        ("Accept", ACCEPT),
        ("Accept-Language", client.accept_language),
        # What the record must be able to decode without a further library.
        ("Accept-Encoding", "gzip"),
        ("Connection", "close"),
    )
    connection = h11.Connection(our_role=h11.CLIENT)
    try:
        request = h11.Request(method="GET", target=target, headers=list(headers))
        wire.send((connection.send(request) or b"") + (connection.send(h11.EndOfMessage()) or b""))
    except h11.LocalProtocolError as error:
        raise CaptureFailed(url, "scheme", f"no valid address: {error}") from error
    return headers


def _listen(url: str, wire: Wire) -> tuple[h11.Response, bytes]:
    """Return the answer's head and its body, transfer coding removed."""
    connection = h11.Connection(our_role=h11.CLIENT, max_incomplete_event_size=MAX_HEAD_BYTES)
    connection.send(h11.Request(method="GET", target="/", headers=[("Host", "-")]))
    connection.send(h11.EndOfMessage())
    answer: h11.Response | None = None
    body = bytearray()
    try:
        while True:
            event: Any = connection.next_event()
            if event is h11.NEED_DATA:
                connection.receive_data(wire.read())
            elif isinstance(event, h11.Response):
                answer = event
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > MAX_BODY_BYTES:
                    raise CaptureFailed(url, "too_large", f"the body is larger than {MAX_BODY_BYTES} bytes")
            elif isinstance(event, h11.EndOfMessage) and answer is not None:
                return answer, bytes(body)
            elif not isinstance(event, h11.InformationalResponse):
                raise CaptureFailed(url, "broken", "the answer ended before it was complete")
    except h11.RemoteProtocolError as error:
        raise CaptureFailed(url, "broken", f"not a valid answer: {error}") from error


def _decoded(url: str, coding: str, body: bytes) -> bytes:
    if coding in {"", "identity"}:
        return body
    if coding not in {"gzip", "x-gzip"}:
        raise CaptureFailed(url, "broken", f"content coding {coding!r} was not asked for")
    inflater = zlib.decompressobj(wbits=31)
    try:
        decoded = inflater.decompress(body, MAX_DECODED_BYTES)
    except zlib.error as error:
        raise CaptureFailed(url, "broken", f"the body is no gzip: {error}") from error
    if inflater.unconsumed_tail:
        raise CaptureFailed(url, "too_large", f"the body unpacks to more than {MAX_DECODED_BYTES} bytes")
    if not inflater.eof:
        raise CaptureFailed(url, "broken", "the body's gzip stream ends before its end")
    return decoded


def middle(exchange: Exchange) -> datetime:
    """Return the moment in the middle of the exchange, UTC: what a Date header is compared with."""
    return (exchange.started_at + (exchange.ended_at - exchange.started_at) / 2).astimezone(UTC)
