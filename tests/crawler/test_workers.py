"""Workers in processes of their own share jobs by PostgreSQL's queue; killed ones lose nothing and double nothing."""

import os
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.job_speed import do_all
from crawler.config import Settings
from crawler.job_context import JobContext
from crawler.job_kinds import JobKind
from crawler.schedule import ScheduleRunner
from crawler.serving import run_jobs
from crawler.working import Worker
from storage.broker import deliver_waiting, load_broker_ids
from storage.database import Database, open_database, upgrade
from storage.jobs import claim_job, load_job, open_job
from storage.runs import AlreadyRunning, request_run
from tests.storage.servers import make_database, postgres_server

pytestmark = pytest.mark.database

KINDS = {"note": JobKind(does="tests.crawler.test_workers:note")}


def note(context: JobContext) -> Mapping[str, object]:
    return {"did": context.job.key}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_server() as started:
        yield started


@pytest.fixture
def url(server: str) -> str:
    made = make_database(server, "markwatch_workers")
    upgrade(made)
    return made


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = open_database(url)
    yield opened
    opened.close()


def wait_until_done(database: Database, job_ids: list[str]) -> None:
    deadline = datetime.now(UTC) + timedelta(seconds=60)
    while datetime.now(UTC) < deadline:
        with database.read() as session:
            if {load_job(session, job_id).state for job_id in job_ids} == {"done"}:
                return
        threading.Event().wait(0.1)
    raise AssertionError("the jobs were not done within a minute")


def test_jobs_reach_a_worker_by_the_queue_and_those_of_one_lock_follow_one_another(
    database: Database, tmp_path: Path
) -> None:
    worker = Worker(database, Settings(data_dir=tmp_path), kinds=KINDS, beat_seconds=0.3)
    thread = threading.Thread(target=run_jobs, args=(worker,))
    thread.start()
    try:
        with database.write() as session:
            ids = [
                open_job(session, "note", str(number), datetime.now(UTC), created_by="t", lock="one").job_id
                for number in range(6)
            ]
        wait_until_done(database, ids)
    finally:
        worker.stop()
        thread.join(60)
    assert not thread.is_alive()


def test_a_job_whose_delivery_was_lost_is_delivered_again_once(database: Database) -> None:
    at = datetime.now(UTC)
    with database.write() as session:
        job = open_job(session, "note", "a", at, created_by="t")
        assert len(load_broker_ids(session, [job.job_id])) == 1
    with database.write() as session:
        # It still waits in the queue: delivering it again would only be noise.
        assert deliver_waiting(session, at + timedelta(minutes=5)) == 0
        later = open_job(session, "note", "b", at, created_by="t", due_at=at + timedelta(seconds=10))
    with database.write() as session:
        assert load_broker_ids(session, [later.job_id]) == ()
        assert deliver_waiting(session, at + timedelta(seconds=11)) == 1
        assert deliver_waiting(session, at + timedelta(seconds=12)) == 0


def test_a_silent_workers_delivery_is_returned_by_its_id(database: Database, tmp_path: Path) -> None:
    at = datetime.now(UTC)
    with database.write() as session:
        job = open_job(session, "note", "a", at, created_by="t")
    with database.write() as session:
        assert claim_job(session, job.job_id, "dead", at) is not None
    runner = ScheduleRunner(database, Settings(data_dir=tmp_path), lambda: at + timedelta(seconds=61))
    runner.tick()
    runner.stop()
    with database.read() as session:
        returned = load_job(session, job.job_id)
    assert (returned.state, returned.token, returned.returns) == ("queued", 2, 1)
    worker = Worker(database, Settings(data_dir=tmp_path), kinds=KINDS, clock=lambda: at + timedelta(seconds=70))
    thread = threading.Thread(target=run_jobs, args=(worker,))
    thread.start()
    try:
        wait_until_done(database, [job.job_id])
    finally:
        worker.stop()
        thread.join(60)


def test_two_hundred_starts_at_once_give_one_run(database: Database) -> None:
    won: list[str] = []
    told: list[str] = []

    def start(number: int) -> None:
        try:
            with database.write() as session:
                won.append(request_run(session, "tiki_vn", {}, datetime.now(UTC), f"person {number}").run_id)
        except AlreadyRunning as running:
            told.append(str(running))

    threads = [threading.Thread(target=start, args=(number,)) for number in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert len(told) == 199
    assert all(won[0] in text for text in told)


@pytest.mark.fault
def test_killed_workers_lose_and_double_nothing(url: str) -> None:
    long = bool(os.environ.get("MARKWATCH_LONG"))
    found = do_all(
        url, jobs=2_000 if long else 80, workers=4 if long else 2, concurrency=4, pages=2, latency_seconds=0.1,
        kills=10 if long else 2,
    )  # fmt: skip
    assert found["kills"] >= 1
    assert (found["lost"], found["doubled"]) == (0, 0)
