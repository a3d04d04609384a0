"""Schedules: what is crawled when. Removed ones stay, for the runs that name them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from storage.errors import NotFound
from storage.runs import new_run_id
from storage.tables import schedules

# `paused_until` of a pause without an end.
UNTIL_RESUMED = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When one marketplace is crawled with which arguments."""

    schedule_id: str
    """Identifies the schedule."""
    market: str
    """Spider name."""
    arguments: Mapping[str, str]
    """Spider arguments."""
    cron: str
    """Five cron fields, read in `zone`."""
    zone: str
    """IANA time zone, such as Asia/Ho_Chi_Minh."""
    paused_until: datetime | None
    """Not run before this time; None when it is not paused."""
    pause_reason: str | None
    """Why it is paused."""
    created_by: str
    """Log-in name or command."""
    created_at: datetime
    """Aware UTC."""

    def is_paused(self, now: datetime) -> bool:
        """Say whether the schedule is paused at that time."""
        return self.paused_until is not None and now < self.paused_until


def add_schedule(
    session: Session,
    market: str,
    arguments: Mapping[str, str],
    cron: str,
    zone: str,
    created_by: str,
    created_at: datetime,
) -> Schedule:
    """Keep a new schedule and return it. The caller has checked market, cron and zone."""
    schedule = Schedule(
        schedule_id=new_run_id(created_at),
        market=market,
        arguments=dict(arguments),
        cron=cron,
        zone=zone,
        paused_until=None,
        pause_reason=None,
        created_by=created_by,
        created_at=created_at,
    )
    session.execute(insert(schedules).values({name: getattr(schedule, name) for name in Schedule.__slots__}))
    return schedule


def _schedule_of(row: Mapping[Any, Any]) -> Schedule:
    return Schedule(**{name: row[name] for name in Schedule.__slots__})


def load_schedules(session: Session) -> tuple[Schedule, ...]:
    """Return the schedules that are not removed, oldest first."""
    query = select(schedules).where(schedules.c.removed_at.is_(None)).order_by(schedules.c.schedule_id)
    return tuple(_schedule_of(row) for row in session.execute(query).mappings())


def load_schedule(session: Session, schedule_id: str) -> Schedule:
    """Return a schedule that is not removed; raise NotFound."""
    query = select(schedules).where(schedules.c.schedule_id == schedule_id, schedules.c.removed_at.is_(None))
    row = session.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no schedule {schedule_id!r}")
    return _schedule_of(row)


def _change(session: Session, schedule_id: str, **values: Any) -> None:
    load_schedule(session, schedule_id)
    session.execute(update(schedules).where(schedules.c.schedule_id == schedule_id).values(values))


def pause_schedule(session: Session, schedule_id: str, reason: str, until: datetime | None = None) -> Schedule:
    """Pause a schedule until a time, or until it is resumed, and return it."""
    _change(session, schedule_id, paused_until=until or UNTIL_RESUMED, pause_reason=reason)
    return load_schedule(session, schedule_id)


def resume_schedule(session: Session, schedule_id: str) -> Schedule:
    """End the pause of a schedule and return it."""
    _change(session, schedule_id, paused_until=None, pause_reason=None)
    return load_schedule(session, schedule_id)


def remove_schedule(session: Session, schedule_id: str, at: datetime) -> None:
    """Take a schedule out of use; its runs still name it."""
    _change(session, schedule_id, removed_at=at)
