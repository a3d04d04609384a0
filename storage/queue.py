"""The review queue as SQL: what each view shows, the order, and paging by key instead of by offset."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from storage.hit_records import Group, HitFilter, Sort, View
from storage.hit_rows import COLUMNS
from storage.review_tables import claims, looks
from storage.search import few_matches, words_of
from storage.tables import hit_counts, hit_evidence, hits

PAGE_FOR_EXPORT = 500
# Every 32nd hit by its id, which is a hash: a random sample that nobody chose and that stays the same.
SAMPLE_LETTER: Final = "0"
# Further back than this, a place in the queue is not counted.
PLACES_COUNTED: Final = 1000

_UNREVIEWED = {"shelf": "unreviewed"}
# What the hits of each view have in common, in columns that the hits and their counters share. `mine` and `sample`
# have further conditions (see conditions()).
VIEWS: Mapping[View, Mapping[str, str]] = {
    "unreviewed": _UNREVIEWED,
    "second_look": {"shelf": "second_look"},
    "disputed": {"shelf": "disputed"},
    "price": {**_UNREVIEWED, "track": "price"},
    "misuse": {**_UNREVIEWED, "track": "ip"},
    "disguised": {**_UNREVIEWED, "track": "ip", "spelling": "altered"},
    "mine": {},
    "unsure": {"shelf": "unsure"},
    "confirmed": {"shelf": "confirmed"},
    "rejected": {"shelf": "rejected"},
    "below": {"shelf": "below"},
    "sample": {"shelf": "below"},
    "all": {},
}
# Conditions of a filter that the counters know as well; with any other the number of hits is not kept.
COUNTED = ("brand", "market", "tier", "track", "owner")
# Sort -> column and whether the largest comes first.
_ORDER: Mapping[Sort, tuple[str, bool]] = {
    "score": ("score", True),
    "newest": ("first_seen_at", True),
    "oldest": ("first_seen_at", False),
}
# What the hits of a group have in common. Hits that miss one of these stand alone.
GROUPS: Mapping[Group, tuple[str, ...]] = {
    "alike": ("alike_key",),
    "seller": ("mark_id", "track", "market", "seller_id"),
    "none": (),
}


def view_counters(view: View) -> Sequence[ColumnElement[bool]]:
    """Return the conditions on the counters of a view."""
    return [hit_counts.c[column] == value for column, value in VIEWS[view].items()]


def conditions(hit_filter: HitFilter, table: FromClause = hits) -> list[ColumnElement[bool]]:
    """Return the conditions on the hits of a filter."""
    found: list[ColumnElement[bool]] = [table.c[name] == value for name, value in VIEWS[hit_filter.view].items()]
    for name in ("brand", "market", "tier", "track", "seller_id", "owner", "alike_key", "mark_id"):
        value = getattr(hit_filter, name)
        if value is not None:
            found.append(table.c[name] == value)
    if hit_filter.brands is not None:
        found.append(table.c.brand.in_(hit_filter.brands))
    if hit_filter.signal is not None:
        fired = and_(hit_evidence.c.hit_id == table.c.hit_id, hit_evidence.c.signal == hit_filter.signal)
        found.append(exists().where(fired).correlate(table))
    if hit_filter.view == "mine":
        held = and_(claims.c.hit_id == table.c.hit_id, claims.c.actor == (hit_filter.actor or ""))
        live = () if hit_filter.now is None else (claims.c.until > hit_filter.now,)
        found.append(exists().where(held, *live).correlate(table))
    if hit_filter.view == "second_look" and hit_filter.actor is not None:
        own = and_(looks.c.decision_id == table.c.decision_id, looks.c.first_actor == hit_filter.actor)
        found.append(~exists().where(own).correlate(table))
    if hit_filter.view == "sample":
        following = chr(ord(SAMPLE_LETTER) + 1)
        found += [table.c.hit_id >= SAMPLE_LETTER, table.c.hit_id < following]
    found += [table.c.search_text.contains(word, autoescape=True) for word in words_of(hit_filter.text)]
    return found


def narrowed(session: Session, hit_filter: HitFilter) -> list[ColumnElement[bool]]:
    """Return the conditions of a filter; where few hits hold its words, these hits by name."""
    few = None if hit_filter.text is None else few_matches(session, hit_filter.text)
    return conditions(hit_filter) if few is None else [hits.c.hit_id.in_(few), *conditions(hit_filter)]


def order_of(sort: Sort, table: FromClause = hits) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Return the order of the queue; the id decides between equals."""
    name, descending = _ORDER[sort]
    column: ColumnElement[Any] = table.c[name]
    return column.desc() if descending else column.asc(), table.c.hit_id.asc()


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


def beyond(place: tuple[Any, Any], sort: Sort, *, forward: bool, table: FromClause = hits) -> ColumnElement[bool]:
    """Return the condition on rows that come after a place, or before it."""
    value, hit_id = place
    name, descending = _ORDER[sort]
    column: ColumnElement[Any] = table.c[name]
    if forward == descending:
        near, past = column <= value, column < value
    else:
        near, past = column >= value, column > value
    return and_(near, or_(past, table.c.hit_id > hit_id if forward else table.c.hit_id < hit_id))


def only_leaders(hit_filter: HitFilter, sort: Sort) -> list[ColumnElement[bool]]:
    """Return the condition that no hit of the same group and the same filter comes earlier."""
    names = GROUPS[hit_filter.group]
    if not names:
        return []
    other = hits.alias("earlier")
    same = [other.c[name] == hits.c[name] for name in names]
    earlier = beyond((hits.c[_ORDER[sort][0]], hits.c.hit_id), sort, forward=False, table=other)
    return [~exists().where(*same, *conditions(hit_filter, other), earlier).correlate(hits)]


def page_rows(
    session: Session, hit_filter: HitFilter, after: str | None, limit: int, sort: Sort
) -> tuple[Sequence[Mapping[Any, Any]], str | None, bool]:
    """Return the rows after a cursor, the cursor of the next page, and whether this is a later page than the first."""
    query = (
        select(*COLUMNS)
        .where(*narrowed(session, hit_filter), *only_leaders(hit_filter, sort))
        .order_by(*order_of(sort))
    )
    place = None if after is None else read_cursor(after, sort)
    if place is not None:
        query = query.where(beyond(place, sort, forward=True))
    rows = session.execute(query.limit(limit + 1)).mappings().all()
    shown = rows[:limit]
    return shown, write_cursor(shown[-1], sort) if len(rows) > limit else None, place is not None


def _place_of(session: Session, hit_id: str, sort: Sort) -> tuple[Any, str] | None:
    query = select(hits.c[_ORDER[sort][0]]).where(hits.c.hit_id == hit_id)
    value = session.scalar(query)
    return None if value is None else (value, hit_id)


def neighbour_id(session: Session, hit_id: str, hit_filter: HitFilter, sort: Sort, *, forward: bool) -> str | None:
    """Return the id next to a hit in one direction, None at the end or for an unknown hit."""
    place = _place_of(session, hit_id, sort)
    if place is None:
        return None
    column, by_id = order_of(sort)
    order = (column, by_id) if forward else (_reversed(sort), hits.c.hit_id.desc())
    query = select(hits.c.hit_id).where(*narrowed(session, hit_filter), beyond(place, sort, forward=forward))
    if hit_filter.actor is not None and hit_filter.now is not None:  # what somebody else looks at is passed over
        others = and_(
            claims.c.hit_id == hits.c.hit_id, claims.c.actor != hit_filter.actor, claims.c.until > hit_filter.now
        )
        query = query.where(~exists().where(others).correlate(hits))
    found: str | None = session.scalar(query.order_by(*order).limit(1))
    return found


def _reversed(sort: Sort) -> ColumnElement[Any]:
    name, descending = _ORDER[sort]
    column: ColumnElement[Any] = hits.c[name]
    return column.asc() if descending else column.desc()


def place_in_queue(session: Session, hit_id: str, hit_filter: HitFilter, sort: Sort) -> int | None:
    """Return the hit's number in the queue from 1; None past PLACES_COUNTED, so that no request counts a whole table.

    Also None with a text or signal, where every row before would have to be read.
    """
    place = _place_of(session, hit_id, sort)
    if place is None or hit_filter.text is not None or hit_filter.signal is not None:
        return None
    before = select(hits.c.hit_id).where(*conditions(hit_filter), beyond(place, sort, forward=False))
    counted = session.scalar(select(func.count()).select_from(before.limit(PLACES_COUNTED).subquery())) or 0
    return None if counted >= PLACES_COUNTED else int(counted) + 1
