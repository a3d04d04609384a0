"""The manifest of one sighting: what was fetched, from where, when and for whom, as canonical JSON."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import cast

from captures.errors import CaptureRefused
from records.listing import PageCopy

FORMAT = "markwatch-capture-1"
SHA256 = re.compile(r"[0-9a-f]{64}")
# body's hash, time of the sighting, first 16 digits of the manifest's own hash: a changed manifest betrays itself.
MANIFEST_NAME = re.compile(r"([0-9a-f]{64})\.(\d{8}T\d{12}Z)\.([0-9a-f]{16})\.json")
OWN_DIGITS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One sighting of one body: the page copy and the facts that the crawl knew."""

    page_copy: PageCopy
    """The answer, its hash and its time."""
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What the crawl knew: market, run_id and whatever else was given."""

    def to_bytes(self) -> bytes:
        """Return the canonical JSON: sorted keys, no spaces, UTF-8, one form per content."""
        copy = self.page_copy
        record = {
            "format": FORMAT,
            "url": copy.url,
            "status": copy.status,
            "content_type": copy.content_type,
            "byte_count": copy.byte_count,
            "sha256": copy.sha256,
            "fetched_at": copy.fetched_at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "facts": dict(self.facts),
        }
        try:
            return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise CaptureRefused(f"{copy.url!r}: the manifest holds a text that is not Unicode: {error}") from error

    @classmethod
    def from_bytes(cls, content: bytes) -> "Manifest":
        """Return the manifest of that canonical JSON; ValueError when it is none."""
        try:
            record = cast("object", json.loads(content))
            if not isinstance(record, dict) or record.get("format") != FORMAT:
                raise ValueError(f"not of the form {FORMAT}")
            facts = record["facts"]
            if not isinstance(facts, dict) or not all(isinstance(value, str) for value in facts.values()):
                raise ValueError("facts are not texts")
            page_copy = PageCopy(
                url=str(record["url"]),
                sha256=str(record["sha256"]),
                byte_count=int(record["byte_count"]),
                content_type=str(record["content_type"]),
                status=int(record["status"]),
                fetched_at=datetime.fromisoformat(str(record["fetched_at"])),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"manifest field missing or of the wrong kind: {error}") from error
        return cls(page_copy=page_copy, facts=MappingProxyType(facts))

    @property
    def name(self) -> str:
        """The file name, which says everything needed to check the file."""
        moment = self.page_copy.fetched_at.astimezone(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        return f"{self.page_copy.sha256}.{moment}.{own_digits(self.to_bytes())}.json"


def own_digits(content: bytes) -> str:
    """Return the digits of a manifest's own hash that its file name carries."""
    return hashlib.sha256(content).hexdigest()[:OWN_DIGITS]
