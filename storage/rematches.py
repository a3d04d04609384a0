"""How far a re-match of the stored listings has come: an interrupted one goes on where its last batch was kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.rematch_tables import rematches
from storage.upsert import upsert

Phase = Literal["offers", "hits"]
PHASES: Sequence[Phase] = ("offers", "hits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rematch:
    """One re-match, named by what it judges by."""

    fingerprint: str
    """Digest of the rules, the watch list, the day and the choice of listings."""
    started_at: datetime
    """When it began, aware UTC."""
    phase: Phase
    """`offers` while offers are collected for price comparison, `hits` while listings are judged."""
    after: tuple[str, str] | None = None
    """The last listing (market, listing_id) that is done in this phase; None before the first."""
    listings: int = 0
    """Listings done in this phase."""


def open_rematch_cursor(session: Session, fingerprint: str, phase: Phase, at: datetime) -> Rematch:
    """Return the unfinished re-match of that fingerprint, or begin one. A finished one begins anew."""
    row = session.execute(select(rematches).where(rematches.c.fingerprint == fingerprint)).mappings().one_or_none()
    if row is not None and row["finished_at"] is None:
        after = None if row["after_market"] is None else (row["after_market"], row["after_listing_id"])
        return Rematch(
            fingerprint=fingerprint,
            started_at=row["started_at"],
            phase=row["phase"],
            after=after,
            listings=row["listings"],
        )
    begun = Rematch(fingerprint=fingerprint, started_at=at, phase=phase)
    _save(session, begun)
    return begun


def save_rematch_cursor(
    session: Session, rematch: Rematch, *, phase: Phase, after: tuple[str, str] | None, listings: int
) -> Rematch:
    """Keep how far it has come, in the transaction of the batch; return it as it is now."""
    advanced = replace(rematch, phase=phase, after=after, listings=listings)
    _save(session, advanced)
    return advanced


def finish_rematch(session: Session, rematch: Rematch, at: datetime) -> None:
    """Keep that every listing has been judged; the next re-match of the same fingerprint begins anew."""
    done = update(rematches).where(rematches.c.fingerprint == rematch.fingerprint)
    session.execute(done.values(finished_at=at))


def _save(session: Session, rematch: Rematch) -> None:
    market, listing_id = rematch.after or (None, None)
    values = {
        "started_at": rematch.started_at,
        "finished_at": None,
        "phase": rematch.phase,
        "after_market": market,
        "after_listing_id": listing_id,
        "listings": rematch.listings,
    }
    statement = upsert(session, rematches).values(fingerprint=rematch.fingerprint, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["fingerprint"], set_=values))
