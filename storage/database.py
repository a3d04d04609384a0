"""Opening a database: the engine, its settings on SQLite and PostgreSQL, read and write transactions."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from storage.checks import find_problems
from storage.contact_key import KeySource
from storage.counts import write_counts
from storage.errors import DatabaseAbsent, DatabaseAway, DatabaseOutdated, NotSupported
from storage.schema import head_revision, known_revision, migrate, read_revision
from storage.search import index_words

__all__ = ["Database", "Session", "make_engine", "open_database", "parse_url", "sqlite_path", "upgrade"]

# What every SQLite connection is told, in this order. FULL: an acknowledged commit survives a power cut.
# recursive_triggers: without it INSERT OR REPLACE would delete append-only rows unseen by their triggers.
SQLITE_PRAGMAS: dict[str, str] = {
    "busy_timeout": "15000",
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "recursive_triggers": "ON",
    "trusted_schema": "OFF",
    "cache_size": "-32000",
}
# What every PostgreSQL connection is told, in milliseconds where it is a time. Exports read page by page within one
# transaction, hence the minute of idleness.
POSTGRES_SETTINGS: dict[str, str] = {
    "statement_timeout": "15000",
    "lock_timeout": "5000",
    "idle_in_transaction_session_timeout": "60000",
    "timezone": "UTC",
}
# A reader sees one moment, however many queries it asks, and cannot write.
SQLITE_READING: dict[str, Any] = {"sqlite_begin": "DEFERRED"}
POSTGRES_READING: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
# Busy, locked, input or output error, damaged, full, cannot open, no database (https://www.sqlite.org/rescode.html).
SQLITE_AWAY = frozenset({5, 6, 10, 11, 13, 14, 26})
# Connection lost, resources short, operator intervened (PostgreSQL error classes 08, 53, 57).
POSTGRES_AWAY = frozenset({"08", "53", "57"})
# With less room than this an error of SQLite's is most likely about the room.
LITTLE_ROOM_BYTES = 1_000_000
POSTGRES_POOL: dict[str, Any] = {"pool_size": 5, "max_overflow": 5, "pool_pre_ping": True}
# The connection used last first: each that is used fills a page cache of its own.
SQLITE_POOL: dict[str, Any] = {"pool_size": 8, "max_overflow": 32, "pool_use_lifo": True}


class Database:
    """An open database whose schema fits this program. One per process; never carried across a fork."""

    def __init__(self, url: str, engine: Engine, contact_key: KeySource | None = None) -> None:
        self.url = url
        self._engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        reading = SQLITE_READING if self.is_sqlite else POSTGRES_READING
        info = {"contact_key": contact_key}
        self._readers = sessionmaker(engine.execution_options(**reading), info=info)
        self._writers = sessionmaker(engine.execution_options(sqlite_begin="IMMEDIATE"), info=info)
        # SQLite has one writer; threads of this process queue here in order, instead of sleeping in its busy handler.
        self._turn: threading.Lock | nullcontext[None] = threading.Lock() if self.is_sqlite else nullcontext()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session that sees one moment of the database and refuses to write."""
        with self._said_plainly(), self._readers() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session whose changes are all kept when the block ends, and none when it raises."""
        with self._said_plainly(), self._turn, self._writers() as session, session.begin():
            session.info["writable"] = True
            yield session
            write_counts(session)
            index_words(session)

    @contextmanager
    def _said_plainly(self) -> Iterator[None]:
        """Turn the driver's error about the database itself into DatabaseAway; errors of the work pass through."""
        try:
            yield
        except DatabaseError as error:
            if not _is_away(error):
                raise
            raise DatabaseAway(self.url, _problem(self.url, error)) from error

    def check(self) -> tuple[str, ...]:
        """Return every problem of the file, the schema, the kept counters and the audit chain; empty when sound."""
        with self.read() as session:
            return find_problems(session)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _is_away(error: DatabaseError) -> bool:
    """Say whether the error is about the database itself, not about what it was asked."""
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in SQLITE_AWAY
    state = getattr(error.orig, "sqlstate", None)
    return isinstance(error, OperationalError) and (state is None or state[:2] in POSTGRES_AWAY)


def _problem(url: str, error: DatabaseError) -> str:
    """Return the driver's first line; on a full disk, which SQLite often calls an input or output error, that too."""
    problem = str(error.orig).strip().partition("\n")[0]
    path = sqlite_path(make_url(url))
    if path is None or not path.parent.is_dir():
        return problem
    free = shutil.disk_usage(path.parent).free
    return problem if free >= LITTLE_ROOM_BYTES else f"{problem}; the disk is full ({free:,} bytes are free)"


def open_database(url: str, contact_key: KeySource | None = None) -> Database:
    """Return the database at the URL; raise DatabaseAbsent or DatabaseOutdated. Never creates anything.

    Without the source of the installation's contact key, no contact data of sellers is kept.
    """
    parsed = parse_url(url)
    path = sqlite_path(parsed)
    if path is not None and not path.is_file():
        raise DatabaseAbsent(url)
    engine = make_engine(parsed)
    try:
        with engine.connect() as connection:
            have = read_revision(connection)
    except DatabaseError as error:
        engine.dispose()
        raise (DatabaseAbsent if path is None else DatabaseAway)(url, _problem(url, error)) from error
    want = head_revision()
    if have != want:
        engine.dispose()
        raise DatabaseOutdated(url, have or "none", want, newer=have is not None and known_revision(have) is None)
    return Database(url, engine, contact_key)


def upgrade(url: str) -> None:
    """Make the database (a SQLite file) where there is none, and bring its schema to this program's.

    The whole upgrade is one transaction: interrupted, it leaves what was there. A PostgreSQL database must exist.
    """
    parsed = parse_url(url)
    path = sqlite_path(parsed)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    engine = make_engine(parsed, statement_timeout="0")
    try:
        # A table that is written anew must not take the rows that point at it along; they are looked at afterwards.
        with engine.execution_options(sqlite_begin="IMMEDIATE", sqlite_references="OFF").begin() as connection:
            have = read_revision(connection)
            if have is not None and known_revision(have) is None:
                raise DatabaseOutdated(url, have, head_revision(), newer=True)
            migrate(connection)
            if path is not None and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise NotSupported(
                    f"{url}: rows point to missing rows; run `markwatch db check` with the older program"
                )
    except DatabaseError as error:
        raise (DatabaseAbsent if path is None else DatabaseAway)(url, _problem(url, error)) from error
    finally:
        engine.dispose()


def parse_url(url: str) -> URL:
    """Return the parsed URL, with the psycopg driver for PostgreSQL; raise NotSupported for other databases."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise NotSupported(f"{url!r} is not a database URL such as sqlite:///markwatch.db") from error
    kind = parsed.get_backend_name()
    if kind == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if kind != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise NotSupported(f"{url!r}: the database is a SQLite file or a PostgreSQL database")
    return parsed


def sqlite_path(parsed: URL) -> Path | None:
    """Return the file of a SQLite URL, None for PostgreSQL."""
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def make_engine(parsed: URL, **settings: str) -> Engine:
    """Return an engine with the settings of its kind of database; `settings` override those of PostgreSQL."""
    if parsed.get_backend_name() == "postgresql":
        options = " ".join(f"-c {name}={value}" for name, value in (POSTGRES_SETTINGS | settings).items())
        arguments: dict[str, Any] = {"options": options, "connect_timeout": 5}
        return create_engine(parsed, connect_args=arguments, **POSTGRES_POOL)
    engine = create_engine(parsed, connect_args={"timeout": 15}, **SQLITE_POOL)
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transactions start too late and end at schema changes; BEGIN is sent by _begin_sqlite instead.
    connection.isolation_level = None
    for name, value in SQLITE_PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once, so that it can never fail halfway when another writer was first.
    begin = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if begin == 'IMMEDIATE' else 'ON'}")
    # Outside a transaction only, which is why it is told before each.
    references = connection.get_execution_options().get("sqlite_references", "ON")
    connection.exec_driver_sql(f"PRAGMA foreign_keys = {references}")
    connection.exec_driver_sql(f"BEGIN {begin}")
