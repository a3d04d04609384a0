"""Near-identical hits behind the one row that the queue shows of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.hit_records import HitFilter
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


def load_groups(session: Session, hit_filter: HitFilter, leaders: Sequence[str]) -> Mapping[str, tuple[Member, ...]]:
    """Return the members of each leader's group within the filter, the leader first; at most GROUP_LOADED of each.

    Each group is read along its own index and filtered by id: one query for all groups led the planner astray.
    """
    shelf = VIEWS[hit_filter.view].get("shelf")
    names = GROUPS[hit_filter.group]
    if not names or not leaders or shelf is None:
        return {}
    columns = (hits.c.hit_id, hits.c.market, hits.c.listing_id, hits.c.seller_id, hits.c.score, hits.c.revision)
    asked = select(hits.c.hit_id, *(hits.c[name] for name in names)).where(hits.c.hit_id.in_(leaders))
    parts = {row["hit_id"]: row for row in session.execute(asked).mappings()}
    # Equal to the filter's own values, compared here; words and signals are asked for by id below.
    equal = {name: getattr(hit_filter, name) for name in ("brand", "market", "tier", "track", "seller_id", "owner")}
    same = {**VIEWS[hit_filter.view], **{name: value for name, value in equal.items() if value is not None}}
    further = [hits.c[name] for name in sorted({*names, *same} - {"market", "seller_id"})]
    found: dict[str, list[Mapping[Any, Any]]] = {}
    for leader in leaders:
        part = parts.get(leader)
        if part is None or any(part[name] is None for name in names):
            continue
        query = select(*columns, hits.c.content, *further)
        if hit_filter.group == "alike":
            query = query.where(hits.c.shelf == shelf, hits.c.alike_key == part["alike_key"])
        else:
            query = query.where(hits.c.seller_id == part["seller_id"])
        read = session.execute(query.order_by(hits.c.score.desc(), hits.c.hit_id).limit(GROUP_LOADED)).mappings()
        wish = {**same, **{name: part[name] for name in names}}
        found[leader] = [row for row in read if all(row[name] == value for name, value in wish.items())]
    ids = [row["hit_id"] for rows in found.values() for row in rows]
    allowed = set(ids)
    if hit_filter.signal is not None or hit_filter.text is not None or hit_filter.view in {"sample", "second_look"}:
        allowed = set()
        for start in range(0, len(ids), 500):
            chosen = hits.c.hit_id.in_(ids[start : start + 500])
            allowed |= set(session.scalars(select(hits.c.hit_id).where(chosen, *conditions(hit_filter))))
    groups: dict[str, tuple[Member, ...]] = {}
    for leader, rows in found.items():
        members = [_member(row, columns) for row in rows if row["hit_id"] in allowed]
        members.sort(key=lambda one: one.hit_id != leader)
        groups[leader] = tuple(members)
    return groups


def _member(row: Mapping[Any, Any], columns: Sequence[Any]) -> Member:
    price = row["content"].get("price")
    return Member(
        **{column.name: row[column.name] for column in columns},
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
    columns = (hits.c.hit_id, hits.c.market, hits.c.listing_id, hits.c.seller_id, hits.c.score, hits.c.revision)
    query = (
        select(*columns, hits.c.shelf, hits.c.settled_at)
        .where(hits.c.shelf.in_(SHELVES), hits.c.alike_key == alike_key, hits.c.hit_id != hit_id)
        .order_by(hits.c.score.desc(), hits.c.hit_id)
        .limit(SIMILAR_LOADED)
    )
    rows = session.execute(query).mappings().all()
    decided = sorted((row for row in rows if row["settled_at"] is not None), key=lambda row: row["settled_at"])
    return Similar(
        counts=Counter(row["shelf"] for row in rows),
        seller_count=len({(row["market"], row["seller_id"]) for row in rows if row["seller_id"]}),
        members=tuple(Member(**{column.name: row[column.name] for column in columns}, price=None) for row in rows),
        decided_ids=tuple(row["hit_id"] for row in reversed(decided)),
    )


def load_peers(session: Session, hit_id: str, mark_id: str, product_id: str, limit: int = 6) -> tuple[str, ...]:
    """Return other hits on the same product, whose prices can be compared."""
    query = select(hits.c.hit_id).where(
        hits.c.mark_id == mark_id, hits.c.track == "price", hits.c.product_id == product_id, hits.c.hit_id != hit_id
    )
    return tuple(session.scalars(query.limit(limit)))
