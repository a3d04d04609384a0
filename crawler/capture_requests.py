"""Asks for captures of listings' pages: a job each, never two for the same listing and day."""

from collections.abc import Collection, Sequence
from datetime import datetime

from scrapy import Spider

from records.listing import Listing
from spiders.base import MarketSpider
from storage.database import Session
from storage.jobs import open_job


def captures_pages(spider: Spider | None, open_ways: Collection[str]) -> bool:
    """Return whether hits of this crawl have their pages captured: the market's pages are open, and it is no replay."""
    if not isinstance(spider, MarketSpider) or spider.is_opened_for_run(spider.arguments):
        return False
    return is_capturable(type(spider), open_ways)


def is_capturable(market: type[MarketSpider], open_ways: Collection[str]) -> bool:
    """Return whether the market's pages may be asked for today."""
    return any(way.name == "pages" and (not way.asks_consent or way.name in open_ways) for way in market.ways)


def ask_for_capture(
    session: Session, listing: Listing, hit_ids: Sequence[str], cause: str, by: str, at: datetime
) -> int:
    """Ask for a capture of the listing's page for those hits; return 0 where there is nothing to capture, else 1.

    A person's request counts by the minute, a crawl's by the day.
    """
    if listing.url is None or not hit_ids:
        return 0
    moment = f"{at:%Y-%m-%d %H:%M}" if cause == "requested" else f"{at:%Y-%m-%d}"
    open_job(
        session,
        "capture",
        f"capture {cause} {listing.market} {listing.listing_id} {moment}",
        at,
        created_by=by,
        arguments={
            "market": listing.market,
            "listing_id": listing.listing_id,
            "hit_ids": " ".join(hit_ids),
            "cause": cause,
            "by": by,
        },
    )
    return 1
