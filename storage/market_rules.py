"""What a market's terms let us keep for a while only: taken out of listings, hits and prices when its time is over.

A listing that is seen again afterwards is written whole again. What people decided, and why a hit was raised, stays:
that is the operator's own record, not the market's data.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from sqlalchemy import and_, delete, exists, select, update
from sqlalchemy.orm import Session

from records.listing import Listing, Offer, Seller
from storage.access_tables import PURGED, purged_listings
from storage.all_tables import load_metadata
from storage.crawl_tables import listing_observations, page_states
from storage.documents import listing_from_document, listing_to_document
from storage.evidence_tables import legal_holds
from storage.review_tables import hit_versions
from storage.tables import capture_listings, hit_documents, hit_evidence, hits, listings, price_observations
from storage.thumbnail_tables import thumbnails
from storage.upsert import upsert

Part = Literal["price", "details"]
Key = tuple[str, str]

# Spans of evidence that point into each part.
SPAN_FIELDS: dict[Part, tuple[str, ...]] = {
    "price": ("price_raw",),
    "details": ("brand", "seller_name", "description", "category."),
}
# Tables with rows of a listing that outlive it: hits and what belongs to their cases.
KEPT_TABLES = frozenset({"listings", "hits", "legal_holds", "page_captures", "capture_listings"})


def purge_part(session: Session, market: str, part: Part, before: datetime, at: datetime, limit: int = 500) -> int:
    """Take a part out of at most `limit` listings last seen before a time; return how many there were."""
    done = exists().where(
        purged_listings.c.market == listings.c.market,
        purged_listings.c.listing_id == listings.c.listing_id,
        purged_listings.c.part == part,
        purged_listings.c.purged_at >= listings.c.last_seen_at,
    )
    query = (
        select(listings.c.market, listings.c.listing_id, listings.c.document)
        .where(listings.c.market == market, listings.c.last_seen_at < before, ~done)
        .order_by(listings.c.last_seen_at)
        .limit(limit)
    )
    rows = session.execute(query).all()
    for _, listing_id, document in rows:
        purge_listing(session, (market, listing_id), document, part, before, at)
    if rows:
        # A page that is answered "not modified" would note its listings as seen and leave them empty.
        session.execute(delete(page_states).where(page_states.c.market == market))
    return len(rows)


def purge_listing(
    session: Session, key: Key, document: Mapping[str, object], part: Part, before: datetime, at: datetime
) -> None:
    """Take a part out of one listing, its hits and what is known of it from before a time."""
    market, listing_id = key
    kept = without(listing_from_document(document), part)
    here = and_(listings.c.market == market, listings.c.listing_id == listing_id)
    values: dict[str, object] = {"document": listing_to_document(kept), "content_sha256": PURGED, "observed": None}
    if part == "details":
        values["seller_id"] = None
    else:
        values["price_seen_at"] = None
    session.execute(update(listings).where(here).values(values))
    _purge_hits(session, key, part, before)
    mark = {"market": market, "listing_id": listing_id, "part": part, "purged_at": at}
    statement = upsert(session, purged_listings).values(mark)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["market", "listing_id", "part"], set_={"purged_at": statement.excluded.purged_at}
        )
    )
    _purge_history(session, key, part, before)


def without(listing: Listing, part: Part) -> Listing:
    """Return the listing without its price and availability, or without all but id, address, title, price and time."""
    if part == "price":
        return replace(listing, offer=Offer())
    return Listing(
        market=listing.market,
        listing_id=listing.listing_id,
        title=listing.title,
        url=listing.url,
        currency=listing.currency,
        offer=listing.offer,
        seller=Seller(),
        fetched_at=listing.fetched_at,
        page_copy=listing.page_copy,
        cut_from={name: length for name, length in listing.cut_from.items() if name in {"title", "price_raw"}},
    )


def delete_unflagged(session: Session, market: str, before: datetime, limit: int = 500) -> int:
    """Delete at most `limit` listings last seen before a time, with everything about them; return how many.

    One that has a hit, a kept answer or a legal hold stays.
    """
    kept = [
        exists().where(hits.c.market == listings.c.market, hits.c.listing_id == listings.c.listing_id),
        exists().where(
            capture_listings.c.market == listings.c.market, capture_listings.c.listing_id == listings.c.listing_id
        ),
        exists().where(
            legal_holds.c.market == listings.c.market,
            legal_holds.c.listing_id == listings.c.listing_id,
            legal_holds.c.released_at.is_(None),
        ),
    ]
    query = (
        select(listings.c.listing_id)
        .where(listings.c.market == market, listings.c.last_seen_at < before, *(~one for one in kept))
        .order_by(listings.c.last_seen_at)
        .limit(limit)
    )
    return delete_listings(session, market, list(session.scalars(query)))


def delete_listings(session: Session, market: str, ids: Sequence[str]) -> int:
    """Delete listings that have neither hit nor kept answer, with everything about them; return how many."""
    if not ids:
        return 0
    metadata = load_metadata()
    for table in reversed(metadata.sorted_tables):
        if table.name in KEPT_TABLES or not {"market", "listing_id"} <= set(table.columns.keys()):
            continue
        session.execute(delete(table).where(table.c.market == market, table.c.listing_id.in_(ids)))
    session.execute(delete(listings).where(listings.c.market == market, listings.c.listing_id.in_(ids)))
    return len(ids)


def _purge_hits(session: Session, key: Key, part: Part, before: datetime) -> None:
    query = (
        select(hit_documents.c.hit_id, hit_documents.c.listing)
        .join(hits, hits.c.hit_id == hit_documents.c.hit_id)
        .where(hits.c.market == key[0], hits.c.listing_id == key[1])
    )
    for hit_id, document in session.execute(query).all():
        kept = listing_to_document(without(listing_from_document(document), part))
        session.execute(update(hit_documents).where(hit_documents.c.hit_id == hit_id).values(listing=kept))
        _purge_spans(session, hit_id, SPAN_FIELDS[part])
        versions = select(hit_versions.c.version_id, hit_versions.c.listing).where(
            hit_versions.c.hit_id == hit_id, hit_versions.c.seen_at < before
        )
        for version_id, old in session.execute(versions).all():
            kept = listing_to_document(without(listing_from_document(old), part))
            session.execute(update(hit_versions).where(hit_versions.c.version_id == version_id).values(listing=kept))


def _purge_spans(session: Session, hit_id: str, fields: Iterable[str]) -> None:
    """Take the spans out that point into texts which are gone; what was found stays as a sentence."""
    query = select(hit_evidence.c.position, hit_evidence.c.spans).where(hit_evidence.c.hit_id == hit_id)
    for position, spans in session.execute(query).all():
        kept = [span for span in spans if not str(span["field"]).startswith(tuple(fields))]
        if len(kept) < len(spans):
            here = and_(hit_evidence.c.hit_id == hit_id, hit_evidence.c.position == position)
            session.execute(update(hit_evidence).where(here).values(spans=kept))


def _purge_history(session: Session, key: Key, part: Part, before: datetime) -> None:
    market, listing_id = key
    here = and_(listing_observations.c.market == market, listing_observations.c.listing_id == listing_id)
    fields = ("price", "availability") if part == "price" else ("seller", "image")
    session.execute(
        delete(listing_observations).where(
            here, listing_observations.c.field.in_(fields), listing_observations.c.seen_at < before
        )
    )
    if part == "price":
        session.execute(
            delete(price_observations).where(
                price_observations.c.market == market,
                price_observations.c.listing_id == listing_id,
                price_observations.c.seen_at < before,
            )
        )
    else:
        session.execute(delete(thumbnails).where(thumbnails.c.market == market, thumbnails.c.listing_id == listing_id))
