"""Sellers as the console shows them: who they are, what was found of them, from kept counters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, case, func, or_, select, tuple_
from sqlalchemy.orm import Session

from records.listing import Seller
from storage.counts import write_counts
from storage.hit_content import search_form
from storage.review_tables import seller_counts
from storage.tables import sellers

CONFIRMED: Final = ("confirmed",)
WAITING: Final = ("unreviewed", "second_look", "disputed")


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerRow:
    """A seller of flagged listings."""

    market: str
    seller: Seller
    first_seen_at: datetime
    last_seen_at: datetime
    counts: Mapping[str, int] = field(default_factory=dict)
    """Hits by shelf."""

    @property
    def confirmed(self) -> int:
        """Violations confirmed."""
        return self.counts.get("confirmed", 0)

    @property
    def rejected(self) -> int:
        """Found not to be violations."""
        return self.counts.get("rejected", 0)

    @property
    def waiting(self) -> int:
        """Not finally decided."""
        return sum(self.counts.get(shelf, 0) for shelf in WAITING)


def load_seller_row(
    session: Session, market: str, seller_id: str, brands: tuple[str, ...] | None = None
) -> SellerRow | None:
    """Return a seller with its counts, None where no listing named it."""
    query = select(sellers).where(sellers.c.market == market, sellers.c.seller_id == seller_id)
    row = session.execute(query).mappings().one_or_none()
    return None if row is None else _row_of(row, load_seller_counts(session, market, seller_id, brands))


def _row_of(row: Mapping[Any, Any], counts: Mapping[str, int]) -> SellerRow:
    return SellerRow(
        market=row["market"],
        seller=Seller(seller_id=row["seller_id"], name=row["name"], official=row["official"], location=row["location"]),
        first_seen_at=row["first_seen_at"],
        last_seen_at=row["last_seen_at"],
        counts=counts,
    )


def load_seller_counts(
    session: Session, market: str, seller_id: str, brands: tuple[str, ...] | None = None
) -> Mapping[str, int]:
    """Return how many hits of a seller stand on each shelf, of those brands or of all."""
    write_counts(session)
    query = select(seller_counts.c.shelf, func.sum(seller_counts.c.hits)).where(
        seller_counts.c.market == market, seller_counts.c.seller_id == seller_id
    )
    if brands is not None:
        query = query.where(seller_counts.c.brand.in_(brands))
    return {shelf: int(count) for shelf, count in session.execute(query.group_by(seller_counts.c.shelf)) if count}


def load_repeats(session: Session, keys: list[tuple[str, str]]) -> Mapping[tuple[str, str], int]:
    """Return how many violations of each seller (market, seller_id) are confirmed; sellers without any are left out."""
    if not keys:
        return {}
    write_counts(session)
    wanted = tuple_(seller_counts.c.market, seller_counts.c.seller_id).in_(sorted(set(keys)))
    query = (
        select(seller_counts.c.market, seller_counts.c.seller_id, func.sum(seller_counts.c.hits))
        .where(seller_counts.c.shelf == "confirmed", wanted)
        .group_by(seller_counts.c.market, seller_counts.c.seller_id)
    )
    return {(market, one): int(count) for market, one, count in session.execute(query) if count}


def load_sellers(
    session: Session, *, brand: str | None = None, market: str | None = None, text: str | None = None, limit: int = 100
) -> tuple[SellerRow, ...]:
    """Return the sellers of flagged listings, those with most confirmed violations first, then most waiting ones."""
    write_counts(session)

    def total(shelves: tuple[str, ...]) -> Any:
        return func.sum(case((seller_counts.c.shelf.in_(shelves), seller_counts.c.hits), else_=0))

    query = (
        select(seller_counts.c.market, seller_counts.c.seller_id)
        .group_by(seller_counts.c.market, seller_counts.c.seller_id)
        .having(total((*CONFIRMED, *WAITING, "rejected", "unsure")) > 0)
        .order_by(total(CONFIRMED).desc(), total(WAITING).desc(), seller_counts.c.market, seller_counts.c.seller_id)
        .limit(limit)
    )
    if brand is not None:
        query = query.where(seller_counts.c.brand == brand)
    if market is not None:
        query = query.where(seller_counts.c.market == market)
    if text:
        query = query.join(
            sellers, and_(sellers.c.market == seller_counts.c.market, sellers.c.seller_id == seller_counts.c.seller_id)
        ).where(or_(sellers.c.name.contains(text, autoescape=True), sellers.c.seller_id == search_form(text)))
    found = []
    for row in session.execute(query).all():
        seller = load_seller_row(session, row.market, row.seller_id, None if brand is None else (brand,))
        if seller is not None:
            found.append(seller)
    return tuple(found)
