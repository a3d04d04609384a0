"""Opens a marketplace's pages in a test's database, as an administrator's record does."""

from datetime import UTC, datetime, timedelta

from storage.access import record_grant
from storage.database import Database


def open_pages(database: Database, *markets: str) -> None:
    """Record that the pages of these markets may be read for a year."""
    at = datetime.now(UTC)
    with database.write() as session:
        for market in markets:
            record_grant(session, market, "pages", "a letter of the test", at + timedelta(days=365), "a test", at)
