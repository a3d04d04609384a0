"""The review queue as SQL: what each view shows, the order, and paging by key instead of by offset."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from records.hit import QUEUE_TIERS
from storage.hit_content import search_form
from storage.hit_records import HitFilter, Sort, View
from storage.tables import hit_counts, hit_evidence, hits

PAGE_FOR_EXPORT = 500

_UNREVIEWED = {"state": ("new",), "tier": QUEUE_TIERS}
# What the hits of each view have in common, in columns that the hits and their counters share.
VIEWS: Mapping[View, Mapping[str, tuple[str, ...]]] = {
    "unreviewed": _UNREVIEWED,
    "confirmed": {"state": ("confirmed",)},
    "rejected": {"state": ("rejected",)},
    "unsure": {"state": ("unsure",)},
    "below": {"state": ("new",), "tier": ("low",)},
    "price": {**_UNREVIEWED, "track": ("price",)},
    "disguised": {**_UNREVIEWED, "track": ("ip",), "spelling": ("altered",)},
    "all": {},
}
# The same in the hits table, where one column, the shelf, stands for state and tier, so that an index can serve it.
SHELVES: Mapping[View, Mapping[str, str]] = {
    "unreviewed": {"shelf": "unreviewed"},
    "confirmed": {"shelf": "confirmed"},
    "rejected": {"shelf": "rejected"},
    "unsure": {"shelf": "unsure"},
    "below": {"shelf": "below"},
    "price": {"shelf": "unreviewed", "track": "price"},
    "disguised": {"shelf": "unreviewed", "track": "ip", "spelling": "altered"},
    "all": {},
}
_ORDER = {"score": hits.c.score, "newest": hits.c.first_seen_at}


def view_counters(view: View) -> Sequence[ColumnElement[bool]]:
    """Return the conditions on the counters of a view."""
    return [hit_counts.c[column].in_(values) for column, values in VIEWS[view].items()]


def conditions(hit_filter: HitFilter) -> list[ColumnElement[bool]]:
    """Return the conditions on the hits of a filter."""
    found: list[ColumnElement[bool]] = [hits.c[name] == value for name, value in SHELVES[hit_filter.view].items()]
    for name in ("brand", "market", "tier", "track", "seller_id", "owner"):
        value = getattr(hit_filter, name)
        if value is not None:
            found.append(hits.c[name] == value)
    if hit_filter.brands is not None:
        found.append(hits.c.brand.in_(hit_filter.brands))
    if hit_filter.signal is not None:
        found.append(exists().where(hit_evidence.c.hit_id == hits.c.hit_id, hit_evidence.c.signal == hit_filter.signal))
    found += [hits.c.search_text.contains(word, autoescape=True) for word in search_form(hit_filter.text or "").split()]
    return found


def order_of(sort: Sort) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Return the order of the queue; the id decides between equals."""
    return _ORDER[sort].desc(), hits.c.hit_id.asc()


def write_cursor(row: Mapping[Any, Any], sort: Sort) -> str:
    """Return the opaque cursor of a row."""
    value = row["score"] if sort == "score" else row["first_seen_at"].isoformat()
    return base64.urlsafe_b64encode(json.dumps([sort, value, row["hit_id"]]).encode()).decode().rstrip("=")


def read_cursor(cursor: str, sort: Sort) -> tuple[float | datetime, str] | None:
    """Return the place that a cursor names, None when it is unreadable or of another order."""
    try:
        made_for, value, hit_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if made_for != sort or not isinstance(hit_id, str):
            return None
        if sort == "score":
            return float(value), hit_id
        moment = datetime.fromisoformat(value)
        return None if moment.utcoffset() is None else (moment, hit_id)
    except (binascii.Error, ValueError, TypeError):
        return None


def beyond(place: tuple[float | datetime, str], sort: Sort, *, forward: bool) -> ColumnElement[bool]:
    """Return the condition on rows that come after a place, or before it."""
    value, hit_id = place
    column = _ORDER[sort]
    if forward:
        return and_(column <= value, or_(column < value, hits.c.hit_id > hit_id))
    return and_(column >= value, or_(column > value, hits.c.hit_id < hit_id))


def page_rows(
    session: Session, hit_filter: HitFilter, after: str | None, limit: int, sort: Sort
) -> tuple[Sequence[Mapping[Any, Any]], str | None, bool]:
    """Return the rows after a cursor, the cursor of the next page, and whether this is a later page than the first."""
    query = select(hits).where(*conditions(hit_filter)).order_by(*order_of(sort)).limit(limit + 1)
    place = None if after is None else read_cursor(after, sort)
    if place is not None:
        query = query.where(beyond(place, sort, forward=True))
    rows = session.execute(query).mappings().all()
    shown = rows[:limit]
    return shown, write_cursor(shown[-1], sort) if len(rows) > limit else None, place is not None


def neighbour_id(session: Session, hit_id: str, hit_filter: HitFilter, sort: Sort, *, forward: bool) -> str | None:
    """Return the id next to a hit in one direction, None at the end or for an unknown hit."""
    own = session.execute(select(hits.c.score, hits.c.first_seen_at).where(hits.c.hit_id == hit_id)).one_or_none()
    if own is None:
        return None
    place = (own.score if sort == "score" else own.first_seen_at, hit_id)
    column = _ORDER[sort]
    order = order_of(sort) if forward else (column.asc(), hits.c.hit_id.desc())
    query = select(hits.c.hit_id).where(*conditions(hit_filter), beyond(place, sort, forward=forward))
    found: str | None = session.scalar(query.order_by(*order).limit(1))
    return found
