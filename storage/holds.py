"""Legal holds: while one is in force, nothing of a listing's case is removed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from storage.audit import hold_chain, record_audit
from storage.column_types import LARGEST_NUMBER
from storage.errors import NotFound
from storage.evidence_tables import legal_holds


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalHold:
    """One hold on one listing."""

    hold_id: int
    market: str
    listing_id: str
    reason: str
    """Why, such as the number of a court case."""
    placed_by: str
    placed_at: datetime
    released_by: str | None
    released_at: datetime | None
    """None while it is in force."""


def _hold_of(row: Mapping[Any, Any]) -> LegalHold:
    return LegalHold(**{name: row[name] for name in LegalHold.__slots__})


def place_hold(session: Session, market: str, listing_id: str, reason: str, actor: str, at: datetime) -> LegalHold:
    """Put a hold on a listing, with its audit row; a listing may have several."""
    hold_chain(session)
    values = {
        "market": market, "listing_id": listing_id, "reason": reason, "placed_by": actor, "placed_at": at,
    }  # fmt: skip
    row = session.execute(insert(legal_holds).values(values).returning(*legal_holds.c)).mappings().one()
    record_audit(session, at, actor, "evidence.hold", f"{market} {listing_id}", {"hold_id": row["hold_id"]})
    return _hold_of(row)


def release_hold(session: Session, hold_id: int, actor: str, at: datetime) -> LegalHold:
    """End a hold, with its audit row; NotFound where none of that number is in force."""
    if hold_id > LARGEST_NUMBER:
        raise NotFound(f"no legal hold {hold_id} is in force")
    hold_chain(session)
    in_force = (legal_holds.c.hold_id == hold_id, legal_holds.c.released_at.is_(None))
    ended = update(legal_holds).where(*in_force).values(released_by=actor, released_at=at).returning(*legal_holds.c)
    row = session.execute(ended).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no legal hold {hold_id} is in force")
    record_audit(session, at, actor, "evidence.release", f"{row['market']} {row['listing_id']}", {"hold_id": hold_id})
    return _hold_of(row)


def load_holds(
    session: Session, market: str | None = None, listing_id: str | None = None, *, in_force: bool = True
) -> tuple[LegalHold, ...]:
    """Return the holds, of one listing or all, oldest first; with in_force=False the ended ones as well."""
    query = select(legal_holds).order_by(legal_holds.c.hold_id)
    if market is not None:
        query = query.where(legal_holds.c.market == market)
    if listing_id is not None:
        query = query.where(legal_holds.c.listing_id == listing_id)
    if in_force:
        query = query.where(legal_holds.c.released_at.is_(None))
    return tuple(_hold_of(row) for row in session.execute(query).mappings())
