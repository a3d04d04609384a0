"""Personal data of one seller: where it lies, and its erasure where no case needs it (Law 91/2025/QH15, Viet Nam).

What a person decided, and the audit trail, is never changed: it names listings by id only.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Table, Text, and_, delete, func, or_, select, type_coerce, update
from sqlalchemy.orm import Session

from storage.all_tables import load_metadata
from storage.audit import record_audit
from storage.column_types import Document, PrintedText
from storage.contact_key import contacts_in, key_of
from storage.evidence_tables import legal_holds, page_captures
from storage.market_rules import delete_listings, purge_listing
from storage.retention import OPEN_STATES, KeptItem, RetentionPolicy, iterate_kept, remove_items
from storage.review_tables import seller_facts
from storage.tables import capture_listings, hits, listings, sellers

Standing = Literal["held", "needed", "free"]
# Never searched: secrets and the machinery of the program, which name no seller.
SKIPPED = frozenset({"sessions", "login_steps", "totp_secrets", "recovery_codes", "passkeys", "api_tokens", "tickets"})
MAX_KEYS = 1_000
ALL_BEFORE = timedelta(days=36_500)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Rows of one table that hold the text."""

    table: str
    columns: tuple[str, ...]
    count: int
    listings: tuple[tuple[str, str], ...]
    """(market, listing_id) of those rows, at most 1,000; empty where the table has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What an erasure did to the listings of one seller."""

    erased: tuple[str, ...]
    """Listings that lost seller, description and evidence, or were deleted whole where they had no hit."""
    held: tuple[str, ...]
    """Under a legal hold: untouched."""
    needed: tuple[str, ...]
    """A case is open or confirmed: untouched."""
    captures: int
    """Answers and page captures removed."""


def find_subject(session: Session, text: str) -> Iterator[Found]:
    """Yield every table that holds the text (in the letter case given, or in lower, upper or title case).

    A telephone number or e-mail address in it is also looked for by its keyed hash, however a listing spelt it.
    """
    yield from _by_contact(session, text)
    forms = dict.fromkeys((text, text.lower(), text.upper(), text.title()))
    for table in load_metadata().sorted_tables:
        if table.name in SKIPPED:
            continue
        columns = [column for column in table.columns if isinstance(column.type, PrintedText | Document)]
        matches = {column.name: or_(*(_holds(column, form) for form in forms)) for column in columns}
        counted = [func.count().filter(rule) for rule in matches.values()]
        if not counted:
            continue
        row = session.execute(select(func.count(), *counted).select_from(table).where(or_(*matches.values()))).one()
        if not row[0]:
            continue
        named = tuple(name for name, number in zip(matches, row[1:], strict=True) if number)
        yield Found(table=table.name, columns=named, count=row[0], listings=_keys(session, table, matches))


def _by_contact(session: Session, text: str) -> Iterator[Found]:
    key = key_of(session)
    hashes = {contact.hashed(key) for contact in contacts_in(text)} if key is not None else set()
    query = select(seller_facts.c.market, seller_facts.c.listing_id).where(seller_facts.c.value.in_(sorted(hashes)))
    rows = session.execute(query).all() if hashes else []
    if rows:
        keys = tuple(dict.fromkeys((row.market, row.listing_id) for row in rows))
        yield Found(table=seller_facts.name, columns=("value",), count=len(rows), listings=keys[:MAX_KEYS])


def standings_of(session: Session, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Standing]:
    """Return for each listing whether it is held, needed by an open or confirmed case, or free."""
    found: dict[tuple[str, str], Standing] = {}
    for market, listing_id in dict.fromkeys(keys):
        held = select(legal_holds.c.hold_id).where(
            legal_holds.c.market == market, legal_holds.c.listing_id == listing_id, legal_holds.c.released_at.is_(None)
        )
        needed = select(hits.c.hit_id).where(
            hits.c.market == market, hits.c.listing_id == listing_id, hits.c.state.in_((*OPEN_STATES, "confirmed"))
        )
        is_held, is_needed = (session.execute(query.limit(1)).one_or_none() is not None for query in (held, needed))
        found[market, listing_id] = "held" if is_held else "needed" if is_needed else "free"
    return found


def erase_seller(
    session: Session, market: str, seller_id: str, actor: str, at: datetime, reason: str, *, dry_run: bool = False
) -> Erased:
    """Take a seller's personal data out of every listing that no case and no hold needs, with one audit row.

    The seller's own row and shared facts go where nothing of the seller is needed any more.
    """
    query = select(listings.c.listing_id, listings.c.document).where(
        listings.c.market == market, listings.c.seller_id == seller_id
    )
    documents: dict[str, Any] = {row.listing_id: row.document for row in session.execute(query)}
    standings = standings_of(session, [(market, listing_id) for listing_id in documents])
    by_standing: dict[Standing, list[str]] = {"held": [], "needed": [], "free": []}
    for (_, listing_id), standing in standings.items():
        by_standing[standing].append(listing_id)
    free = set(by_standing["free"])
    items = _items(session, market, free)
    done = Erased(
        erased=tuple(sorted(free)),
        held=tuple(sorted(by_standing["held"])),
        needed=tuple(sorted(by_standing["needed"])),
        captures=len(items),
    )
    if dry_run:
        return done
    remove_items(session, items, actor, at, f"erasure: {reason}")
    flagged = set(
        session.scalars(select(hits.c.listing_id).where(hits.c.market == market, hits.c.listing_id.in_(sorted(free))))
    )
    still_kept = set(
        session.scalars(
            select(capture_listings.c.listing_id).where(
                capture_listings.c.market == market, capture_listings.c.listing_id.in_(sorted(free))
            )
        )
    )
    for listing_id in sorted(free & (flagged | still_kept)):
        key = (market, listing_id)
        purge_listing(session, key, documents[listing_id], "details", at + ALL_BEFORE, at)
        _forget_in_hits(session, key)
    delete_listings(session, market, sorted(free - flagged - still_kept))
    if not done.held and not done.needed:
        here = and_(sellers.c.market == market, sellers.c.seller_id == seller_id)
        session.execute(update(sellers).where(here).values(name=None, location=None))
        facts = and_(seller_facts.c.market == market, seller_facts.c.seller_id == seller_id)
        session.execute(delete(seller_facts).where(facts))
    counts: dict[str, object] = {standing: len(ids) for standing, ids in by_standing.items()}
    record_audit(session, at, actor, "subject.erase", market, counts | {"reason": reason, "captures": len(items)})
    return done


def _forget_in_hits(session: Session, key: tuple[str, str]) -> None:
    """Take the seller out of the hits' own columns: what is searched, and what a change is noticed by."""
    query = select(hits.c.hit_id, hits.c.content).where(hits.c.market == key[0], hits.c.listing_id == key[1])
    for hit_id, content in session.execute(query).all():
        kept = {name: None if "seller" in name else value for name, value in content.items()}
        values = {"seller_id": None, "search_text": "", "content": kept}
        session.execute(update(hits).where(hits.c.hit_id == hit_id).values(values))


def _items(session: Session, market: str, free: set[str]) -> tuple[KeptItem, ...]:
    """Return what is kept of these listings and of no other one."""
    rows = session.execute(
        select(capture_listings.c.capture_id, capture_listings.c.market, capture_listings.c.listing_id)
    )
    shows: dict[int, set[tuple[str, str]]] = {}
    for row in rows:
        shows.setdefault(row.capture_id, set()).add((row.market, row.listing_id))
    mine = {(market, listing_id) for listing_id in free}
    answers = {number for number, keys in shows.items() if keys <= mine}
    pages = _page_numbers(session, market, free)
    return tuple(
        item
        for item in iterate_kept(session, RetentionPolicy())
        if (item.row_id in answers if item.kind == "answer" else item.row_id in pages)
    )


def _page_numbers(session: Session, market: str, free: set[str]) -> set[int]:
    query = select(page_captures.c.page_capture_id).where(
        page_captures.c.market == market, page_captures.c.listing_id.in_(sorted(free))
    )
    return set(session.scalars(query))


def _holds(column: Any, form: str) -> Any:
    return column.contains(form, autoescape=True) if isinstance(column.type, PrintedText) else _in_json(column, form)


def _in_json(column: Any, form: str) -> Any:
    """JSON is kept as text: a quotation mark or a backslash in the form stands escaped there."""
    return type_coerce(column, Text).contains(form.replace("\\", "\\\\").replace('"', '\\"'), autoescape=True)


def _keys(session: Session, table: Table, matches: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    if not {"market", "listing_id"} <= set(table.columns.keys()):
        return ()
    query = select(table.c.market, table.c.listing_id).where(or_(*matches.values())).distinct().limit(MAX_KEYS)
    return tuple((row.market, row.listing_id) for row in session.execute(query) if row.listing_id is not None)
