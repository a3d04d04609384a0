"""The console's calls on schedules and runs check what they get, keep an audit row, and never raise for a slip."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.config import Settings
from crawler.operating import operating_on
from records.run import Run
from records.run_report import report_of
from records.schedule import ScheduleDraft, Timing
from review.operating import Operating
from storage.access import record_grant
from storage.audit import load_audit
from storage.database import Database, open_database
from storage.runs import load_run, open_run
from storage.schedules import load_schedules
from tests.storage.servers import sqlite_database

AT = datetime(2026, 11, 22, 3, tzinfo=UTC)
STOP_SOON = False
DRAFT = ScheduleDraft(market="tiki_vn", queries=("kem",), timing=Timing(times=("02:00",)))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(sqlite_database(tmp_path))
    with opened.write() as session:
        record_grant(session, "tiki_vn", "pages", "a test's own", datetime(2099, 1, 1, tzinfo=UTC), "test", AT)
    yield opened
    opened.close()


@pytest.fixture
def operating(database: Database, tmp_path: Path) -> Operating:
    return operating_on(database, Settings(data_dir=tmp_path), lambda: AT)


def actions(database: Database) -> list[str]:
    with database.read() as session:
        return [f"{row.actor} {row.action}" for row in load_audit(session) if row.actor == "lan"]


def test_a_schedule_is_made_changed_paused_resumed_and_removed_with_its_audit_rows(
    database: Database, operating: Operating
) -> None:
    made, plan = operating.save(DRAFT, "lan", "")
    assert made
    assert plan.problems == ()
    with database.read() as session:
        (schedule,) = load_schedules(session)
    assert operating.say_times(schedule, "ja") == "毎日 02:00（ハノイ時間）"
    assert operating.draft_of(schedule) == DRAFT
    assert operating.save(DRAFT, "lan", made)[0] == made
    assert operating.pause(made, "Tết", AT + timedelta(days=9), "lan") == ""
    assert operating.resume(made, "lan") == ""
    assert operating.remove(made, "lan") == ""
    assert actions(database) == [
        "lan schedule.add", "lan schedule.change", "lan schedule.pause", "lan schedule.resume", "lan schedule.remove",
    ]  # fmt: skip


def test_what_is_wrong_comes_back_as_a_sentence(database: Database, operating: Operating) -> None:
    made, plan = operating.save(ScheduleDraft(market="nowhere", timing=Timing(times=("02:00",))), "lan", "")
    assert made == ""
    assert plan.problems[0].field == "market"
    assert "no schedule" in operating.pause("01NONE", "x", None, "lan")
    assert "no run" in operating.stop_run("01NONE", "lan", STOP_SOON)
    assert actions(database) == []


def test_a_run_is_stopped_once(database: Database, operating: Operating) -> None:
    with database.write() as session:
        run = open_run(session, "tiki_vn", {}, AT, "lan")
    assert operating.stop_run(run.run_id, "lan", STOP_SOON) == ""
    assert "ended already" in operating.stop_run(run.run_id, "lan", STOP_SOON)
    with database.read() as session:
        assert load_run(session, run.run_id).outcome == "stopped"


def test_a_runs_report_shows_time_error_budget_coverage_and_answers() -> None:
    counts = {
        "pages": 200, "listings": 50, "errors": 8, "missing.price": 5, "missing.seller": 20, "status.200": 192,
        "status.404": 8, "skip.robots": 3, "skip.seen": 9,
    }  # fmt: skip
    run = Run(
        run_id="01", market="m", requested_at=AT, started_at=AT, heartbeat_at=AT, outcome="running", counts=counts
    )
    report = report_of(run, AT + timedelta(seconds=70))
    assert (report.seconds, report.heartbeat_seconds) == (70.0, 70.0)
    assert (report.errors, report.error_budget) == (8, 20)
    assert [(one.field, one.present) for one in report.coverage] == [("seller", 30), ("price", 45)]
    assert report.answers == ((200, 192), (404, 8))
    assert report.skips == (("seen", 9), ("robots", 3))
