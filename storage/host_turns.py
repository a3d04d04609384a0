"""Whose turn it is at a host: one row per host, taken before every request by every fetcher of every process.

A holder gives the row back with the time from which the host may be asked again. One that died loses it by itself.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from storage.crawl_tables import host_turns, market_days
from storage.upsert import upsert

# No request takes longer; after it the holder is taken for dead.
LONGEST_HOLD = timedelta(seconds=120)
# No host asks for more: a later time was written by a clock that was wrong.
LONGEST_REST = timedelta(hours=25)


def take_turn(session: Session, host: str, holder: str, now: datetime) -> datetime | None:
    """Return None where the turn is the holder's now, else the time before which asking again is of no use."""
    session.execute(
        upsert(session, host_turns).values(host=host, next_allowed_at=now).on_conflict_do_nothing()
    )  # fmt: skip
    free = or_(
        host_turns.c.holder.is_(None), host_turns.c.holder == holder, host_turns.c.held_until <= now,
        host_turns.c.held_until > now + LONGEST_HOLD,
    )  # fmt: skip
    rested = or_(host_turns.c.next_allowed_at <= now, host_turns.c.next_allowed_at > now + LONGEST_REST)
    taken = session.execute(
        update(host_turns)
        .where(host_turns.c.host == host, free, rested)
        .values(holder=holder, held_until=now + LONGEST_HOLD)
        .returning(host_turns.c.host)
    ).one_or_none()
    if taken is not None:
        return None
    row = session.execute(select(host_turns).where(host_turns.c.host == host)).mappings().one()
    is_held = row["holder"] is not None and row["holder"] != holder and now < row["held_until"] <= now + LONGEST_HOLD
    # A holder usually gives back long before its time is over, so that is looked at every second.
    rests_until: datetime = row["next_allowed_at"]
    return max(rests_until, now + timedelta(seconds=1) if is_held else now)


def give_turn(session: Session, host: str, holder: str, next_allowed_at: datetime) -> bool:
    """Give the turn back; False where it was taken by somebody else meanwhile. A later rest that stands is kept."""
    row = session.execute(
        update(host_turns)
        .where(host_turns.c.host == host, host_turns.c.holder == holder)
        .values(holder=None, held_until=None)
        .returning(host_turns.c.next_allowed_at)
    ).one_or_none()
    session.execute(
        update(host_turns)
        .where(host_turns.c.host == host, host_turns.c.next_allowed_at < next_allowed_at)
        .values(next_allowed_at=next_allowed_at)
    )
    return row is not None


def count_request(session: Session, market: str, day: date) -> int:
    """Count one request to a market and return how many it got that day."""
    statement = upsert(session, market_days).values(market=market, day=day, requests=1)
    statement = statement.on_conflict_do_update(
        index_elements=["market", "day"], set_={"requests": market_days.c.requests + 1}
    ).returning(market_days.c.requests)
    return int(session.execute(statement).scalar_one())


def load_requests(session: Session, market: str, day: date) -> int:
    """Return how many requests a market got that day."""
    query = select(market_days.c.requests).where(market_days.c.market == market, market_days.c.day == day)
    return int(session.scalar(query) or 0)
