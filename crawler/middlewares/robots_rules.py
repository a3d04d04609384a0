"""RFC 9309 without a network: what an answer to /robots.txt allows."""

import hashlib
import re
from dataclasses import dataclass
from typing import Literal

from protego import Protego

PRODUCT_TOKEN = "Markwatch"  # noqa: S105 - RFC 9309's word for our name
MAX_PARSED_BYTES = 512 * 1024
LONGEST_CRAWL_DELAY_SECONDS = 30.0
_LINE_ENDS = re.compile(r"\r\n?|\n")
_HTML = re.compile(rb"\s*<(?:!doctype|html|head|body)", re.IGNORECASE)
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """One host's decision for the run, with the hash of what it was made from."""

    url: str
    """Where it was read, after redirects."""
    verdict: Literal["rules", "allow all", "disallow all"]
    reason: str
    """One phrase for people."""
    sha256: str = ""
    """Hash of the body as received; empty where there was none."""
    rules: Protego | None = None
    crawl_delay_seconds: float = 0.0
    """What the host asks between requests; 0 where it asks nothing."""

    @property
    def is_too_slow(self) -> bool:
        """True where the host asks for longer pauses than a run can keep."""
        return self.crawl_delay_seconds > LONGEST_CRAWL_DELAY_SECONDS

    def allows(self, url: str) -> bool:
        """Return whether the address may be fetched."""
        if self.verdict == "rules" and self.rules is not None:
            return bool(self.rules.can_fetch(url, PRODUCT_TOKEN))
        return self.verdict == "allow all"

    @property
    def sentence(self) -> str:
        """The decision in one line for the run's events."""
        delay = f", crawl delay {self.crawl_delay_seconds:g} s" if self.crawl_delay_seconds else ""
        digest = f", sha256 {self.sha256}" if self.sha256 else ""
        return f"{self.url}: {self.verdict} ({self.reason}){delay}{digest}"


def robots_of_answer(url: str, status: int, body: bytes) -> Robots:
    """Return what a complete answer means: rules for 2xx, all allowed for 4xx but 429, nothing allowed otherwise."""
    digest = hashlib.sha256(body).hexdigest()
    if 400 <= status < 500 and status != 429:
        return Robots(url=url, verdict="allow all", reason=f"HTTP {status}", sha256=digest)
    if not 200 <= status < 300:
        return Robots(url=url, verdict="disallow all", reason=f"HTTP {status}", sha256=digest)
    notes = [f"HTTP {status}"]
    if len(body) > MAX_PARSED_BYTES:
        notes.append(f"the first {MAX_PARSED_BYTES} of {len(body)} bytes used")
    if _HTML.match(body):
        notes.append("HTML, so no rules")
    rules = Protego.parse(text_of(body))
    return Robots(
        url=url,
        verdict="rules",
        reason="; ".join(notes),
        sha256=digest,
        rules=rules,
        crawl_delay_seconds=float(rules.crawl_delay(PRODUCT_TOKEN) or 0.0),
    )


def unreachable(url: str, reason: str) -> Robots:
    """Return the decision for a robots.txt that could not be read: nothing is allowed."""
    return Robots(url=url, verdict="disallow all", reason=reason)


def text_of(body: bytes) -> str:
    """Return the lines that count: the first 512 KiB, no byte order mark, no NUL, every line end a newline."""
    kept = body[:MAX_PARSED_BYTES]
    if len(body) > MAX_PARSED_BYTES:
        # A rule cut in half would be a wider rule than the host wrote.
        kept = kept[: max(kept.rfind(b"\n"), kept.rfind(b"\r")) + 1]
    encoding = "utf-8"
    for mark, name in _BOMS:
        if kept.startswith(mark):
            kept, encoding = kept[len(mark) :], name
            break
    return _LINE_ENDS.sub("\n", kept.decode(encoding, errors="replace").replace("\0", ""))
