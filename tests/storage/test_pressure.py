"""Many writers and readers at once: nobody is told that the database is locked; and every commit may fail once."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from storage.database import Database
from storage.decisions import record_decision
from storage.errors import DatabaseAway
from storage.hits import HitFilter, hit_id_of, load_hit, load_queue, save_hits
from storage.jobs import claim_job, finish_job, load_jobs, open_job
from storage.listings import count_listings, load_listing, load_prices, save_listing
from storage.runs import close_run, load_runs, open_run, record_event, start_run
from tests.storage.factories import START, make_hit, make_listing

LONG = bool(os.environ.get("MARKWATCH_LONG"))


@pytest.mark.fault
def test_eight_writers_and_eight_readers_are_never_told_that_the_database_is_locked(database: Database) -> None:
    until = time.monotonic() + (60 if LONG else 4)
    problems: list[str] = []
    written: list[str] = []
    slowest = [0.0]

    def write(name: int) -> None:
        number = 0
        while time.monotonic() < until:
            listing = make_listing(f"{name}-{number}")
            began = time.monotonic()
            try:
                with database.write() as session:
                    save_listing(session, listing, None, START)
                written.append(listing.listing_id)
            except Exception as problem:  # noqa: BLE001 - whatever it is, it is what the test looks for
                problems.append(str(problem))
            slowest[0] = max(slowest[0], time.monotonic() - began)
            number += 1

    def read() -> None:
        while time.monotonic() < until:
            try:
                with database.read() as session:
                    count_listings(session)
                    load_queue(session, HitFilter())
            except Exception as problem:  # noqa: BLE001 - as above
                problems.append(str(problem))

    threads = [threading.Thread(target=write, args=(name,)) for name in range(8)]
    threads += [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert slowest[0] < 15
    with database.read() as session:
        assert count_listings(session) == len(written) > 8


@contextmanager
def failing(database: Database, place: int) -> Iterator[list[int]]:
    """Let the statement of that number fail as a lost connection does; the list counts them."""
    counted = [0]

    def fail(*arguments: object) -> None:
        counted[0] += 1
        if counted[0] == place:
            raise OperationalError(str(arguments[2]), None, _Lost())

    event.listen(database._engine, "before_cursor_execute", fail)
    try:
        yield counted
    finally:
        event.remove(database._engine, "before_cursor_execute", fail)


class _Lost(Exception):
    sqlstate = "08006"
    sqlite_errorcode = 10


def one_cycle(database: Database) -> None:
    """Do what a crawl, a reviewer and a worker do, in transactions as they do them; doing it twice changes nothing."""
    hit = make_hit(make_listing("1"))
    with database.write() as session:
        if not load_runs(session):
            run = open_run(session, "tiki_vn", {}, START, "an")
            start_run(session, run.run_id, START, 1)
            record_event(session, run.run_id, START, "robots", "read")
    with database.write() as session:
        save_listing(session, hit.listing, "run", START)
        save_hits(session, hit.listing, [hit], "run", START)
    with database.write() as session:
        stored = load_hit(session, hit_id_of(hit.key))
        if stored.decision is None:
            record_decision(session, stored.hit_id, stored.revision, "violation", "counterfeit", "an", START)
    with database.write() as session:
        open_job(session, "digests", "digests 1", START, created_by="an")
    with database.write() as session:
        (job,) = load_jobs(session)
        claimed = claim_job(session, job.job_id, "w", START)
        if claimed is not None:
            finish_job(session, claimed, START)
    with database.write() as session:
        close_run(session, load_runs(session)[0].run_id, "finished", START, {})


@pytest.mark.fault
def test_every_statement_of_a_cycle_may_fail_once_and_the_cycle_done_again_is_whole(database: Database) -> None:
    with failing(database, -1) as counted:
        one_cycle(database)
    points = counted[0]
    assert points > 30
    place = 1
    while place <= points:
        _empty(database)
        with failing(database, place) as reached, pytest.raises((DatabaseAway, OperationalError)):
            one_cycle(database)
        assert reached[0] == place
        # Nothing is half there, and who tries again gets all of it once.
        assert database.check() == ()
        one_cycle(database)
        one_cycle(database)
        assert database.check() == ()
        with database.read() as session:
            assert load_listing(session, "tiki_vn", "1") is not None
            assert len(load_prices(session, "tiki_vn", "1")) == 1
            assert load_hit(session, hit_id_of(make_hit(make_listing("1")).key)).state == "confirmed"
            assert [job.state for job in load_jobs(session)] == ["done"]
            assert [run.outcome for run in load_runs(session)] == ["finished"]
        place += 1 if LONG else 7


def _empty(database: Database) -> None:
    """Remove every row, also append-only ones, so that a cycle begins from nothing."""
    from sqlalchemy import text  # noqa: PLC0415 - only here

    from storage.all_tables import load_metadata  # noqa: PLC0415 - as above

    with database.write() as session:
        if database.is_sqlite:
            names = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
            made = session.scalars(text("SELECT sql FROM sqlite_master WHERE type = 'trigger'")).all()
            for name in names:
                session.execute(text(f"DROP TRIGGER {name}"))
        else:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        for table in reversed(load_metadata().sorted_tables):
            session.execute(table.delete())
        if database.is_sqlite:
            # The search index follows by triggers, which did not run.
            session.execute(text("INSERT INTO hit_words (hit_words) VALUES ('delete-all')"))
            session.execute(text("DELETE FROM hit_words_rows"))
            session.execute(text("DELETE FROM hit_words_changes"))
            for statement in made:
                session.connection().exec_driver_sql(statement)
