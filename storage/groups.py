"""Near-identical hits behind the one row that the queue shows of them."""

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
