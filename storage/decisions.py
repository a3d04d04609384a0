"""Decisions: rows that are only ever added, one in force per hit, undone by another row."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from records.decision import UNDO_WINDOW, Decision, Reason, Verdict
from records.hit import Hit
from storage.audit import hold_chain, record_audit
from storage.counts import count_change, count_where
from storage.errors import Conflict, NotFound
from storage.hit_records import StoredDecision, StoredHit
from storage.hit_rows import decision_of, decision_query, judged_from_document, judged_to_document, stored_hits
from storage.hits import shelf_of
from storage.queue import view_counters
from storage.tables import decisions, hit_counts, hits

__all__ = [
    "StoredDecision", "count_unreviewed", "load_decided_hit", "load_decisions", "load_last_decision", "load_released",
    "record_decision", "undo_decision",
]  # fmt: skip

STATE_AFTER: dict[Verdict, str] = {"violation": "confirmed", "no_violation": "rejected", "unsure": "unsure"}


def record_decision(
    session: Session,
    hit_id: str,
    revision: int,
    verdict: Verdict,
    reason: Reason,
    actor: str,
    decided_at: datetime,
    note: str = "",
) -> StoredDecision:
    """Decide a hit as the actor saw it at that revision, with its audit row, and return the decision.

    Raises Conflict when the hit was decided or changed since. A decided hit takes no second decision: the first one
    must be undone. The decision keeps the whole hit as it was judged at that moment.
    """
    hold_chain(session)
    before = _lock(session, hit_id)
    if before["revision"] != revision or before["decision_id"] is not None:
        raise Conflict(hit_id, before["revised_by"], before["revised_at"])
    stored = stored_hits(session, [before])[0]
    decision = Decision(
        hit=stored.hit.key, verdict=verdict, reason=reason, actor=actor, decided_at=decided_at, note=note
    )
    decision_id = _add_row(
        session,
        hit_id=hit_id,
        action="decide",
        verdict=verdict,
        reason=reason,
        actor=actor,
        at=decided_at,
        note=note,
        revision=revision,
        judged=judged_to_document(stored),
    )
    _set_state(session, before, actor, decided_at, STATE_AFTER[verdict], decision_id)
    facts = {"decision_id": decision_id, "verdict": verdict, "reason": reason, "revision": revision, "note": note}
    record_audit(session, decided_at, actor, "hit.decide", hit_id, facts)
    return StoredDecision(decision_id=decision_id, hit_id=hit_id, decision=decision, revision=revision)


def undo_decision(session: Session, hit_id: str, actor: str, at: datetime) -> StoredDecision:
    """Undo the actor's own decision in force on a hit, by a new row; the hit is open again.

    Returns the decision with its undo. Raises NotFound when no decision is in force, Conflict when it is
    somebody else's.
    """
    hold_chain(session)
    before = _lock(session, hit_id)
    undone = stored_hits(session, [before])[0].decision
    if undone is None:
        raise NotFound(f"hit {hit_id}: no decision is in force")
    if undone.decision.actor != actor:
        raise Conflict(hit_id, undone.decision.actor, undone.decision.decided_at)
    _add_row(
        session,
        hit_id=hit_id,
        action="undo",
        actor=actor,
        at=at,
        note="",
        revision=before["revision"],
        judged={},
        undoes=undone.decision_id,
    )
    _set_state(session, before, actor, at, "new", None)
    record_audit(session, at, actor, "hit.undo", hit_id, {"decision_id": undone.decision_id})
    return replace(undone, undone_at=at, undone_by=actor)


def _lock(session: Session, hit_id: str) -> Mapping[Any, Any]:
    """Return the hit's row, which nobody else changes until the transaction ends."""
    query = select(hits).where(hits.c.hit_id == hit_id).with_for_update()
    row = session.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no hit {hit_id!r}")
    return row


def _add_row(session: Session, **values: Any) -> int:
    return int(session.execute(insert(decisions).values(values).returning(decisions.c.decision_id)).scalar_one())


def _set_state(
    session: Session, before: Mapping[Any, Any], actor: str, at: datetime, state: str, decision_id: int | None
) -> None:
    values = {
        "state": state,
        "shelf": shelf_of(state, before["tier"]),
        "decision_id": decision_id,
        "revision": before["revision"] + 1,
        "revised_at": at,
        "revised_by": actor,
    }
    session.execute(update(hits).where(hits.c.hit_id == before["hit_id"]).values(values))
    count_change(session, before, {**before, **values})


def load_decisions(session: Session, hit_id: str) -> tuple[StoredDecision, ...]:
    """Return every decision ever made on a hit, oldest first, undone ones with who and when."""
    query = decision_query().where(decisions.c.hit_id == hit_id).order_by(decisions.c.decision_id)
    return tuple(decision_of(row) for row in session.execute(query).mappings())


def load_decided_hit(session: Session, decision_id: int) -> Hit:
    """Return the hit as it was judged when that decision was made."""
    query = select(decisions.c.judged).where(decisions.c.decision_id == decision_id, decisions.c.action == "decide")
    document = session.scalar(query)
    if document is None:
        raise NotFound(f"no decision {decision_id}")
    return judged_from_document(document)


def load_last_decision(session: Session, actor: str) -> StoredDecision | None:
    """Return the actor's latest decision that is still in force, None when there is none."""
    query = (
        decision_query()
        .where(decisions.c.actor == actor, hits.c.decision_id == decisions.c.decision_id)
        .order_by(decisions.c.decision_id.desc())
        .limit(1)
    )
    row = session.execute(query).mappings().one_or_none()
    return None if row is None else decision_of(row)


def load_released(
    session: Session, owner: str, now: datetime, decided_since: datetime | None = None
) -> tuple[StoredHit, ...]:
    """Return an owner's confirmed hits whose undo window is over, latest decision first."""
    query = (
        select(hits)
        .join(decisions, decisions.c.decision_id == hits.c.decision_id)
        .where(hits.c.owner == owner, hits.c.state == "confirmed", decisions.c.at <= now - UNDO_WINDOW)
        .order_by(decisions.c.at.desc(), hits.c.hit_id)
    )
    if decided_since is not None:
        query = query.where(decisions.c.at >= decided_since)
    rows = session.execute(query).mappings().all()
    found: list[StoredHit] = []
    for start in range(0, len(rows), 200):
        found += stored_hits(session, rows[start : start + 200])
    return tuple(found)


def count_unreviewed(session: Session, owner: str) -> int:
    """Return how many undecided hits of high or medium tier an owner has."""
    return count_where(session, *view_counters("unreviewed"), hit_counts.c.owner == owner)
