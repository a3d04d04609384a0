"""The egress guard: a loopback HTTP proxy in its own process, through which a crawl's every request leaves.

It looks a name up once, refuses when any address is not public, and connects to the very address it checked. Only the
hosts that its parent opened for the run are exempt. It speaks to the parent by standard input and output.
"""

import asyncio
import base64
import hmac
import json
import os
import sys
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

import uvloop

from crawler.egress_addresses import is_public
from crawler.egress_head import HOP_BY_HOP, READ_BYTES, BadHead, Head, read_head
from crawler.egress_kept import KeptLinks, Link, Place, body_length, read_watched, stays_open

ALLOWED_PORTS = frozenset({80, 443})
REASON_HEADER = b"Markwatch-Egress"
# In the answer to CONNECT: the address that was connected to, which evidence must name.
ADDRESS_HEADER = b"Markwatch-Address"
USER = "markwatch"
CHALLENGED = "no log-in given"
MAX_REQUEST_BODY_BYTES = 2**20
# Methods that may be asked once more on a new connection, where a kept one turns out to be gone.
REPEATABLE = frozenset({"GET", "HEAD"})
# Answers of the guard itself: reason -> HTTP status.
STATUS_OF_REASON: dict[str, int] = {
    "internal_address": 403, "port": 403, "scheme": 403, "bad_request": 400, "token": 407, "dns": 502,
    "unreachable": 502, "timeout": 504, "headers_too_large": 502, "headers_incomplete": 502, "bad_status_line": 502,
    "no_answer": 502, "too_many_connections": 503,
}  # fmt: skip

Resolve = Callable[[str, int], Awaitable[list[str]]]
Dial = Callable[[str, int], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one connection may take, in seconds, bytes and numbers."""

    connections: int = 64
    head_seconds: float = 30
    resolve_seconds: float = 10
    connect_seconds: float = 10
    total_seconds: float = 300
    total_bytes: int = 256 * 2**20


class Refused(Exception):
    """The guard does not do what it was asked; `reason` is a key of STATUS_OF_REASON."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


async def resolve(host: str, port: int) -> list[str]:
    """Return every address of a name, as the system's resolver gives them."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, proto=6)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def dial(address: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a connection to an address, never to a name."""
    return await asyncio.open_connection(address, port)


def place_of(text: str, default_port: int) -> Place:
    """Return host and port of an authority in one form; raise Refused where it is none."""
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Refused("bad_request", "no host and port") from None
    if not host or parts.path or parts.query or parts.username is not None or "%" in host or port == 0:
        raise Refused("bad_request", "no host and port")
    return host.rstrip(".").lower(), default_port if port is None else port


@dataclass(kw_only=True)
class Guard:
    """One guard: the token it asks for, the places it opens, and how it reaches the network."""

    token: str
    opened: frozenset[Place] = frozenset()
    limits: Limits = field(default_factory=Limits)
    resolve: Resolve = resolve
    dial: Dial = dial
    log: Callable[[dict[str, object]], None] = lambda _row: None
    active: int = 0
    kept: KeptLinks = field(default_factory=KeptLinks)

    async def serve(self) -> asyncio.Server:
        """Listen on a free loopback port."""
        return await asyncio.start_server(self.handle, "127.0.0.1", 0)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection of the crawl: its requests in turn, or one tunnel."""
        self.active += 1
        try:
            goes_on = True
            while goes_on:
                async with asyncio.timeout(self.limits.total_seconds):
                    try:
                        goes_on = await self._serve_one(reader, writer)
                    except (Refused, BadHead) as refusal:
                        goes_on = False
                        await self._answer_refusal(writer, refusal)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            pass  # Either side left or took too long: closing says it all.
        finally:
            self.active -= 1
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Serve a request; return whether another one may follow on the connection."""
        async with asyncio.timeout(self.limits.head_seconds):
            head = await read_head(reader)
        if head is None:
            return False
        # After the head is read: closing on unread bytes would reset the connection before the refusal arrives.
        self._check_room()
        method, target, _version = _request_line(head)
        self._check_token(head)
        if method == "CONNECT":
            host, port = place_of(target, 443)
            up_reader, up_writer = await self._connect(host, port)
            address = _peer_of(up_writer)
            writer.write(b"HTTP/1.1 200 open\r\n%s: %s\r\n\r\n" % (ADDRESS_HEADER, address))
            if head.rest:
                up_writer.write(head.rest)
            await self._relay(reader, writer, up_reader, up_writer, ends_with_answer=False)
            return False
        return await self._forward(method, target, head, reader, writer)

    async def _forward(
        self, method: str, target: str, head: Head, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        scheme, _, rest = target.partition("://")
        if scheme.lower() != "http":
            raise Refused("scheme", scheme[:20])
        cut = min((rest.find(sign) for sign in "/?#" if sign in rest), default=len(rest))
        authority, path = rest[:cut], rest[cut:].partition("#")[0]
        if not path.startswith("/"):
            path = "/" + path
        host, port = place_of(authority, 80)
        body = await _request_body(head, reader)
        request_line = f"{method} {path} HTTP/1.1\r\nHost: {authority}\r\n".encode("latin-1")
        request = request_line + head.lines(without=HOP_BY_HOP | {b"host"}) + b"\r\n" + body
        link, answer = await self._asked((host, port), request, may_repeat=method in REPEATABLE)
        length = body_length(answer, method)
        # What comes behind a request or an answer belongs to no other: such a connection ends with this exchange.
        goes_on = length is not None and stays_open(head) and len(head.rest) <= len(body)
        closing = b"" if goes_on else b"Connection: close\r\n"
        own_headers = answer.lines(without=HOP_BY_HOP | {REASON_HEADER.lower()})
        is_kept = False
        try:
            writer.write(answer.first_line + b"\r\n" + own_headers + closing + b"\r\n" + answer.rest[:length])
            if length is None:
                await self._relay(reader, writer, link.reader, link.writer, ends_with_answer=True)
                return False
            is_whole = await self._pass_on(reader, writer, link.reader, max(length - len(answer.rest), 0))
            is_kept = is_whole and stays_open(answer) and len(answer.rest) <= length
            return goes_on and is_whole
        finally:
            if is_kept:
                self.kept.give((host, port), link)
            else:
                link.writer.close()

    async def _asked(self, place: Place, request: bytes, *, may_repeat: bool) -> tuple[Link, Head]:
        """Return the connection that the request was sent on, and the head of the answer."""
        link = await self.kept.take(place) if may_repeat else None
        if link is not None:
            try:
                link.writer.write(request)
                return link, await self._answer_head(link.reader)
            except Refused as refusal:
                link.writer.close()
                if refusal.reason != "no_answer":
                    raise
            except BaseException:
                link.writer.close()
                raise
        link = Link(*await self._connect(*place))
        try:
            link.writer.write(request)
            return link, await self._answer_head(link.reader)
        except BaseException:
            link.writer.close()
            raise

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, up_reader: asyncio.StreamReader, missing: int
    ) -> bool:
        """Pass that many bytes on; return False where either side left before, or the cap is reached."""
        left = min(missing, self.limits.total_bytes)
        while left:
            data = await read_watched(up_reader, reader, left)
            if not data:
                return False
            left -= len(data)
            writer.write(data)
            await writer.drain()
        await writer.drain()
        return missing <= self.limits.total_bytes

    async def _answer_head(self, up_reader: asyncio.StreamReader) -> Head:
        rest = b""
        try:
            async with asyncio.timeout(self.limits.head_seconds):
                while True:
                    answer = await read_head(up_reader, rest)
                    if answer is None:
                        raise Refused("no_answer")
                    if answer.status >= 200:
                        return answer
                    rest = answer.rest  # An interim answer; the real one follows.
        except TimeoutError:
            raise Refused("timeout") from None
        except OSError:
            raise Refused("no_answer") from None

    def _check_room(self) -> None:
        if self.active > self.limits.connections:
            raise Refused("too_many_connections")

    def _check_token(self, head: Head) -> None:
        given = head.value(b"proxy-authorization") or b""
        wanted = b"Basic " + base64.b64encode(f"{USER}:{self.token}".encode())
        if not hmac.compare_digest(given, wanted):
            raise Refused("token", "" if given else CHALLENGED)

    async def _connect(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        is_opened = (host, port) in self.opened
        if not is_opened and port not in ALLOWED_PORTS:
            raise Refused("port", f"{host}:{port}")
        try:
            async with asyncio.timeout(self.limits.resolve_seconds):
                addresses = await self.resolve(host, port)
        except (OSError, UnicodeError, TimeoutError):
            raise Refused("dns", host) from None
        if not addresses:
            raise Refused("dns", host)
        # One internal address among public ones is how rebinding begins, so one is enough to refuse.
        internal = [address for address in addresses if not is_public(address)]
        if internal and not is_opened:
            raise Refused("internal_address", f"{host}:{port} is {internal[0]}")
        try:
            async with asyncio.timeout(self.limits.connect_seconds):
                for address in addresses[:3]:
                    with suppress(OSError):
                        return await self.dial(address, port)
        except TimeoutError:
            raise Refused("timeout", f"{host}:{port}") from None
        raise Refused("unreachable", f"{host}:{port}")

    async def _relay(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        up_reader: asyncio.StreamReader,
        up_writer: asyncio.StreamWriter,
        *,
        ends_with_answer: bool,
    ) -> None:
        """Pass bytes both ways until the answer ended (or, in a tunnel, either side did) or a cap is reached."""
        down = asyncio.create_task(self._copy(up_reader, writer))
        up = asyncio.create_task(self._copy(reader, up_writer))
        try:
            # A client that leaves ends the exchange too: nobody reads the answer then.
            await asyncio.wait({down, up}, return_when=asyncio.FIRST_COMPLETED)
            if not ends_with_answer and not down.done():
                await asyncio.wait({down}, timeout=1)
        finally:
            for task in (down, up):
                task.cancel()
            await asyncio.gather(down, up, return_exceptions=True)
            up_writer.close()

    async def _copy(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        total = 0
        while data := await source.read(READ_BYTES):
            total += len(data)
            if total > self.limits.total_bytes:
                return
            sink.write(data)
            await sink.drain()
        await sink.drain()

    async def _answer_refusal(self, writer: asyncio.StreamWriter, refusal: Refused | BadHead) -> None:
        detail = refusal.detail if isinstance(refusal, Refused) else ""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        # A browser asks without its log-in first and is challenged: nothing to tell anybody.
        if (refusal.reason, detail) != ("token", CHALLENGED):
            self.log({"event": "egress refused", "at": at, "reason": refusal.reason, "detail": detail})
        status = STATUS_OF_REASON[refusal.reason]
        challenge = b'Proxy-Authenticate: Basic realm="egress"\r\n' if status == 407 else b""
        reason = refusal.reason.encode()
        writer.write(
            b"HTTP/1.1 %d %s\r\n%s%s: %s\r\n" % (status, reason, challenge, REASON_HEADER, reason)
            + b"Content-Length: 0\r\nConnection: close\r\n\r\n"
        )
        await writer.drain()


def _peer_of(writer: asyncio.StreamWriter) -> bytes:
    peer = writer.get_extra_info("peername") or ("unknown", 0)
    host = f"[{peer[0]}]" if ":" in str(peer[0]) else str(peer[0])
    return f"{host}:{peer[1]}".encode()


def _request_line(head: Head) -> tuple[str, str, str]:
    parts = head.first_line.decode("latin-1").split(" ")
    if len(parts) != 3 or not parts[0].isalpha() or not parts[2].startswith("HTTP/1."):
        raise Refused("bad_request")
    return parts[0].upper(), parts[1], parts[2]


async def _request_body(head: Head, reader: asyncio.StreamReader) -> bytes:
    if head.value(b"transfer-encoding") is not None:
        raise Refused("bad_request", "chunked request body")
    length = head.value(b"content-length") or b"0"
    if not length.isdigit() or int(length) > MAX_REQUEST_BODY_BYTES:
        raise Refused("bad_request", "request body")
    missing = int(length) - len(head.rest)
    return head.rest[: int(length)] + (await reader.readexactly(missing) if missing > 0 else b"")


def _write_row(row: dict[str, object]) -> None:
    sys.stderr.write(json.dumps(row) + "\n")
    sys.stderr.flush()


def _end_with_parent() -> None:
    """Leave when standard input closes: the parent held its other end, also when it was killed."""
    sys.stdin.buffer.read()
    os._exit(0)


async def _run(given: dict[str, object]) -> None:
    opened = given["opened"]
    places = [place_of(str(text), 80) for text in opened] if isinstance(opened, list) else []
    guard = Guard(token=str(given["token"]), opened=frozenset(places), log=_write_row)
    server = await guard.serve()
    sys.stdout.write(json.dumps({"port": server.sockets[0].getsockname()[1]}) + "\n")
    sys.stdout.flush()
    await server.serve_forever()


def main() -> None:
    """Read token and opened places from the first line of standard input, print the port, serve."""
    given = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(given))


if __name__ == "__main__":
    main()
