"""Hits: keeping judgements over recrawls, finding them again, paging the queue."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, delete, func, insert, select, update
from sqlalchemy.orm import Session

from records.hit import Hit
from records.listing import Listing
from storage.alike import alike_key
from storage.by_key import rows_by_key
from storage.column_types import storable
from storage.counts import count_change, count_where, write_counts
from storage.documents import (
    chain_to_document,
    evidence_to_document,
    listing_from_document,
    listing_to_document,
)  # fmt: skip
from storage.errors import NotFound
from storage.hit_content import (
    changed_parts,
    content_of,
    hit_id_of,
    judgement_sha256,
    merged_content,
    search_text,
)  # fmt: skip
from storage.hit_records import Choices, HitFilter, Neighbours, QueuePage, SavedHits, Sort, StoredHit, View
from storage.hit_rows import stored_hits
from storage.queue import (
    COUNTED,
    PAGE_FOR_EXPORT,
    VIEWS,
    neighbour_id,
    page_rows,
    place_in_queue,
    view_counters,
)
from storage.seller_facts import save_facts
from storage.tables import hit_counts, hit_documents, hit_evidence, hits, listings, marks, price_observations
from storage.thresholds import flag_from, is_flagged, shelf_of
from storage.upsert import upsert
from storage.versions import keep_version

__all__ = [
    "Choices",
    "HitFilter",
    "Neighbours",
    "QueuePage",
    "SavedHits",
    "StoredHit",
    "count_hits",
    "count_matching",
    "hit_id_of",
    "iterate_hits",
    "load_choices",
    "load_hit",
    "load_neighbours",
    "load_queue",
    "place_in_queue",
    "save_hits",
    "save_hits_of",
]  # fmt: skip

CRAWL = "crawl"
FOUND_AGAIN = "found again"
# Where a session keeps the brand and owner of the marks it has met.
_BRANDS = "brand_by_mark"
NOTHING_SAVED = SavedHits(**dict.fromkeys(SavedHits.__slots__, 0))


def save_hits_of(
    session: Session, judged: Sequence[tuple[Listing, Sequence[Hit], datetime]], run_id: str | None
) -> tuple[SavedHits, ...]:
    """Keep what was found of many listings, each as save_hits does; nearly all of them have no hit, and cost nothing.

    Each is (listing, its hits, when it was seen); a listing that comes twice is kept in that order.
    """
    with_hits = set(rows_by_key(session, "hits", ("market", "listing_id"), (listing.key for listing, _, _ in judged)))
    saved: list[SavedHits] = []
    for listing, found, seen_at in judged:
        key = (storable(listing.market), storable(listing.listing_id))
        if found or key in with_hits:
            with_hits.add(key)
            saved.append(save_hits(session, listing, found, run_id, seen_at))
        else:
            saved.append(NOTHING_SAVED)
    return tuple(saved)


def save_hits(
    session: Session, listing: Listing, found: Sequence[Hit], run_id: str | None, seen_at: datetime
) -> SavedHits:
    """Keep everything that one judgement of a listing found; saving it twice changes nothing.

    Hits of the listing that are no longer found lapse unless they are decided. A decision stays in force, except that
    a dismissed hit reopens when title, price, images or seller changed; `reopened_because` then names what did. On the
    price track another price reopens it only when the price had recovered in between.
    The listing itself must be kept already (save_listing).
    """
    document = listing_to_document(listing)
    listing = listing_from_document(document)
    here = and_(hits.c.market == listing.market, hits.c.listing_id == listing.listing_id)
    known = {row["hit_id"]: row for row in session.execute(select(hits).where(here).with_for_update()).mappings()}
    if not known and found:
        _require_listing(session, listing)
    counts = dict.fromkeys(SavedHits.__slots__, 0)
    hit_by_id = _by_id(listing, found)
    for hit_id, hit in hit_by_id.items():
        before = known.get(hit_id)
        if before is None:
            is_added = _add(session, hit_id, hit, document, run_id, seen_at)
            counts["new" if is_added else "unchanged"] += 1
        elif seen_at < before["last_seen_at"]:
            counts["unchanged"] += 1
        else:
            counts[_renew(session, before, hit, document, run_id, seen_at)] += 1
    for hit_id, row in known.items():
        if hit_id not in hit_by_id and row["state"] == "new" and seen_at >= row["last_seen_at"]:
            _change(session, row, state="lapsed", revised_at=seen_at, revised_by=CRAWL, reopened_because=None)
            counts["lapsed"] += 1
    return SavedHits(**counts)


def _require_listing(session: Session, listing: Listing) -> None:
    key = (listings.c.market == listing.market, listings.c.listing_id == listing.listing_id)
    if session.scalar(select(listings.c.market).where(*key)) is None:
        raise NotFound(f"listing {listing.market} {listing.listing_id} is not kept; save_listing comes first")


def _by_id(listing: Listing, found: Sequence[Hit]) -> dict[str, Hit]:
    """Return the hits by id; refuse one of another listing or two of one key."""
    hit_by_id: dict[str, Hit] = {}
    for hit in found:
        if tuple(map(storable, hit.listing.key)) != listing.key:
            raise ValueError(f"hit on {hit.listing.key} among the hits of {listing.key}")
        if hit_by_id.setdefault(hit_id_of(hit.key), hit) is not hit:
            raise ValueError(f"hit {hit.key} is given twice")
    return hit_by_id


def _brand_of(session: Session, mark_id: str) -> tuple[str, str | None]:
    """Return brand and owner of a mark; a mark that is not kept is a brand of its own."""
    known: dict[str, tuple[str, str | None]] = session.info.setdefault(_BRANDS, {})
    if mark_id not in known:
        query = select(marks.c.brand, marks.c.text, marks.c.owner).where(marks.c.mark_id == mark_id)
        row = session.execute(query).one_or_none()
        known[mark_id] = (mark_id, None) if row is None else (row.brand or row.text, row.owner)
    return known[mark_id]


def _judged(session: Session, hit: Hit, listing: Listing, run_id: str | None, seen_at: datetime) -> dict[str, Any]:
    brand, owner = _brand_of(session, hit.mark_id)
    signals = sorted({storable(evidence.signal) for evidence in hit.evidence})
    return {
        "flagged": is_flagged(hit.tier, hit.score, flag_from(session, storable(brand), hit.track)),
        "signals": ",".join(signals),
        "alike_key": alike_key(hit.mark_id, hit.track, listing.title),
        "mark_id": hit.mark_id,
        "product_id": hit.product_id,
        "brand": storable(brand),
        "owner": owner,
        "seller_id": listing.seller.seller_id,
        "search_text": search_text(listing),
        "relation": hit.relation,
        "spelling": hit.spelling,
        "intent": hit.intent,
        "right": hit.right,
        "score": hit.score,
        "tier": hit.tier,
        "rule_version": hit.rule_version,
        "judgement_sha256": judgement_sha256(hit),
        "last_seen_at": seen_at,
        "run_id": run_id,
    }


def _add(
    session: Session, hit_id: str, hit: Hit, document: dict[str, Any], run_id: str | None, seen_at: datetime
) -> bool:
    listing = listing_from_document(document)
    judged = _judged(session, hit, listing, run_id, seen_at)
    row = {
        **judged,
        "hit_id": hit_id,
        "market": listing.market,
        "listing_id": listing.listing_id,
        "track": hit.track,
        "subject": hit.key.subject,
        "content": content_of(listing),
        "state": "new",
        "shelf": shelf_of("new", hit.tier, flagged=judged["flagged"]),
        "revision": 1,
        "revised_at": seen_at,
        "revised_by": CRAWL,
        "first_seen_at": seen_at,
    }
    # Two runs may judge the same new listing at the same time; the row of the first one stands.
    statement = upsert(session, hits).on_conflict_do_nothing().returning(hits.c.hit_id)
    if session.execute(statement, row).one_or_none() is None:
        return False
    chain = chain_to_document(hit.chain)
    session.execute(insert(hit_documents), {"hit_id": hit_id, "listing": document, "chain": chain})
    _write_evidence(session, hit_id, hit)
    save_facts(session, listing, seen_at)
    count_change(session, None, row)
    return True


def _renew(
    session: Session,
    before: Mapping[Any, Any],
    hit: Hit,
    document: dict[str, Any],
    run_id: str | None,
    seen_at: datetime,
) -> str:
    """Bring a known hit up to date; return the name of the SavedHits count that it belongs to."""
    hit_id = before["hit_id"]
    listing = listing_from_document(document)
    values = _judged(session, hit, listing, run_id, seen_at)
    now = content_of(listing)
    parts = changed_parts(before["content"], now)
    values["content"] = merged_content(before["content"], now)
    outcome = "changed" if parts or values["judgement_sha256"] != before["judgement_sha256"] else "unchanged"
    if hit.track == "price" and "price" in parts and before["state"] == "rejected":
        # An alert re-arms only after the price recovered: a low price that moves a little is the one dismissed.
        parts = tuple(part for part in parts if part != "price" or _was_away(session, before, seen_at))
    if before["state"] == "rejected" and parts:
        outcome = "reopened"
        values |= {"state": "new", "decision_id": None, "settled_at": None, "reopened_because": ", ".join(parts)}
    elif before["state"] == "lapsed":
        outcome = "reopened"
        values |= {"state": "new", "reopened_because": FOUND_AGAIN}
    if outcome != "unchanged":
        values |= {"revised_at": seen_at, "revised_by": CRAWL}
    if values["judgement_sha256"] != before["judgement_sha256"]:
        session.execute(delete(hit_evidence).where(hit_evidence.c.hit_id == hit_id))
        _write_evidence(session, hit_id, hit)
    keep_version(session, before, document, seen_at)
    if parts:
        save_facts(session, listing, seen_at)
    chain = chain_to_document(hit.chain)
    session.execute(update(hit_documents).where(hit_documents.c.hit_id == hit_id).values(listing=document, chain=chain))
    _change(session, before, bump=outcome != "unchanged", **values)
    return outcome


def _was_away(session: Session, before: Mapping[Any, Any], seen_at: datetime) -> bool:
    """Say whether the listing asked a higher known price after the hit was last found: then it was not found."""
    earlier = before["content"].get("price")
    if earlier is None:
        return True
    seen = price_observations
    query = select(seen.c.price).where(
        seen.c.market == before["market"],
        seen.c.listing_id == before["listing_id"],
        seen.c.seen_at > before["last_seen_at"],
        seen.c.seen_at < seen_at,
        seen.c.price_currency == earlier[2],
        seen.c.price > Decimal(earlier[0]),
    )
    return session.execute(query.limit(1)).one_or_none() is not None


def _write_evidence(session: Session, hit_id: str, hit: Hit) -> None:
    rows = [
        {"hit_id": hit_id, "position": position, **evidence_to_document(evidence)}
        for position, evidence in enumerate(hit.evidence)
    ]
    if rows:
        session.execute(insert(hit_evidence), rows)


def _change(session: Session, before: Mapping[Any, Any], *, bump: bool = True, **values: Any) -> None:
    """Write new values of a hit, its shelf and its counter with them."""
    after = {**before, **values}
    values["shelf"] = shelf_of(after["state"], after["tier"], flagged=after["flagged"])
    if bump:
        values["revision"] = hits.c.revision + 1
    session.execute(update(hits).where(hits.c.hit_id == before["hit_id"]).values(values))
    count_change(session, before, {**after, "shelf": values["shelf"]})


def load_queue(
    session: Session,
    hit_filter: HitFilter,
    after: str | None = None,
    limit: int = 50,
    sort: Sort = "score",
) -> QueuePage:
    """Return the page of hits after a cursor; an unreadable cursor gives the first page."""
    rows, next_cursor, is_later = page_rows(session, hit_filter, after, limit, sort)
    return QueuePage(rows=stored_hits(session, rows), next_cursor=next_cursor, previous=is_later)


def load_hit(session: Session, hit_id: str) -> StoredHit:
    """Return the hit; raise NotFound."""
    row = session.execute(select(hits).where(hits.c.hit_id == hit_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no hit {hit_id!r}")
    return stored_hits(session, [row])[0]


def load_hits(session: Session, hit_ids: Sequence[str]) -> tuple[StoredHit, ...]:
    """Return the hits of those ids in their order; unknown ones are left out."""
    rows = {row["hit_id"]: row for row in session.execute(select(hits).where(hits.c.hit_id.in_(hit_ids))).mappings()}
    return stored_hits(session, [rows[hit_id] for hit_id in hit_ids if hit_id in rows])


def load_neighbours(session: Session, hit_id: str, hit_filter: HitFilter, sort: Sort = "score") -> Neighbours:
    """Return the ids before and after a hit in a queue, also when the hit itself has left it."""
    return Neighbours(
        previous_id=neighbour_id(session, hit_id, hit_filter, sort, forward=False),
        next_id=neighbour_id(session, hit_id, hit_filter, sort, forward=True),
    )


def iterate_hits(session: Session, hit_filter: HitFilter) -> Iterator[StoredHit]:
    """Yield every hit of the filter by score, reading a page at a time."""
    cursor: str | None = None
    while True:
        rows, cursor, _ = page_rows(session, hit_filter, cursor, PAGE_FOR_EXPORT, "score")
        yield from stored_hits(session, rows)
        if cursor is None:
            return


def count_hits(session: Session, brands: tuple[str, ...] | None = None) -> Mapping[View, int]:
    """Return how many hits each view holds, from the kept counters; `brands` limits it to those.

    `mine` and `sample` have no counter: see count_claims; the sample is a thirty-second of `below`.
    """
    limit = () if brands is None else (hit_counts.c.brand.in_(brands),)
    write_counts(session)
    query = select(hit_counts.c.shelf, hit_counts.c.track, hit_counts.c.spelling, func.sum(hit_counts.c.hits))
    rows = session.execute(
        query.where(*limit).group_by(hit_counts.c.shelf, hit_counts.c.track, hit_counts.c.spelling)
    ).all()
    counts: dict[View, int] = {}
    for view, wanted in VIEWS.items():
        if view in {"mine", "sample"}:
            continue
        counts[view] = sum(
            int(count)
            for shelf, track, spelling, count in rows
            if all(
                {"shelf": shelf, "track": track, "spelling": spelling}[name] == value for name, value in wanted.items()
            )
        )
    return counts


def count_matching(session: Session, hit_filter: HitFilter) -> int | None:
    """Return how many hits a filter finds, from the kept counters; None where they do not know."""
    known = {name: getattr(hit_filter, name) for name in COUNTED if getattr(hit_filter, name) is not None}
    others = (hit_filter.seller_id, hit_filter.signal, hit_filter.text, hit_filter.alike_key, hit_filter.mark_id)
    if hit_filter.view in {"mine", "sample", "second_look"} or any(value is not None for value in others):
        return None
    limit = () if hit_filter.brands is None else (hit_counts.c.brand.in_(hit_filter.brands),)
    return count_where(
        session,
        *view_counters(hit_filter.view),
        *limit,
        *(hit_counts.c[name] == value for name, value in known.items()),
    )


def load_choices(session: Session) -> Choices:
    """Return the brands and marketplaces that have hits, by name."""
    query = select(hit_counts.c.brand, hit_counts.c.market).where(hit_counts.c.hits > 0).distinct()
    found = session.execute(query).all()
    return Choices(
        brands=tuple(sorted({row.brand for row in found})), markets=tuple(sorted({row.market for row in found}))
    )
