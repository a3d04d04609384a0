"""A re-match remembers where it was interrupted."""

from datetime import UTC, datetime

from storage.database import Database
from storage.rematches import finish_rematch, open_rematch_cursor, save_rematch_cursor

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def test_an_unfinished_rematch_goes_on_and_a_finished_one_begins_anew(database: Database) -> None:
    with database.write() as session:
        begun = open_rematch_cursor(session, "a", "offers", START)
        assert (begun.after, begun.phase, begun.listings) == (None, "offers", 0)
        save_rematch_cursor(session, begun, phase="hits", after=("tiki_vn", "7"), listings=400)
    with database.write() as session:
        found = open_rematch_cursor(session, "a", "offers", LATER)
        assert (found.phase, found.after, found.listings, found.started_at) == ("hits", ("tiki_vn", "7"), 400, START)
        finish_rematch(session, found, LATER)
    with database.write() as session:
        again = open_rematch_cursor(session, "a", "offers", LATER)
        assert (again.after, again.listings, again.started_at) == (None, 0, LATER)


def test_another_watch_list_begins_a_rematch_of_its_own(database: Database) -> None:
    with database.write() as session:
        one = open_rematch_cursor(session, "a", "hits", START)
        save_rematch_cursor(session, one, phase="hits", after=("tiki_vn", "7"), listings=1)
        assert open_rematch_cursor(session, "b", "hits", LATER).after is None
