"""Listings as last seen, their prices over time, and the sellers behind them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, tuple_
from sqlalchemy.orm import Session

from records.listing import Availability, Listing, Seller
from records.money import Money
from storage.access_tables import purged_listings
from storage.by_key import rows_by_key
from storage.column_types import storable
from storage.crawl_tables import listing_observations
from storage.documents import listing_from_document, tidy_amount
from storage.listing_bulk import Change, store_listings
from storage.listing_rows import prepare_listing
from storage.tables import listings, price_observations, sellers


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceObservation:
    """What a listing cost at one moment."""

    seen_at: datetime
    """Aware UTC; grows from one observation of a listing to the next."""
    price: Money | None
    """Selling price, or the lower end of a range; None when unknown."""
    price_max: Money | None
    """Upper end of a range."""
    original_price: Money | None
    """The struck-through price."""
    price_raw: str | None
    """The price as the source sent it."""
    availability: Availability | None
    """None when the source did not say."""
    run_id: str | None
    """The run that saw it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One change of a listing."""

    seen_at: datetime
    """When the change was seen, aware UTC."""
    field: str
    """title, price, seller, image or availability."""
    before: str | None
    """What it was; None where it was not said."""
    after: str | None
    """What it is now."""
    run_id: str | None
    """The run that saw it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """When a listing was seen."""

    first_seen_at: datetime
    """First time."""
    last_seen_at: datetime
    """Latest time."""
    changed_at: datetime
    """Latest time at which it differed from the time before."""


def _money_values(name: str, money: Money | None) -> dict[str, object]:
    return {
        name: None if money is None else money.amount,
        f"{name}_currency": None if money is None else money.currency,
        f"{name}_printed": None if money is None else money.raw,
    }


def money_of(row: Mapping[Any, Any], name: str) -> Money | None:
    """Return the money value of a row's three columns."""
    amount, currency = row[name], row[f"{name}_currency"]
    if amount is None:
        return None
    return Money(amount=tidy_amount(amount, currency), currency=currency, raw=row[f"{name}_printed"])


def money_values(**parts: Money | None) -> dict[str, object]:
    """Return the column values of money values by name."""
    return {column: value for name, money in parts.items() for column, value in _money_values(name, money).items()}


def save_listing(session: Session, listing: Listing, run_id: str | None, seen_at: datetime) -> Change:
    """Keep the listing as seen at that time, its price if that is news, and its seller.

    Saving it twice changes nothing. A sighting older than the latest one changes nothing either.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return store_listings(session, [prepare_listing(listing, run_id, seen_at, is_sqlite=is_sqlite)])[0]


def load_observations(session: Session, market: str, listing_id: str) -> tuple[Observation, ...]:
    """Return what changed of a listing over time, oldest first."""
    here = (listing_observations.c.market == market) & (listing_observations.c.listing_id == listing_id)
    query = select(listing_observations).where(here).order_by(listing_observations.c.observation_id)
    rows = session.execute(query).mappings()
    return tuple(Observation(**{name: row[name] for name in Observation.__slots__}) for row in rows)


def load_listing(session: Session, market: str, listing_id: str) -> Listing | None:
    """Return the listing as last seen, None where it never was."""
    query = select(listings.c.document).where(listings.c.market == market, listings.c.listing_id == listing_id)
    document = session.scalar(query)
    return None if document is None else listing_from_document(document)


def load_listings_of(session: Session, keys: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Listing]:
    """Return the listings of those keys as last seen, by their keys as kept; those that never were are left out."""
    rows = rows_by_key(session, "listings", ("market", "listing_id", "document"), keys)
    return {(market, listing_id): listing_from_document(json.loads(kept)) for market, listing_id, kept in rows}


def load_listings(
    session: Session, after: tuple[str, str] | None = None, limit: int = 500, since: datetime | None = None
) -> tuple[Listing, ...]:
    """Return the next listings by (market, listing_id) after a key; with `since`, only those seen at or after it.

    A listing that a market's rules have emptied since it was last seen is left out.
    """
    query = select(listings.c.document).order_by(listings.c.market, listings.c.listing_id).limit(limit)
    if after is not None:
        query = query.where(
            tuple_(listings.c.market, listings.c.listing_id) > tuple_(storable(after[0]), storable(after[1]))
        )
    if since is not None:
        query = query.where(listings.c.last_seen_at >= since)
    return tuple(listing_from_document(document) for document in session.scalars(query.where(~_is_purged())))


def load_judgeable(session: Session, keys: Sequence[tuple[str, str]]) -> tuple[Listing, ...]:
    """Return the kept ones of these listings by key; those that a market's rules have emptied are left out."""
    here = tuple_(listings.c.market, listings.c.listing_id).in_(
        [(storable(market), storable(listing_id)) for market, listing_id in keys]
    )
    query = select(listings.c.document).where(here, ~_is_purged()).order_by(listings.c.market, listings.c.listing_id)
    return tuple(listing_from_document(document) for document in session.scalars(query))


def _is_purged() -> ColumnElement[bool]:
    """What was removed by a market's rules says nothing any more: judged again, its hits would lapse."""
    return exists().where(
        purged_listings.c.market == listings.c.market,
        purged_listings.c.listing_id == listings.c.listing_id,
        purged_listings.c.purged_at >= listings.c.last_seen_at,
    )


def load_listing_keys(
    session: Session, after: tuple[str, str] | None, limit: int, since: datetime | None = None
) -> tuple[tuple[str, str], ...]:
    """Return the next keys by (market, listing_id) after a key, without the listings themselves."""
    query = select(listings.c.market, listings.c.listing_id)
    query = query.order_by(listings.c.market, listings.c.listing_id).limit(limit)
    if after is not None:
        query = query.where(
            tuple_(listings.c.market, listings.c.listing_id) > tuple_(storable(after[0]), storable(after[1]))
        )
    if since is not None:
        query = query.where(listings.c.last_seen_at >= since)
    return tuple((row.market, row.listing_id) for row in session.execute(query))


def load_latest_listings(session: Session, since: datetime, limit: int) -> tuple[Listing, ...]:
    """Return the listings seen last, not before that time, the latest first."""
    query = select(listings.c.document).where(listings.c.last_seen_at >= since)
    found = session.scalars(query.order_by(listings.c.last_seen_at.desc(), listings.c.market, listings.c.listing_id))
    return tuple(listing_from_document(document) for document in found.fetchmany(limit))


def count_listings(session: Session, since: datetime | None = None) -> int:
    """Return how many listings are kept; with `since`, only those seen at or after it."""
    query = select(func.count()).select_from(listings)
    if since is not None:
        query = query.where(listings.c.last_seen_at >= since)
    return int(session.scalar(query) or 0)


def load_prices(session: Session, market: str, listing_id: str) -> tuple[PriceObservation, ...]:
    """Return the prices of a listing over time, oldest first."""
    query = (
        select(price_observations)
        .where(price_observations.c.market == market, price_observations.c.listing_id == listing_id)
        .order_by(price_observations.c.seen_at)
    )
    return tuple(
        PriceObservation(
            seen_at=row["seen_at"],
            price=money_of(row, "price"),
            price_max=money_of(row, "price_max"),
            original_price=money_of(row, "original_price"),
            price_raw=row["price_raw"],
            availability=row["availability"],
            run_id=row["run_id"],
        )
        for row in session.execute(query).mappings()
    )


def load_sightings(session: Session, keys: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], Sighting]:
    """Return when the listings of those keys were seen; keys that never were are left out."""
    found: dict[tuple[str, str], Sighting] = {}
    for start in range(0, len(keys), 200):  # SQLite takes a limited number of parameters
        part = [(storable(market), storable(listing_id)) for market, listing_id in keys[start : start + 200]]
        query = select(listings).where(tuple_(listings.c.market, listings.c.listing_id).in_(part))
        for row in session.execute(query).mappings():
            found[row["market"], row["listing_id"]] = Sighting(
                first_seen_at=row["first_seen_at"], last_seen_at=row["last_seen_at"], changed_at=row["changed_at"]
            )
    return found


def load_seller(session: Session, market: str, seller_id: str) -> Seller | None:
    """Return what is known of a seller, None where no listing named it."""
    query = select(sellers).where(sellers.c.market == market, sellers.c.seller_id == seller_id)
    row = session.execute(query).mappings().one_or_none()
    if row is None:
        return None
    return Seller(seller_id=row["seller_id"], name=row["name"], official=row["official"], location=row["location"])
