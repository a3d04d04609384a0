"""Turns at hosts: one holder at a time, rests kept, the dead forgotten, wrong clocks survived."""

import threading
from datetime import timedelta

from storage.database import Database
from storage.host_turns import LONGEST_HOLD, count_request, give_turn, load_requests, take_turn
from tests.storage.factories import START

SECOND = timedelta(seconds=1)


def take(database: Database, holder: str, seconds: float = 0, host: str = "shop.example") -> float | None:
    """Return how long the holder must wait, None where the turn is its own."""
    now = START + SECOND * seconds
    with database.write() as session:
        until = take_turn(session, host, holder, now)
    return None if until is None else (until - now).total_seconds()


def give(database: Database, holder: str, rest_until: float) -> bool:
    with database.write() as session:
        return give_turn(session, "shop.example", holder, START + SECOND * rest_until)


def test_one_holder_at_a_time_and_each_host_for_itself(database: Database) -> None:
    assert take(database, "a") is None
    assert take(database, "b") == 1
    assert take(database, "b", host="other.example") is None
    assert take(database, "a") is None


def test_a_host_that_was_given_back_rests_for_everybody(database: Database) -> None:
    take(database, "a")
    assert give(database, "a", rest_until=3)
    assert take(database, "b", 1) == 2
    assert take(database, "a", 2) == 1
    assert take(database, "b", 3) is None


def test_a_shorter_rest_never_ends_a_longer_one(database: Database) -> None:
    take(database, "a")
    give(database, "a", rest_until=600)
    give(database, "a", rest_until=3)
    assert take(database, "b", 10) == 590


def test_a_dead_holder_loses_its_turn_and_cannot_give_it_back(database: Database) -> None:
    take(database, "a")
    dead = LONGEST_HOLD.total_seconds()
    assert take(database, "b", dead - 1) is not None
    assert take(database, "b", dead) is None
    assert not give(database, "a", rest_until=dead + 3)
    assert take(database, "c", dead + 1) is not None


def test_a_row_from_a_clock_that_was_years_ahead_holds_nobody_back(database: Database) -> None:
    years = 10 * 365 * 86_400
    take(database, "a", years)
    give(database, "a", rest_until=years + 3)
    take(database, "a", years)
    assert take(database, "b") is None


def test_of_many_that_ask_at_once_one_gets_the_turn(database: Database) -> None:
    got: list[str] = []

    def ask(name: str) -> None:
        if take(database, name) is None:
            got.append(name)

    threads = [threading.Thread(target=ask, args=(f"run{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1


def test_requests_are_counted_by_market_and_day(database: Database) -> None:
    for _ in range(3):
        with database.write() as session:
            count_request(session, "shop", START.date())
    with database.read() as session:
        assert load_requests(session, "shop", START.date()) == 3
        assert load_requests(session, "shop", START.date() + timedelta(days=1)) == 0
