"""What pages said at their last visit: validators, listings, links; and how often they changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from storage.column_types import storable
from storage.crawl_tables import page_states
from storage.tables import hits, listings
from storage.upsert import upsert

# States read at the start of a run; a market with more pages has the latest of them.
MAX_STATES = 100_000
OPEN_STATES = ("new", "unsure")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageState:
    """One page as it was last read."""

    url: str
    """The market's own address."""
    etag: str | None
    """Its entity tag, as sent."""
    last_modified: str | None
    """Its date of last change, as sent."""
    fetched_at: datetime
    """Last visit."""
    fingerprint: str
    """Hash of its listings and links: of what is read from it, not of its bytes."""
    listing_ids: tuple[str, ...]
    """The listings that it showed."""
    links: tuple[str, ...]
    """The pages that it led to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHabit:
    """How a page behaved so far."""

    etag: str | None
    last_modified: str | None
    visits: int
    changes: int
    """Visits that found it different from the one before."""
    has_open_hit: bool
    """A listing at this address waits for a decision."""


def save_page_states(session: Session, market: str, states: Sequence[PageState]) -> None:
    """Keep the states of pages just read; a visit that found nothing new counts as a visit only."""
    if not states:
        return
    statement = upsert(session, page_states)
    new = statement.excluded
    differs = page_states.c.fingerprint != new.fingerprint
    statement = statement.on_conflict_do_update(
        index_elements=["market", "url"],
        set_={
            "etag": new.etag, "last_modified": new.last_modified, "fetched_at": new.fetched_at,
            "visits": page_states.c.visits + 1,
            "changes": page_states.c.changes + case((differs, 1), else_=0),
            "changed_at": case((differs, new.fetched_at), else_=page_states.c.changed_at),
            "fingerprint": new.fingerprint, "listing_ids": new.listing_ids, "links": new.links,
        },
    )  # fmt: skip
    rows = {
        state.url: {
            "market": market, "url": state.url, "etag": state.etag, "last_modified": state.last_modified,
            "fetched_at": state.fetched_at, "changed_at": state.fetched_at, "visits": 1, "changes": 0,
            "fingerprint": state.fingerprint, "listing_ids": list(state.listing_ids), "links": list(state.links),
        }
        for state in states
    }  # fmt: skip
    session.execute(statement, list(rows.values()))


def load_page_state(session: Session, market: str, url: str) -> PageState | None:
    """Return a page as it was last read, None where it never was."""
    query = select(page_states).where(page_states.c.market == market, page_states.c.url == storable(url))
    row = session.execute(query).mappings().one_or_none()
    if row is None:
        return None
    values: dict[str, Any] = {name: row[name] for name in PageState.__slots__}
    return PageState(**values | {"listing_ids": tuple(row["listing_ids"]), "links": tuple(row["links"])})


def load_page_habits(session: Session, market: str) -> Mapping[str, PageHabit]:
    """Return how the market's pages behaved so far, by address, the latest MAX_STATES of them."""
    query = (
        select(listings.c.listing_id, listings.c.document)
        .join(hits, (hits.c.market == listings.c.market) & (hits.c.listing_id == listings.c.listing_id))
        .where(hits.c.market == market, hits.c.state.in_(OPEN_STATES), hits.c.tier.in_(("high", "medium")))
        .limit(MAX_STATES)
    )
    watched = {row.document.get("url") for row in session.execute(query)}
    states = select(page_states).where(page_states.c.market == market)
    found: dict[str, PageHabit] = {}
    for row in session.execute(states.order_by(page_states.c.fetched_at.desc()).limit(MAX_STATES)).mappings():
        found[row["url"]] = PageHabit(
            etag=row["etag"], last_modified=row["last_modified"], visits=row["visits"], changes=row["changes"],
            has_open_hit=row["url"] in watched,
        )  # fmt: skip
    for url in watched - set(found) - {None}:
        found[url] = PageHabit(etag=None, last_modified=None, visits=0, changes=0, has_open_hit=True)
    return found


def touch_page(session: Session, market: str, state: PageState, run_id: str | None, seen_at: datetime) -> int:
    """Note that a page is as it was: its listings were seen, and nothing of them is rewritten. Return how many."""
    session.execute(
        update(page_states)
        .where(page_states.c.market == market, page_states.c.url == state.url)
        .values(fetched_at=seen_at, visits=page_states.c.visits + 1)
    )
    touched = 0
    for start in range(0, len(state.listing_ids), 200):  # SQLite takes a limited number of parameters
        ids = [storable(one) for one in state.listing_ids[start : start + 200]]
        here = (listings.c.market == market) & listings.c.listing_id.in_(ids) & (listings.c.last_seen_at <= seen_at)
        statement = update(listings).where(here).values(last_seen_at=seen_at, run_id=run_id)
        touched += len(session.execute(statement.returning(listings.c.listing_id)).all())
    return touched
