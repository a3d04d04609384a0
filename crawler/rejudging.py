"""Judges stored listings again, in batches that each commit: what is done stays done when it is interrupted."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from crawler.errors import BadInput
from matchers.match import Matcher
from storage.database import Database
from storage.hits import save_hits
from storage.listings import load_listings

BATCH_LISTINGS = 200


def rejudge(database: Database, matcher: Matcher, at: datetime, since: str | None) -> Iterator[Mapping[str, int]]:
    """Yield for each stored listing how its hits changed (new, changed, unchanged, reopened, lapsed)."""
    since_at = None if since is None else _day_start(since)
    after: tuple[str, str] | None = None
    while True:
        with database.read() as session:
            listings = load_listings(session, after, BATCH_LISTINGS, since_at)
        if not listings:
            return
        judged = list(zip(listings, matcher.match_many(listings), strict=True))
        changes: list[Mapping[str, int]] = []
        with database.write() as session:
            for listing, hits in judged:
                saved = save_hits(session, listing, hits, None, at)
                changes.append(
                    {
                        "new": saved.new,
                        "changed": saved.changed,
                        "unchanged": saved.unchanged,
                        "reopened": saved.reopened,
                        "lapsed": saved.lapsed,
                    }
                )
        yield from changes
        after = listings[-1].key


def _day_start(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"--since: not a date of the form YYYY-MM-DD: {text!r}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
