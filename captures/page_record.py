"""The manifest of one page capture: everything that a stranger needs to check or repeat it, as canonical JSON.

What it must hold follows ISO/IEC 27037 (who, when, where, with which tool, step by step). A record that lacks a fact is
refused; a fact that could not be had is said to be unknown, with the reason.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Literal, cast, get_args

import rfc8785

from captures.errors import CaptureRefused

FORMAT = "markwatch-page-capture-1"
# Raised when what is done changes; docs/capture-procedure.md describes each version.
PROCEDURE = "1"
Sighting = Literal["seen", "not_seen", "blocked"]
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedFile:
    """One file that belongs to a capture."""

    name: str
    """Its name inside a pack, such as screenshot.png."""
    sha256: str
    """Hash of its bytes, hex."""
    byte_count: int
    """Length in bytes."""
    media_type: str
    """What it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """How the connection was secured."""

    version: str
    """TLSv1.2 or TLSv1.3."""
    cipher: str
    """Name of the cipher suite."""
    is_verified: bool
    """True when chain and host name were verified against the system's authorities."""
    chain_sha256: tuple[str, ...]
    """Hash of each certificate in DER form, the server's own first."""
    override_reason: str | None
    """Why an officer allowed a certificate that could not be verified; None where it was verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One request and its answer; a redirect is a hop of its own."""

    url: str
    """What was asked for."""
    status: int
    """HTTP status."""
    request_headers: Headers
    """As sent, in order."""
    response_headers: Headers
    """As received, in order."""
    address: str
    """Address and port that the egress guard connected to."""
    tls: Tls | None
    """None for plain http."""
    started_at: str
    """Before the request, UTC."""
    ended_at: str
    """After the last byte, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How far the clock can be trusted."""

    offset_seconds: int | None
    """Server's Date header minus our clock in the middle of the exchange; None where the server sent none."""
    source: str
    """What it was compared with, or why it was not."""
    is_trusted: bool
    """False where the difference is over ten minutes or nothing could be compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsNote:
    """What robots.txt said about the page."""

    url: str
    """Where it was read."""
    is_allowed: bool
    """Whether the page may be fetched."""
    reason: str
    """One phrase."""
    sha256: str
    """Hash of its body; empty where there was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screenshot:
    """What the browser showed."""

    page_height: int | None
    """Height of the page in CSS pixels; None without a screenshot."""
    is_clipped: bool
    """True where the page is higher than the picture."""
    absent_because: str | None
    """Why there is none; None where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRecord:
    """One capture of one listing's page."""

    market: str
    listing_id: str
    hit_ids: tuple[str, ...]
    """The hits it was taken for."""
    cause: str
    """queued, opened or requested."""
    requested_by: str
    """Log-in name, schedule or command."""
    run_id: str | None
    """Run that found the listing; None where it was imported."""
    rule_version: str
    """Version of the rules that flagged it; empty where none did."""
    procedure: str
    """Version of the described procedure."""
    requested_url: str
    final_url: str
    status: int
    sighting: Sighting
    """What the page said about the listing."""
    sighting_detail: str
    """The reader's own words for it."""
    started_at: str
    ended_at: str
    hops: tuple[Hop, ...]
    clock: Clock
    robots: RobotsNote
    user_agent: str
    viewport: str
    """Width x height @ scale."""
    tools: Mapping[str, str]
    """Program name to version: markwatch, python, warcio, browser."""
    screenshot: Screenshot
    files: tuple[CapturedFile, ...]
    skipped: tuple[str, ...]
    """What was left out and why, one sentence each, such as an image that did not answer."""

    def __post_init__(self) -> None:
        """Refuse a record that lacks a fact."""
        problems = [
            f"{name} is missing"
            for name in (
                "market", "listing_id", "cause", "requested_by", "procedure", "requested_url", "final_url", "status",
                "sighting", "started_at", "ended_at", "hops", "user_agent", "viewport", "tools", "files",
            )
            if not getattr(self, name)
        ]  # fmt: skip
        if self.sighting not in get_args(Sighting):
            problems.append(f"sighting is none of {', '.join(get_args(Sighting))}")
        problems += _time_problems(self)
        for number, hop in enumerate(self.hops, 1):
            problems += _hop_problems(number, hop)
        if self.hops and self.hops[-1].status != self.status:
            problems.append("status is not that of the last answer")
        if not self.clock.source:
            problems.append("clock.source is missing")
        if not self.robots.url or not self.robots.reason:
            problems.append("the robots decision is missing")
        names = [file.name for file in self.files]
        if len(set(names)) != len(names):
            problems.append("two files of one name")
        if not any(file.media_type == "application/warc" for file in self.files):
            problems.append("the exchange (WARC) is missing")
        has_picture = "screenshot.png" in names
        if has_picture == (self.screenshot.absent_because is not None):
            problems.append("the screenshot is neither there nor said to be missing")
        if problems:
            raise CaptureRefused(f"{self.requested_url!r}: {'; '.join(problems)}")

    def to_bytes(self) -> bytes:
        """Return the canonical JSON (RFC 8785)."""
        record = {"format": FORMAT, **_plain(self)}
        try:
            return rfc8785.dumps(record)
        except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
            raise CaptureRefused(f"{self.requested_url!r}: a text that is not Unicode: {error}") from error

    @classmethod
    def from_bytes(cls, content: bytes) -> "PageRecord":
        """Return the record of that canonical JSON; ValueError when it is none."""
        try:
            record = cast("object", json.loads(content))
            if not isinstance(record, dict) or record.pop("format", None) != FORMAT:
                raise ValueError(f"not of the form {FORMAT}")
            if set(record) != {one.name for one in fields(cls)}:
                raise ValueError("fields are missing or unknown")
            made = cls(
                **{
                    **record,
                    "hit_ids": tuple(record["hit_ids"]),
                    "skipped": tuple(record["skipped"]),
                    "hops": tuple(_hop_of(hop) for hop in record["hops"]),
                    "clock": Clock(**record["clock"]),
                    "robots": RobotsNote(**record["robots"]),
                    "screenshot": Screenshot(**record["screenshot"]),
                    "tools": MappingProxyType(record["tools"]),
                    "files": tuple(CapturedFile(**file) for file in record["files"]),
                }
            )
        except (KeyError, TypeError, AttributeError, CaptureRefused) as error:
            raise ValueError(f"record field missing or of the wrong kind: {error}") from error
        if made.to_bytes() != content:
            raise ValueError("not in canonical form")
        return made


def moment_text(moment: datetime) -> str:
    """Return an aware time as UTC text with microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _hop_of(record: dict[str, Any]) -> Hop:
    tls = record["tls"]
    made = None if tls is None else Tls(**{**tls, "chain_sha256": tuple(tls["chain_sha256"])})
    headers = {name: tuple((key, value) for key, value in record[name]) for name in _HEADER_FIELDS}
    return Hop(**{**record, **headers, "tls": made})


_HEADER_FIELDS = ("request_headers", "response_headers")


def _hop_problems(number: int, hop: Hop) -> list[str]:
    absent = [
        name
        for name in ("url", "status", "request_headers", "response_headers", "address", "started_at", "ended_at")
        if not getattr(hop, name)
    ]
    problems = [f"hop {number}: {name} is missing" for name in absent]
    if hop.url.startswith("https:") and (hop.tls is None or not hop.tls.chain_sha256):
        problems.append(f"hop {number}: the certificate chain is missing")
    if hop.tls is not None and not hop.tls.is_verified and not hop.tls.override_reason:
        problems.append(f"hop {number}: an unverified certificate without a reason")
    return problems


def _time_problems(record: PageRecord) -> list[str]:
    try:
        started, ended = (datetime.fromisoformat(text) for text in (record.started_at, record.ended_at))
    except ValueError as error:
        return [f"a time that is none: {error}"]
    if started.utcoffset() is None or ended.utcoffset() is None:
        return ["a time without a zone"]
    return ["it ended before it began"] if ended < started else []


def _plain(value: Any) -> Any:
    """Return the value as JSON knows it: tuples as lists, read-only mappings as objects."""
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
