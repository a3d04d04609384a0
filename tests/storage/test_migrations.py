"""The migrations lead to the tables of the code, on both databases, or to nothing."""

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from storage.all_tables import load_metadata
from storage.database import make_engine, open_database, parse_url, upgrade
from storage.errors import StorageError

metadata = load_metadata()


# The queue's library looks after its own tables; the search index is no part of the tables: its migration makes it.
NOT_OURS = ("procrastinate_", "hit_words")


def is_ours(name: str | None, _kind: str, _parents: object) -> bool:
    return not (name or "").startswith(NOT_OURS)


def index_text(index: Any) -> dict[str, Any]:
    """Return an index with its condition as text, which the library gives as an object."""
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return {**index, "dialect_options": options}


def describe(url: str) -> dict[str, Any]:
    """Return everything that the database says about its tables, in a comparable form."""
    engine = create_engine(parse_url(url))
    inspector = inspect(engine)
    found: dict[str, Any] = {}
    for table in inspector.get_table_names():
        if table == "alembic_version" or table.startswith(NOT_OURS):
            continue
        found[table] = {
            "columns": [
                (column["name"], repr(column["type"]), column["nullable"], column["default"])
                for column in inspector.get_columns(table)
            ],
            "key": inspector.get_pk_constraint(table),
            "foreign": sorted(map(repr, inspector.get_foreign_keys(table))),
            "unique": sorted(map(repr, inspector.get_unique_constraints(table))),
            "checks": sorted(map(repr, inspector.get_check_constraints(table))),
            "indices": sorted(
                repr(index_text(index)) for index in inspector.get_indexes(table) if is_ours(index["name"], "", None)
            ),
        }
    engine.dispose()
    return found


def test_the_migrated_schema_is_the_schema_of_the_code(url: str, empty_url: str) -> None:
    engine = create_engine(parse_url(empty_url))
    metadata.create_all(engine)
    engine.dispose()
    described = describe(empty_url)
    assert set(described) == set(metadata.tables)
    assert describe(url) == described


def test_autogenerate_finds_nothing_to_migrate(url: str) -> None:
    engine = make_engine(parse_url(url))
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_name": is_ours}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_comparison_notices_a_superfluous_column(empty_url: str) -> None:
    upgrade(empty_url)
    engine = make_engine(parse_url(empty_url))
    with engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        connection.execute(text("ALTER TABLE owners ADD COLUMN extra TEXT"))
    with engine.connect() as connection:
        changes = compare_metadata(MigrationContext.configure(connection, opts={"include_name": is_ours}), metadata)
        assert [change[0] for change in changes] == ["remove_column"]
    engine.dispose()


@pytest.mark.fault
def test_an_upgrade_killed_halfway_can_be_run_again(empty_url: str) -> None:
    program = textwrap.dedent("""
        import sys
        from storage.database import upgrade
        print("ready", flush=True)
        sys.stdin.readline()
        upgrade(sys.argv[1])
        print("done", flush=True)
    """)
    for attempt in range(20 if os.environ.get("MARKWATCH_LONG") else 5):
        process = subprocess.Popen(
            [sys.executable, "-c", program, empty_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.stdin.write("\n")
        process.stdin.flush()
        time.sleep(0.03 * (attempt % 5 + 1))
        process.send_signal(signal.SIGKILL)
        acknowledged = process.stdout.read()
        process.wait()
        process.stdin.close()
        process.stdout.close()
        # All or nothing: either the new schema is whole, or there is none.
        try:
            database = open_database(empty_url)
        except StorageError:
            assert acknowledged == ""
        else:
            assert database.check() == ()
            database.close()
    upgrade(empty_url)
    database = open_database(empty_url)
    assert database.check() == ()
    database.close()


@pytest.mark.parametrize("table", ["decisions", "audit"])
def test_append_only_tables_have_their_triggers(sqlite_template: Any, table: str) -> None:
    connection = sqlite3.connect(sqlite_template)
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? ORDER BY name"
    assert [row[0] for row in connection.execute(query, (table,))] == [f"{table}_no_delete", f"{table}_no_update"]
    connection.close()
