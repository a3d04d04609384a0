"""Pages that a person saved in the browser: the page itself, and the address that browsers write into the file."""

import email
import email.policy
import re
from datetime import datetime
from pathlib import Path

from crawler.errors import BadInput
from spiders.addresses import BadAddress, checked, is_on_host
from spiders.base import MarketSpider
from spiders.reading import Answer

# What Chromium, Internet Explorer and SingleFile write before a saved page.
_SAVED_FROM = re.compile(
    rb"<!--\s*saved from url=\(\d+\)(\S+)\s*-->|\burl:\s*(https?://\S+)\s+\n?\s*saved date:", re.IGNORECASE
)
SEARCHED_BYTES = 4_000
MULTIPART_SUFFIXES = frozenset({".mhtml", ".mht"})


def saved_answer(spider: type[MarketSpider], path: Path, suffix: str, content: bytes, saved_at: datetime) -> Answer:
    """Return a saved page as the market's answer; its address is the market's home where the file does not say it."""
    content_type, address = "", None
    if suffix in MULTIPART_SUFFIXES:
        content, content_type, address = _main_part(path, content)
    else:
        found = _SAVED_FROM.search(content[:SEARCHED_BYTES])
        if found is not None:
            address = (found.group(1) or found.group(2)).decode("ascii", "replace")
    return Answer(
        url=_own_address(spider, address) or spider.home,
        body=content,
        content_type=content_type,
        fetched_at=saved_at,
    )


def _own_address(spider: type[MarketSpider], address: str | None) -> str | None:
    """Return the address where it is one of the market; a file may name any."""
    try:
        url = checked(address or "")
    except BadAddress:
        return None
    return url if not spider.hosts or is_on_host(url, spider.hosts) else None


def _main_part(path: Path, content: bytes) -> tuple[bytes, str, str | None]:
    """Return body, content type and address of the page in a web archive (RFC 2557)."""
    archive = email.message_from_bytes(content, policy=email.policy.default)
    for part in archive.walk():
        if part.get_content_type() == "text/html":
            body = part.get_payload(decode=True)
            if isinstance(body, bytes):
                charset = part.get_content_charset()
                said = f"text/html; charset={charset}" if charset else "text/html"
                return body, said, part.get("Content-Location") or archive.get("Snapshot-Content-Location")
    raise BadInput(f"{path}: a web archive without a page")
