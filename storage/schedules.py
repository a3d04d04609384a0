"""Schedules: what is crawled when. Removed ones stay, for the runs that name them."""

from collections.abc import Mapping, Sequence
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
    """Lines of five cron fields, read in `zone`; `;` between them."""
    zone: str
    """IANA time zone, such as Asia/Ho_Chi_Minh."""
    jitter_minutes: int = 0
    """A run starts up to so many minutes after its time."""
    hours: str = ""
    """Hours in `zone` in which runs may start, such as 22:00-06:00; empty means all."""
    tags: tuple[str, ...] = ()
    """Words to find and pause schedules by."""
    paused_until: datetime | None
    """Not run before this time; None when it is not paused."""
    pause_reason: str | None
    """Why it is paused."""
    paused_at: datetime | None = None
    """When the pause began."""
    created_by: str
    """Log-in name or command."""
    created_at: datetime
    """Aware UTC."""
    counts_from: datetime
    """Its times count from then on: when it was made, last changed or resumed."""

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
    *,
    jitter_minutes: int = 0,
    hours: str = "",
    tags: Sequence[str] = (),
) -> Schedule:
    """Keep a new schedule and return it. The caller has checked market, cron and zone."""
    schedule = Schedule(
        schedule_id=new_run_id(created_at),
        market=market,
        arguments=dict(arguments),
        cron=cron,
        zone=zone,
        jitter_minutes=jitter_minutes,
        hours=hours,
        tags=tuple(tags),
        paused_until=None,
        pause_reason=None,
        created_by=created_by,
        created_at=created_at,
        counts_from=created_at,
    )
    values = {name: getattr(schedule, name) for name in Schedule.__slots__}
    session.execute(insert(schedules).values(values | {"tags": list(schedule.tags)}))
    return schedule


def _schedule_of(row: Mapping[Any, Any]) -> Schedule:
    values = {name: row[name] for name in Schedule.__slots__}
    # Rows from before these columns hold NULL in them.
    values["jitter_minutes"] = row["jitter_minutes"] or 0
    values["hours"] = row["hours"] or ""
    values["tags"] = tuple(row["tags"] or ())
    values["counts_from"] = row["counts_from"] or row["created_at"]
    return Schedule(**values)


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


def change_schedule(session: Session, changed: Schedule, at: datetime) -> Schedule:
    """Give a schedule other arguments and times and return it; its times count from now on, its pause stays."""
    _change(
        session,
        changed.schedule_id,
        market=changed.market,
        arguments=dict(changed.arguments),
        cron=changed.cron,
        zone=changed.zone,
        jitter_minutes=changed.jitter_minutes,
        hours=changed.hours,
        tags=list(changed.tags),
        counts_from=at,
    )
    return load_schedule(session, changed.schedule_id)


def pause_schedule(
    session: Session, schedule_id: str, reason: str, until: datetime | None = None, at: datetime | None = None
) -> Schedule:
    """Pause a schedule until a time, or until it is resumed, and return it."""
    _change(session, schedule_id, paused_until=until or UNTIL_RESUMED, pause_reason=reason, paused_at=at)
    return load_schedule(session, schedule_id)


def resume_schedule(session: Session, schedule_id: str, at: datetime | None = None) -> Schedule:
    """End the pause of a schedule and return it; given the time, what was due meanwhile counts no more."""
    values: dict[str, Any] = {"paused_until": None, "pause_reason": None, "paused_at": None}
    if at is not None:
        values["counts_from"] = at
    _change(session, schedule_id, **values)
    return load_schedule(session, schedule_id)


def remove_schedule(session: Session, schedule_id: str, at: datetime) -> None:
    """Take a schedule out of use; its runs still name it."""
    _change(session, schedule_id, removed_at=at)
