"""Listings, prices and sellers written in batches: prepared without the database, then stored in a few statements."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from sqlalchemy.orm import Session

from storage.access_tables import PURGED
from storage.listing_driver import ListingDriver
from storage.listing_rows import OBSERVED, Prepared

Change = Literal["new", "changed", "unchanged"]


def store_listings(session: Session, batch: Sequence[Prepared]) -> tuple[Change, ...]:
    """Keep the listings as seen, their prices where those are news, and their sellers; return what each was.

    Storing them twice changes nothing. A sighting older than the latest one changes nothing either. The same listing
    twice in a batch is stored in the batch's order.
    """
    changes: list[Change] = []
    part: dict[tuple[str, str], Prepared] = {}
    for prepared in batch:
        if prepared.key in part:
            changes += _store(session, list(part.values()))
            part = {}
        part[prepared.key] = prepared
    return (*changes, *_store(session, list(part.values())))


def _store(session: Session, batch: Sequence[Prepared]) -> Iterable[Change]:
    if not batch:
        return []
    driver = ListingDriver(session)
    with driver.errors():
        return _write(driver, batch)


def _write(driver: ListingDriver, batch: Sequence[Prepared]) -> Iterable[Change]:
    # Sorted: two writers on PostgreSQL never wait for each other in a ring, and neighbours lie on one page of SQLite.
    places = sorted(range(len(batch)), key=[one.key for one in batch].__getitem__)
    changes: list[Change] = ["unchanged"] * len(batch)
    new: list[tuple[Any, ...]] = []
    updates: list[tuple[Any, ...]] = []
    prices: list[tuple[Any, ...]] = []
    observations: list[tuple[Any, ...]] = []
    sellers: dict[Any, tuple[Any, ...]] = {}
    known = driver.load_known([batch[place].key for place in places])
    for place, before in zip(places, known, strict=True):
        one = batch[place]
        at = one.seen_at
        if before is None:
            changes[place] = "new"
            new.append(one.listing)
            prices.append(one.price)
        else:
            _, row_id, content_sha256, last_seen_at, known_price, known_at, seller_id, observed = before
            if at < last_seen_at:
                continue
            changed_at = None
            if content_sha256 != one.content_sha256:
                changes[place], changed_at = "changed", at
                if content_sha256 != PURGED:
                    # What was emptied by a market's rules and is seen again has not changed for that.
                    observations += _observations(one, driver.observed(one.key, observed))
            price_sha256, price_at = one.price_sha256, at
            if known_at is None or (at > known_at and (known_price != price_sha256 or known_at < one.a_day_before)):
                prices.append(one.price)
            else:
                price_sha256, price_at = known_price or price_sha256, known_at
            if row_id is not None and seller_id == one.listing[3]:
                updates.append((*one.update, price_sha256, price_at, changed_at, row_id))
            else:
                new.append((*one.listing[:-2], price_sha256, price_at))
        if one.seller is not None:
            sellers[one.seller[:2]] = one.seller
    driver.merge("listings", new)
    driver.update(updates)
    driver.merge("listing_observations", observations)
    driver.merge("price_observations", prices)
    driver.merge("sellers", [sellers[key] for key in sorted(sellers)])
    return changes


def _observations(one: Prepared, before: Sequence[str | None]) -> Iterable[tuple[Any, ...]]:
    """Return a row for each part that people look for and that is another now."""
    sighting, run_id = one.sighting, one.listing[6]
    return [
        (*sighting, field, old, new, run_id)
        for field, old, new in zip(OBSERVED, before, one.observed, strict=True)
        if old != new
    ]
