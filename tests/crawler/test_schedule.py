"""The schedule table is run: each due time once, one crawl a market, whoever restarts or starts a second scheduler."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.config import Settings
from crawler.jobs import CrawlRequest
from crawler.schedule import ScheduleRunner
from crawler.working import Worker, run_embedded
from records.run import Run
from storage.database import Database, open_database
from storage.jobs import load_jobs
from storage.leases import LeaseLost, take_lease
from storage.runs import (
    AlreadyRunning,
    ask_to_stop,
    close_run,
    load_events,
    load_run,
    load_runs,
    open_run,
    request_run,
    start_run,
)
from storage.schedules import Schedule, add_schedule, load_schedules, pause_schedule, remove_schedule
from tests.crawler.opened import open_pages
from tests.storage.servers import sqlite_database


class HarmlessStarter:
    """Starts a small process in the place of a crawl, and remembers what was asked."""

    def __init__(self, program: str = "pass") -> None:
        self.program = program
        self.requests: list[CrawlRequest] = []
        self.processes: list[subprocess.Popen[bytes]] = []
        self.started = threading.Event()

    def __call__(
        self, request: CrawlRequest, settings: Settings, *, run_id: str, database_url: str, log: Path
    ) -> "subprocess.Popen[bytes]":
        assert database_url.startswith("sqlite:///")
        assert log == settings.logs_dir / f"{run_id}.log"
        self.requests.append(request)
        self.processes.append(subprocess.Popen([sys.executable, "-c", self.program]))
        self.started.set()
        return self.processes[-1]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(sqlite_database(tmp_path))
    open_pages(opened, "tiki_vn")
    yield opened
    opened.close()


@pytest.fixture
def starter() -> HarmlessStarter:
    return HarmlessStarter()


@pytest.fixture
def runner(database: Database, tmp_path: Path) -> Iterator[ScheduleRunner]:
    made = ScheduleRunner(database, Settings(data_dir=tmp_path))
    yield made
    made.stop()


def work(database: Database, tmp_path: Path, starter: HarmlessStarter) -> Worker:
    """Do every job that is due, and return who did."""
    worker = Worker(database, Settings(data_dir=tmp_path), start_crawl=starter)
    run_embedded(worker, until_empty=True)
    return worker


def schedule(database: Database, *, hours_ago: float, market: str = "tiki_vn", cron: str = "0 * * * *") -> Schedule:
    with database.write() as session:
        created_at = datetime.now(UTC) - timedelta(hours=hours_ago)
        return add_schedule(session, market, {"query": "kem"}, cron, "UTC", "test", created_at)


def runs(database: Database) -> tuple[Run, ...]:
    with database.read() as session:
        return load_runs(session)


def events(database: Database, run: Run) -> str:
    with database.read() as session:
        return " / ".join(event.text for event in load_events(session, run.run_id))


def test_times_missed_while_it_was_down_count_as_one_run_that_says_so(
    database: Database, runner: ScheduleRunner, tmp_path: Path, starter: HarmlessStarter
) -> None:
    schedule(database, hours_ago=5)
    runner.tick()
    runner.tick()
    (run,) = runs(database)
    assert run.slot is not None
    assert datetime.now(UTC) - run.slot < timedelta(hours=1, minutes=1)
    assert "late by" in events(database, run)
    assert "4 earlier due times had no run" in events(database, run)
    work(database, tmp_path, starter)
    assert [request.queries for request in starter.requests] == [("kem",)]


def test_while_one_run_of_a_schedule_is_at_it_the_next_due_time_waits(
    database: Database, runner: ScheduleRunner
) -> None:
    made = schedule(database, hours_ago=5)
    with database.write() as session:
        slot = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
        before = open_run(session, "tiki_vn", {}, slot, "x", schedule_id=made.schedule_id, slot=slot)
        start_run(session, before.run_id, datetime.now(UTC), 1)
    runner.tick()
    assert len(runs(database)) == 1
    with database.write() as session:
        close_run(session, before.run_id, "finished", datetime.now(UTC), {})
    runner.tick()
    assert len(runs(database)) == 2


def test_two_schedules_of_one_market_run_one_after_the_other(
    database: Database, runner: ScheduleRunner, tmp_path: Path
) -> None:
    schedule(database, hours_ago=2)
    schedule(database, hours_ago=2)
    runner.tick()
    waiting = HarmlessStarter("import time; time.sleep(60)")
    worker = Worker(database, Settings(data_dir=tmp_path), start_crawl=waiting)
    thread = threading.Thread(target=run_embedded, args=(worker,))
    thread.start()
    assert waiting.started.wait(10)
    assert sorted(run.outcome for run in runs(database)) == ["queued", "running"]
    worker.stop()
    waiting.processes[0].kill()
    thread.join(30)
    assert len(waiting.requests) == 1


def test_a_paused_schedule_opens_nothing_until_its_date(database: Database, runner: ScheduleRunner) -> None:
    made = schedule(database, hours_ago=2)
    with database.write() as session:
        pause_schedule(session, made.schedule_id, "site down", datetime.now(UTC) + timedelta(days=1))
    runner.tick()
    assert runs(database) == ()


def test_times_missed_during_a_pause_are_not_caught_up(database: Database, runner: ScheduleRunner) -> None:
    made = schedule(database, hours_ago=50)
    with database.write() as session:
        pause_schedule(session, made.schedule_id, "Tết", datetime.now(UTC) - timedelta(seconds=1))
    runner.tick()
    # Only a full hour that struck within the last second could open a run.
    assert all(run.slot is not None and run.slot > datetime.now(UTC) - timedelta(seconds=10) for run in runs(database))


def test_a_market_that_may_not_be_crawled_live_fails_with_the_reason(
    database: Database, runner: ScheduleRunner, tmp_path: Path, starter: HarmlessStarter
) -> None:
    arguments = {"query": "kem", "way": "pages"}
    with database.write() as session:
        open_run(session, "shopee_vn", arguments, datetime.now(UTC), "someone")
    runner.tick()
    work(database, tmp_path, starter)
    (run,) = runs(database)
    assert run.outcome == "failed"
    assert "shopee_vn: the way pages is closed" in run.failed_bounds[0]
    assert starter.requests == []


def test_hosts_opened_on_a_command_line_are_never_taken_from_a_row(
    database: Database, runner: ScheduleRunner, tmp_path: Path, starter: HarmlessStarter
) -> None:
    arguments = {"query": "kem", "base_url": "http://127.0.0.1:9", "allow_host": "127.0.0.1:9"}
    with database.write() as session:
        open_run(session, "tiki_vn", arguments, datetime.now(UTC), "someone")
    runner.tick()
    work(database, tmp_path, starter)
    assert starter.requests[0].base_url is None
    assert starter.requests[0].allow_hosts == ()


def test_a_run_without_a_heartbeat_is_lost_and_done_again_twice_at_most(
    database: Database, runner: ScheduleRunner
) -> None:
    began = datetime.now(UTC) - timedelta(minutes=10)
    with database.write() as session:
        run = open_run(session, "tiki_vn", {"query": "kem"}, began, "an")
        start_run(session, run.run_id, began, 1, worker="w")
    for number in (1, 2):
        runner.tick()
        again = runs(database)[0]
        assert (again.retry_of, again.arguments, again.requested_by) == (run.run_id, {"query": "kem"}, "an")
        with database.write() as session:
            assert load_run(session, run.run_id).outcome == "lost"
            start_run(session, again.run_id, began + timedelta(minutes=number), 1, worker="w")
        run = again
    runner.tick()
    assert len(runs(database)) == 3
    assert "not done again" in events(database, runs(database)[0])


def test_a_run_that_a_person_started_by_hand_is_not_done_again(database: Database, runner: ScheduleRunner) -> None:
    began = datetime.now(UTC) - timedelta(seconds=70)
    with database.write() as session:
        run = open_run(session, "tiki_vn", {}, began, "command line")
        start_run(session, run.run_id, began, 1)
    runner.tick()
    assert [one.outcome for one in runs(database)] == ["lost"]


def test_a_run_whose_process_dies_is_lost_at_once_and_done_again(
    database: Database, runner: ScheduleRunner, tmp_path: Path
) -> None:
    schedule(database, hours_ago=1)
    runner.tick()
    work(database, tmp_path, HarmlessStarter("import os; os.kill(os.getpid(), 9)"))
    first = runs(database)[-1]
    assert first.outcome == "lost"
    assert "ended with code -9" in first.failed_bounds[0]
    again = runs(database)[0]
    assert (again.retry_of, again.schedule_id, again.outcome) == (first.run_id, first.schedule_id, "queued")


@pytest.mark.parametrize("at_once", [False, True])
def test_a_run_that_is_asked_to_stop_stops_and_is_not_done_again(
    database: Database, runner: ScheduleRunner, tmp_path: Path, *, at_once: bool
) -> None:
    schedule(database, hours_ago=1)
    runner.tick()
    # One that ends at the first request, and one that would go on for ever.
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    starter = HarmlessStarter(deaf if at_once else "import time; time.sleep(60)")
    worker = Worker(database, Settings(data_dir=tmp_path), start_crawl=starter)
    thread = threading.Thread(target=run_embedded, args=(worker,), kwargs={"until_empty": True})
    thread.start()
    assert starter.started.wait(10)
    (run,) = runs(database)
    with database.write() as session:
        ask_to_stop(session, run.run_id, "binh", datetime.now(UTC), at_once=at_once)
    thread.join(30)
    assert not thread.is_alive()
    assert [one.outcome for one in runs(database)] == ["stopped"]
    assert starter.processes[0].returncode == (-9 if at_once else -15)


def test_a_run_that_has_not_begun_stops_at_once(database: Database, tmp_path: Path, starter: HarmlessStarter) -> None:
    with database.write() as session:
        run = open_run(session, "tiki_vn", {"query": "kem"}, datetime.now(UTC), "an")
        assert ask_to_stop(session, run.run_id, "binh", datetime.now(UTC)).outcome == "stopped"
    work(database, tmp_path, starter)
    assert starter.requests == []


def test_two_hundred_starts_at_once_give_one_run_and_clear_answers(database: Database) -> None:
    won: list[Run] = []
    told: list[str] = []

    def start(number: int) -> None:
        try:
            with database.write() as session:
                won.append(request_run(session, "tiki_vn", {}, datetime.now(UTC), f"person {number}"))
        except AlreadyRunning as running:
            told.append(str(running))

    threads = [threading.Thread(target=start, args=(number,)) for number in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert len(told) == 199
    assert all(won[0].run_id in text and won[0].requested_by in text and "already since" in text for text in told)


def test_the_library_has_one_job_for_each_schedule_in_the_table(database: Database, runner: ScheduleRunner) -> None:
    made = schedule(database, hours_ago=0.01, cron="0 3 * * mon")
    runner.start()
    assert len(runner.scheduler.get_jobs()) == 2
    with database.write() as session:
        remove_schedule(session, made.schedule_id, datetime.now(UTC))
        assert load_schedules(session) == ()
    runner.tick()
    assert [job.id for job in runner.scheduler.get_jobs()] == ["tick"]


def test_a_second_scheduler_waits_and_takes_over_when_the_first_one_is_silent(
    database: Database, runner: ScheduleRunner, tmp_path: Path
) -> None:
    schedule(database, hours_ago=2)
    runner.tick()
    late = ScheduleRunner(
        database, Settings(data_dir=tmp_path), clock=lambda: datetime.now(UTC) + timedelta(seconds=50)
    )
    late.tick()
    assert not late.lease
    late.clock = lambda: datetime.now(UTC) + timedelta(seconds=61)
    late.tick()
    assert late.lease is not None
    assert len(runs(database)) == 1
    late.stop()


def test_a_scheduler_that_stops_lets_the_next_one_begin_at_once(database: Database, tmp_path: Path) -> None:
    first, second = (ScheduleRunner(database, Settings(data_dir=tmp_path)) for _ in range(2))
    first.tick()
    first.stop()
    second.tick()
    assert second.lease is not None
    second.stop()


def test_a_stalled_schedulers_writes_are_refused(database: Database, runner: ScheduleRunner) -> None:
    schedule(database, hours_ago=2)
    at = datetime.now(UTC)
    assert runner._hold_lease(at - timedelta(seconds=90))
    with database.write() as session:
        assert take_lease(session, "scheduler", "another", at) is not None
    with pytest.raises(LeaseLost, match="held by another"):
        runner._reconcile(at)
    assert runs(database) == ()
    with database.read() as session:
        assert load_jobs(session) == ()
