"""Moving a hit from one state to another: its row, its shelf and its counters together."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from records.decision import Verdict
from storage.counts import count_change
from storage.errors import NotFound
from storage.tables import hits
from storage.thresholds import shelf_of

STATE_AFTER: Final[dict[Verdict, str]] = {"violation": "confirmed", "no_violation": "rejected", "unsure": "unsure"}
# States whose decision is final.
SETTLED: Final = frozenset(STATE_AFTER.values())


def lock_hit(session: Session, hit_id: str) -> Mapping[Any, Any]:
    """Return the hit's row, which nobody else changes until the transaction ends; raise NotFound."""
    query = select(hits).where(hits.c.hit_id == hit_id).with_for_update()
    row = session.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no hit {hit_id!r}")
    return row


def set_state(
    session: Session,
    before: Mapping[Any, Any],
    actor: str,
    at: datetime,
    state: str,
    decision_id: int | None,
    **more: Any,
) -> Mapping[Any, Any]:
    """Give the hit a state and its decision, and return its row as it is then."""
    values = {
        "state": state,
        "shelf": shelf_of(state, before["tier"], flagged=before["flagged"]),
        "decision_id": decision_id,
        "settled_at": at if state in SETTLED else None,
        "revision": before["revision"] + 1,
        "revised_at": at,
        "revised_by": actor,
        **more,
    }
    session.execute(update(hits).where(hits.c.hit_id == before["hit_id"]).values(values))
    after = {**before, **values}
    count_change(session, before, after)
    return after
