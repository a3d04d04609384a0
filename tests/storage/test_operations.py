"""Runs, schedules, users and captures."""

from datetime import timedelta

import pytest

from records.listing import PageCopy
from records.run import Run
from storage.captures import load_capture, load_captures, record_capture
from storage.database import Database
from storage.errors import AlreadyThere, NotFound
from storage.lost_runs import LOST_AFTER, mark_lost_runs
from storage.runs import (
    close_run,
    load_events,
    load_run,
    load_runs,
    open_run,
    record_event,
    record_heartbeat,
    start_run,
)
from storage.schedules import (
    UNTIL_RESUMED,
    add_schedule,
    load_schedule,
    load_schedules,
    pause_schedule,
    remove_schedule,
    resume_schedule,
)  # fmt: skip
from storage.users import (
    IDLE_LIMIT,
    User,
    add_user,
    change_password,
    close_session,
    count_address_failures,
    count_login_failures,
    disable_user,
    load_password_hash,
    load_session,
    load_user,
    load_users,
    open_session,
    record_login_failure,
)  # fmt: skip
from tests.storage.factories import DAY, HOUR, MINUTE, START

SECOND = timedelta(seconds=1)


def test_a_run_lives_from_request_to_end(database: Database) -> None:
    with database.write() as session:
        run = open_run(session, "tiki_vn", {"query": "nike"}, START, "an")
        assert run == Run(
            run_id=run.run_id, market="tiki_vn", arguments={"query": "nike"}, requested_at=START, requested_by="an"
        )
        assert start_run(session, run.run_id, START + SECOND, 42)
        assert not start_run(session, run.run_id, START + SECOND, 43)
        assert record_heartbeat(session, run.run_id, START + MINUTE, {"pages": 3})
        record_event(session, run.run_id, START + MINUTE, "blocked", "403 \x00")
        ended = close_run(session, run.run_id, "finished_with_warnings", START + HOUR, {"pages": 9}, ["too few"])
        assert load_run(session, run.run_id) == ended
        assert (ended.started_at, ended.heartbeat_at, ended.finished_at) == (
            START + SECOND, START + MINUTE, START + HOUR,
        )  # fmt: skip
        assert (ended.counts, ended.failed_bounds) == ({"pages": 9}, ("too few",))
        assert not record_heartbeat(session, run.run_id, START + 2 * HOUR)
        assert close_run(session, run.run_id, "failed", START + DAY, {}) == ended
        (event,) = load_events(session, run.run_id)
        assert (event.kind, event.text) == ("blocked", "403 \ufffd")
        with pytest.raises(ValueError, match="does not end a run"):
            close_run(session, run.run_id, "running", START, {})
        with pytest.raises(NotFound, match="no run 'x'"):
            load_run(session, "x")


def test_a_due_time_of_a_schedule_gives_one_run(database: Database) -> None:
    with database.write() as session:
        schedule = add_schedule(session, "tiki_vn", {}, "0 8 * * *", "Asia/Ho_Chi_Minh", "an", START)
        first = open_run(session, "tiki_vn", {}, START, "schedule", schedule.schedule_id, START)
        assert open_run(session, "tiki_vn", {}, START + MINUTE, "schedule", schedule.schedule_id, START) == first
        other = open_run(session, "tiki_vn", {}, START + MINUTE, "schedule", schedule.schedule_id, START + DAY)
        manual = open_run(session, "shopee_vn", {}, START + HOUR, "an")
        assert [run.run_id for run in load_runs(session)] == [manual.run_id, other.run_id, first.run_id]
        assert [run.run_id for run in load_runs(session, 1, market="tiki_vn")] == [other.run_id]


def test_a_run_without_heartbeat_is_lost_and_stays_lost(database: Database) -> None:
    with database.write() as session:
        quiet, alive, queued = (open_run(session, "tiki_vn", {}, START, "an").run_id for _ in range(3))
        start_run(session, quiet, START, 1)
        start_run(session, alive, START, 2)
        record_heartbeat(session, alive, START + MINUTE)
        now = START + LOST_AFTER + SECOND
        (lost,) = mark_lost_runs(session, now)
        assert (lost.run_id, lost.outcome, lost.finished_at) == (quiet, "lost", now)
        assert mark_lost_runs(session, now) == ()
        assert close_run(session, quiet, "finished", now, {}).outcome == "lost"
        assert load_run(session, queued).outcome == "queued"


def test_a_schedule_is_paused_resumed_and_removed(database: Database) -> None:
    with database.write() as session:
        made = add_schedule(session, "tiki_vn", {"query": "a"}, "0 8 * * *", "UTC", "an", START)
        assert load_schedules(session) == (made,)
        paused = pause_schedule(session, made.schedule_id, "blocked", START + DAY)
        assert (paused.is_paused(START), paused.is_paused(START + DAY), paused.pause_reason) == (True, False, "blocked")
        assert pause_schedule(session, made.schedule_id, "x").paused_until == UNTIL_RESUMED
        assert resume_schedule(session, made.schedule_id) == made
        remove_schedule(session, made.schedule_id, START)
        assert load_schedules(session) == ()
        with pytest.raises(NotFound):
            load_schedule(session, made.schedule_id)
        with pytest.raises(NotFound):
            resume_schedule(session, made.schedule_id)


def add_an(database: Database) -> User:
    with database.write() as session:
        return add_user(session, "an", "Ân", "brand_viewer", "hash", START, ("Nike",), "vi")


def test_a_user_is_kept_and_disabled(database: Database) -> None:
    user = add_an(database)
    assert user == User(login="an", name="Ân", role="brand_viewer", language="vi", active=True, brands=("Nike",))
    with database.write() as session:
        assert load_user(session, "an") == user
        assert load_password_hash(session, "an") == "hash"
        with pytest.raises(AlreadyThere, match="'an'"):
            add_user(session, "an", "x", "reviewer", "h", START)
        open_session(session, "t", "an", START, START + 8 * HOUR)
        disable_user(session, "an", START)
        assert [found.active for found in load_users(session)] == [False]
        assert load_password_hash(session, "an") is None
        assert load_session(session, "t", START) is None
        with pytest.raises(NotFound):
            disable_user(session, "x", START)
        assert load_user(session, "x") is None


def test_a_session_ends_by_idling_expiry_or_log_out(database: Database) -> None:
    user = add_an(database)
    with database.write() as session:
        open_session(session, "t", "an", START, START + HOUR)
        almost = START + IDLE_LIMIT - SECOND
        assert load_session(session, "none", START) is None
        assert load_session(session, "t", almost) == user
        assert load_session(session, "t", almost + IDLE_LIMIT - SECOND) == user
        assert load_session(session, "t", START + HOUR) is None
        open_session(session, "u", "an", START, START + HOUR)
        assert load_session(session, "u", START + IDLE_LIMIT) is None
        open_session(session, "v", "an", START, START + HOUR)
        close_session(session, "v", START)
        assert load_session(session, "v", START) is None
        open_session(session, "w", "an", START, START + HOUR)
        change_password(session, "an", "new", START)
        assert load_session(session, "w", START) is None
        assert load_password_hash(session, "an") == "new"


def test_a_read_session_does_not_touch_the_idle_time(database: Database) -> None:
    user = add_an(database)
    with database.write() as session:
        open_session(session, "t", "an", START, START + HOUR)
    with database.read() as session:
        assert load_session(session, "t", START + IDLE_LIMIT - SECOND) == user
        assert load_session(session, "t", START + IDLE_LIMIT) is None


def test_failed_log_ins_are_counted_by_name_and_by_address(database: Database) -> None:
    with database.write() as session:
        for minute, login in enumerate(["an", "an", "binh", "x" * 5000]):
            record_login_failure(session, login, "127.0.0.1", START + minute * MINUTE)
        assert count_login_failures(session, "an", START) == 2
        assert count_login_failures(session, "an", START + MINUTE) == 1
        assert count_login_failures(session, "x" * 5000, START) == 1
        assert count_address_failures(session, "127.0.0.1", START) == 4


def test_a_capture_is_kept_once_and_found_by_listing(database: Database) -> None:
    def page(at: int) -> PageCopy:
        return PageCopy(
            url="https://x.example/", sha256="ab" * 32, byte_count=3, content_type="", status=200,
            fetched_at=START + at * HOUR,
        )  # fmt: skip

    with database.write() as session:
        for _ in range(2):
            record_capture(session, page(0), [("tiki_vn", "1"), ("tiki_vn", "2")], "run", "ab/0")
        record_capture(session, page(1), [("tiki_vn", "1")], None, "ab/1")
        found = load_captures(session, "tiki_vn", "1")
        assert [(capture.page_copy, capture.path, capture.run_id) for capture in found] == [
            (page(1), "ab/1", None),
            (page(0), "ab/0", "run"),
        ]
        assert len(load_captures(session, "tiki_vn", "2")) == 1
        assert load_captures(session, "tiki_vn", "3") == ()
        assert load_capture(session, "ab" * 32) == found[0]
        assert load_capture(session, "none") is None
