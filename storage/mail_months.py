"""What a monthly report counts and lists: the hits confirmed in a month, and what its recipient was told."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select
from sqlalchemy.orm import Session

from storage.decisions import released
from storage.hit_records import StoredHit
from storage.mail_news import judged_hits
from storage.mail_tables import outbox, outbox_items
from storage.outbox import UNTOLD
from storage.report_tables import outbox_listed
from storage.tables import decisions, hits


def _settled(owner: str, brand: str, since: datetime, until: datetime, now: datetime, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(hits.join(decisions, decisions.c.decision_id == hits.c.decision_id))
        .where(hits.c.owner == owner, hits.c.brand == brand, *released(now))
        .where(hits.c.settled_at >= since, hits.c.settled_at < until)
    )


def load_released_in(
    session: Session, owner: str, brand: str, since: datetime, until: datetime, now: datetime, limit: int
) -> tuple[StoredHit, ...]:
    """Return the gravest hits in force that were decided in a period, each as the reviewer judged it; all released."""
    return judged_hits(session, _settled(owner, brand, since, until, now, hits, decisions.c.judged), limit)


def list_hits(session: Session, mail_id: int, hit_ids: Sequence[str]) -> None:
    """Note which hits a report lists: one that is taken back keeps the report from leaving."""
    if hit_ids:
        session.execute(insert(outbox_listed), [{"mail_id": mail_id, "hit_id": one} for one in sorted(set(hit_ids))])


def count_released(
    session: Session, owner: str, brand: str, since: datetime, until: datetime, now: datetime
) -> Mapping[tuple[str, str, str], int]:
    """Return how many hits in force were decided in a period, by marketplace, reason and tier; all released."""
    columns = (hits.c.market, decisions.c.reason, hits.c.tier)
    query = _settled(owner, brand, since, until, now, *columns, func.count().label("hits")).group_by(*columns)
    return {(row.market, row.reason, row.tier): int(row.hits) for row in session.execute(query)}


def count_told(session: Session, address_id: str, brand: str, since: datetime, until: datetime) -> Mapping[str, int]:
    """Return how many changes of each kind a recipient was told about a brand in a period."""
    query = (
        select(outbox_items.c.change, func.count().label("items"))
        .join(outbox, outbox.c.mail_id == outbox_items.c.mail_id)
        .where(outbox.c.address_id == address_id, outbox.c.brand == brand, outbox.c.state.not_in(UNTOLD))
        .where(outbox.c.queued_at >= since, outbox.c.queued_at < until)
        .group_by(outbox_items.c.change)
    )
    return {row.change: int(row.items) for row in session.execute(query)}
