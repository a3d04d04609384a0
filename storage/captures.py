"""Which kept answers show which listings; the answers themselves lie in the captures folder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from records.listing import PageCopy
from storage.tables import capture_listings, captures
from storage.upsert import upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCapture:
    """One kept answer."""

    page_copy: PageCopy
    """What was answered, and when."""
    path: str
    """Place of the body, relative to the captures folder."""
    run_id: str | None
    """The run that fetched it."""


def _capture_of(row: Mapping[Any, Any]) -> StoredCapture:
    page = PageCopy(**{name: row[name] for name in PageCopy.__slots__})
    return StoredCapture(page_copy=page, path=row["path"], run_id=row["run_id"])


def record_capture(
    session: Session,
    capture: PageCopy,
    listing_keys: Sequence[tuple[str, str]],
    run_id: str | None,
    path: str,
) -> None:
    """Note a kept answer and the listings (market, listing_id) it shows; noting it twice changes nothing."""
    values = {name: getattr(capture, name) for name in PageCopy.__slots__}
    session.execute(upsert(session, captures).values(**values, path=path, run_id=run_id).on_conflict_do_nothing())
    query = select(captures.c.capture_id).where(
        captures.c.sha256 == capture.sha256,
        captures.c.url == capture.url,
        captures.c.fetched_at == capture.fetched_at,
    )
    capture_id = session.execute(query).scalar_one()
    rows = [{"capture_id": capture_id, "market": key[0], "listing_id": key[1]} for key in listing_keys]
    if rows:
        session.execute(upsert(session, capture_listings).on_conflict_do_nothing(), rows)


def load_captures(session: Session, market: str, listing_id: str) -> tuple[StoredCapture, ...]:
    """Return the kept answers that show a listing, newest first."""
    query = (
        select(captures)
        .join(capture_listings, capture_listings.c.capture_id == captures.c.capture_id)
        .where(capture_listings.c.market == market, capture_listings.c.listing_id == listing_id)
        .order_by(captures.c.fetched_at.desc(), captures.c.capture_id.desc())
    )
    return tuple(_capture_of(row) for row in session.execute(query).mappings())


def load_capture(session: Session, sha256: str) -> StoredCapture | None:
    """Return the newest kept answer with that body, None where none is kept."""
    query = select(captures).where(captures.c.sha256 == sha256).order_by(captures.c.fetched_at.desc()).limit(1)
    row = session.execute(query).mappings().one_or_none()
    return None if row is None else _capture_of(row)


def load_capture_hashes(session: Session) -> tuple[str, ...]:
    """Return the hash of every kept answer, each once, in order."""
    return tuple(session.scalars(select(captures.c.sha256).distinct().order_by(captures.c.sha256)))
