"""Which listings a complete pass over a search or list showed, and which it no longer did."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.orm import Session

from storage.column_types import storable
from storage.crawl_tables import pass_listings
from storage.upsert import upsert

# A pass that shows less than this share of what the one before showed is not believed: sites lose their lists, too.
LEAST_SHARE = 0.5


def record_pass(session: Session, market: str, start: str, listing_ids: Collection[str], at: datetime) -> int | None:
    """Note a complete, unblocked pass; return how many listings it no longer shows, None where it is not believed.

    A listing that is absent stays as it was and gets the time since when it was not seen; seen again, it loses it.
    """
    here = (pass_listings.c.market == market) & (pass_listings.c.start == start)
    present = here & pass_listings.c.not_seen_since.is_(None)
    before = int(session.scalar(select(func.count()).select_from(pass_listings).where(present)) or 0)
    if len(listing_ids) < before * LEAST_SHARE:
        return None
    if listing_ids:
        statement = upsert(session, pass_listings)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["market", "start", "listing_id"],
                set_={"last_seen_at": statement.excluded.last_seen_at, "not_seen_since": None},
            ),
            [{"market": market, "start": start, "listing_id": one, "last_seen_at": at} for one in sorted(listing_ids)],
        )
    gone = update(pass_listings).where(present, pass_listings.c.last_seen_at < at).values(not_seen_since=at)
    return len(session.execute(gone.returning(pass_listings.c.listing_id)).all())


def load_not_seen_since(
    session: Session, keys: Sequence[tuple[str, str]]
) -> Mapping[tuple[str, str], datetime]:  # fmt: skip
    """Return since when listings (market, listing_id) are not seen; those that some list still shows are left out."""
    absent: dict[tuple[str, str], datetime] = {}
    shown: dict[tuple[str, str], datetime] = {}
    for start in range(0, len(keys), 200):  # SQLite takes a limited number of parameters
        part = [(storable(market), storable(listing_id)) for market, listing_id in keys[start : start + 200]]
        query = select(pass_listings).where(tuple_(pass_listings.c.market, pass_listings.c.listing_id).in_(part))
        for row in session.execute(query).mappings():
            key = (row["market"], row["listing_id"])
            if row["not_seen_since"] is None:
                shown[key] = max(row["last_seen_at"], shown.get(key, row["last_seen_at"]))
            else:
                absent[key] = max(row["not_seen_since"], absent.get(key, row["not_seen_since"]))
    return {key: since for key, since in absent.items() if key not in shown or shown[key] < since}
