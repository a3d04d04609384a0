"""Bulk decisions: many hits, one verdict, all or none of them, and undone together."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from records.decision import Reason, Verdict
from storage.audit import hold_chain, record_audit
from storage.claims import load_claims
from storage.decisions import record_decision, undo_decision
from storage.errors import BulkConflict, NotFound
from storage.hit_content import encode
from storage.review_tables import bulk_decisions, bulks
from storage.tables import decisions, hits

# One page of the queue, or one group; more is no longer looked at.
MAX_BULK: Final = 200


@dataclass(frozen=True, slots=True)
class Pick:
    """A hit of a bulk, at the revision that the person looked at."""

    hit_id: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """One bulk decision."""

    bulk_id: str
    actor: str
    verdict: Verdict
    reason: Reason
    note: str
    made_at: datetime
    undone_at: datetime | None
    hit_ids: tuple[str, ...]


def is_one_group(session: Session, hit_ids: Sequence[str]) -> bool:
    """Return whether hits belong together: the same mark and track, and the same bare title or the same seller."""
    columns = (hits.c.mark_id, hits.c.track, hits.c.alike_key, hits.c.market, hits.c.seller_id)
    rows = session.execute(select(*columns).where(hits.c.hit_id.in_(hit_ids))).all()
    if len({(row.mark_id, row.track) for row in rows}) != 1:
        return False
    same_title = len({row.alike_key for row in rows}) == 1 and rows[0].alike_key is not None
    same_seller = len({(row.market, row.seller_id) for row in rows}) == 1 and rows[0].seller_id is not None
    return len(rows) == 1 or same_title or same_seller


def check_picks(session: Session, picks: Sequence[Pick], verdict: Verdict, actor: str, now: datetime) -> None:
    """Raise BulkConflict unless every pick is still open at its revision, held by nobody else, and all may go together.

    Violations are decided inside one group only; the other verdicts also on a page of the queue.
    """
    hit_ids = [pick.hit_id for pick in picks]
    if not picks or len(picks) > MAX_BULK or len(set(hit_ids)) != len(hit_ids):
        raise BulkConflict("size")
    rows = session.execute(select(hits.c.hit_id, hits.c.revision, hits.c.decision_id).where(hits.c.hit_id.in_(hit_ids)))
    now_open = {row.hit_id: row.revision for row in rows if row.decision_id is None}
    changed = tuple(pick.hit_id for pick in picks if now_open.get(pick.hit_id) != pick.revision)
    if changed:
        raise BulkConflict("changed", changed)
    held = tuple(hit_id for hit_id, claim in load_claims(session, hit_ids, now).items() if claim.actor != actor)
    if held:
        raise BulkConflict("held", held)
    if verdict == "violation" and not is_one_group(session, hit_ids):
        raise BulkConflict("not_one_group")


def record_bulk(
    session: Session, picks: Sequence[Pick], verdict: Verdict, reason: Reason, actor: str, at: datetime, note: str = ""
) -> Bulk:
    """Decide all picks, each with its own row, or none of them."""
    hold_chain(session)
    check_picks(session, picks, verdict, actor, at)
    bulk_id = encode(secrets.randbits(65), 13)
    session.execute(
        insert(bulks).values(
            bulk_id=bulk_id, actor=actor, verdict=verdict, reason=reason, note=note, made_at=at, undone_at=None
        )
    )
    # In one order for everybody, so that two bulks never wait for each other in a ring.
    for pick in sorted(picks, key=lambda pick: pick.hit_id):
        made = record_decision(session, pick.hit_id, pick.revision, verdict, reason, actor, at, note)
        session.execute(insert(bulk_decisions).values(bulk_id=bulk_id, decision_id=made.decision_id))
    record_audit(session, at, actor, "bulk.decide", bulk_id, {"verdict": verdict, "hits": len(picks)})
    return load_bulk(session, bulk_id)


def load_bulk(session: Session, bulk_id: str) -> Bulk:
    """Return the bulk; raise NotFound."""
    row = session.execute(select(bulks).where(bulks.c.bulk_id == bulk_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no bulk {bulk_id!r}")
    query = select(decisions.c.hit_id).join(bulk_decisions, bulk_decisions.c.decision_id == decisions.c.decision_id)
    query = query.where(bulk_decisions.c.bulk_id == bulk_id).order_by(decisions.c.decision_id)
    return Bulk(**row, hit_ids=tuple(session.scalars(query)))


def undo_bulk(session: Session, bulk_id: str, actor: str, at: datetime) -> int:
    """Take back every decision of the actor's own bulk that is still in force; return how many were.

    Hits that were undone one by one, or settled by somebody else since, are left as they are.
    """
    hold_chain(session)
    bulk = load_bulk(session, bulk_id)
    if bulk.actor != actor or bulk.undone_at is not None:
        raise NotFound(f"no bulk {bulk_id!r} of {actor} in force")
    query = (
        select(hits.c.hit_id)
        .join(decisions, (decisions.c.hit_id == hits.c.hit_id) & (decisions.c.decision_id == hits.c.decision_id))
        .join(bulk_decisions, bulk_decisions.c.decision_id == decisions.c.decision_id)
        .where(bulk_decisions.c.bulk_id == bulk_id)
        .order_by(hits.c.hit_id)
    )
    in_force = session.scalars(query).all()
    for hit_id in in_force:
        undo_decision(session, hit_id, actor, at)
    session.execute(update(bulks).where(bulks.c.bulk_id == bulk_id).values(undone_at=at))
    record_audit(session, at, actor, "bulk.undo", bulk_id, {"hits": len(in_force)})
    return len(in_force)
