"""Absence is said only by a complete pass, taken back by the next sighting, and never believed of a lost list."""

from datetime import datetime, timedelta

from storage.database import Database
from storage.passes import load_not_seen_since, record_pass
from tests.storage.factories import HOUR, START


def pass_over(database: Database, ids: str, at: datetime, start: str = "search") -> int | None:
    with database.write() as session:
        return record_pass(session, "shop", start, set(ids), at)


def absent(database: Database, ids: str) -> dict[str, timedelta]:
    with database.read() as session:
        found = load_not_seen_since(session, [("shop", one) for one in ids])
    return {key[1]: since - START for key, since in found.items()}


def test_what_a_pass_no_longer_shows_is_not_seen_since_then(database: Database) -> None:
    assert pass_over(database, "abc", START) == 0
    assert pass_over(database, "ab", START + HOUR) == 1
    assert pass_over(database, "ab", START + 2 * HOUR) == 0
    assert absent(database, "abc") == {"c": HOUR}


def test_a_listing_that_comes_back_is_seen_again(database: Database) -> None:
    pass_over(database, "abc", START)
    pass_over(database, "ab", START + HOUR)
    pass_over(database, "abc", START + 2 * HOUR)
    assert absent(database, "abc") == {}


def test_a_listing_that_another_list_shows_later_is_not_absent(database: Database) -> None:
    pass_over(database, "abc", START)
    pass_over(database, "ab", START + HOUR)
    pass_over(database, "c", START + 2 * HOUR, "category")
    assert absent(database, "c") == {}


def test_a_pass_that_lost_most_of_its_list_is_not_believed(database: Database) -> None:
    pass_over(database, "abcdef", START)
    assert pass_over(database, "ab", START + HOUR) is None
    assert pass_over(database, "", START + HOUR) is None
    assert absent(database, "abcdef") == {}
