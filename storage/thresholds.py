"""From which score on a brand's hits enter the queue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import case, delete, select, update
from sqlalchemy.orm import Session

from records.hit import QUEUE_TIERS, Track
from storage.audit import hold_chain, record_audit
from storage.counts import recount, write_counts
from storage.review_tables import thresholds
from storage.tables import hits
from storage.upsert import upsert

# Where a session keeps the thresholds it has met.
_KNOWN: Final = "thresholds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A brand's own threshold on one track."""

    brand: str
    track: Track
    flag_from: float
    set_by: str
    set_at: datetime


def is_flagged(tier: str, score: float, flag_from: float | None) -> bool:
    """Return whether a hit belongs to the queue: by the brand's threshold, else by its tier. Excused hits never do."""
    if tier == "none":
        return False
    return tier in QUEUE_TIERS if flag_from is None else score >= flag_from


def shelf_of(state: str, tier: str, *, flagged: bool) -> str:
    """Return the shelf a hit stands on: its state, and for undecided hits whether the queue shows it."""
    if state != "new":
        return state
    return "unreviewed" if flagged else "innocent" if tier == "none" else "below"


def load_threshold(session: Session, brand: str, track: str) -> Threshold | None:
    """Return the brand's own threshold, None where the tiers decide."""
    query = select(thresholds).where(thresholds.c.brand == brand, thresholds.c.track == track)
    row = session.execute(query).mappings().one_or_none()
    return None if row is None else Threshold(**row)


def flag_from(session: Session, brand: str, track: str) -> float | None:
    """Return the brand's threshold, asked once per session."""
    known: dict[tuple[str, str], float | None] = session.info.setdefault(_KNOWN, {})
    if (brand, track) not in known:
        found = load_threshold(session, brand, track)
        known[brand, track] = None if found is None else found.flag_from
    return known[brand, track]


def set_threshold(session: Session, brand: str, track: Track, flag_from: float | None, actor: str, at: datetime) -> int:
    """Set or (None) drop a brand's threshold, move its open hits between queue and below, and return how many moved.

    Decided hits stay where they are. Nothing is deleted: what a threshold hides stands on the shelf `below`, counted.
    """
    hold_chain(session)
    write_counts(session)
    before = load_threshold(session, brand, track)
    if flag_from is None:
        session.execute(delete(thresholds).where(thresholds.c.brand == brand, thresholds.c.track == track))
    else:
        values = {"flag_from": flag_from, "set_by": actor, "set_at": at}
        session.execute(
            upsert(session, thresholds)
            .values(brand=brand, track=track, **values)
            .on_conflict_do_update(index_elements=["brand", "track"], set_=values)
        )
    session.info.pop(_KNOWN, None)
    belongs = hits.c.tier.in_(QUEUE_TIERS) if flag_from is None else hits.c.score >= flag_from
    open_hits = (hits.c.brand == brand, hits.c.track == track, hits.c.state == "new", hits.c.tier != "none")
    moved = session.execute(
        update(hits).where(*open_hits, hits.c.flagged != belongs)
        .values(flagged=belongs, shelf=case((belongs, "unreviewed"), else_="below"))
    )  # fmt: skip
    recount(session, (brand,))
    facts: Mapping[str, Any] = {
        "track": track, "flag_from": flag_from, "before": None if before is None else before.flag_from,
        "moved": moved.rowcount,  # type: ignore[attr-defined]  # an UPDATE's result has it
    }  # fmt: skip
    record_audit(session, at, actor, "threshold.set", brand, facts)
    return int(facts["moved"])


# Hits that a preview looks at; beyond, it says "at least".
PREVIEWED: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdChange:
    """What another threshold would do to the open hits of a brand that were seen since a day."""

    flagged_ids: tuple[str, ...]
    """Hits that would come into the queue, the highest score first; at most PREVIEWED."""
    hidden_ids: tuple[str, ...]
    """Hits that would leave it, the highest score first; at most PREVIEWED."""


def preview_threshold(
    session: Session, brand: str, track: Track, flag_from: float | None, since: datetime
) -> ThresholdChange:
    """Return what setting that threshold would move, without setting it."""
    belongs = hits.c.tier.in_(QUEUE_TIERS) if flag_from is None else hits.c.score >= flag_from

    def found(shelf: str, *conditions: Any) -> tuple[str, ...]:
        query = select(hits.c.hit_id).where(
            hits.c.shelf == shelf, hits.c.brand == brand, hits.c.track == track, hits.c.last_seen_at >= since,
            *conditions,
        )  # fmt: skip
        return tuple(session.scalars(query.order_by(hits.c.score.desc(), hits.c.hit_id).limit(PREVIEWED)))

    return ThresholdChange(flagged_ids=found("below", belongs), hidden_ids=found("unreviewed", ~belongs))
