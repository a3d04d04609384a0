"""What was done for a brand in a period, and what is kept of a listing: the mails tell both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import RowMapping, Select, func, select, tuple_
from sqlalchemy.orm import Session

from records.decision import UNDO_WINDOW
from storage.evidence_tables import page_captures
from storage.mail_tables import owner_answers, seller_suggestions
from storage.review_tables import outcomes
from storage.tables import audit, hits

BrandKey = tuple[str, str]
Deed = Literal["confirmed", "rejected", "captured", "stamped", "packs", "sellers"]
FOUND: Mapping[str, Deed] = {"violation": "confirmed", "no_violation": "rejected"}
DEEDS: tuple[Deed, ...] = get_args(Deed)
# By how much rows of the audit trail may stand out of the order of their times.
CLOCK_SLACK = timedelta(days=1)
# Keys looked up by one query: SQLite takes a limited number of parameters.
_KEYS_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPage:
    """A page capture of a listing that was taken for a hit."""

    manifest_sha256: str
    """Hash of its signed manifest."""
    at: datetime
    """When it was taken, aware UTC."""


def load_kept_pages(session: Session, keys: Mapping[str, tuple[str, str]]) -> Mapping[str, KeptPage]:
    """Return the latest capture taken for each hit of the listing as it was seen, by hit id.

    `keys` are marketplace and listing id by hit id. What was captured for another brand's hit is left out.
    """
    found: dict[str, KeptPage] = {}
    listings = sorted(set(keys.values()))
    for start in range(0, len(listings), _KEYS_AT_ONCE):
        query = select(page_captures.c.manifest_sha256, page_captures.c.hit_ids, page_captures.c.ended_at).where(
            tuple_(page_captures.c.market, page_captures.c.listing_id).in_(listings[start : start + _KEYS_AT_ONCE]),
            page_captures.c.outcome == "seen", page_captures.c.manifest_sha256.is_not(None),
        )  # fmt: skip
        for row in session.execute(query.order_by(page_captures.c.page_capture_id)):
            kept = KeptPage(manifest_sha256=row.manifest_sha256, at=row.ended_at)
            found.update({hit_id: kept for hit_id in row.hit_ids if hit_id in keys})
    return found


def load_deeds(session: Session, since: datetime, until: datetime) -> Mapping[BrandKey, Mapping[Deed, int]]:
    """Return what was done in a period, by owner and brand: decisions in force, captures, packs, sellers taken over.

    Decisions count as the mails count them: from when they are final, and not before their undo window is over.
    """
    found: dict[BrandKey, dict[Deed, int]] = {}

    def add(key: BrandKey, deed: Deed, count: int = 1) -> None:
        brand = found.setdefault(key, {})
        brand[deed] = brand.get(deed, 0) + count

    for row in session.execute(_decided(since - UNDO_WINDOW, until - UNDO_WINDOW)):
        add((row.owner, row.brand), FOUND[row.verdict], row.hits)
    for taken in _captures(session, since, until):
        for key in _brands_of(session, taken["hit_ids"]):
            add(key, "captured")
            if taken["stamp_state"] == "stamped":
                add(key, "stamped")
    for hit_ids in _packs(session, since, until):
        for key in _brands_of(session, hit_ids):
            add(key, "packs")
    query = select(owner_answers.c.owner, owner_answers.c.brand).join(
        seller_suggestions, seller_suggestions.c.answer_id == owner_answers.c.answer_id
    )
    decided_at = seller_suggestions.c.decided_at
    accepted = query.where(seller_suggestions.c.state == "accepted", decided_at > since, decided_at <= until)
    for row in session.execute(accepted):
        add((row.owner, row.brand), "sellers")
    return found


def _decided(since: datetime, until: datetime) -> Select[Any]:
    """Return what people found of flags in the period, as the precision so far counts it."""
    columns = (hits.c.owner, hits.c.brand, outcomes.c.verdict)
    return (
        select(*columns, func.count().label("hits"))
        .select_from(outcomes.join(hits, hits.c.hit_id == outcomes.c.hit_id))
        .where(outcomes.c.flagged, outcomes.c.withdrawn_at.is_(None), outcomes.c.verdict.in_(tuple(FOUND)))
        .where(outcomes.c.settled_at > since, outcomes.c.settled_at <= until, hits.c.owner.is_not(None))
        .group_by(*columns)
    )


def _captures(session: Session, since: datetime, until: datetime) -> Sequence[RowMapping]:
    query = select(page_captures.c.hit_ids, page_captures.c.stamp_state).where(
        page_captures.c.ended_at > since, page_captures.c.ended_at <= until, page_captures.c.outcome == "seen",
        page_captures.c.manifest_sha256.is_not(None),
    )  # fmt: skip
    return session.execute(query).mappings().all()


def _packs(session: Session, since: datetime, until: datetime) -> list[list[str]]:
    """Return the hits of each pack made in the period."""
    # The trail has no index over time, but its numbers grow with it: look back to where the period surely begins.
    first = 0
    for row in session.execute(select(audit.c.sequence, audit.c.at).order_by(audit.c.sequence.desc())):
        if row.at <= since - CLOCK_SLACK:
            first = row.sequence
            break
    query = select(audit.c.data).where(
        audit.c.sequence > first, audit.c.action == "evidence.pack", audit.c.at > since, audit.c.at <= until
    )  # fmt: skip
    return [list(data["hits"]) for data in session.scalars(query)]


def _brands_of(session: Session, hit_ids: Sequence[str]) -> frozenset[BrandKey]:
    """Return whose confirmed hits are among them; each brand once."""
    found: set[BrandKey] = set()
    for start in range(0, len(hit_ids), _KEYS_AT_ONCE):
        here = hits.c.hit_id.in_(hit_ids[start : start + _KEYS_AT_ONCE])
        query = select(hits.c.owner, hits.c.brand).where(here, hits.c.state == "confirmed", hits.c.owner.is_not(None))
        found.update((row.owner, row.brand) for row in session.execute(query.distinct()))
    return frozenset(found)
