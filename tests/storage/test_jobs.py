"""A job is done by one worker at a time, and a worker that was given up changes nothing any more."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from storage.database import Database, Session
from storage.jobs import (
    MOST_RETURNS,
    Job,
    JobLost,
    LockTaken,
    beat_job,
    cancel_job,
    claim_job,
    finish_job,
    load_job,
    next_due,
    open_job,
    requeue_job,
    require_job,
    return_silent_jobs,
    save_progress,
)
from storage.leases import LeaseLost, load_lease, load_leases, release_lease, require_lease, take_lease
from tests.storage.factories import START

SECOND = timedelta(seconds=1)


def opened(database: Database, key: str = "a", lock: str | None = None) -> Job:
    with database.write() as session:
        return open_job(session, "count", key, START, created_by="test", arguments={"n": "1"}, lock=lock)


def claimed(database: Database, job: Job, worker: str = "w1") -> Job:
    with database.write() as session:
        found = claim_job(session, job.job_id, worker, START)
    assert found is not None
    return found


def test_a_key_that_was_asked_for_before_returns_its_job(database: Database) -> None:
    first = opened(database)
    assert opened(database) == first
    assert first.state == "queued"


def test_a_job_is_claimed_once_and_its_token_grows(database: Database) -> None:
    job = opened(database)
    mine = claimed(database, job)
    assert (mine.state, mine.token, mine.attempts, mine.worker) == ("running", 1, 1, "w1")
    with database.write() as session:
        assert claim_job(session, job.job_id, "w2", START) is None


def test_a_hundred_claims_at_once_give_one_worker_the_job(database: Database) -> None:
    job = opened(database)
    won: list[str] = []

    def claim(name: str) -> None:
        with database.write() as session:
            if claim_job(session, job.job_id, name, START) is not None:
                won.append(name)

    threads = [threading.Thread(target=claim, args=(f"w{number}",)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_two_jobs_of_one_lock_are_never_under_way_together(database: Database) -> None:
    jobs = [opened(database, key, lock="market:tiki_vn") for key in "abcdef"]
    begun: list[str] = []

    def claim(job: Job) -> None:
        try:
            with database.write() as session:
                if claim_job(session, job.job_id, job.key, START) is not None:
                    begun.append(job.key)
        except LockTaken:
            pass

    threads = [threading.Thread(target=claim, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(begun) == 1
    with database.read() as session:
        assert next_due(session, START, ["count"], 10) == ()


def test_a_silent_workers_job_goes_back_and_the_worker_is_refused(database: Database) -> None:
    mine = claimed(database, opened(database))
    later = START + timedelta(seconds=61)
    with database.write() as session:
        (returned,) = return_silent_jobs(session, later)
        assert return_silent_jobs(session, later) == ()
    assert (returned.state, returned.token, returned.returns) == ("queued", 2, 1)
    writes: tuple[Callable[[Session], None], ...] = (
        lambda session: require_job(session, mine),
        lambda session: save_progress(session, mine, {}, later),
        lambda session: finish_job(session, mine, later),
        lambda session: requeue_job(session, mine, later, None),
    )
    for write in writes:
        with pytest.raises(JobLost), database.write() as session:
            write(session)
    with database.write() as session:
        assert not beat_job(session, mine, later)


def test_a_job_that_gives_signs_of_life_is_not_returned(database: Database) -> None:
    mine = claimed(database, opened(database))
    with database.write() as session:
        assert beat_job(session, mine, START + 50 * SECOND)
        assert return_silent_jobs(session, START + 100 * SECOND) == ()


def test_a_job_that_kills_its_workers_is_given_up(database: Database) -> None:
    job = opened(database)
    at = START
    for number in range(MOST_RETURNS + 1):
        with database.write() as session:
            assert claim_job(session, job.job_id, f"w{number}", at) is not None
        at += 100 * SECOND
        with database.write() as session:
            return_silent_jobs(session, at)
    with database.read() as session:
        assert load_job(session, job.job_id).state == "failed"


def test_an_effect_and_the_end_of_its_job_are_kept_together_or_not_at_all(database: Database) -> None:
    mine = claimed(database, opened(database))

    def finish_and_fail() -> None:
        with database.write() as session:
            finish_job(session, mine, START, {"did": 1})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        finish_and_fail()
    with database.read() as session:
        assert load_job(session, mine.job_id).state == "running"


def test_a_cancelled_job_is_never_begun(database: Database) -> None:
    job = opened(database)
    with database.write() as session:
        assert cancel_job(session, job.job_id, START)
        assert claim_job(session, job.job_id, "w1", START) is None


def test_a_lease_has_one_holder_until_its_time_is_over(database: Database) -> None:
    with database.write() as session:
        first = take_lease(session, "scheduler", "a", START)
        assert first is not None
        assert take_lease(session, "scheduler", "b", START + 59 * SECOND) is None
        second = take_lease(session, "scheduler", "b", START + 60 * SECOND)
    assert second is not None
    assert second.token == first.token + 1
    with pytest.raises(LeaseLost, match="held by b"), database.write() as session:
        require_lease(session, first)
    with database.write() as session:
        require_lease(session, second)


def test_renewing_a_lease_keeps_its_token_and_moves_its_end(database: Database) -> None:
    with database.write() as session:
        first = take_lease(session, "scheduler", "a", START)
        renewed = take_lease(session, "scheduler", "a", START + 20 * SECOND)
    assert first is not None
    assert renewed is not None
    assert (renewed.token, renewed.expires_at) == (first.token, START + 80 * SECOND)


def test_a_holder_that_slept_through_its_lease_comes_back_with_a_new_token(database: Database) -> None:
    with database.write() as session:
        first = take_lease(session, "scheduler", "a", START)
        again = take_lease(session, "scheduler", "a", START + 90 * SECOND)
    assert first is not None
    assert again is not None
    assert again.token == first.token + 1


def test_a_lease_given_back_is_free_and_its_token_still_grows(database: Database) -> None:
    with database.write() as session:
        first = take_lease(session, "scheduler", "a", START)
        assert first is not None
        release_lease(session, first)
        assert load_lease(session, "scheduler") is None
        assert load_leases(session, "sched") == ()
        second = take_lease(session, "scheduler", "b", START + SECOND)
    assert second is not None
    assert second.token > first.token
