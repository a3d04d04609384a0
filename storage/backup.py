"""Copying a SQLite database while it is in use, and putting a copy back."""

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import inspect

from storage.database import Database, make_engine, parse_url, sqlite_path
from storage.errors import DatabaseAbsent, NotSupported, StorageError
from storage.mail_people import load_pause, pause_stream
from storage.mail_tables import mail_facts
from storage.schema import known_revision


class BackupDamaged(StorageError):
    """The backup file is no whole database of ours; the message says why."""


def _file_of(url: str, other_tool: str) -> Path:
    path = sqlite_path(parse_url(url))
    if path is None:
        raise NotSupported(f"PostgreSQL has its own tools for this: use {other_tool}")
    return path


def backup(database: Database, path: Path) -> None:
    """Write a consistent copy of a SQLite database, also while others write to it.

    The copy appears under its name only when it is whole. PostgreSQL: NotSupported, use pg_dump.
    """
    source = _file_of(database.url, "pg_dump")
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as opened, closing(sqlite3.connect(part)) as copy:
        opened.backup(copy)
        # One file, without a journal beside it.
        copy.execute("PRAGMA journal_mode = DELETE")
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.rename(path)


def restore(url: str, path: Path) -> None:
    """Replace the content of a SQLite database by a backup's, all or nothing; the file is made if there is none.

    A damaged backup is refused before anything is changed. Run `upgrade` afterwards if the backup is older.
    PostgreSQL: NotSupported, use pg_restore.
    """
    target = _file_of(url, "pg_restore")
    if not path.is_file():
        raise DatabaseAbsent(f"sqlite:///{path}")
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as copy:
        _require_whole(copy, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(target, timeout=15)) as opened:
            copy.backup(opened)
            opened.execute("PRAGMA journal_mode = WAL")


def hold_mails(url: str, at: datetime) -> bool:
    """Pause the mails to brand owners in a restored database; return whether there is anything to pause.

    What left since the backup was made is unknown to it: it would be made and sent again.
    """
    engine = make_engine(parse_url(url))
    opened = Database(url, engine)
    try:
        if not inspect(engine).has_table(mail_facts.name):
            return False  # a backup from before there were such mails
        with opened.write() as session:
            if load_pause(session) is None:
                pause_stream(session, at, "restored from a backup: mails that left since would be sent again")
    finally:
        opened.close()
    return True


def _require_whole(copy: sqlite3.Connection, path: Path) -> None:
    try:
        problems = [str(row[0]) for row in copy.execute("PRAGMA integrity_check")]
        revision = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise BackupDamaged(f"{path}: {error}") from error
    if problems != ["ok"]:
        raise BackupDamaged(f"{path}: {problems[0]}")
    if revision is None or known_revision(str(revision[0])) is None:
        raise BackupDamaged(f"{path}: its schema {revision and revision[0]} is unknown to this program")
