"""How old the last look at a hit's page is, what it said, and whether opening the hit asks for a new capture."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from starlette.background import BackgroundTask

from review.console import Console
from review.sessions import Visitor
from storage.errors import StorageError
from storage.hit_records import StoredHit
from storage.page_captures import PageCapture, load_page_captures

# Cases that are closed, or never came into the queue, are not looked at again.
WATCHED_STATES = frozenset({"new", "unsure", "second_look", "disputed", "confirmed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """What is known of a hit's page at the moment somebody opens the hit."""

    seen_at: datetime
    """When the listing was last seen, by a crawl or a capture."""
    latest: PageCapture | None
    """The latest attempt to capture the page, where it came after that and says something else; else None."""
    is_asked: bool
    """The last look is too old, and a new capture is asked for."""


def freshness_of(console: Console, visitor: Visitor, stored: StoredHit) -> Freshness:
    """Return what to say about the age of the hit; reads only. A visitor who may not decide asks for nothing."""
    with console.database.read() as session:
        taken = load_page_captures(session, *stored.hit.listing.key)
    seen_at = max(stored.last_seen_at, *(one.ended_at for one in taken if one.outcome == "seen"), stored.first_seen_at)
    latest = taken[0] if taken and taken[0].outcome != "seen" and taken[0].ended_at > seen_at else None
    looked_at = seen_at if latest is None else latest.ended_at
    limit = console.settings.stale_after
    is_due = (
        visitor.may("decide")
        and stored.flagged
        and stored.state in WATCHED_STATES
        and limit is not None
        and console.services.clock() - looked_at > limit
        and console.services.request_capture is not None
        and console.services.page_is_open(stored)
    )
    return Freshness(seen_at=seen_at, latest=latest, is_asked=is_due)


def asking(console: Console, visitor: Visitor, stored: StoredHit, freshness: Freshness) -> BackgroundTask | None:
    """Return what asks for the capture after the page was sent: nobody waits for the database's one writer."""
    ask = console.services.request_capture
    if ask is None or not freshness.is_asked:
        return None

    def work() -> None:
        # Where the database is away right now, the next one who opens the hit asks again.
        with suppress(StorageError):
            ask(stored, "opened", visitor.user.login)

    return BackgroundTask(work)
