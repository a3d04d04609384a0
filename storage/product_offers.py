"""Which listing offers which product at which unit price, and what is known around the offers of a batch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, delete, or_, select, tuple_
from sqlalchemy.orm import Session

from records.listing import Listing
from records.offers import ListingKey, PastPrice, PriceContext, ProductOffer, SellerKey
from storage.by_key import rows_by_key
from storage.column_types import storable
from storage.listings import money_of
from storage.price_tables import product_offers
from storage.tables import price_observations
from storage.upsert import upsert

# How long an offer counts among the others, and an earlier price as history.
OFFERS_COUNT_FOR = timedelta(days=30)
HISTORY_COUNTS_FOR = timedelta(days=90)
MOST_OFFERS = 200
"""Offers of one product, or of one seller, that are compared with: the latest."""
# Keys looked up by one query: SQLite takes a limited number of parameters.
_KEYS_AT_ONCE = 200
_KEY = ("market", "listing_id", "product_id")


def save_offers_of(
    session: Session, offered: Sequence[tuple[Listing, Sequence[ProductOffer], datetime]]
) -> tuple[ProductOffer, ...]:
    """Keep what many listings offer, each as save_offers does; a listing that offers and offered nothing costs nothing.

    Each is (listing, its offers, when it was seen). The listings must be kept already. Return all that changed.
    """
    changed: list[ProductOffer] = []
    known = set(rows_by_key(session, "product_offers", _KEY[:2], (listing.key for listing, _, _ in offered)))
    for listing, offers, seen_at in offered:
        key = (storable(listing.market), storable(listing.listing_id))
        if offers or key in known:
            known.add(key)
            changed += save_offers(session, listing, offers, seen_at)
    return tuple(changed)


def save_offers(
    session: Session, listing: Listing, offers: Sequence[ProductOffer], seen_at: datetime
) -> tuple[ProductOffer, ...]:
    """Keep what the listing offers now; what it no longer offers is gone. The listing must be kept already.

    A sighting older than the kept one changes nothing. Return what is new, changed (as it was and as it is) or gone:
    other offers are judged beside these.
    """
    here = and_(
        product_offers.c.market == storable(listing.market), product_offers.c.listing_id == storable(listing.listing_id)
    )
    rows_before = session.execute(select(product_offers).where(here)).mappings().all()
    latest = max((row["seen_at"] for row in rows_before), default=None)
    if latest is not None and latest > seen_at:
        return ()
    before = {row["product_id"]: replace(_offer_of(row), seen_at=None) for row in rows_before}
    now = {storable(offer.product_id): replace(offer, seen_at=None) for offer in offers}
    kept = list(now)
    if latest is not None and before.keys() - now.keys():
        session.execute(delete(product_offers).where(here, product_offers.c.product_id.not_in(kept)))
    if offers:
        statement = upsert(session, product_offers)
        rows = [_values(offer, seen_at) for offer in offers]
        values = {name: statement.excluded[name] for name in rows[0] if name not in _KEY}
        session.execute(statement.on_conflict_do_update(index_elements=_KEY, set_=values), rows)
    products = [product_id for product_id in before | now if before.get(product_id) != now.get(product_id)]
    return tuple(side[product_id] for product_id in products for side in (before, now) if product_id in side)


def load_keys_around(session: Session, products: Iterable[str], sellers: Iterable[SellerKey]) -> tuple[ListingKey, ...]:
    """Return the listings that offer one of these products or stand in one of these shops, in order."""
    columns = select(product_offers.c.market, product_offers.c.listing_id).distinct()
    wanted = sorted(map(storable, products))
    shops = sorted((storable(market), storable(seller)) for market, seller in sellers)
    of_shop = tuple_(product_offers.c.market, product_offers.c.seller)
    queries = [
        columns.where(product_offers.c.product_id.in_(wanted[start : start + _KEYS_AT_ONCE]))
        for start in range(0, len(wanted), _KEYS_AT_ONCE)
    ]
    queries += [
        columns.where(of_shop.in_(shops[start : start + _KEYS_AT_ONCE]))
        for start in range(0, len(shops), _KEYS_AT_ONCE)
    ]
    found = {(row.market, row.listing_id) for query in queries for row in session.execute(query)}
    return tuple(sorted(found))


def _values(offer: ProductOffer, seen_at: datetime) -> dict[str, Any]:
    return {
        "market": offer.market,
        "listing_id": offer.listing_id,
        "product_id": offer.product_id,
        "mark_id": offer.mark_id,
        "seller": offer.seller,
        "is_authorised": offer.is_authorised,
        "kind": offer.kind,
        "is_same_pack": offer.is_same_pack,
        "unit_price": f"{offer.unit_price:f}",
        "unit": offer.unit,
        "currency": offer.currency,
        "share": None if offer.share is None else f"{offer.share:f}",
        "seen_at": seen_at,
    }


def _offer_of(row: Mapping[Any, Any]) -> ProductOffer:
    share = row["share"]
    return ProductOffer(
        **{
            name: row[name]
            for name in (
                *_KEY,
                "mark_id",
                "seller",
                "is_authorised",
                "kind",
                "is_same_pack",
                "unit",
                "currency",
                "seen_at",
            )
        },
        unit_price=Decimal(row["unit_price"]),
        share=None if share is None else Decimal(share),
    )


def load_price_context(session: Session, offers: Iterable[ProductOffer], at: datetime) -> PriceContext:
    """Return what is known around these offers at that time: their peers, their own past, their sellers' others."""
    around = tuple(offers)
    since = at - OFFERS_COUNT_FOR
    return PriceContext(
        peers={
            product_id: _latest(session, product_offers.c.product_id == storable(product_id), since, at)
            for product_id in dict.fromkeys(offer.product_id for offer in around)
        },
        history=_history(session, tuple(dict.fromkeys((one.market, one.listing_id) for one in around)), at),
        by_seller=_by_seller(session, around, since, at),
    )


def _latest(session: Session, condition: Any, since: datetime, at: datetime) -> tuple[ProductOffer, ...]:
    query = (
        select(product_offers)
        .where(condition, product_offers.c.seen_at.between(since, at))
        .order_by(product_offers.c.seen_at.desc(), product_offers.c.market, product_offers.c.listing_id)
        .limit(MOST_OFFERS)
    )
    return tuple(_offer_of(row) for row in session.execute(query).mappings())


def _by_seller(
    session: Session, around: Sequence[ProductOffer], since: datetime, at: datetime
) -> dict[SellerKey, tuple[ProductOffer, ...]]:
    sellers = dict.fromkeys((one.market, one.seller) for one in around if one.seller is not None)
    found: dict[SellerKey, tuple[ProductOffer, ...]] = {}
    for market, seller in sellers:
        here = and_(product_offers.c.market == storable(market), product_offers.c.seller == storable(seller))
        found[market, seller] = _latest(session, here, since, at)
    return found


def _history(session: Session, keys: Sequence[ListingKey], at: datetime) -> dict[ListingKey, tuple[PastPrice, ...]]:
    """Return the single prices that the listings asked before that time, oldest first."""
    table = price_observations
    found: dict[ListingKey, list[PastPrice]] = {}
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        part = [(storable(market), storable(listing_id)) for market, listing_id in keys[start : start + _KEYS_AT_ONCE]]
        query = (
            select(table)
            .where(
                tuple_(table.c.market, table.c.listing_id).in_(part),
                table.c.seen_at >= at - HISTORY_COUNTS_FOR,
                table.c.seen_at < at,
                table.c.price.is_not(None),
                or_(table.c.price_max.is_(None), table.c.price_max == table.c.price),
            )
            .order_by(table.c.seen_at)
        )
        for row in session.execute(query).mappings():
            price = money_of(row, "price")
            if price is not None:
                past = PastPrice(seen_at=row["seen_at"], price=price)
                found.setdefault((row["market"], row["listing_id"]), []).append(past)
    return {key: tuple(prices) for key, prices in found.items()}
