"""Decisions: append-only, one in force, undone by a new row; two reviewers never both win."""

import os
import threading
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from records.decision import UNDO_WINDOW
from storage.audit import load_audit, verify_audit
from storage.database import Database
from storage.decisions import (
    count_unreviewed,
    load_decided_hit,
    load_decisions,
    load_last_decision,
    load_released,
    record_decision,
    undo_decision,
)  # fmt: skip
from storage.errors import Conflict, NotFound
from storage.hit_records import StoredDecision
from storage.hits import load_hit, save_hits
from storage.listings import save_listing
from storage.watchlist import save_marks
from tests.storage.factories import HOUR, MINUTE, START, make_hit, make_listing, retitled, store
from tests.storage.test_watchlist import NIKE


def confirm(database: Database, hit_id: str, actor: str = "an", revision: int = 1) -> StoredDecision:
    with database.write() as session:
        return record_decision(session, hit_id, revision, "violation", "counterfeit", actor, START, "note \x00")


def test_a_decision_is_kept_with_its_hit_its_audit_row_and_its_place(database: Database) -> None:
    (hit,) = store(database, make_hit(make_listing()))
    made = confirm(database, hit.hit_id)
    with database.read() as session:
        stored = load_hit(session, hit.hit_id)
        (row,) = load_audit(session, hit.hit_id)
        assert load_decided_hit(session, made.decision_id) == hit.hit
        assert verify_audit(session) == ()
    assert stored.decision is not None
    assert (stored.state, stored.revision, stored.decision.decision.note) == ("confirmed", 2, "note \ufffd")
    assert stored.decision.decision.hit == hit.hit.key
    assert (row.actor, row.action, row.data["verdict"]) == ("an", "hit.decide", "violation")


def test_a_decided_hit_takes_no_second_decision(database: Database) -> None:
    (hit,) = store(database, make_hit(make_listing()))
    confirm(database, hit.hit_id)
    for revision in (1, 2):
        with pytest.raises(Conflict, match="by an at 2026-11-22T08:00:00") as caught:
            confirm(database, hit.hit_id, "binh", revision)
        assert (caught.value.hit_id, caught.value.actor, caught.value.at) == (hit.hit_id, "an", START)
    with database.read() as session:
        assert len(load_decisions(session, hit.hit_id)) == 1
        assert len(load_audit(session)) == 1


def test_a_decision_on_an_outdated_view_is_refused_naming_the_crawl(database: Database) -> None:
    (hit,) = store(database, make_hit(make_listing()))
    changed = retitled(hit.hit, "ni.ke khác")
    with database.write() as session:
        save_listing(session, changed.listing, None, START + HOUR)
        save_hits(session, changed.listing, [changed], None, START + HOUR)
    with pytest.raises(Conflict) as caught:
        confirm(database, hit.hit_id)
    assert (caught.value.actor, caught.value.at) == ("crawl", START + HOUR)
    confirm(database, hit.hit_id, revision=2)


def test_what_was_decided_stays_readable_after_the_listing_changed(database: Database) -> None:
    (hit,) = store(database, make_hit(make_listing()))
    made = confirm(database, hit.hit_id)
    changed = retitled(hit.hit, "ganz anders")
    with database.write() as session:
        save_listing(session, changed.listing, None, START + HOUR)
        save_hits(session, changed.listing, [changed], None, START + HOUR)
        assert load_hit(session, hit.hit_id).hit == changed
        assert load_hit(session, hit.hit_id).state == "confirmed"
        assert load_decided_hit(session, made.decision_id) == hit.hit


def test_an_undo_is_a_new_row_and_opens_the_hit(database: Database) -> None:
    (hit,) = store(database, make_hit(make_listing()))
    made = confirm(database, hit.hit_id)
    with database.write() as session:
        undone = undo_decision(session, hit.hit_id, "an", START + MINUTE)
        assert (undone.decision_id, undone.undone_at, undone.undone_by) == (made.decision_id, START + MINUTE, "an")
        assert load_hit(session, hit.hit_id).decision is None
        assert load_last_decision(session, "an") is None
        assert session.scalar(text("SELECT count(*) FROM decisions")) == 2
        with pytest.raises(NotFound, match="no decision is in force"):
            undo_decision(session, hit.hit_id, "an", START + MINUTE)
    again = confirm(database, hit.hit_id, "binh", revision=3)
    with database.read() as session:
        assert [(row.decision.actor, row.undone_by) for row in load_decisions(session, hit.hit_id)] == [
            ("an", "an"),
            ("binh", None),
        ]
        assert load_last_decision(session, "binh") == load_decisions(session, hit.hit_id)[-1]
        assert [row.action for row in load_audit(session, hit.hit_id)] == ["hit.decide", "hit.undo", "hit.decide"]
    assert again.revision == 3
    assert database.check() == ()


def test_nobody_undoes_the_decision_of_another(database: Database) -> None:
    (hit,) = store(database, make_hit(make_listing()))
    confirm(database, hit.hit_id)
    with pytest.raises(Conflict, match="by an"), database.write() as session:
        undo_decision(session, hit.hit_id, "binh", START)


def test_a_reason_of_another_verdict_is_refused(database: Database) -> None:
    (hit,) = store(database, make_hit(make_listing()))
    with pytest.raises(ValueError, match="does not belong"), database.write() as session:
        record_decision(session, hit.hit_id, 1, "no_violation", "counterfeit", "an", START)
    with pytest.raises(NotFound, match="no hit 'X'"):
        confirm(database, "X")


def test_only_confirmed_hits_past_the_undo_window_are_released(database: Database) -> None:
    with database.write() as session:
        save_marks(session, (NIKE,))
    hits = store(database, *(make_hit(make_listing(str(number))) for number in range(4)))
    confirm(database, hits[0].hit_id)
    with database.write() as session:
        record_decision(session, hits[1].hit_id, 1, "no_violation", "genuine", "an", START)
        record_decision(session, hits[2].hit_id, 1, "violation", "counterfeit", "an", START + HOUR)

    def released(after: timedelta, since: timedelta | None = None) -> list[str]:
        with database.read() as session:
            limit = None if since is None else START + since
            return [hit.hit_id for hit in load_released(session, "Nike Inc", START + after, limit)]

    assert released(UNDO_WINDOW - MINUTE) == []
    assert released(UNDO_WINDOW) == [hits[0].hit_id]
    assert released(2 * HOUR) == [hits[2].hit_id, hits[0].hit_id]
    assert released(2 * HOUR, MINUTE) == [hits[2].hit_id]
    with database.read() as session:
        assert load_released(session, "nobody", START + HOUR) == ()
        assert count_unreviewed(session, "Nike Inc") == 1
        assert count_unreviewed(session, "nobody") == 0


@pytest.mark.parametrize("table", ["decisions", "audit"])
@pytest.mark.parametrize("act", ["UPDATE {} SET actor = 'x'", "DELETE FROM {}", "TRUNCATE {} CASCADE", "REPLACE"])
def test_the_database_refuses_to_change_what_is_only_added(database: Database, table: str, act: str) -> None:
    (hit,) = store(database, make_hit(make_listing()))
    confirm(database, hit.hit_id)
    statement = act.format(table)
    if act == "REPLACE":  # SQLite's own way round DELETE triggers; PostgreSQL does not know it
        statement = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"  # noqa: S608 - fixed names
    refusal = "only ever added|syntax error" if act.startswith(("REPLACE", "TRUNCATE")) else "only ever added"
    with pytest.raises(DBAPIError, match=refusal), database.write() as session:
        session.execute(text(statement))
    with database.read() as session:
        assert verify_audit(session) == ()
        assert len(load_decisions(session, hit.hit_id)) == 1


@pytest.mark.fault
def test_of_two_racing_reviewers_exactly_one_wins_and_the_other_learns_who(database: Database) -> None:
    races = 500 if os.environ.get("MARKWATCH_LONG") else 50
    hits = store(database, *(make_hit(make_listing(str(number))) for number in range(races)))
    gate = threading.Barrier(2)
    outcomes: dict[str, dict[str, str]] = {hit.hit_id: {} for hit in hits}
    problems: list[BaseException] = []

    def review(actor: str) -> None:
        try:
            for hit in hits:
                gate.wait()
                try:
                    confirm(database, hit.hit_id, actor)
                    outcomes[hit.hit_id][actor] = "won"
                except Conflict as conflict:
                    outcomes[hit.hit_id][actor] = f"{conflict.actor} {conflict.at == START}"
        except BaseException as error:  # noqa: BLE001 - the test reports whatever a thread met
            problems.append(error)
            gate.abort()

    threads = [threading.Thread(target=review, args=(actor,)) for actor in ("an", "binh")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    expected = ({"an": "won", "binh": "an True"}, {"an": "binh True", "binh": "won"})
    assert all(outcome in expected for outcome in outcomes.values())
    with database.read() as session:
        assert len(load_audit(session)) == races
    assert database.check() == ()
