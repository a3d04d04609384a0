"""The audit trail: rows that are only added, each bound to the one before by its hash."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from json.encoder import encode_basestring
from typing import Any

from sqlalchemy import insert, or_, select, text
from sqlalchemy.orm import Session

from storage.column_types import canonical, storable, storable_document
from storage.tables import audit

# Any fixed number: writers of the chain wait for each other on it, on PostgreSQL (SQLite has one writer anyway).
CHAIN_LOCK = 7_290_002
# The hash before the first row.
GENESIS = "0" * 64
WRITE_BATCH = 1_000
READ_BATCH = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One thing that was done."""

    sequence: int
    """1 for the first row, without gaps."""
    at: datetime
    """Aware UTC."""
    actor: str
    """Log-in name or command."""
    action: str
    """What was done: a verb and its object, such as hit.decide."""
    subject: str
    """What it was done to: the id of a hit, user, schedule, ..."""
    data: Mapping[str, object]
    """Further facts; JSON values."""
    previous_sha256: str
    """Hash of the row before; zeros for the first."""
    row_sha256: str
    """Hash of the previous hash and this row's canonical JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditProblem:
    """A place where the chain is broken."""

    sequence: int
    """The first row that is wrong."""
    problem: str
    """What is wrong with it."""

    def __str__(self) -> str:
        return f"audit row {self.sequence}: {self.problem}"


def _hash_of(row: Mapping[Any, Any]) -> str:
    """Return the hash that a row must have: of the previous row's hash and its own canonical JSON."""
    said = {name: row[name] for name in ("sequence", "actor", "action", "subject", "data")}
    said["at"] = _iso(row["at"])
    return hashlib.sha256(f"{row['previous_sha256']}\n{canonical(said)}".encode()).hexdigest()


def hold_chain(session: Session) -> None:
    """Make other writers of the chain wait until this transaction ends; taken before any row is locked."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CHAIN_LOCK})


def load_audit_head(session: Session) -> tuple[int, str]:
    """Return number and hash of the last row, (0, zeros) before the first. Kept outside, it shows a cut-off tail."""
    row = session.execute(
        select(audit.c.sequence, audit.c.row_sha256).order_by(audit.c.sequence.desc()).limit(1)
    ).one_or_none()
    return (0, GENESIS) if row is None else (row.sequence, row.row_sha256)


def record_audit(
    session: Session, at: datetime, actor: str, action: str, subject: str, data: Mapping[str, object] | None = None
) -> AuditRow:
    """Add a row to the end of the chain and return it."""
    hold_chain(session)
    sequence, previous = load_audit_head(session)
    values: dict[str, Any] = {
        "sequence": sequence + 1,
        "at": at.astimezone(UTC),
        "actor": storable(actor),
        "action": storable(action),
        "subject": storable(subject),
        "data": storable_document(dict(data or {})),
        "previous_sha256": previous,
    }
    row = AuditRow(**values, row_sha256=_hash_of(values))
    session.execute(insert(audit).values({name: getattr(row, name) for name in AuditRow.__slots__}))
    return row


def write_rows(session: Session, rows: Iterable[tuple[datetime, str, str, str, Mapping[str, object]]]) -> int:
    """Add many rows (at, actor, action, subject, data) to the end of the chain at once; return how many."""
    hold_chain(session)
    sequence, previous = load_audit_head(session)
    batch: list[dict[str, Any]] = []
    count = 0
    for at, actor, action, subject, data in rows:
        sequence += 1
        values: dict[str, Any] = {
            "sequence": sequence,
            "at": at.astimezone(UTC),
            "actor": storable(actor),
            "action": storable(action),
            "subject": storable(subject),
            "data": storable_document(dict(data)),
            "previous_sha256": previous,
        }
        previous = _hash_of(values)
        batch.append(values | {"row_sha256": previous})
        count += 1
        if len(batch) >= WRITE_BATCH:
            session.execute(insert(audit), batch)
            batch = []
    if batch:
        session.execute(insert(audit), batch)
    return count


def verify_audit(session: Session, head: tuple[int, str] | None = None) -> tuple[AuditProblem, ...]:
    """Return where the chain is broken, first place first; empty when every row is as it was written.

    With a `head` kept from load_audit_head, rows missing from the end are found as well.
    """
    expected, previous = 1, GENESIS
    for sequence, at, actor, action, subject, data, before, kept in _stored_rows(session):
        try:
            digest = _hash_of_stored(sequence, at, actor, action, subject, data, before)
        except (TypeError, AttributeError, UnicodeEncodeError):
            # SQLite lets whoever writes past this program put a number or bytes where text belongs.
            digest = ""
        problem = _problem_of(sequence, before, kept, expected, previous, digest)
        if problem is None and head is not None and sequence == head[0] and digest != head[1]:
            problem = "is not the row that the kept head names"
        if problem is not None:
            return (AuditProblem(sequence=expected, problem=problem),)
        expected, previous = expected + 1, digest
    if head is not None and head[0] >= expected:
        return (AuditProblem(sequence=expected, problem=f"missing, and all up to the kept head {head[0]}"),)
    return ()


def _stored_rows(session: Session) -> Iterator[tuple[Any, ...]]:
    """Yield the rows in order as the database keeps them, without making objects of a million documents and times."""
    columns = "sequence, at, actor, action, subject, data, previous_sha256, row_sha256"
    # Options of this statement alone: those of the connection would stay with it.
    options = {"stream_results": True, "max_row_buffer": READ_BATCH}
    statement = f"SELECT {columns} FROM audit ORDER BY sequence"  # noqa: S608 - own constants only
    with session.connection().exec_driver_sql(statement, execution_options=options) as result:
        for batch in result.partitions(READ_BATCH):
            yield from map(tuple, batch)


def _hash_of_stored(
    sequence: int, at: str | datetime, actor: str, action: str, subject: str, data: str, previous: str
) -> str:
    """Return what _hash_of returns, from the columns as they are kept: the document is canonical JSON already.

    Written out key by key in the order that canonical JSON sorts them. Another spelling of a document is a change.
    """
    moment = f"{at.replace(' ', 'T', 1)}+00:00" if isinstance(at, str) else _iso(at)
    said = (
        f'{previous}\n{{"action":{encode_basestring(action)},"actor":{encode_basestring(actor)},"at":"{moment}",'
        f'"data":{data},"sequence":{sequence},"subject":{encode_basestring(subject)}}}'
    )
    return hashlib.sha256(said.encode()).hexdigest()


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _problem_of(sequence: int, before: str, kept: str, expected: int, previous: str, digest: str) -> str | None:
    if sequence != expected:
        return f"missing; the next row is {sequence}"
    if before != previous:
        return "does not follow the row before it"
    return None if kept == digest else "was changed after it was written"


def load_audit(session: Session, subject: str | None = None, limit: int = 1_000) -> tuple[AuditRow, ...]:
    """Return the rows about a subject, or all, oldest first; at most the `limit` newest."""
    query = select(audit).order_by(audit.c.sequence.desc()).limit(limit)
    if subject is not None:
        query = query.where(audit.c.subject == subject)
    rows = session.execute(query).mappings().all()
    return tuple(AuditRow(**row) for row in reversed(rows))


def load_audit_page(
    session: Session,
    before: int | None,
    limit: int,
    *,
    after: int | None = None,
    subject: str | None = None,
    actor: str | None = None,
    action: str | None = None,
) -> tuple[tuple[AuditRow, ...], bool]:
    """Return a page of the trail and whether more follows.

    Newest first, from the row before `before`; with `after` oldest first, from the row behind it. `action` also takes
    the first word of a kind, such as user.
    """
    order = audit.c.sequence.desc() if after is None else audit.c.sequence
    query = select(audit).order_by(order).limit(limit + 1)
    if before is not None:
        query = query.where(audit.c.sequence < before)
    if after is not None:
        query = query.where(audit.c.sequence > after)
    if subject is not None:
        query = query.where(audit.c.subject == storable(subject))
    if actor is not None:
        query = query.where(audit.c.actor == storable(actor))
    if action is not None:
        query = query.where(
            or_(audit.c.action == storable(action), audit.c.action.startswith(f"{action}.", autoescape=True))
        )
    rows = session.execute(query).mappings().all()
    return tuple(AuditRow(**row) for row in rows[:limit]), len(rows) > limit
