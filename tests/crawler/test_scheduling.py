"""What a person asks for is checked as a whole, and what was expected but did not run is seen by anyone who looks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.due_times import due_slot, load_expected, may_start, next_starts, start_of
from crawler.errors import BadInput
from crawler.scheduling import pause, plan_schedule, resume, save_draft
from records.schedule import ScheduleDraft, Timing
from storage.access import record_grant
from storage.audit import load_audit
from storage.database import Database, open_database
from storage.runs import open_run, start_run
from storage.schedules import Schedule, load_schedules
from tests.storage.servers import sqlite_database

# A Sunday, 10:00 in Ha Noi.
AT = datetime(2026, 11, 22, 3, tzinfo=UTC)
DRAFT = ScheduleDraft(market="tiki_vn", queries=("kem",), timing=Timing(times=("02:00", "14:00")))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(sqlite_database(tmp_path))
    with opened.write() as session:
        record_grant(session, "tiki_vn", "pages", "a test's own", datetime(2099, 1, 1, tzinfo=UTC), "test", AT)
    yield opened
    opened.close()


def saved(database: Database, draft: ScheduleDraft = DRAFT) -> Schedule:
    return save_draft(database, draft, "an", AT)


def test_a_good_draft_says_its_times_and_the_next_five(database: Database) -> None:
    plan = plan_schedule(DRAFT, AT, database=database)
    assert plan.problems == ()
    assert plan.sentences["vi"] == "Mỗi ngày lúc 02:00 và 14:00, giờ Hà Nội"
    assert [due.isoformat() for due in plan.next_at[:3]] == [
        "2026-11-22T07:00:00+00:00", "2026-11-22T19:00:00+00:00", "2026-11-23T07:00:00+00:00",
    ]  # fmt: skip
    assert len(plan.next_at) == 5


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"market": "nowhere"}, "market"),
        ({"queries": ()}, "queries"),
        ({"zone": "Asia/Hanoi"}, "zone"),
        ({"timing": Timing(times=("25:00",))}, "timing"),
        ({"timing": Timing(kind="cron", cron="* * *")}, "timing"),
        ({"timing": Timing(kind="cron", cron="*/10 * * * *")}, "timing"),
        ({"jitter_minutes": 600}, "jitter_minutes"),
        ({"hours": "22-6"}, "hours"),
        ({"hours": "08:00-08:00"}, "hours"),
        ({"hours": "03:00-04:00"}, "hours"),
        ({"market": "shopee_vn"}, "queries"),
    ],
)
def test_each_wrong_field_is_named(change: dict[str, object], field: str) -> None:
    plan = plan_schedule(replace(DRAFT, **change), AT)  # type: ignore[arg-type]  # the table's values fit their fields
    assert field in {problem.field for problem in plan.problems}


def test_several_wrong_fields_are_named_together(database: Database) -> None:
    with pytest.raises(BadInput, match=r"zone.*market.*hours"):
        saved(database, replace(DRAFT, market="nowhere", zone="x", hours="y"))


def test_a_schedule_more_frequent_than_the_market_allows_is_refused_with_both_figures(database: Database) -> None:
    often = replace(DRAFT, timing=Timing(kind="cron", cron="0,20 9 * * *"))
    (problem,) = plan_schedule(often, AT, database=database).problems
    assert problem.message == (
        "two runs start 20 minutes apart; tiki_vn is not crawled more often than every 30 minutes"
    )


def test_two_schedules_of_the_same_words_are_counted_together(database: Database) -> None:
    saved(database)
    with pytest.raises(BadInput, match="together with schedule"):
        saved(database, replace(DRAFT, timing=Timing(times=("14:10",))))
    assert saved(database, replace(DRAFT, queries=("sữa",), timing=Timing(times=("14:10",))))


def test_a_spread_start_is_the_same_for_one_time_and_lies_within_the_spread(database: Database) -> None:
    schedule = saved(database, replace(DRAFT, jitter_minutes=60))
    starts = next_starts(schedule, AT, 20)
    assert starts == next_starts(schedule, AT, 20)
    slots = next_starts(replace(schedule, jitter_minutes=0), AT, 20)
    late = [start - slot for start, slot in zip(starts, slots, strict=True)]
    assert all(timedelta(0) <= one < timedelta(minutes=60) for one in late)
    assert len(set(late)) > 10
    slot = slots[0]
    assert due_slot(schedule, start_of(schedule, slot) - timedelta(seconds=1)) != slot
    assert due_slot(schedule, start_of(schedule, slot)) == slot


def test_a_run_starts_within_its_hours_only_and_a_missed_one_waits_for_them(database: Database) -> None:
    schedule = saved(database, replace(DRAFT, timing=Timing(kind="hourly", every_hours=1), hours="22:00-01:00"))
    local = [due + timedelta(hours=7) for due in next_starts(schedule, AT, 6)]
    assert [one.hour for one in local] == [22, 23, 0, 22, 23, 0]
    # 23:00 in Ha Noi was missed; at 09:00 nothing may start, at 22:00 the next evening it is caught up as one run.
    morning = datetime(2026, 11, 24, 2, tzinfo=UTC)
    assert not may_start(schedule, morning)
    assert due_slot(schedule, morning) is None
    evening = datetime(2026, 11, 24, 15, 5, tzinfo=UTC)
    assert due_slot(schedule, evening) == datetime(2026, 11, 24, 15, tzinfo=UTC)


def test_a_change_keeps_the_id_and_leaves_both_versions_in_the_audit_trail(database: Database) -> None:
    schedule = saved(database)
    later = AT + timedelta(hours=1)
    save_draft(database, replace(DRAFT, timing=Timing(times=("05:00",))), "binh", later, schedule.schedule_id)
    with database.read() as session:
        (changed,) = load_schedules(session)
        rows = load_audit(session)
    assert (changed.schedule_id, changed.cron, changed.counts_from) == (schedule.schedule_id, "0 5 * * *", later)
    actions = [row for row in rows if row.action.startswith("schedule.")]
    assert [row.action for row in actions] == ["schedule.add", "schedule.change"]
    assert "'cron': '0 2,14 * * *'" in str(actions[1].data["before"])


def test_a_pause_needs_a_reason_and_an_end_to_come(database: Database) -> None:
    schedule = saved(database)
    with database.write() as session:
        with pytest.raises(BadInput, match="reason"):
            pause(session, schedule.schedule_id, "  ", None, "an", AT)
        with pytest.raises(BadInput, match="past"):
            pause(session, schedule.schedule_id, "Tết", AT - timedelta(days=1), "an", AT)


def test_what_was_due_during_a_pause_is_neither_caught_up_nor_missed(database: Database) -> None:
    schedule = saved(database)
    with database.write() as session:
        pause(session, schedule.schedule_id, "Tết", None, "an", AT)
        paused = resume(session, schedule.schedule_id, "an", AT + timedelta(days=3))
    after = AT + timedelta(days=3, minutes=10)
    assert due_slot(paused, after) is None
    with database.read() as session:
        assert load_expected(session, AT - timedelta(days=1), after) == ()


def test_what_was_expected_but_did_not_run_is_seen_while_no_scheduler_lives(database: Database) -> None:
    schedule = saved(database)
    first, second, third = next_starts(schedule, AT, 3)
    with database.write() as session:
        run = open_run(session, "tiki_vn", {}, first, "x", schedule_id=schedule.schedule_id, slot=first)
        start_run(session, run.run_id, first, 1)
    with database.read() as session:
        found = load_expected(session, AT, third + timedelta(minutes=1))
    assert [(one.slot, one.state) for one in found] == [(third, "waiting"), (second, "missed"), (first, "running")]
    with database.write() as session:
        again = open_run(session, "tiki_vn", {}, third, "x", schedule_id=schedule.schedule_id, slot=third)
    with database.read() as session:
        found = load_expected(session, AT, third + timedelta(minutes=1))
    assert [(one.state, one.run_id) for one in found] == [
        ("waiting", again.run_id), ("covered", again.run_id), ("running", run.run_id),
    ]  # fmt: skip
