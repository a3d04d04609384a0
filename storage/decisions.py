"""Decisions: rows that are only ever added, one in force per hit, undone by another row."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.orm import Session

from records.decision import UNDO_WINDOW, Decision, Reason, Verdict
from records.hit import Hit
from storage.audit import hold_chain, record_audit
from storage.claims import refuse_if_held, release_claim
from storage.counts import count_where
from storage.errors import Conflict, NotFound
from storage.hit_records import StoredDecision, StoredHit
from storage.hit_rows import decision_of, decision_query, judged_from_document, judged_to_document, stored_hits
from storage.hit_states import STATE_AFTER, lock_hit, set_state
from storage.outcomes import record_outcome, withdraw_outcome
from storage.queue import view_counters
from storage.second_looks import open_look, withdraw_look
from storage.tables import decisions, hit_counts, hits

__all__ = [
    "StoredDecision", "count_unreviewed", "load_decided_hit", "load_decisions", "load_last_decision", "load_released",
    "record_decision", "released", "released_hit", "undo_decision",
]  # fmt: skip


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

    Raises Conflict when the hit was decided or changed since, Held while somebody else looks at it. A decided hit takes
    no second decision: the first one must be undone. The decision keeps the whole hit as it was judged at that moment.
    Where the brand's policy asks for a second look, the hit waits for another person; else the decision is final.
    """
    hold_chain(session)
    before = lock_hit(session, hit_id)
    if before["revision"] != revision or before["decision_id"] is not None:
        raise Conflict(hit_id, before["revised_by"], before["revised_at"])
    refuse_if_held(session, hit_id, actor, decided_at)
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
    waits = open_look(session, before, decision_id, verdict, actor, decided_at)
    state = "second_look" if waits else STATE_AFTER[verdict]
    set_state(session, before, actor, decided_at, state, decision_id)
    if not waits:
        record_outcome(session, decision_id, before, stored.hit, decision, decided_at)
    release_claim(session, hit_id, actor)
    facts = {"decision_id": decision_id, "verdict": verdict, "reason": reason, "revision": revision, "note": note,
             "second_look": waits}  # fmt: skip
    record_audit(session, decided_at, actor, "hit.decide", hit_id, facts)
    return StoredDecision(decision_id=decision_id, hit_id=hit_id, decision=decision, revision=revision)


def undo_decision(session: Session, hit_id: str, actor: str, at: datetime) -> StoredDecision:
    """Undo the actor's own decision in force on a hit, by a new row; the hit is open again.

    Returns the decision with its undo. Raises NotFound when no decision is in force, Conflict when it is
    somebody else's.
    """
    hold_chain(session)
    before = lock_hit(session, hit_id)
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
    withdraw_outcome(session, undone.decision_id, at)
    withdraw_look(session, undone.decision_id, at)
    set_state(session, before, actor, at, "new", None)
    record_audit(session, at, actor, "hit.undo", hit_id, {"decision_id": undone.decision_id})
    return replace(undone, undone_at=at, undone_by=actor)


def _add_row(session: Session, **values: Any) -> int:
    return int(session.execute(insert(decisions).values(values).returning(decisions.c.decision_id)).scalar_one())


def load_decisions(session: Session, hit_id: str) -> tuple[StoredDecision, ...]:
    """Return every decision ever made on a hit, oldest first, undone ones with who and when."""
    query = decision_query().where(decisions.c.hit_id == hit_id).order_by(decisions.c.decision_id)
    return tuple(decision_of(row) for row in session.execute(query).mappings())


def load_judged(session: Session, decision_ids: Sequence[int]) -> Mapping[int, Hit]:
    """Return the hits as they stood when those decisions were made, by the decision's number."""
    query = select(decisions.c.decision_id, decisions.c.judged).where(decisions.c.decision_id.in_(decision_ids))
    return {row.decision_id: judged_from_document(row.judged) for row in session.execute(query)} if decision_ids else {}


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


def released(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return when a hit may be told outside: mails ask this."""
    return hits.c.state == "confirmed", hits.c.settled_at <= now - UNDO_WINDOW


def released_hit(stored: StoredHit, now: datetime) -> bool:
    """Return whether a hit may be told outside, as `released` says it in SQL."""
    settled_at = stored.settled_at
    return stored.state == "confirmed" and settled_at is not None and settled_at <= now - UNDO_WINDOW


def load_released(
    session: Session, owner: str, now: datetime, decided_since: datetime | None = None
) -> tuple[StoredHit, ...]:
    """Return an owner's confirmed hits whose undo window is over, latest decision first.

    A hit that waits for a second look is not confirmed; its window starts when the second person agrees.
    """
    query = select(hits).where(hits.c.owner == owner, *released(now)).order_by(hits.c.settled_at.desc(), hits.c.hit_id)
    if decided_since is not None:
        query = query.where(hits.c.settled_at >= decided_since)
    rows = session.execute(query).mappings().all()
    found: list[StoredHit] = []
    for start in range(0, len(rows), 200):
        found += stored_hits(session, rows[start : start + 200])
    return tuple(found)


def count_unreviewed(session: Session, owner: str) -> int:
    """Return how many undecided hits of high or medium tier an owner has."""
    return count_where(session, *view_counters("unreviewed"), hit_counts.c.owner == owner)
