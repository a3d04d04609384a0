"""An upgrade from any earlier schema keeps every row, also when it is killed midway and run again."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Float, Integer, LargeBinary, MetaData, Numeric, inspect
from sqlalchemy.engine import Engine
from sqlalchemy.exc import StatementError

from storage.column_types import canonical
from storage.database import make_engine, open_database, parse_url, upgrade
from storage.documents import listing_to_document
from storage.schema import _config, migrate
from tests.storage.factories import START, make_listing

pytestmark = [pytest.mark.fault, pytest.mark.timeout(1_800)]
LONG = os.environ.get("MARKWATCH_LONG") == "1"
ROWS = 500 if LONG else 4
KILLS = 3 if LONG else 1
REVISIONS = sorted(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())[:-1]
# Tables of the library of the queue and of the schema itself; sums and the audit chain, which only programs make right.
NOT_OURS = re.compile(r"procrastinate_|alembic_version$|.*_fts|sqlite_|search_|.*_counts$|audit$")
# None: another number for each row.
KINDS: tuple[tuple[type, object], ...] = (
    (Boolean, True), (DateTime, START), (Date, START.date()), (Float, 0.5), (Numeric, None), (Integer, None),
    (LargeBinary, b"x"), (JSON, {}),
)  # fmt: skip
HOLD_JSON = frozenset({"arguments", "counts", "facts", "data", "spans", "detail", "progress", "choices"})
# What a row has only after something happened to it.
FOLLOWING = frozenset({"undoes", "decision_id", "worker"})
MADE_BY_HAND = re.compile(r"_counts ")
# Tables that a later schema has not; their rows moved to the outbox.
GIVEN_UP = frozenset({"mails", "mail_hits"})
ONE_OF = re.compile(r"""(\w+)"?\)?(?:::text)? (?:IN \(|= ANY \(+ARRAY\[)'([^']+)'""")
UPGRADE = "import sys; from storage.database import upgrade; print('ready', flush=True); upgrade(sys.argv[1])"


def one_of(check: str) -> dict[str, str]:
    """Return, from a check such as `state IN ('a', 'b')`, a value that each column may have."""
    if ") = (" in check:
        return {}  # a rule between columns
    found = ONE_OF.findall(check)
    return dict(found)


def value_of(column: Column[Any], number: int, chosen: Mapping[str, str]) -> object:
    """Return a value that the column takes, another one for each row where it must be."""
    if column.name in chosen:
        return chosen[column.name]
    if column.name in {"document", "listing"}:
        document = listing_to_document(make_listing(str(number)))
        return document if isinstance(column.type, JSON) else canonical(document)
    for kind, value in KINDS:
        if isinstance(column.type, kind):
            return number + 1 if value is None else value
    return "{}" if column.name in HOLD_JSON else f"{number}"


def fill(engine: Engine) -> tuple[str, ...]:
    """Put rows into the tables of whatever schema is there, in the order of their references; return which took any."""
    metadata = MetaData()
    metadata.reflect(engine)
    inspector = inspect(engine)
    filled: list[str] = []
    with engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        for table in metadata.sorted_tables:
            if NOT_OURS.match(table.name):
                continue
            chosen: dict[str, str] = {}
            for check in inspector.get_check_constraints(table.name):
                chosen |= one_of(str(check["sqltext"]))
            # A rule over several columns (an undo names what it undoes) holds where the optional ones are empty.
            everything = list(table.columns)
            alone = [column for column in everything if not (column.nullable and column.name in FOLLOWING)]
            for columns in (everything, alone, [column for column in everything if not column.nullable]):
                rows = [{column.name: value_of(column, number, chosen) for column in columns} for number in range(ROWS)]
                try:
                    with connection.begin_nested():
                        connection.execute(table.insert(), rows)
                except StatementError:
                    continue
                filled.append(table.name)
                break
    return tuple(filled)


def rows_of(engine: Engine, tables: Sequence[str]) -> dict[str, list[dict[str, object]]]:
    """Return every row of those tables."""
    metadata = MetaData()
    metadata.reflect(engine, only=list(tables))
    found = {}
    with engine.connect() as connection:
        for name in tables:
            table = metadata.tables[name]
            query = table.select().order_by(*table.primary_key.columns)
            found[name] = [dict(row) for row in connection.execute(query).mappings()]
    return found


@pytest.mark.parametrize("revision", REVISIONS if LONG else REVISIONS[6::8])
def test_an_upgrade_from_an_earlier_schema_keeps_every_row_although_it_is_killed(empty_url: str, revision: str) -> None:
    engine = make_engine(parse_url(empty_url))
    with engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        migrate(connection, revision)
    filled = fill(engine)
    before = rows_of(engine, filled)
    assert {"listings", "owners", "marks", "price_observations", "sellers"} <= set(filled)
    assert revision < "0002" or {"hits", "decisions"} <= set(filled)
    engine.dispose()
    for kill in range(KILLS):
        with subprocess.Popen([sys.executable, "-c", UPGRADE, empty_url], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(0.1 + 0.1 * kill)
            process.send_signal(signal.SIGKILL)
    upgrade(empty_url)
    database = open_database(empty_url)
    problems = database.check()
    database.close()
    # The rows put in above were counted by nobody; all else must be sound.
    assert [one for one in problems if not MADE_BY_HAND.search(one)] == []
    engine = make_engine(parse_url(empty_url))
    now = set(inspect(engine).get_table_names())
    after = rows_of(engine, [name for name in filled if name in now])
    moved = rows_of(engine, ["outbox"])["outbox"]
    engine.dispose()
    assert set(filled) - now <= GIVEN_UP
    assert "mails" not in filled or len(moved) == ROWS
    for name, rows in after.items():
        kept = [
            {column: row[column] for column in row if column in old}
            for row, old in zip(rows, before[name], strict=True)
        ]
        same = [
            {column: old[column] for column in old if column in row}
            for row, old in zip(rows, before[name], strict=True)
        ]
        assert kept == same, name
