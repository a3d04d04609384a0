"""Near-identical hits behind the one row that the queue shows of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Column, Integer, TextualSelect, select, text
from sqlalchemy.orm import Session

from storage.hit_records import Group, HitFilter
from storage.queue import GROUPS, VIEWS, conditions
from storage.tables import hits

# Members of a group that are looked at; a page says "and more" beyond.
GROUP_LOADED: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One hit of a group of near-identical ones."""

    hit_id: str
    market: str
    listing_id: str
    seller_id: str | None
    score: float
    revision: int
    price: tuple[str, str] | None
    """Lowest amount and currency; None when unknown."""


# What a member is made of, and what a filter may ask of it.
_COLUMNS: Final = (hits.c.hit_id, hits.c.market, hits.c.listing_id, hits.c.seller_id, hits.c.score, hits.c.revision)
_ASKED: Final = (
    hits.c.content, hits.c.shelf, hits.c.track, hits.c.spelling, hits.c.brand, hits.c.owner, hits.c.tier,
    hits.c.mark_id, hits.c.alike_key,
)  # fmt: skip


@lru_cache(maxsize=256)
def _members_query(group: Group, count: int) -> TextualSelect:
    """Return the query for the members of so many groups: each is read along its own index, all in one statement.

    A query with IN led the planner astray, and one query a group costs ten times as much as the rows.
    """
    names = ", ".join(column.name for column in (*_COLUMNS, *_ASKED))
    same = {"alike": "shelf = :shelf AND alike_key = :key_{}", "seller": "seller_id = :key_{}", "none": ""}[group]
    parts = (
        f"SELECT * FROM (SELECT {place} AS place, {names} FROM hits WHERE {same.format(place)}"  # noqa: S608 - literals
        f" ORDER BY score DESC, hit_id LIMIT {GROUP_LOADED}) AS group_{place}"
        for place in range(count)
    )
    return text(" UNION ALL ".join(parts)).columns(Column("place", Integer), *_COLUMNS, *_ASKED)


def load_groups(session: Session, hit_filter: HitFilter, leaders: Sequence[str]) -> Mapping[str, tuple[Member, ...]]:
    """Return the members of each leader's group within the filter, the leader first; at most GROUP_LOADED of each."""
    shelf = VIEWS[hit_filter.view].get("shelf")
    names = GROUPS[hit_filter.group]
    if not names or not leaders or shelf is None:
        return {}
    asked = select(hits.c.hit_id, *(hits.c[name] for name in names)).where(hits.c.hit_id.in_(leaders))
    parts = {row["hit_id"]: row for row in session.execute(asked).mappings()}
    known = [one for one in leaders if one in parts and all(parts[one][name] is not None for name in names)]
    if not known:
        return {}
    # Equal to the filter's own values, compared here; words and signals are asked for by id below.
    equal = {name: getattr(hit_filter, name) for name in ("brand", "market", "tier", "track", "seller_id", "owner")}
    same = {**VIEWS[hit_filter.view], **{name: value for name, value in equal.items() if value is not None}}
    key = "alike_key" if hit_filter.group == "alike" else "seller_id"
    values = {f"key_{place}": parts[leader][key] for place, leader in enumerate(known)}
    if hit_filter.group == "alike":
        values["shelf"] = shelf
    found: dict[str, list[Mapping[Any, Any]]] = {leader: [] for leader in known}
    for row in session.execute(_members_query(hit_filter.group, len(known)), values).mappings():
        leader = known[row["place"]]
        wish = {**same, **{name: parts[leader][name] for name in names}}
        if all(row[name] == value for name, value in wish.items()):
            found[leader].append(row)
    ids = [row["hit_id"] for rows in found.values() for row in rows]
    allowed = set(ids)
    if hit_filter.signal is not None or hit_filter.text is not None or hit_filter.view in {"sample", "second_look"}:
        allowed = set()
        for start in range(0, len(ids), 500):
            chosen = hits.c.hit_id.in_(ids[start : start + 500])
            allowed |= set(session.scalars(select(hits.c.hit_id).where(chosen, *conditions(hit_filter))))
    groups: dict[str, tuple[Member, ...]] = {}
    for leader, rows in found.items():
        members = [_member(row) for row in rows if row["hit_id"] in allowed]
        members.sort(key=lambda one: (one.hit_id != leader, -one.score, one.hit_id))
        groups[leader] = tuple(members)
    return groups


def _member(row: Mapping[Any, Any]) -> Member:
    price = row["content"].get("price")
    return Member(
        **{column.name: row[column.name] for column in _COLUMNS},
        price=None if price is None else (price[0], price[2]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """What became of the hits that are near-identical to one."""

    counts: Mapping[str, int]
    """Hits by shelf, the hit itself left out; at most SIMILAR_LOADED in all."""
    seller_count: int
    members: tuple[Member, ...]
    decided_ids: tuple[str, ...]
    """Those with a final decision, the latest first."""


# Near-identical hits that a hit page looks at.
SIMILAR_LOADED: Final = 300
SHELVES: Final = (
    "unreviewed",
    "below",
    "innocent",
    "confirmed",
    "rejected",
    "unsure",
    "lapsed",
    "second_look",
    "disputed",
)


def load_similar(session: Session, hit_id: str, alike_key: str | None) -> Similar:
    """Return the near-identical hits of the same mark and track, whatever their state."""
    if alike_key is None:
        return Similar(counts={}, seller_count=0, members=(), decided_ids=())
    query = (
        select(*_COLUMNS, hits.c.shelf, hits.c.settled_at)
        .where(hits.c.shelf.in_(SHELVES), hits.c.alike_key == alike_key, hits.c.hit_id != hit_id)
        .order_by(hits.c.score.desc(), hits.c.hit_id)
        .limit(SIMILAR_LOADED)
    )
    rows = session.execute(query).mappings().all()
    decided = sorted((row for row in rows if row["settled_at"] is not None), key=lambda row: row["settled_at"])
    return Similar(
        counts=Counter(row["shelf"] for row in rows),
        seller_count=len({(row["market"], row["seller_id"]) for row in rows if row["seller_id"]}),
        members=tuple(Member(**{column.name: row[column.name] for column in _COLUMNS}, price=None) for row in rows),
        decided_ids=tuple(row["hit_id"] for row in reversed(decided)),
    )


def load_peers(session: Session, hit_id: str, mark_id: str, product_id: str, limit: int = 6) -> tuple[str, ...]:
    """Return other hits on the same product, whose prices can be compared."""
    query = select(hits.c.hit_id).where(
        hits.c.mark_id == mark_id, hits.c.track == "price", hits.c.product_id == product_id, hits.c.hit_id != hit_id
    )
    return tuple(session.scalars(query.limit(limit)))
