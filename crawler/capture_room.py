"""Quotas of captures: how many megabytes each market, and each brand, may take; what is used is told by the doctor."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from captures.errors import NoRoom
from crawler.config import Settings
from storage.database import Database
from storage.page_captures import count_capture_bytes

MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class Quota:
    """One quota with what is used of it."""

    subject: str
    """market NAME or brand NAME."""
    used_bytes: int
    limit_bytes: int

    def __str__(self) -> str:
        return f"{self.subject}: {self.used_bytes / MEGABYTE:,.1f} of {self.limit_bytes // MEGABYTE:,} MB used"


def load_quotas(
    database: Database, settings: Settings, market: str | None = None, brands: Collection[str] | None = None
) -> Iterator[Quota]:
    """Yield the quotas that are set: all of them, or those of a market and of brands."""
    with database.read() as session:
        for name, limit in settings.quota_markets_mb.items():
            if market in {None, name}:
                yield Quota(f"market {name}", count_capture_bytes(session, market=name), limit * MEGABYTE)
        for name, limit in settings.quota_brands_mb.items():
            if brands is None or name in brands:
                yield Quota(f"brand {name}", count_capture_bytes(session, brand=name), limit * MEGABYTE)


def require_quota(
    database: Database, settings: Settings, market: str, brands: Collection[str], byte_count: int
) -> None:
    """Raise NoRoom where a capture of so many bytes would pass a quota of its market or of one of its brands."""
    for quota in load_quotas(database, settings, market, brands):
        if quota.used_bytes + max(byte_count, 1) > quota.limit_bytes:
            raise NoRoom(f"quota of {quota}, {byte_count:,} bytes more are needed")
