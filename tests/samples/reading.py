"""Reads the sample markets as a crawl does, without a network: answer by answer through the spiders' readers."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from urllib.parse import urlsplit

from records.lines import mark_from_row, owner_from_row, product_from_row, seller_from_row
from records.listing import Listing
from records.watchlist import WatchList
from samples.serve import answer
from spiders.base import MarketSpider
from spiders.errors import ReadingError
from spiders.reading import Answer, Reading
from spiders.registry import load_markets
from tests.realdata import PROJECT

SAMPLES = PROJECT / "samples"
AT = datetime(2026, 11, 23, 8, tzinfo=UTC)


def load_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a file of the sample watch list."""
    with (SAMPLES / "watchlist" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def load_watchlist() -> WatchList:
    """Return the sample watch list."""
    return WatchList(
        marks=tuple(mark_from_row(row) for row in load_rows("marks")),
        products=tuple(product_from_row(row) for row in load_rows("products")),
        sellers=tuple(seller_from_row(row) for row in load_rows("sellers")),
        owners=tuple(owner_from_row(row) for row in load_rows("owners")),
        as_of=date(2026, 11, 23),
    )


@cache
def load_plan() -> tuple[Mapping[str, object], ...]:
    """Return what the demo crawls."""
    plan = json.loads((SAMPLES / "demo.json").read_text(encoding="utf-8"))
    return tuple(plan["crawls"])


def read(spider: type[MarketSpider], url: str) -> Reading:
    """Return what the market's reader finds in the sample's answer to an address."""
    parts = urlsplit(url)
    sent = answer(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    return spider.read(
        Answer(url=url, body=sent.body, content_type=sent.content_type, status=sent.status, fetched_at=AT)
    )


def starts(entry: Mapping[str, object]) -> tuple[str, ...]:
    """Return the addresses that one crawl of the demo begins with."""
    spider = load_markets()[str(entry["market"])]
    queries, urls = entry["queries"], entry["urls"]
    assert isinstance(queries, list)
    assert isinstance(urls, list)
    return tuple(spider.search_url(query, 1) for query in queries) + tuple(urls)


@cache
def crawl(market: str) -> tuple[dict[str, Listing], dict[str, str]]:
    """Return every listing that the demo's crawl of a market finds, and which addresses gave none, with the reason."""
    spider = load_markets()[market]
    found: dict[str, Listing] = {}
    failed: dict[str, str] = {}
    for url, reading in _readings(
        spider, [url for entry in load_plan() if entry["market"] == market for url in starts(entry)]
    ):
        if isinstance(reading, ReadingError):
            failed[url] = type(reading).__name__
            continue
        assert not reading.skipped, url
        for listing in reading.listings:
            found[listing.listing_id] = _completed(listing, found.get(listing.listing_id))
    return found, failed


def _completed(listing: Listing, known: Listing | None) -> Listing:
    """Return the listing; what this answer leaves out stays as an earlier one said it."""
    if known is None:
        return listing
    seller = listing.seller
    return replace(
        listing,
        description=listing.description or known.description,
        seller=replace(
            seller,
            name=seller.name or known.seller.name,
            official=known.seller.official if seller.official is None else seller.official,
        ),
    )


def _readings(spider: type[MarketSpider], urls: list[str]) -> Iterator[tuple[str, Reading | ReadingError]]:
    waiting, known = list(urls), set(urls)
    while waiting:
        url = waiting.pop(0)
        # robots.txt forbids it; the crawl's middleware keeps to that, here it is this line.
        if urlsplit(url).path.startswith("/private/"):
            continue
        try:
            reading = read(spider, url)
        except ReadingError as problem:
            yield url, problem
            continue
        yield url, reading
        waiting += [link for link in reading.links if link not in known]
        known.update(reading.links)
