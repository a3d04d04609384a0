"""Operators hear once that a schedule's crawl broke, and once that it works again."""

from records.run import Outcome
from storage.database import Database
from storage.operator_notices import load_good_counts, load_waiting_notices, mark_notices_sent, note_run
from storage.runs import close_run, open_run
from tests.storage.factories import HOUR, START


def end_runs(database: Database, *outcomes: Outcome, market: str = "shop") -> list[str | None]:
    told: list[str | None] = []
    for index, outcome in enumerate(outcomes):
        at = START + HOUR * index
        with database.write() as session:
            run = open_run(session, market, {"query": "x"}, at, "a test")
            close_run(session, run.run_id, outcome, at, {"listings": index}, ("0 listings",))
            told.append(note_run(session, run.run_id, at))
    return told


def test_breakage_is_told_once_after_three_bad_runs_and_recovery_once(database: Database) -> None:
    told = end_runs(
        database, "finished", "suspicious", "blocked", "failed", "lost", "finished", "finished_with_warnings"
    )
    assert told == [None, None, None, "broken", None, "recovered", None]
    with database.write() as session:
        first, second = load_waiting_notices(session)
        assert (first.kind, first.bad_runs, first.sentences) == ("broken", 3, ("0 listings",))
        assert first.subject == "market shop"
        mark_notices_sent(session, [first.notice_id], START)
        assert load_waiting_notices(session) == (second,)


def test_one_good_run_between_bad_ones_and_stopped_runs_are_no_breakage(database: Database) -> None:
    assert set(end_runs(database, "suspicious", "failed", "finished", "failed", "stopped", "suspicious")) == {None}


def test_markets_break_each_for_itself(database: Database) -> None:
    end_runs(database, "failed", "failed", market="tiki_vn")
    assert end_runs(database, "failed", "failed", market="shop") == [None, None]


def test_a_run_is_compared_with_earlier_good_runs_of_the_same_arguments(database: Database) -> None:
    end_runs(database, "finished", "failed", "finished_with_warnings")
    with database.write() as session:
        run = open_run(session, "shop", {"query": "x"}, START + 9 * HOUR, "a test")
        other = open_run(session, "shop", {"query": "y"}, START + 9 * HOUR, "a test")
        assert load_good_counts(session, run.run_id, 10) == ({"listings": 2}, {"listings": 0})
        assert load_good_counts(session, other.run_id, 10) == ()
