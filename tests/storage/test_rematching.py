"""Stored listings are judged again: resumable, the same on both databases, decisions untouched."""

from collections.abc import Generator
from dataclasses import replace
from datetime import datetime

import pytest

from crawler.rejudging import Step, rejudge
from matchers.match import Matcher
from records.hit import HitKey
from records.watchlist import Mark, WatchList
from storage.database import Database
from storage.decisions import load_decisions, record_decision
from storage.hits import hit_id_of, load_hit
from storage.listings import save_listing
from tests.storage.factories import HOUR, START, make_listing

NIKE = Mark(mark_id="nike", text="Nike")
LISTINGS = 7


@pytest.fixture
def stored(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setattr("crawler.rejudging.BATCH_LISTINGS", 2)
    with database.write() as session:
        for number in range(LISTINGS):
            save_listing(session, make_listing(str(number)), None, START)
    return database


def rematch(database: Database, *marks: Mark, at: datetime = START) -> Generator[Step, None, None]:
    yield from rejudge(database, Matcher(WatchList(marks=marks or (NIKE,))), at, None)


def key_of(number: int) -> HitKey:
    return HitKey(market="tiki_vn", listing_id=str(number), track="ip", subject="nike")


def test_an_interrupted_rematch_goes_on_after_its_last_batch(stored: Database) -> None:
    steps = rematch(stored)
    assert [next(steps).done for _ in range(3)] == [1, 2, 3]
    steps.close()  # killed in the second batch, which is kept whole
    rest = list(rematch(stored))
    assert [step.done for step in rest] == [5, 6, 7]
    assert sum(step.changes["new"] for step in rest) == 3
    with stored.read() as session:
        assert all(load_hit(session, hit_id_of(key_of(number))) for number in range(7))


def test_a_finished_rematch_judges_everything_again_and_changes_nothing(stored: Database) -> None:
    assert len(list(rematch(stored))) == LISTINGS
    again = list(rematch(stored))
    assert [step.done for step in again] == list(range(1, LISTINGS + 1))
    assert sum(step.changes["unchanged"] for step in again) == LISTINGS


def test_a_changed_watch_list_begins_anew(stored: Database) -> None:
    steps = rematch(stored)
    next(steps)
    steps.close()
    assert len(list(rematch(stored, NIKE, Mark(mark_id="rep", text="Repmark")))) == LISTINGS


def test_a_rematch_touches_no_decision(stored: Database) -> None:
    list(rematch(stored))
    hit_id = hit_id_of(key_of(3))
    with stored.write() as session:
        revision = load_hit(session, hit_id).revision
        record_decision(session, hit_id, revision, "no_violation", "genuine", "lan", START, "")
        before = load_decisions(session, hit_id)
    # A variant that the listing names makes the hit another one; what was decided stays as it was decided.
    list(rematch(stored, replace(NIKE, variants=("vớ ni.ke",)), at=START + HOUR))
    with stored.read() as session:
        assert load_decisions(session, hit_id) == before
        assert before[0].decision.verdict == "no_violation"
