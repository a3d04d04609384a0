"""Opening, upgrading and checking a database."""

import os
import sqlite3
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage.database import Database, open_database, upgrade
from storage.errors import DatabaseAbsent, DatabaseAway, DatabaseOutdated, NotSupported
from storage.listings import count_listings, load_listing, save_listing
from storage.schema import head_revision
from tests.storage.factories import START, make_listing


def test_an_absent_file_is_named_and_not_made(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    with pytest.raises(DatabaseAbsent, match=r"none\.db.*markwatch db upgrade"):
        open_database(f"sqlite:///{path}")
    assert not path.exists()


@pytest.mark.database
def test_an_absent_postgresql_database_is_named_without_its_password(postgres: str) -> None:
    from sqlalchemy import make_url  # noqa: PLC0415

    url = make_url(postgres).set(database="nowhere", password="open-sesame").render_as_string(hide_password=False)
    for act in (open_database, upgrade):
        with pytest.raises(DatabaseAbsent, match="nowhere") as caught:
            act(url)
        assert "open-sesame" not in str(caught.value)


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:", "not a url"])
def test_another_kind_of_database_is_refused(url: str) -> None:
    with pytest.raises(NotSupported):
        open_database(url)


def test_a_database_without_a_schema_is_outdated(empty_url: str) -> None:
    if empty_url.startswith("sqlite"):
        sqlite3.connect(empty_url.removeprefix("sqlite:///")).close()
    with pytest.raises((DatabaseOutdated, DatabaseAbsent), match="markwatch db upgrade"):
        open_database(empty_url)


def test_an_upgraded_database_opens_and_is_sound(empty_url: str) -> None:
    upgrade(empty_url)
    upgrade(empty_url)
    database = open_database(empty_url)
    assert database.check() == ()
    database.close()


@pytest.mark.parametrize(("revision", "advice"), [("0001", "markwatch db upgrade"), ("9999", "newer Markwatch")])
def test_a_schema_of_another_age_is_refused_with_advice(database: Database, revision: str, advice: str) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    with pytest.raises(DatabaseOutdated, match=advice) as caught:
        open_database(database.url)
    assert (caught.value.have, caught.value.want) == (revision, head_revision())
    assert database.check() == (f"schema {revision}, this program needs {head_revision()}",)


def test_a_newer_schema_is_not_touched_by_an_upgrade(database: Database) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseOutdated, match="newer Markwatch"):
        upgrade(database.url)


def test_a_read_session_refuses_to_write(database: Database) -> None:
    with pytest.raises(DBAPIError), database.read() as session:
        save_listing(session, make_listing(), None, START)


def test_a_failed_write_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.write() as session:
            save_listing(session, make_listing(), None, START)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.read() as session:
        assert count_listings(session) == 0


def test_a_reader_sees_one_moment_while_others_write(database: Database) -> None:
    with database.read() as reader:
        assert count_listings(reader) == 0
        with database.write() as writer:
            save_listing(writer, make_listing(), None, START)
        assert count_listings(reader) == 0
    with database.read() as reader:
        assert count_listings(reader) == 1


def test_connections_keep_their_safety_settings(database: Database) -> None:
    wanted = (
        {"journal_mode": "wal", "foreign_keys": "1", "synchronous": "2", "recursive_triggers": "1"}
        if database.url.startswith("sqlite")
        else {"statement_timeout": "15s", "lock_timeout": "5s", "timezone": "UTC"}
    )
    ask = "PRAGMA" if database.url.startswith("sqlite") else "SHOW"
    with database.write() as session:
        assert {name: str(session.scalar(text(f"{ask} {name}"))) for name in wanted} == wanted


def test_check_finds_a_damaged_file(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "damaged.db"
    whole = sqlite_template.read_bytes()
    with sqlite3.connect(sqlite_template) as connection:
        page_size, root = (
            connection.execute("PRAGMA page_size").fetchone()[0],
            connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'listings'").fetchone()[0],
        )
    connection.close()
    at = (root - 1) * page_size
    path.write_bytes(whole[:at] + b"\xff" * 64 + whole[at + 64 :])
    database = open_database(f"sqlite:///{path}")
    assert any("quick_check" in problem for problem in database.check())
    database.close()


@pytest.mark.fault
def test_eight_writers_are_never_told_that_the_database_is_locked(database: Database) -> None:
    seconds = 60 if os.environ.get("MARKWATCH_LONG") else 2
    problems: list[BaseException] = []
    written: list[str] = []
    stop = time.monotonic() + seconds

    def write(writer: int) -> None:
        try:
            count = 0
            while time.monotonic() < stop:
                listing = make_listing(f"{writer}-{count}")
                with database.write() as session:
                    save_listing(session, listing, None, START)
                written.append(listing.listing_id)
                with database.read() as session:
                    assert load_listing(session, "tiki_vn", listing.listing_id) is not None
                count += 1
        except BaseException as error:  # noqa: BLE001 - the test reports whatever a thread met
            problems.append(error)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with database.read() as session:
        assert count_listings(session) == len(written) > 0


def test_a_database_that_does_not_answer_is_away_and_what_was_asked_wrongly_is_not(database: Database) -> None:
    def ask_for_nothing_that_exists() -> None:
        with database.read() as session:
            session.execute(text("SELECT * FROM no_such_table"))

    with pytest.raises(DBAPIError):
        ask_for_nothing_that_exists()


def test_a_file_that_is_no_database_is_refused_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"this is no database" * 1000)
    with pytest.raises(DatabaseAway, match=r"notes\.txt.*not a database"):
        open_database(f"sqlite:///{path}")
    with pytest.raises(DatabaseAway, match=r"notes\.txt.*not a database"):
        upgrade(f"sqlite:///{path}")
    assert path.read_bytes() == b"this is no database" * 1000


def test_a_damaged_file_is_said_to_be_away_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "markwatch.db"
    url = f"sqlite:///{path}"
    upgrade(url)
    database = open_database(url)
    database.close()
    path.write_bytes(b"this is no database" * 1000)
    with pytest.raises(DatabaseAway, match=r"markwatch\.db"), database.read() as session:
        count_listings(session)


@pytest.mark.database
def test_a_server_that_ended_the_connection_is_away(postgres_url: str) -> None:
    upgrade(postgres_url)
    database = open_database(postgres_url)

    def lose_the_connection() -> None:
        with database.write() as session:
            session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(DatabaseAway, match=r"terminat|clos"):
        lose_the_connection()
    with database.read() as session:
        assert count_listings(session) == 0
    database.close()
