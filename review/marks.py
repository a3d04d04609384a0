"""The marks of the watch list, kept for a minute, because a hit page needs one of them and the list may be long."""

from datetime import datetime, timedelta
from typing import Final

from records.watchlist import Mark
from storage.database import Database
from storage.watchlist import load_watchlist

KEPT_FOR: Final = timedelta(minutes=1)


class MarkBook:
    """The marks by id, read again when they are older than a minute or one is missing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._marks: dict[str, Mark] = {}
        self._read_at: datetime | None = None

    def find(self, mark_id: str, now: datetime) -> Mark | None:
        """Return the mark, or None where the watch list no longer holds it."""
        if self._read_at is None or now - self._read_at > KEPT_FOR:
            with self._database.read() as session:
                self._marks = load_watchlist(session, None).mark_by_id
            self._read_at = now
        return self._marks.get(mark_id)
