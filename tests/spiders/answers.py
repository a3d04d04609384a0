"""Answers for the reading tests: own samples, recorded data, and one market's reading of them."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from records.listing import Listing
from spiders.reading import Answer, Reading
from spiders.registry import load_markets
from tests.realdata import data_path

SAMPLES = Path(__file__).parent / "samples"
MOMENT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def answer(body: bytes | str, url: str = "https://tiki.vn/", *, status: int = 200, content_type: str = "") -> Answer:
    """Return an answer with that body."""
    data = body.encode() if isinstance(body, str) else body
    return Answer(url=url, body=data, content_type=content_type, status=status, fetched_at=MOMENT)


def read(market: str, body: bytes | str, url: str = "", *, status: int = 200) -> Reading:
    """Return what the market's reader makes of the body."""
    spider = load_markets()[market]
    return spider.read(answer(body, url or f"{spider.home or 'https://shop.example'}/page", status=status))


def sample(market: str, name: str) -> bytes:
    """Return one of the project's own samples."""
    return (SAMPLES / market / name).read_bytes()


def recorded(market: str, name: str) -> bytes:
    """Return a recorded answer, or skip the test where the data is absent."""
    return data_path("recorded", market, name).read_bytes()


def digest(text: str | None) -> str | None:
    """Return the first 16 hex digits of a text's sha256: texts of recordings stay out of the project."""
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()[:16]


def by_id(reading: Reading) -> dict[str, Listing]:
    """Return the listings by their id."""
    return {listing.listing_id: listing for listing in reading.listings}
