"""The head of an HTTP message (first line and headers), read from a stream within fixed limits."""

import asyncio
import re
from dataclasses import dataclass

MAX_HEAD_BYTES = 64 * 1024
MAX_HEAD_LINES = 200
READ_BYTES = 64 * 1024
_END = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?\Z")
# Names that concern one connection only; never passed on.
HOP_BY_HOP = frozenset(
    {
        b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection", b"te",
        b"trailer", b"upgrade",
    }
)  # fmt: skip


class BadHead(Exception):
    """A message's head breaks a limit or the grammar; `reason` is the word that is counted."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """First line and headers of a message, and the first bytes of the body that came with them."""

    first_line: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    rest: bytes

    def value(self, name: bytes) -> bytes | None:
        """Return the first value of the header of that lower-case name."""
        return next((value for own, value in self.headers if own.lower() == name), None)

    @property
    def status(self) -> int:
        """The status of an answer; raises BadHead where the first line is no status line."""
        match = _STATUS_LINE.match(self.first_line)
        if match is None:
            raise BadHead("bad_status_line")
        return int(match.group(1))

    def lines(self, *, without: frozenset[bytes]) -> bytes:
        """Return the headers as sent, those of the given lower-case names left out."""
        return b"".join(b"%s: %s\r\n" % pair for pair in self.headers if pair[0].lower() not in without)


async def read_head(reader: asyncio.StreamReader, before: bytes = b"") -> Head | None:
    """Return the next head of the stream, None when the stream ended before its first byte; raise BadHead."""
    data = before
    while True:
        match = _END.search(data)
        if match is not None:
            break
        if len(data) > MAX_HEAD_BYTES or data.count(b"\n") > MAX_HEAD_LINES:
            raise BadHead("headers_too_large")
        more = await reader.read(READ_BYTES)
        if not more:
            if not data:
                return None
            raise BadHead("headers_incomplete")
        data += more
    if match.start() > MAX_HEAD_BYTES:
        raise BadHead("headers_too_large")
    return _parsed(data[: match.start()], data[match.end() :])


def _parsed(head: bytes, rest: bytes) -> Head:
    lines = [line.removesuffix(b"\r") for line in head.split(b"\n")]
    if len(lines) > MAX_HEAD_LINES:
        raise BadHead("headers_too_large")
    headers: list[tuple[bytes, bytes]] = []
    for line in lines[1:]:
        name, colon, value = line.partition(b":")
        if line[:1] in {b" ", b"\t"}:
            # A folded line continues the value before it; a first one continues nothing.
            if headers:
                headers[-1] = (headers[-1][0], headers[-1][1] + b" " + line.strip())
        elif colon and name and name == name.strip():
            headers.append((name, value.strip()))
    return Head(first_line=lines[0], headers=tuple(headers), rest=rest)
