"""Everything moves from SQLite to PostgreSQL, every row compared, or nothing does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.audit import record_audit
from storage.copying import CopyDiffers, NotEmpty, copy_database
from storage.database import Database, open_database, upgrade
from storage.decisions import record_decision
from storage.hits import count_hits, hit_id_of, load_hit, save_hits
from storage.listings import load_listing, save_listing
from storage.runs import open_run, record_event
from tests.storage.factories import START, make_hit, make_listing


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path / 'source.db'}"
    upgrade(url)
    opened = open_database(url)
    with opened.write() as session:
        for number in range(30):
            hit = make_hit(make_listing(f"{number}", title=f"kem ni.ke {number} ống 50ml đặc biệt"))
            save_listing(session, hit.listing, "run", START)
            save_hits(session, hit.listing, [hit], "run", START)
            if number % 3 == 0:
                record_decision(session, hit_id_of(hit.key), 1, "violation", "counterfeit", "an", START)
        run = open_run(session, "tiki_vn", {"query": "kem"}, START, "an")
        record_event(session, run.run_id, START, "robots", "read")
        record_audit(session, START, "an", "test", "1", {"what": "giá"})
    yield opened
    opened.close()


def test_every_row_arrives_and_the_copy_is_sound_and_goes_on_counting(source: Database, database: Database) -> None:
    copied = {one.table: one.rows for one in copy_database(source, database)}
    assert (copied["listings"], copied["hits"], copied["decisions"], copied["run_events"]) == (30, 30, 10, 1)
    assert database.check() == ()
    with source.read() as before, database.read() as after:
        assert count_hits(before) == count_hits(after)
        assert load_listing(before, "tiki_vn", "7") == load_listing(after, "tiki_vn", "7")
        hit_id = hit_id_of(make_hit(make_listing("3")).key)
        assert load_hit(before, hit_id) == load_hit(after, hit_id)
    with database.write() as session:
        # New rows are numbered after the copied ones, and the audit chain goes on.
        record_event(session, session.scalar(text("SELECT run_id FROM runs")) or "", START, "later", "x")
        record_audit(session, START, "an", "test", "2", {})
    assert database.check() == ()


def test_a_database_with_rows_is_not_copied_into(source: Database, database: Database) -> None:
    with database.write() as session:
        save_listing(session, make_listing("1"), None, START)
    with pytest.raises(NotEmpty, match="listings"):
        copy_database(source, database)


def test_a_difference_is_found_and_nothing_is_kept(
    source: Database, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = iter(["a", "b"])
    monkeypatch.setattr("storage.copying._digest", lambda _session, _table: (1, next(digests)))
    with pytest.raises(CopyDiffers):
        copy_database(source, database)
    with database.read() as session:
        assert load_listing(session, "tiki_vn", "7") is None
