"""Kept counters of hits, so that no page counts the hits table."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Table, case, delete, func, insert, select
from sqlalchemy.orm import Session

from records.decision import Verdict
from storage.review_tables import ledger_counts, outcome_signals, outcomes, seller_counts
from storage.tables import hit_counts, hit_evidence, hits
from storage.upsert import upsert

# Where a session keeps the changes that are not yet in the tables.
PENDING = "hit_count_changes"
OPEN_SHELVES: Final = ("unreviewed", "second_look", "disputed")
OUTCOME_OF: Final[dict[Verdict, str]] = {"violation": "confirmed", "no_violation": "rejected", "unsure": "unsure"}


class CountKey(NamedTuple):
    """What the hits of one counter have in common; `owner` is empty where none is known."""

    brand: str
    owner: str
    market: str
    track: str
    tier: str
    state: str
    spelling: str
    shelf: str


class SellerKey(NamedTuple):
    """The hits of one seller."""

    market: str
    seller_id: str
    brand: str
    shelf: str


class LedgerKey(NamedTuple):
    """What became of the hits that a signal helped to flag."""

    signal: str
    brand: str
    market: str
    outcome: str


Key = CountKey | SellerKey | LedgerKey
TABLES: Final[dict[type[Key], Table]] = {CountKey: hit_counts, SellerKey: seller_counts, LedgerKey: ledger_counts}


def _keys_of(row: Mapping[Any, Any]) -> Iterator[Key]:
    """Yield every counter that a row of the hits table belongs to."""
    yield CountKey(*(row[name] or "" for name in CountKey._fields))
    if row["seller_id"] is not None:
        yield SellerKey(*(row[name] for name in SellerKey._fields))
    if row["flagged"] and (row["shelf"] in OPEN_SHELVES or row["shelf"] == "lapsed"):
        outcome = "open" if row["shelf"] in OPEN_SHELVES else "gone"
        for signal in filter(None, row["signals"].split(",")):
            yield LedgerKey(signal, row["brand"], row["market"], outcome)


def _pending(session: Session) -> dict[type[Key], Counter[Key]]:
    found: dict[type[Key], Counter[Key]] = session.info.setdefault(PENDING, {kind: Counter() for kind in TABLES})
    return found


def count_change(session: Session, before: Mapping[Any, Any] | None, after: Mapping[Any, Any] | None) -> None:
    """Note that a hit left its counters and joined others; write() stores it on commit."""
    pending = _pending(session)
    for row, step in ((before, -1), (after, 1)):
        for key in () if row is None else _keys_of(row):
            pending[type(key)][key] += step


def count_outcome(
    session: Session, signals: Sequence[str], brand: str, market: str, verdict: Verdict, step: int
) -> None:
    """Note that a flagged hit was settled with that verdict (step 1), or that this was withdrawn (step -1)."""
    pending = _pending(session)
    for signal in signals:
        pending[LedgerKey][LedgerKey(signal, brand, market, OUTCOME_OF[verdict])] += step


def write_counts(session: Session) -> None:
    """Store the noted changes. Sorted, so that two writers on PostgreSQL never wait for each other in a ring."""
    pending = session.info.pop(PENDING, {})
    for kind, changes in pending.items():
        rows = [{**key._asdict(), "hits": change} for key, change in sorted(changes.items()) if change]
        if not rows:
            continue
        table = TABLES[kind]
        statement = upsert(session, table)
        statement = statement.on_conflict_do_update(
            index_elements=list(kind._fields), set_={"hits": table.c.hits + statement.excluded.hits}
        )
        session.execute(statement, rows)


def count_where(session: Session, *conditions: ColumnElement[bool]) -> int:
    """Return how many hits the counters of those conditions hold."""
    write_counts(session)
    return int(session.scalar(select(func.coalesce(func.sum(hit_counts.c.hits), 0)).where(*conditions)) or 0)


def _true_rows(session: Session, brands: Sequence[str] | None) -> Iterator[tuple[Key, int]]:
    """Yield what the counters must hold, counted from the hits and the settled outcomes themselves."""

    def limited(column: Any) -> list[ColumnElement[bool]]:
        return [] if brands is None else [column.in_(brands)]

    names: list[Any] = [
        hits.c[name] if name != "owner" else func.coalesce(hits.c.owner, "").label(name) for name in CountKey._fields
    ]
    for row in session.execute(select(*names, func.count()).where(*limited(hits.c.brand)).group_by(*names)):
        yield CountKey(*row[:-1]), row[-1]
    names = [hits.c[name] for name in SellerKey._fields]
    counted = select(*names, func.count()).where(hits.c.seller_id.is_not(None), *limited(hits.c.brand)).group_by(*names)
    for row in session.execute(counted):
        yield SellerKey(*row[:-1]), row[-1]
    fired = select(hit_evidence.c.hit_id, hit_evidence.c.signal).distinct().subquery()
    outcome = case((hits.c.shelf.in_(OPEN_SHELVES), "open"), else_="gone").label("outcome")
    names = [fired.c.signal, hits.c.brand, hits.c.market, outcome]
    waiting = hits.c.flagged & (hits.c.shelf.in_((*OPEN_SHELVES, "lapsed")))
    counted = select(*names, func.count()).join(fired, fired.c.hit_id == hits.c.hit_id).where(waiting)
    for row in session.execute(counted.where(*limited(hits.c.brand)).group_by(*names)):
        yield LedgerKey(*row[:-1]), row[-1]
    settled = case(OUTCOME_OF, value=outcomes.c.verdict).label("outcome")
    names = [outcome_signals.c.signal, outcomes.c.brand, outcomes.c.market, settled]
    counted = select(*names, func.count()).join(outcomes, outcomes.c.decision_id == outcome_signals.c.decision_id)
    counted = counted.where(outcomes.c.flagged, outcomes.c.withdrawn_at.is_(None), *limited(outcomes.c.brand))
    for row in session.execute(counted.group_by(*names)):
        yield LedgerKey(*row[:-1]), row[-1]


def recount(session: Session, brands: Sequence[str]) -> None:
    """Write the counters of those brands anew, after many of their hits changed at once."""
    write_counts(session)
    true = list(_true_rows(session, brands))
    for kind, table in TABLES.items():
        session.execute(delete(table).where(table.c.brand.in_(brands)))
        rows = [{**key._asdict(), "hits": count} for key, count in true if type(key) is kind]
        if rows:
            session.execute(insert(table), rows)


def find_count_problems(session: Session) -> tuple[str, ...]:
    """Return a sentence for every counter that differs from the hits it counts."""
    true: dict[type[Key], dict[Key, int]] = {kind: {} for kind in TABLES}
    for key, count in _true_rows(session, None):
        true[type(key)][key] = count
    problems: list[str] = []
    for kind, table in TABLES.items():
        rows = session.execute(select(table).where(table.c.hits != 0)).mappings()
        kept = {kind(*(row[name] for name in kind._fields)): int(row["hits"]) for row in rows}
        problems += [
            f"{table.name} {' / '.join(key)}: kept {kept.get(key, 0)}, counted {true[kind].get(key, 0)}"
            for key in sorted(kept.keys() | true[kind].keys())
            if kept.get(key, 0) != true[kind].get(key, 0)
        ]
    return tuple(problems)
