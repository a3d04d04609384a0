"""Judges stored listings again, in batches that each commit: what is done stays done when it is interrupted."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from crawler.capture_requests import ask_for_queued, open_markets
from crawler.errors import BadInput
from crawler.job_context import JobContext
from crawler.product_models import installed_matcher
from crawler.surroundings import price_context
from matchers.match import Matcher, Reading
from matchers.policy import RULE_VERSION
from records.hit import Hit
from records.listing import Listing
from records.offers import SellerKey
from records.watchlist import WatchList
from storage.database import Database, Session
from storage.hits import SavedHits, save_hits
from storage.jobs import open_job
from storage.listings import load_judgeable, load_listing_keys, load_listings
from storage.product_offers import load_keys_around, save_offers
from storage.rematches import Phase, finish_rematch, open_rematch_cursor, save_rematch_cursor
from storage.watchlist import load_watchlist

BATCH_LISTINGS = 200
# How many listings one job of a re-match judges: minutes of work, not hours, so that many workers share it.
RANGE_LISTINGS = 5_000
# Between market and listing id in a job's arguments: neither holds a line break.
KEY_SEPARATOR = "\n"

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One listing done by a re-match."""

    phase: Phase
    """What was done with it."""
    done: int
    """Listings done in this phase, those before an interruption included."""
    changes: Mapping[str, int]
    """How its hits changed (new, changed, unchanged, reopened, lapsed); empty while offers are collected."""


def rejudge(database: Database, matcher: Matcher, at: datetime, since: str | None) -> Iterator[Step]:
    """Yield each stored listing as it is judged again; what is done is kept batch by batch, with a cursor.

    Interrupted, the same re-match (rules, watch list, day, listings chosen) goes on after its last batch. Decisions are
    never touched: a hit that changed is another version of itself, see storage.hits.
    """
    since_at = None if since is None else day_start(since)
    has_products = bool(matcher.watchlist.products)
    markets = open_markets(database, at)
    with database.write() as session:
        first: Phase = "offers" if has_products else "hits"
        cursor = open_rematch_cursor(session, fingerprint_of(matcher.watchlist, since), first, at)
    if cursor.phase == "offers":
        # Offers first: a price is judged beside all others, the ones of a later batch as well.
        for listings in _batches(database, since_at, cursor.after):
            readings = list(matcher.read_many(listings))
            done = cursor.listings + len(listings)
            with database.write() as session:
                _save_offers(session, readings, at)
                cursor = save_rematch_cursor(session, cursor, phase="offers", after=listings[-1].key, listings=done)
            yield from (
                Step(phase="offers", done=number, changes={}) for number in range(done - len(listings) + 1, done + 1)
            )
        with database.write() as session:
            cursor = save_rematch_cursor(session, cursor, phase="hits", after=None, listings=0)
    for listings in _batches(database, since_at, cursor.after):
        with_hits = _judged(database, matcher, list(matcher.read_many(listings)), at)
        done = cursor.listings + len(listings)
        with database.write() as session:
            changes = [_counts(_save(session, listing, hits, markets, at)) for listing, hits in with_hits]
            cursor = save_rematch_cursor(session, cursor, phase="hits", after=listings[-1].key, listings=done)
        yield from (
            Step(phase="hits", done=number, changes=one) for number, one in enumerate(changes, done - len(changes) + 1)
        )
    with database.write() as session:
        finish_rematch(session, cursor, at)


def fingerprint_of(watchlist: WatchList, since: str | None) -> str:
    """Return what names a re-match: a digest of the rules, the whole watch list, its day and the listings chosen."""
    return hashlib.sha256(f"{RULE_VERSION}\n{since or ''}\n{watchlist!r}".encode()).hexdigest()


def _judged(
    database: Database, matcher: Matcher, readings: Sequence[Reading], at: datetime
) -> list[tuple[Listing, tuple[Hit, ...]]]:
    """Return the hits of each reading, its prices seen beside what is stored."""
    context = price_context(database, readings, at)
    return [(reading.listing, matcher.judge(reading, context=context)) for reading in readings]


def _save(
    session: Session, listing: Listing, hits: tuple[Hit, ...], markets: Collection[str], at: datetime
) -> SavedHits:
    """Save what was judged, and ask for a capture of the page where it brought a hit into the queue."""
    saved = save_hits(session, listing, hits, None, at)
    ask_for_queued(session, listing, hits, saved, markets, at)
    return saved


def meet_peers(
    database: Database, matcher: Matcher, products: Iterable[str], sellers: Iterable[SellerKey], at: datetime
) -> Iterator[SavedHits]:
    """Judge again every listing whose peers changed: its offers are compared with others that came after it.

    Batch by batch, each kept; yields how the hits of each listing changed.
    """
    markets = open_markets(database, at)
    with database.read() as session:
        keys = load_keys_around(session, products, sellers)
    for start in range(0, len(keys), BATCH_LISTINGS):
        with database.read() as session:
            listings = load_judgeable(session, keys[start : start + BATCH_LISTINGS])
        judged = _judged(database, matcher, list(matcher.read_many(listings)), at)
        with database.write() as session:
            saved = [_save(session, listing, hits, markets, at) for listing, hits in judged]
        yield from saved


def _save_offers(session: Session, readings: Sequence[Reading], at: datetime) -> None:
    for reading in readings:
        save_offers(session, reading.listing, reading.product_offers, reading.listing.fetched_at or at)


def _batches(database: Database, since_at: datetime | None, after: Key | None) -> Iterator[Sequence[Listing]]:
    """Yield the stored listings after one of them, in batches."""
    while True:
        with database.read() as session:
            listings = load_listings(session, after, BATCH_LISTINGS, since_at)
        if not listings:
            return
        yield listings
        after = listings[-1].key


def _counts(saved: SavedHits) -> Mapping[str, int]:
    return {name: getattr(saved, name) for name in ("new", "changed", "unchanged", "reopened", "lapsed")}


def open_rematch(session: Session, at: datetime, created_by: str, since: str | None = None) -> tuple[str, ...]:
    """Ask for all stored listings to be judged again, as jobs of one range each; return the jobs' ids."""
    since_at = None if since is None else day_start(since)
    ids: list[str] = []
    after: Key | None = None
    while True:
        keys = load_listing_keys(session, after, RANGE_LISTINGS, since_at)
        if not keys:
            return tuple(ids)
        until = keys[-1]
        arguments = {"since": since or "", "after": _written(after), "until": _written(until)}
        key = f"rematch {at.isoformat()} {_written(after)}"
        ids.append(open_job(session, "rematch", key, at, created_by=created_by, arguments=arguments).job_id)
        after = until


def perform_rematch(context: JobContext) -> Mapping[str, object]:
    """Job: judge one range of stored listings again; an interrupted one goes on where its last batch was kept."""
    given = context.job.arguments
    since_at = day_start(given["since"]) if given.get("since") else None
    until = _key(given.get("until", ""))
    progress = dict(context.job.progress)
    after = _key(str(progress.get("after") or given.get("after", "")))
    counts = Counter({str(name): int(number) for name, number in dict(progress.get("counts", {})).items()})
    with context.database.read() as session:
        matcher = installed_matcher(load_watchlist(session, context.clock().date()))
    markets = open_markets(context.database, context.clock())
    while True:
        context.pause_point()
        with context.database.read() as session:
            listings = _within(load_listings(session, after, BATCH_LISTINGS, since_at), until)
        if not listings:
            return dict(counts)
        readings = list(matcher.read_many(listings))
        found = _judged(context.database, matcher, readings, context.clock())
        after = listings[-1].key
        with context.write() as session:
            if matcher.watchlist.products:
                _save_offers(session, readings, context.clock())
            for listing, hits in found:
                counts.update(_counts(_save(session, listing, hits, markets, context.clock())))
            counts["listings"] += len(listings)
            context.save(session, {"after": _written(after), "counts": dict(counts)})


def _within(listings: Sequence[Listing], until: Key | None) -> Sequence[Listing]:
    return listings if until is None else [listing for listing in listings if listing.key <= until]


def _written(key: Key | None) -> str:
    return "" if key is None else KEY_SEPARATOR.join(key)


def _key(text: str) -> Key | None:
    market, _, listing_id = text.partition(KEY_SEPARATOR)
    return (market, listing_id) if text else None


def day_start(text: str) -> datetime:
    """Return the time that a date or time means; raise BadInput. A time without a zone is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"--since: not a date of the form YYYY-MM-DD: {text!r}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
