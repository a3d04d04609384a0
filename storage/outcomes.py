"""The ground truth: what a person finally decided about a hit, with what the rules had said at that revision."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from records.decision import Decision
from records.hit import Hit
from storage.counts import count_outcome
from storage.review_tables import outcome_signals, outcomes
from storage.thresholds import flag_from, is_flagged


def record_outcome(
    session: Session, decision_id: int, row: Mapping[Any, Any], judged: Hit, decision: Decision, at: datetime
) -> None:
    """Keep that a decision became final. `judged` is the hit as the deciding person saw it, `row` its row."""
    brand = row["brand"]
    flagged = is_flagged(judged.tier, judged.score, flag_from(session, brand, judged.track))
    signals = sorted({evidence.signal for evidence in judged.evidence})
    values = {
        "hit_id": row["hit_id"],
        "mark_id": judged.mark_id,
        "brand": brand,
        "market": judged.listing.market,
        "track": judged.track,
        "score": judged.score,
        "tier": judged.tier,
        "flagged": flagged,
        "rule_version": judged.rule_version,
        "verdict": decision.verdict,
        "reason": decision.reason,
        "settled_at": at,
        "withdrawn_at": None,
    }
    known = session.scalar(select(outcomes.c.decision_id).where(outcomes.c.decision_id == decision_id))
    if known is None:
        session.execute(insert(outcomes).values(decision_id=decision_id, **values))
        if signals:
            session.execute(insert(outcome_signals), [{"decision_id": decision_id, "signal": one} for one in signals])
    else:  # settled once more, after a second opinion was taken back
        session.execute(update(outcomes).where(outcomes.c.decision_id == decision_id).values(values))
    if flagged:
        count_outcome(session, signals, brand, judged.listing.market, decision.verdict, 1)


def withdraw_outcome(session: Session, decision_id: int, at: datetime) -> None:
    """Note that a final decision was taken back; nothing happens where it was not final."""
    here = outcomes.c.decision_id == decision_id
    row = session.execute(select(outcomes).where(here, outcomes.c.withdrawn_at.is_(None))).mappings().one_or_none()
    if row is None:
        return
    session.execute(update(outcomes).where(here).values(withdrawn_at=at))
    if row["flagged"]:
        query = select(outcome_signals.c.signal).where(outcome_signals.c.decision_id == decision_id)
        count_outcome(session, tuple(session.scalars(query)), row["brand"], row["market"], row["verdict"], -1)
