"""Near-identical hits behind the one row that the queue shows of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from storage.hit_records import HitFilter, Sort
from storage.queue import GROUPS, conditions, order_of
from storage.tables import hits

# Members of all groups of a page that are looked at; a page says "and more" beyond.
MEMBERS_LOADED: Final = 2000


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


def load_groups(
    session: Session, hit_filter: HitFilter, leaders: Sequence[str], sort: Sort = "score"
) -> Mapping[str, tuple[Member, ...]]:
    """Return the members of each leader's group within the filter, the leader first; at most MEMBERS_LOADED in all."""
    names = GROUPS[hit_filter.group]
    if not names or not leaders:
        return {}
    first = hits.alias("leader")
    columns = (hits.c.hit_id, hits.c.market, hits.c.listing_id, hits.c.seller_id, hits.c.score, hits.c.revision)
    query = (
        select(first.c.hit_id.label("leader_id"), *columns, hits.c.content)
        .select_from(first.join(hits, and_(*(hits.c[name] == first.c[name] for name in names))))
        .where(first.c.hit_id.in_(leaders), *conditions(hit_filter))
        .order_by(*order_of(sort))
        .limit(MEMBERS_LOADED)
    )
    groups: dict[str, list[Member]] = {}
    for row in session.execute(query).mappings():
        price = row["content"].get("price")
        member = Member(
            **{column.name: row[column.name] for column in columns},
            price=None if price is None else (price[0], price[2]),
        )
        groups.setdefault(row["leader_id"], []).append(member)
    return {leader: tuple(members) for leader, members in groups.items()}


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
