"""A second look needs another person, sees the frozen revision, and settles the hit or sends it to a senior."""

from dataclasses import replace

import pytest

from records.decision import UNDO_WINDOW
from records.watchlist import Mark
from storage.database import Database
from storage.decisions import load_decisions, load_released, record_decision, undo_decision
from storage.errors import Conflict, SamePerson
from storage.hit_records import HitFilter, StoredHit
from storage.hits import count_hits, load_hit, load_queue
from storage.ledger import load_ledger
from storage.second_looks import EVERY_BRAND, load_look, record_opinion, save_policy, undo_opinion
from storage.watchlist import save_marks
from tests.storage.factories import DAY, HOUR, START, make_hit, make_listing, store

NIKE = Mark(mark_id="nike", text="Nike", brand="Nike", owner="Nike Inc")


@pytest.fixture
def waiting(database: Database) -> StoredHit:
    """A hit that the first person confirmed and that waits for a second look."""
    with database.write() as session:
        save_marks(session, [NIKE])
        save_policy(session, EVERY_BRAND, "violation", "always", 100, "quan", START)
    (stored,) = store(database, make_hit(make_listing()))
    with database.write() as session:
        record_decision(session, stored.hit_id, stored.revision, "violation", "counterfeit", "hanh", START, "seen")
    return stored


def look_id(database: Database, hit_id: str) -> int:
    with database.read() as session:
        look = load_look(session, hit_id)
    assert look is not None
    return look.look_id


def test_a_confirmed_hit_is_not_released_before_another_person_has_looked(
    database: Database, waiting: StoredHit
) -> None:
    later = START + DAY
    with database.read() as session:
        assert load_hit(session, waiting.hit_id).state == "second_look"
        assert load_released(session, "Nike Inc", later) == ()
    with database.write() as session:
        number = look_id(database, waiting.hit_id)
        state = record_opinion(session, waiting.hit_id, number, "violation", "imitation_wording", "minh", later)
    assert state == "confirmed"
    with database.read() as session:
        assert load_released(session, "Nike Inc", later + UNDO_WINDOW / 2) == ()
        assert len(load_released(session, "Nike Inc", later + UNDO_WINDOW)) == 1
    assert database.check() == ()


def test_the_first_person_is_refused_as_second(database: Database, waiting: StoredHit) -> None:
    number = look_id(database, waiting.hit_id)
    with pytest.raises(SamePerson), database.write() as session:
        record_opinion(session, waiting.hit_id, number, "violation", "counterfeit", "hanh", START + HOUR)
    with database.read() as session:
        assert load_hit(session, waiting.hit_id).state == "second_look"
        own = load_queue(session, HitFilter(view="second_look", actor="hanh"))
        others = load_queue(session, HitFilter(view="second_look", actor="minh"))
    assert (len(own.rows), len(others.rows)) == (0, 1)


def test_a_disagreement_goes_to_a_senior_who_took_no_part(database: Database, waiting: StoredHit) -> None:
    number = look_id(database, waiting.hit_id)
    with database.write() as session:
        record_opinion(session, waiting.hit_id, number, "no_violation", "genuine", "minh", START + HOUR)
    with database.read() as session:
        assert load_hit(session, waiting.hit_id).state == "disputed"
        assert count_hits(session)["disputed"] == 1
    for person in ("hanh", "minh"):
        with pytest.raises(SamePerson), database.write() as session:
            record_opinion(session, waiting.hit_id, number, "no_violation", "genuine", person, START + DAY)
    with database.write() as session:
        record_opinion(session, waiting.hit_id, number, "no_violation", "genuine", "quan", START + DAY)
    with database.read() as session:
        stored = load_hit(session, waiting.hit_id)
        assert stored.state == "rejected"
        assert stored.decision is not None
        assert stored.decision.decision.actor == "quan"
        assert [made.decision.verdict for made in load_decisions(session, waiting.hit_id)] == [
            "violation", "no_violation",
        ]  # fmt: skip
        assert {(row.confirmed, row.rejected) for row in load_ledger(session)} == {(0, 1)}
    assert database.check() == ()


def test_an_opinion_is_taken_back_step_by_step(database: Database, waiting: StoredHit) -> None:
    number = look_id(database, waiting.hit_id)
    with database.write() as session:
        record_opinion(session, waiting.hit_id, number, "no_violation", "genuine", "minh", START + HOUR)
        record_opinion(session, waiting.hit_id, number, "no_violation", "genuine", "quan", START + DAY)
    with pytest.raises(Conflict), database.write() as session:
        undo_opinion(session, waiting.hit_id, "minh", START + DAY)
    with database.write() as session:
        undo_opinion(session, waiting.hit_id, "quan", START + DAY)
        assert load_hit(session, waiting.hit_id).state == "disputed"
        undo_opinion(session, waiting.hit_id, "minh", START + DAY)
        assert load_hit(session, waiting.hit_id).state == "second_look"
    with database.write() as session:
        undo_decision(session, waiting.hit_id, "hanh", START + DAY)
        assert load_hit(session, waiting.hit_id).state == "new"
    with pytest.raises(Conflict), database.write() as session:
        record_opinion(session, waiting.hit_id, number, "violation", "counterfeit", "minh", START + DAY)
    with database.read() as session:
        assert {(row.open, row.decided) for row in load_ledger(session)} == {(1, 0)}
    assert database.check() == ()


def test_the_second_person_judges_the_listing_as_the_first_one_saw_it(database: Database, waiting: StoredHit) -> None:
    changed = replace(waiting.hit.listing, title="Tất vớ ni.ke đẹp, hàng rep 1:1 mới")
    store(database, make_hit(changed, score=0.4, tier="low"), at=START + HOUR)
    with database.read() as session:
        look = load_look(session, waiting.hit_id)
    assert look is not None
    assert look.judged.listing.title == waiting.hit.listing.title
    assert look.judged.score == waiting.hit.score


def test_a_dismissal_agreed_on_after_the_listing_changed_lapses_at_once(database: Database) -> None:
    with database.write() as session:
        save_marks(session, [NIKE])
        save_policy(session, "Nike", "no_violation", "always", 100, "quan", START)
    (stored,) = store(database, make_hit(make_listing()))
    with database.write() as session:
        record_decision(session, stored.hit_id, stored.revision, "no_violation", "genuine", "hanh", START)
    store(database, make_hit(replace(stored.hit.listing, title="Tất vớ ni.ke rep 1:1 khác")), at=START + HOUR)
    with database.write() as session:
        number = look_id(database, stored.hit_id)
        assert record_opinion(session, stored.hit_id, number, "no_violation", "genuine", "minh", START + DAY) == "new"
    with database.read() as session:
        now = load_hit(session, stored.hit_id)
    assert (now.state, now.reopened_because, now.decision) == ("new", "title", None)
    assert database.check() == ()


# Of 80 drawn at 50 %, fewer than 20 or more than 60 come once in 200,000 runs.
@pytest.mark.slow
@pytest.mark.parametrize(("percent", "hits", "low", "high"), [(0, 20, 0, 0), (50, 80, 20, 60), (100, 20, 20, 20)])
def test_a_sampled_policy_draws_its_share(database: Database, percent: int, hits: int, low: int, high: int) -> None:
    with database.write() as session:
        save_marks(session, [NIKE])
        save_policy(session, "Nike", "violation", "sampled", percent, "quan", START)
    for number in range(hits):
        (stored,) = store(database, make_hit(make_listing(str(number))))
        with database.write() as session:
            record_decision(session, stored.hit_id, stored.revision, "violation", "counterfeit", "hanh", START)
    with database.read() as session:
        drawn = count_hits(session)["second_look"]
    assert low <= drawn <= high
