"""Fetches one page for the record: every byte sent and received, the address, the certificates, the times.

It speaks HTTP/1.1 itself (h11) over one tunnel of the egress guard per request, because what a download library hands
over (decoded, merged, without certificates) is not what went over the wire.
"""

import base64
import hashlib
import socket
import ssl
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import h11

from captures.errors import CaptureFailed
from captures.page_record import Headers, Hop, RobotsNote, Tls, moment_text

MAX_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_HEAD_BYTES = 64 * 1024
MAX_BODY_BYTES = 8 * 2**20
MAX_DECODED_BYTES = 32 * 2**20
TOTAL_SECONDS = 30.0
READ_BYTES = 64 * 1024
# The guard's words, in the head of its answer to CONNECT.
ADDRESS_HEADER = "markwatch-address"
REASON_HEADER = "markwatch-egress"
ACCEPT = "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8"


class Manners(Protocol):
    """What the crawler knows and a capture must keep to."""

    def robots(self, url: str) -> RobotsNote:
        """Return what robots.txt says about the page."""
        ...

    def turn(self, url: str) -> AbstractContextManager[None]:
        """Wait until the page's host may be asked, and hold it meanwhile."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """How pages are asked for."""

    proxy_url: str
    """The egress guard: http://user:password@host:port."""
    user_agent: str
    """Who asks, with a contact."""
    manners: Manners
    """robots.txt and turns."""
    clock: Callable[[], datetime]
    """The time now, aware UTC."""
    accept_language: str = "vi,ja,en;q=0.8"
    """As the crawls send it."""
    authorities: str | None = None
    """PEM file of authorities besides the system's, for an office's own."""
    certificate_override: str | None = None
    """An officer's reason for allowing a certificate that cannot be verified; None refuses it."""


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
    deadline = _Deadline(url, monotonic() + TOTAL_SECONDS)
    started_at = client.clock()
    with _tunnel(url, client, deadline) as wire:
        request_headers = _ask(url, client, wire)
        answer, body = _listen(url, wire)
        tls, chain = _tls_of(wire.socket, client)
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


@dataclass(frozen=True, slots=True)
class _Deadline:
    url: str
    at: float

    def left(self) -> float:
        left = self.at - monotonic()
        if left <= 0:
            raise CaptureFailed(self.url, "timeout", f"no complete answer within {TOTAL_SECONDS:g} s")
        return left


@dataclass(slots=True)
class _Wire:
    """An open connection that remembers what went through it."""

    socket: socket.socket
    address: str
    deadline: _Deadline
    sent: bytearray = field(default_factory=bytearray)
    received: bytearray = field(default_factory=bytearray)

    def send(self, data: bytes) -> None:
        self.socket.settimeout(self.deadline.left())
        self.socket.sendall(data)
        self.sent += data

    def read(self) -> bytes:
        self.socket.settimeout(self.deadline.left())
        data = self.socket.recv(READ_BYTES)
        self.received += data
        return data


@contextmanager
def _tunnel(url: str, client: Client, deadline: _Deadline) -> Iterator[_Wire]:
    """Open a connection to the page's host through the guard, secured where the address says https."""
    parts, proxy = urlsplit(url), urlsplit(client.proxy_url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        plain = socket.create_connection((proxy.hostname or "", proxy.port or 0), timeout=deadline.left())
    except OSError as error:
        raise CaptureFailed(url, "guard", f"the egress guard does not answer: {error}") from error
    try:
        address = _open_tunnel(url, plain, host, port, client, deadline)
        secured = plain if parts.scheme == "http" else _secured(url, plain, host, client, deadline)
        try:
            yield _Wire(secured, address, deadline)
        except TimeoutError:
            raise CaptureFailed(url, "timeout", f"no complete answer within {TOTAL_SECONDS:g} s") from None
        except OSError as error:
            raise CaptureFailed(url, "broken", f"the connection broke: {error}") from error
        finally:
            secured.close()
    finally:
        plain.close()


def _open_tunnel(url: str, plain: socket.socket, host: str, port: int, client: Client, deadline: _Deadline) -> str:
    """Ask the guard for a connection; return the address that it connected to."""
    proxy = urlsplit(client.proxy_url)
    authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    login = base64.b64encode(f"{proxy.username}:{proxy.password}".encode())
    head = f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n".encode(
        "idna" if not authority.isascii() else "ascii"
    )
    answer = bytearray()
    try:
        plain.settimeout(deadline.left())
        plain.sendall(head + b"Proxy-Authorization: Basic " + login + b"\r\n\r\n")
        while b"\r\n\r\n" not in answer:
            plain.settimeout(deadline.left())
            # One byte at a time: what follows the head belongs to the page's host.
            byte = plain.recv(1)
            if not byte or len(answer) > MAX_HEAD_BYTES:
                raise CaptureFailed(url, "guard", "the egress guard's answer is not complete")
            answer += byte
    except TimeoutError:
        raise CaptureFailed(url, "timeout", "the host did not take the connection in time") from None
    except OSError as error:
        raise CaptureFailed(url, "guard", f"the egress guard does not answer: {error}") from error
    first, *lines = answer.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if first.split(" ")[1:2] != ["200"]:
        reason = headers.get(REASON_HEADER, "refused")
        raise CaptureFailed(url, reason, f"the egress guard does not let it out ({reason})")
    return headers.get(ADDRESS_HEADER, "")


def _secured(url: str, plain: socket.socket, host: str, client: Client, deadline: _Deadline) -> socket.socket:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if client.authorities is not None:
        context.load_verify_locations(client.authorities)
    if client.certificate_override:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    try:
        plain.settimeout(deadline.left())
        return context.wrap_socket(plain, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        raise CaptureFailed(url, "certificate", f"the certificate is not valid: {error.verify_message}") from error
    except (ssl.SSLError, OSError) as error:
        raise CaptureFailed(url, "tls", f"no secure connection: {error}") from error


def _ask(url: str, client: Client, wire: _Wire) -> Headers:
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


def _listen(url: str, wire: _Wire) -> tuple[h11.Response, bytes]:
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


def _tls_of(wire: socket.socket, client: Client) -> tuple[Tls | None, tuple[bytes, ...]]:
    if not isinstance(wire, ssl.SSLSocket):
        return None, ()
    chain = _chain_of(wire, is_verified=not client.certificate_override)
    cipher = wire.cipher()
    made = Tls(
        version=wire.version() or "",
        cipher=cipher[0] if cipher else "",
        is_verified=not client.certificate_override,
        chain_sha256=tuple(_sha256(certificate) for certificate in chain),
        override_reason=client.certificate_override,
    )
    return made, chain


def _chain_of(wire: ssl.SSLSocket, *, is_verified: bool) -> tuple[bytes, ...]:
    """Return the certificates that the server was judged by; its own alone where Python cannot tell the others."""
    name = "get_verified_chain" if is_verified else "get_unverified_chain"
    # Public from Python 3.13; before that only on the object inside.
    source = getattr(wire, name, None) or getattr(getattr(wire, "_sslobj", None), name, None)
    found = source() if source is not None else None
    if found:
        return tuple(one if isinstance(one, bytes) else ssl.PEM_cert_to_DER_cert(one.public_bytes()) for one in found)
    own = wire.getpeercert(binary_form=True)
    return () if own is None else (own,)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


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
    return decoded


def middle(exchange: Exchange) -> datetime:
    """Return the moment in the middle of the exchange, UTC: what a Date header is compared with."""
    return (exchange.started_at + (exchange.ended_at - exchange.started_at) / 2).astimezone(UTC)
