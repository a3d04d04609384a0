"""Kept counters of hits, so that no page counts the hits table."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from storage.tables import hit_counts, hits
from storage.upsert import upsert

# Where a session keeps the changes that are not yet in the table.
PENDING = "hit_count_changes"


class CountKey(NamedTuple):
    """What the hits of one counter have in common; `owner` is empty where none is known."""

    brand: str
    owner: str
    market: str
    track: str
    tier: str
    state: str
    spelling: str


def count_key(row: Mapping[Any, Any]) -> CountKey:
    """Return the counter that a row of the hits table belongs to."""
    return CountKey(*(row[name] or "" for name in CountKey._fields))


def count_change(
    session: Session, before: Mapping[Any, Any] | None, after: Mapping[Any, Any] | None, *, times: int = 1
) -> None:
    """Note that a hit (or `times` alike) left one counter and joined another; write() stores it on commit."""
    pending: Counter[CountKey] = session.info.setdefault(PENDING, Counter())
    if before is not None:
        pending[count_key(before)] -= times
    if after is not None:
        pending[count_key(after)] += times


def write_counts(session: Session) -> None:
    """Store the noted changes. Sorted, so that two writers on PostgreSQL never wait for each other in a ring."""
    pending: Counter[CountKey] = session.info.pop(PENDING, Counter())
    rows = [{**key._asdict(), "hits": change} for key, change in sorted(pending.items()) if change]
    if not rows:
        return
    statement = upsert(session, hit_counts)
    statement = statement.on_conflict_do_update(
        index_elements=list(CountKey._fields), set_={"hits": hit_counts.c.hits + statement.excluded.hits}
    )
    session.execute(statement, rows)


def count_where(session: Session, *conditions: ColumnElement[bool]) -> int:
    """Return how many hits the counters of those conditions hold."""
    write_counts(session)
    return int(session.scalar(select(func.coalesce(func.sum(hit_counts.c.hits), 0)).where(*conditions)) or 0)


def find_count_problems(session: Session) -> tuple[str, ...]:
    """Return a sentence for every counter that differs from the hits it counts."""
    names = CountKey._fields
    kept = {
        count_key(row): int(row["hits"])
        for row in session.execute(select(hit_counts).where(hit_counts.c.hits != 0)).mappings()
    }
    columns = [hits.c[name] for name in names]
    rows = session.execute(select(*columns, func.count().label("hits")).group_by(*columns)).mappings()
    true = {count_key(row): int(row["hits"]) for row in rows}
    return tuple(
        f"counter {' / '.join(key)}: kept {kept.get(key, 0)}, counted {true.get(key, 0)}"
        for key in sorted(kept.keys() | true.keys())
        if kept.get(key, 0) != true.get(key, 0)
    )
