"""Asks for captures of listings' pages: a job each, never two for the same listing and day."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from scrapy import Spider

from crawler.access import open_ways
from records.hit import QUEUE_TIERS, Hit
from records.listing import Listing
from spiders.base import MarketSpider
from spiders.registry import load_markets
from storage.database import Database, Session
from storage.hit_records import StoredHit
from storage.hits import SavedHits, hit_id_of
from storage.jobs import open_jobs
from storage.page_captures import load_run_arguments
from storage.runs import IMPORTED_FILES


def captures_pages(spider: Spider | None, open_ways: Collection[str]) -> bool:
    """Return whether hits of this crawl have their pages captured: the market's pages are open, and it is no replay."""
    if not isinstance(spider, MarketSpider) or spider.is_opened_for_run(spider.arguments):
        return False
    return is_capturable(type(spider), open_ways)


def is_capturable(market: type[MarketSpider], open_ways: Collection[str]) -> bool:
    """Return whether the market's pages may be asked for today, and its terms let us keep what it answers."""
    return market.rules.keeps_answers != "none" and any(
        way.name == "pages" and (not way.asks_consent or way.name in open_ways) for way in market.ways
    )


def page_is_open(database: Database, stored: StoredHit, at: datetime) -> bool:
    """Return whether the hit's page may be asked for today: it has one, and the market itself was crawled, no replay.

    What a replay or a sample server showed has no page at the marketplace, whatever its address says.
    """
    market = load_markets().get(stored.hit.listing.market)
    if market is None or stored.hit.listing.url is None:
        return False
    with database.read() as session:
        _run_id, arguments = load_run_arguments(session, *stored.hit.listing.key)
    return not is_replay(arguments) and is_capturable(market, open_ways(database, market.name, at))


def open_markets(database: Database, at: datetime) -> frozenset[str]:
    """Return the marketplaces whose pages may be asked for today."""
    markets = load_markets()
    return frozenset(name for name, market in markets.items() if is_capturable(market, open_ways(database, name, at)))


def ask_for_queued(
    session: Session, listing: Listing, hits: Iterable[Hit], saved: SavedHits, markets: Collection[str], at: datetime
) -> int:
    """Ask for a capture of a listing whose hits came into the queue without a crawl; return how many are new.

    `markets` are those whose pages are open. What a replay showed has no page there, and what was imported from files
    is captured when somebody opens it: nobody knows how old such a file is.
    """
    hit_ids = tuple(hit_id_of(hit.key) for hit in hits if hit.tier in QUEUE_TIERS)
    if not hit_ids or not (saved.new or saved.reopened) or listing.market not in markets:
        return 0
    _run_id, arguments = load_run_arguments(session, *listing.key)
    if is_replay(arguments) or IMPORTED_FILES in arguments:
        return 0
    return ask_for_capture(session, listing, hit_ids, "queued", "rematch", at)


def is_replay(arguments: Mapping[str, str]) -> bool:
    """Return whether a run with these arguments went to a host opened for it alone."""
    return bool(arguments.get("base_url") or arguments.get("allow_host"))


def ask_for_capture(
    session: Session, listing: Listing, hit_ids: Sequence[str], cause: str, by: str, at: datetime
) -> int:
    """Ask for a capture of the listing's page for those hits; return 0 where it is asked for already, else 1."""
    return ask_for_captures(session, [(listing, hit_ids)], cause, by, at)


def ask_for_captures(
    session: Session, flagged: Sequence[tuple[Listing, Sequence[str]]], cause: str, by: str, at: datetime
) -> int:
    """Ask for captures of listings' pages, each for its hits, in one statement; return how many are new.

    A person's request counts by the minute; a crawl's, and that of a stale hit that was opened, by the day. A listing
    without an address has no page.
    """
    moment = f"{at:%Y-%m-%d %H:%M}" if cause == "requested" else f"{at:%Y-%m-%d}"
    asked = {
        f"capture {cause} {listing.market} {listing.listing_id} {moment}": {
            "market": listing.market,
            "listing_id": listing.listing_id,
            "hit_ids": " ".join(hit_ids),
            "cause": cause,
            "by": by,
        }
        for listing, hit_ids in flagged
        if listing.url is not None and hit_ids
    }
    return open_jobs(session, "capture", asked, at, created_by=by)
