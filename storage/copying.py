"""Moves everything from one database to another, SQLite to PostgreSQL as a rule, and compares what arrived."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Integer, Table, func, insert, select, text
from sqlalchemy.orm import Session

from storage.all_tables import load_metadata
from storage.database import Database
from storage.errors import StorageError

BATCH = 1_000


class NotEmpty(StorageError):
    """The database to copy into holds rows already; nothing was copied."""


class CopyDiffers(StorageError):
    """What arrived is not what was sent; nothing of it was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedTable:
    """One table that was copied and compared."""

    table: str
    """Its name."""
    rows: int
    """How many rows it has on both sides."""
    sha256: str
    """Hash of all its rows in the order of their key, equal on both sides."""


def copy_database(
    source: Database, target: Database, say: Callable[[str, int], None] = lambda _table, _rows: None
) -> tuple[CopiedTable, ...]:
    """Copy every row of every table in one transaction, compare both sides row by row, and return what was copied.

    The source is read as it is at one moment. The target must have the same schema and be empty; on any difference
    nothing is kept. `say` hears of each table while it is copied.
    """
    tables = load_metadata().sorted_tables
    with source.read() as reader, target.write() as writer:
        filled = [table.name for table in tables if writer.scalar(select(func.count()).select_from(table))]
        if filled:
            raise NotEmpty(f"the database to copy into is not empty: {', '.join(filled)}")
        copied: list[CopiedTable] = []
        for table in tables:
            for rows in _batches(reader, table):
                writer.execute(insert(table), rows)
                say(table.name, len(rows))
            _continue_numbers(writer, table)
        for table in tables:
            sent, arrived = _digest(reader, table), _digest(writer, table)
            if sent != arrived:
                raise CopyDiffers(f"table {table.name}: {sent[0]} rows were sent, {arrived[0]} arrived, or they differ")
            copied.append(CopiedTable(table=table.name, rows=sent[0], sha256=sent[1]))
        writer.info.clear()  # counters were copied as rows; nothing is to be counted again
    return tuple(copied)


def _batches(session: Session, table: Table) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows in the order of their key, a batch at a time."""
    query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=BATCH)
    for part in session.execute(query).mappings().partitions(BATCH):
        yield [dict(row) for row in part]


def _digest(session: Session, table: Table) -> tuple[int, str]:
    """Return how many rows the table has and the hash of all of them, sorted by what they say, on any database."""
    total = 0
    found = 0
    for rows in _batches(session, table):
        total += len(rows)
        for row in rows:
            # Added up, because two databases may order texts differently.
            said = repr([(name, _plain(value)) for name, value in sorted(row.items())])
            found += int.from_bytes(hashlib.sha256(said.encode()).digest(), "big")
    return total, f"{found % 2**256:064x}"


def _plain(value: object) -> object:
    """Return the value in a form that is the same whichever database gave it."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return bytes(value) if isinstance(value, bytes | bytearray | memoryview) else value


def _continue_numbers(session: Session, table: Table) -> None:
    """Let PostgreSQL number new rows after the copied ones."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for column in table.primary_key.columns:
        if not isinstance(column.type, Integer) or column.autoincrement is not True:
            continue
        highest = session.scalar(select(func.max(column)))
        if highest is not None:
            statement = text("SELECT setval(pg_get_serial_sequence(:table, :column), :highest)")
            session.execute(statement, {"table": table.name, "column": column.name, "highest": highest})
