"""Backups are whole, also under writers, and damaged ones change nothing."""

import threading
from pathlib import Path

import pytest

from storage.backup import BackupDamaged, backup, restore
from storage.database import Database, open_database
from storage.errors import DatabaseAbsent, NotSupported
from storage.hits import load_hit
from storage.listings import count_listings, save_listing
from tests.storage.factories import START, make_hit, make_listing, store


def test_a_backup_restores_what_was_there(database: Database, tmp_path: Path) -> None:
    (hit,) = store(database, make_hit(make_listing("1")))
    copy = tmp_path / "copy.db"
    if not database.url.startswith("sqlite"):
        with pytest.raises(NotSupported, match="pg_dump"):
            backup(database, copy)
        with pytest.raises(NotSupported, match="pg_restore"):
            restore(database.url, copy)
        return
    backup(database, copy)
    store(database, make_hit(make_listing("2")))
    assert {path.name for path in tmp_path.iterdir() if path.name.startswith("copy")} == {"copy.db"}
    for url in (database.url, f"sqlite:///{tmp_path / 'new' / 'place.db'}"):
        restore(url, copy)
        restored = open_database(url)
        with restored.read() as session:
            assert count_listings(session) == 1
            assert load_hit(session, hit.hit_id) == hit
        assert restored.check() == ()
        restored.close()


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + b"\x00" * 4096])
def test_a_damaged_backup_changes_nothing(sqlite_template: Path, tmp_path: Path, content: bytes) -> None:
    target, copy = tmp_path / "target.db", tmp_path / "copy.db"
    target.write_bytes(sqlite_template.read_bytes())
    copy.write_bytes(content)
    with pytest.raises(BackupDamaged, match=r"copy\.db"):
        restore(f"sqlite:///{target}", copy)
    assert target.read_bytes() == sqlite_template.read_bytes()
    with pytest.raises(DatabaseAbsent):
        restore(f"sqlite:///{target}", tmp_path / "none.db")


@pytest.mark.fault
def test_every_backup_under_writers_is_sound(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "busy.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = open_database(f"sqlite:///{path}")
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            store(database, make_hit(make_listing(str(number))), at=START)
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    counts = []
    try:
        for number in range(10):
            copy = tmp_path / f"copy-{number}.db"
            backup(database, copy)
            opened = open_database(f"sqlite:///{copy}")
            assert opened.check() == ()
            with opened.write() as session:
                counts.append(count_listings(session))
                save_listing(session, make_listing("again"), None, START)
            opened.close()
    finally:
        stop.set()
        writer.join()
    database.close()
    assert counts == sorted(counts)
    assert counts[-1] > 0
