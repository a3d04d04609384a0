"""The schedule table is run: each due time once, one crawl a market, nothing lost by a restart."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.config import Settings
from crawler.jobs import CrawlRequest
from crawler.schedule import ScheduleRunner
from records.run import Run
from storage.database import Database, open_database, upgrade
from storage.runs import load_events, load_run, load_runs, open_run, start_run
from storage.schedules import Schedule, add_schedule, load_schedules, pause_schedule, remove_schedule
from tests.crawler.opened import open_pages


class HarmlessStarter:
    """Starts a process that ends at once in the place of a crawl, and remembers what was asked."""

    def __init__(self) -> None:
        self.requests: list[CrawlRequest] = []

    def __call__(
        self, request: CrawlRequest, settings: Settings, *, run_id: str, database_url: str, log: Path
    ) -> "subprocess.Popen[bytes]":
        assert database_url.startswith("sqlite:///")
        assert log == settings.logs_dir / f"{run_id}.log"
        self.requests.append(request)
        return subprocess.Popen([sys.executable, "-c", "pass"])


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path / 'markwatch.db'}"
    upgrade(url)
    opened = open_database(url)
    open_pages(opened, "tiki_vn")
    yield opened
    opened.close()


@pytest.fixture
def starter() -> HarmlessStarter:
    return HarmlessStarter()


@pytest.fixture
def runner(database: Database, tmp_path: Path, starter: HarmlessStarter) -> Iterator[ScheduleRunner]:
    made = ScheduleRunner(database, Settings(data_dir=tmp_path), starter)
    yield made
    made.stop()


def schedule(database: Database, *, hours_ago: float, market: str = "tiki_vn", cron: str = "0 * * * *") -> Schedule:
    with database.write() as session:
        created_at = datetime.now(UTC) - timedelta(hours=hours_ago)
        return add_schedule(session, market, {"query": "kem"}, cron, "UTC", "test", created_at)


def runs(database: Database) -> tuple[Run, ...]:
    with database.read() as session:
        return load_runs(session)


def test_times_missed_while_it_was_down_count_as_one_run(
    database: Database, runner: ScheduleRunner, starter: HarmlessStarter
) -> None:
    schedule(database, hours_ago=5)
    runner.tick()
    runner.tick()
    (run,) = runs(database)
    assert run.outcome == "running"
    assert run.slot is not None
    assert run.slot.minute == 0
    assert datetime.now(UTC) - run.slot < timedelta(hours=1, minutes=1)
    assert [request.queries for request in starter.requests] == [("kem",)]
    with database.read() as session:
        assert "late by" in load_events(session, run.run_id)[0].text


def test_a_second_scheduler_does_not_open_the_same_time_again(
    database: Database, runner: ScheduleRunner, tmp_path: Path, starter: HarmlessStarter
) -> None:
    schedule(database, hours_ago=2)
    runner.tick()
    other = ScheduleRunner(database, Settings(data_dir=tmp_path), starter)
    other.tick()
    other.stop()
    assert len(runs(database)) == 1


def test_two_schedules_of_one_market_run_one_after_the_other(
    database: Database, runner: ScheduleRunner, starter: HarmlessStarter
) -> None:
    schedule(database, hours_ago=2)
    schedule(database, hours_ago=2)
    runner.tick()
    assert sorted(run.outcome for run in runs(database)) == ["queued", "running"]
    assert len(starter.requests) == 1


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
    database: Database, runner: ScheduleRunner, starter: HarmlessStarter
) -> None:
    arguments = {"query": "kem", "way": "pages"}
    with database.write() as session:
        open_run(session, "shopee_vn", arguments, datetime.now(UTC), "someone")
    runner.tick()
    (run,) = runs(database)
    assert run.outcome == "failed"
    assert "shopee_vn: the way pages is closed" in run.failed_bounds[0]
    assert starter.requests == []


def test_hosts_opened_on_a_command_line_are_never_taken_from_a_row(
    database: Database, runner: ScheduleRunner, starter: HarmlessStarter
) -> None:
    arguments = {"query": "kem", "base_url": "http://127.0.0.1:9", "allow_host": "127.0.0.1:9"}
    with database.write() as session:
        open_run(session, "tiki_vn", arguments, datetime.now(UTC), "someone")
    runner.tick()
    (request,) = starter.requests
    assert request.base_url is None
    assert request.allow_hosts == ()


def test_a_run_without_a_heartbeat_for_a_minute_is_lost(database: Database, runner: ScheduleRunner) -> None:
    with database.write() as session:
        began = datetime.now(UTC) - timedelta(seconds=70)
        run = open_run(session, "tiki_vn", {}, began, "someone")
        start_run(session, run.run_id, began, 1)
    runner.tick()
    with database.read() as session:
        assert load_run(session, run.run_id).outcome == "lost"


def test_the_library_has_one_job_for_each_schedule_in_the_table(database: Database, runner: ScheduleRunner) -> None:
    made = schedule(database, hours_ago=0.01, cron="0 3 * * mon")
    runner.start()
    assert len(runner.scheduler.get_jobs()) == 2
    with database.write() as session:
        remove_schedule(session, made.schedule_id, datetime.now(UTC))
        assert load_schedules(session) == ()
    runner.tick()
    assert [job.id for job in runner.scheduler.get_jobs()] == ["tick"]
