"""What sellers of flagged listings state or use, so that two shops with exactly the same value can be named."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from records.listing import Listing
from storage.hit_content import search_form
from storage.review_tables import seller_facts
from storage.tables import sellers
from storage.upsert import upsert

FactKind = Literal["name", "phone", "image", "text"]

# Vietnamese mobile numbers, and Japanese ones, however they are spaced.
_PHONE: Final = re.compile(r"(?<!\d)(?:\+?84|0)(?:[ .\-]?\d){9}(?!\d)|(?<!\d)0[789]0(?:[ .\-]?\d){8}(?!\d)")
_SPACES: Final = re.compile(r"\s+")
# A shorter description is a phrase that many shops use.
MIN_TEXT: Final = 120
MAX_IMAGES: Final = 9
# A value that more sellers share than this is the marketplace's own (a banner, a template), and links nobody.
MAX_SHARING: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerFact:
    """One value that a seller uses."""

    kind: FactKind
    """name, phone, image (the address of a picture) or text (a whole description)."""
    value: str
    """What is compared."""
    shown: str
    """What may be shown of it; a phone number is masked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerLink:
    """Another seller that uses exactly the same value."""

    market: str
    seller_id: str
    name: str | None
    kind: FactKind
    shown: str
    count: int
    """How many values of this kind the two share."""


def facts_of(listing: Listing) -> tuple[SellerFact, ...]:
    """Return what the listing says about its seller."""
    found: dict[tuple[str, str], SellerFact] = {}

    def add(kind: FactKind, value: str, shown: str) -> None:
        found.setdefault((kind, value), SellerFact(kind=kind, value=value, shown=shown))

    if listing.seller.name:
        folded = "".join(filter(str.isalnum, search_form(listing.seller.name)))
        if len(folded) >= 4:
            add("name", folded, listing.seller.name)
    text = unicodedata.normalize("NFKC", listing.description or "")
    for phone in _PHONE.findall(f"{unicodedata.normalize('NFKC', listing.title)}\n{text}"):
        digits = re.sub(r"\D", "", phone)
        digits = f"0{digits[2:]}" if digits.startswith("84") else digits
        add("phone", hashlib.sha256(digits.encode()).hexdigest(), f"{digits[:3]}••••{digits[-3:]}")
    for image in listing.images[:MAX_IMAGES]:
        name = image.partition("?")[0].rpartition("/")[2]
        if len(name) >= 12:
            add("image", name, name)
    whole = _SPACES.sub(" ", text).strip().casefold()
    if len(whole) >= MIN_TEXT:
        add("text", hashlib.sha256(whole.encode()).hexdigest(), f"{whole[:60]}…")
    return tuple(found.values())


def save_facts(session: Session, listing: Listing, seen_at: datetime) -> None:
    """Keep what the listing says about its seller; the first listing that showed a value is named."""
    if listing.seller.seller_id is None:
        return
    here = {"market": listing.market, "seller_id": listing.seller.seller_id}
    rows = [
        {**here, "kind": fact.kind, "value": fact.value, "shown": fact.shown, "listing_id": listing.listing_id,
         "seen_at": seen_at}
        for fact in facts_of(listing)
    ]  # fmt: skip
    if rows:
        session.execute(upsert(session, seller_facts).on_conflict_do_nothing(), rows)


def load_links(session: Session, market: str, seller_id: str, limit: int = 30) -> tuple[SellerLink, ...]:
    """Return the sellers that share a value with this one, those that share most first."""
    mine = select(seller_facts.c.kind, seller_facts.c.value).where(
        seller_facts.c.market == market, seller_facts.c.seller_id == seller_id
    ).subquery()  # fmt: skip
    other = seller_facts.alias("other")
    counted = (
        select(other.c.kind, other.c.value)
        .join(mine, and_(mine.c.kind == other.c.kind, mine.c.value == other.c.value))
        .group_by(other.c.kind, other.c.value)
        .having(func.count() <= MAX_SHARING)
        .subquery()
    )
    query = (
        select(
            other.c.market,
            other.c.seller_id,
            other.c.kind,
            func.min(other.c.shown).label("shown"),
            func.count().label("count"),
            func.max(sellers.c.name).label("name"),
        )
        .join(counted, and_(counted.c.kind == other.c.kind, counted.c.value == other.c.value))
        .outerjoin(sellers, and_(sellers.c.market == other.c.market, sellers.c.seller_id == other.c.seller_id))
        .where(or_(other.c.market != market, other.c.seller_id != seller_id))
        .group_by(other.c.market, other.c.seller_id, other.c.kind)
        .order_by(func.count().desc(), other.c.market, other.c.seller_id)
        .limit(limit)
    )
    return tuple(_link_of(row) for row in session.execute(query).mappings())


def _link_of(row: Mapping[Any, Any]) -> SellerLink:
    return SellerLink(
        market=row["market"], seller_id=row["seller_id"], name=row["name"], kind=row["kind"], shown=row["shown"],
        count=row["count"],
    )  # fmt: skip
