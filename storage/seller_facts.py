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
from storage.contact_key import contacts_in, key_of, without_contacts
from storage.hit_content import search_form
from storage.review_tables import seller_facts
from storage.tables import sellers
from storage.upsert import upsert

FactKind = Literal["name", "phone", "email", "image", "text"]
# Kept as keyed hashes only.
CONTACT_KINDS: Final = ("phone", "email")

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
    """name, phone, email, image (the address of a picture) or text (a whole description)."""
    value: str
    """What is compared; of a phone number or address a keyed hash."""
    shown: str
    """What may be shown of it; contact data is masked."""


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


def facts_of(listing: Listing, key: bytes | None) -> tuple[SellerFact, ...]:
    """Return what the listing says about its seller; without the installation's key no contact data."""
    found: dict[tuple[str, str], SellerFact] = {}

    def add(kind: FactKind, value: str, shown: str) -> None:
        found.setdefault((kind, value), SellerFact(kind=kind, value=value, shown=shown))

    if listing.seller.name:
        folded = "".join(filter(str.isalnum, search_form(listing.seller.name)))
        if len(folded) >= 4:
            add("name", folded, listing.seller.name)
    text = unicodedata.normalize("NFKC", listing.description or "")
    if key is not None:
        for contact in contacts_in(f"{listing.seller.name}\n{listing.title}\n{text}"):
            add(contact.kind, contact.hashed(key), contact.masked)
    for image in listing.images[:MAX_IMAGES]:
        name = image.partition("?")[0].rpartition("/")[2]
        if len(name) >= 12:
            add("image", name, name)
    whole = _SPACES.sub(" ", text).strip().casefold()
    if len(whole) >= MIN_TEXT:
        add("text", hashlib.sha256(whole.encode()).hexdigest(), f"{without_contacts(whole)[:60]}…")
    return tuple(found.values())


def save_facts(session: Session, listing: Listing, seen_at: datetime) -> None:
    """Keep what the listing says about its seller; the first listing that showed a value is named."""
    if listing.seller.seller_id is None:
        return
    here = {"market": listing.market, "seller_id": listing.seller.seller_id}
    rows = [
        {**here, "kind": fact.kind, "value": fact.value, "shown": fact.shown, "listing_id": listing.listing_id,
         "seen_at": seen_at}
        for fact in facts_of(listing, key_of(session))
    ]  # fmt: skip
    if rows:
        session.execute(upsert(session, seller_facts).on_conflict_do_nothing(), rows)


def load_contacts(session: Session, market: str, seller_id: str) -> tuple[str, ...]:
    """Return the seller's telephone numbers and addresses as they may be shown to everybody: masked, each once."""
    query = (
        select(seller_facts.c.shown)
        .where(
            seller_facts.c.market == market,
            seller_facts.c.seller_id == seller_id,
            seller_facts.c.kind.in_(CONTACT_KINDS),
        )
        .order_by(seller_facts.c.shown)
        .distinct()
    )
    return tuple(session.scalars(query))


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
