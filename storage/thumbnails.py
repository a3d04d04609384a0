"""The small picture of a flagged listing: re-encoded by us, at most 160 pixels, safe to show and to mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from storage.column_types import storable
from storage.thumbnail_tables import thumbnails
from storage.upsert import upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail:
    """A listing's first picture, small."""

    image_url: str
    """Where the full picture was fetched from."""
    fetched_at: datetime
    """When, aware UTC."""
    jpeg: bytes | None
    """JPEG without metadata, at most 160 x 160 pixels; None where the picture could not be had."""
    sha256: str | None
    """Hex digest of the picture's bytes as fetched; None where there are none."""
    width: int
    """Pixels; 0 without a picture."""
    height: int
    """Pixels; 0 without a picture."""
    problem: str | None = None
    """Why there is no picture."""


def save_thumbnail(session: Session, market: str, listing_id: str, thumbnail: Thumbnail) -> None:
    """Keep the picture of a listing in place of an earlier one; saving it twice changes nothing.

    A picture that could not be had never replaces one that is kept.
    """
    values = {name: getattr(thumbnail, name) for name in Thumbnail.__slots__}
    statement = upsert(session, thumbnails).values(market=market, listing_id=listing_id, **values)
    news = {name: statement.excluded[name] for name in values}
    kept = None if thumbnail.jpeg is not None else thumbnails.c.jpeg.is_(None)
    session.execute(statement.on_conflict_do_update(index_elements=["market", "listing_id"], set_=news, where=kept))


def load_thumbnail(session: Session, market: str, listing_id: str) -> Thumbnail | None:
    """Return the small picture of a listing, None where there is none (never fetched, or not to be had)."""
    query = select(thumbnails).where(thumbnails.c.market == market, thumbnails.c.listing_id == listing_id)
    row = session.execute(query).mappings().one_or_none()
    if row is None or row["jpeg"] is None:
        return None
    return Thumbnail(**{name: row[name] for name in Thumbnail.__slots__})


def load_thumbnail_keys(session: Session, keys: Sequence[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Return which of the listings (market, listing_id) have a small picture; for lists, without the bytes."""
    found: set[tuple[str, str]] = set()
    for start in range(0, len(keys), 200):  # SQLite takes a limited number of parameters
        part = [(storable(market), storable(listing_id)) for market, listing_id in keys[start : start + 200]]
        query = select(thumbnails.c.market, thumbnails.c.listing_id).where(
            tuple_(thumbnails.c.market, thumbnails.c.listing_id).in_(part), thumbnails.c.jpeg.is_not(None)
        )
        found |= {(row.market, row.listing_id) for row in session.execute(query)}
    return frozenset(found)


def load_thumbnail_source(session: Session, market: str, listing_id: str) -> str | None:
    """Return the address that a listing's picture was last asked for at, None where it never was."""
    query = select(thumbnails.c.image_url).where(thumbnails.c.market == market, thumbnails.c.listing_id == listing_id)
    return session.scalar(query)
