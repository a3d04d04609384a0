"""Workers do what is asked for once, whoever dies on the way."""

import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.config import Settings
from crawler.errors import BadInput
from crawler.job_context import JobContext, JobLater
from crawler.job_kinds import KINDS, JobKind
from crawler.rejudging import open_rematch
from crawler.working import Worker, run_embedded
from storage.database import Database, open_database
from storage.jobs import Job, load_job, load_jobs, open_job, return_silent_jobs
from storage.leases import load_leases
from storage.listings import save_listing
from tests.storage.factories import START, make_listing
from tests.storage.servers import sqlite_database

DONE: list[str] = []
BEGUN = threading.Event()


def note(context: JobContext) -> Mapping[str, object]:
    with context.write() as session:
        context.finish(session, {"note": context.job.key})
    DONE.append(context.job.key)
    return {}


def fail(context: JobContext) -> Mapping[str, object]:
    raise RuntimeError(f"no {context.job.key}")


def refuse(context: JobContext) -> Mapping[str, object]:
    raise BadInput(f"{context.job.key}: wrong")


def later(_context: JobContext) -> Mapping[str, object]:
    raise JobLater("the site rests", timedelta(hours=2))


def wait(context: JobContext) -> Mapping[str, object]:
    BEGUN.set()
    assert context.stopping.wait(20)
    context.pause_point()
    return {}


KINDS_HERE = {
    name: JobKind(does=f"tests.crawler.test_working:{name}", tries=2)
    for name in ("note", "fail", "refuse", "later", "wait")
}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(sqlite_database(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def worker(database: Database, tmp_path: Path) -> Worker:
    DONE.clear()
    BEGUN.clear()
    return Worker(database, Settings(data_dir=tmp_path), kinds=KINDS_HERE, beat_seconds=0.05)


def ask(database: Database, kind: str, key: str = "a", lock: str | None = None) -> Job:
    with database.write() as session:
        return open_job(session, kind, key, datetime.now(UTC), created_by="test", lock=lock)


def state(database: Database, job: Job) -> Job:
    with database.read() as session:
        return load_job(session, job.job_id)


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_every_kind_of_job_has_its_function(kind: JobKind) -> None:
    assert callable(kind.load())


def test_every_job_is_done_once_and_the_worker_signs_off(database: Database, worker: Worker) -> None:
    jobs = [ask(database, "note", str(number), lock="one" if number % 2 else None) for number in range(12)]
    run_embedded(worker, until_empty=True)
    assert sorted(DONE) == sorted(str(number) for number in range(12))
    assert {state(database, job).state for job in jobs} == {"done"}
    assert state(database, jobs[3]).progress == {"note": "3"}
    with database.read() as session:
        assert load_leases(session, "worker:") == ()


def test_a_job_that_fails_is_tried_again_later_and_given_up_in_the_end(database: Database, worker: Worker) -> None:
    job = ask(database, "fail")
    assert worker.perform(job.job_id)
    tried = state(database, job)
    assert (tried.state, tried.problem) == ("queued", "RuntimeError: no a")
    assert tried.due_at > datetime.now(UTC) + timedelta(seconds=50)
    worker.clock = lambda: datetime.now(UTC) + timedelta(minutes=5)
    assert worker.perform(job.job_id)
    assert state(database, job).state == "failed"


def test_wrong_arguments_are_not_tried_twice(database: Database, worker: Worker) -> None:
    job = ask(database, "refuse")
    assert worker.perform(job.job_id)
    assert state(database, job).state == "failed"


def test_a_kind_of_a_newer_program_is_left_for_its_workers(database: Database, worker: Worker) -> None:
    job = ask(database, "no such kind")
    assert worker.perform(job.job_id)
    left = state(database, job)
    assert left.state == "queued"
    assert "knows no job of the kind 'no such kind'" in (left.problem or "")


def test_a_job_may_ask_for_a_later_time(database: Database, worker: Worker) -> None:
    job = ask(database, "later")
    assert worker.perform(job.job_id)
    put_back = state(database, job)
    assert (put_back.state, put_back.problem) == ("queued", "the site rests")
    assert put_back.due_at > datetime.now(UTC) + timedelta(hours=1)


def test_a_stopped_worker_puts_its_job_back(database: Database, worker: Worker) -> None:
    job = ask(database, "wait")
    thread = threading.Thread(target=run_embedded, args=(worker,))
    thread.start()
    assert BEGUN.wait(10)
    worker.stop()
    thread.join(20)
    assert not thread.is_alive()
    assert state(database, job).state == "queued"


def test_a_worker_that_was_given_up_stops_and_keeps_nothing(database: Database, worker: Worker) -> None:
    job = ask(database, "wait")
    thread = threading.Thread(target=worker.perform, args=(job.job_id,))
    thread.start()
    assert BEGUN.wait(10)
    with database.write() as session:
        assert len(return_silent_jobs(session, datetime.now(UTC) + timedelta(seconds=90))) == 1
    worker.beat()
    thread.join(20)
    assert not thread.is_alive()
    given_up = state(database, job)
    assert (given_up.state, given_up.returns) == ("queued", 1)


def test_a_rematch_in_ranges_judges_every_listing_once(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.rejudging.RANGE_LISTINGS", 3)
    monkeypatch.setattr("crawler.rejudging.BATCH_LISTINGS", 2)
    with database.write() as session:
        for number in range(8):
            save_listing(session, make_listing(str(number)), None, START)
    with database.write() as session:
        assert len(open_rematch(session, datetime.now(UTC), "test")) == 3
    run_embedded(Worker(database, Settings(data_dir=tmp_path)), until_empty=True)
    with database.read() as session:
        jobs = load_jobs(session)
    assert [job.state for job in jobs] == ["done"] * 3
    assert sum(int(str(job.progress["listings"])) for job in jobs) == 8


class SlowHeart(Worker):
    """A worker whose beats take a while, as those of a busy database do."""

    beats_begun = 0
    beats_ended = 0

    def beat(self) -> None:
        self.beats_begun += 1
        time.sleep(0.2)
        super().beat()
        self.beats_ended += 1


def test_a_stopped_worker_ends_after_its_last_beat_and_announces_itself_no_more(
    database: Database, tmp_path: Path
) -> None:
    worker = SlowHeart(database, Settings(data_dir=tmp_path), kinds=KINDS_HERE, beat_seconds=0.01)
    ask(database, "note")
    run_embedded(worker, until_empty=True)
    assert worker.beats_begun == worker.beats_ended > 0
    assert worker.heart is not None
    assert not worker.heart.is_alive()
    with database.read() as session:
        assert load_leases(session, "worker:") == ()
