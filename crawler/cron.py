"""When a schedule is due: cron lines read as people write them, in the schedule's own zone."""

import re
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.triggers.cron import CronTrigger

from crawler.errors import BadInput

DEFAULT_ZONE = "Asia/Ho_Chi_Minh"
# In cron, 0 and 7 are Sunday; the scheduler library counts from Monday. Names mean the same in both.
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
# A due time that is longer ago than this is not caught up.
CATCH_UP = timedelta(days=7)


class Timed(Protocol):
    """What has a cron line and a zone."""

    @property
    def cron(self) -> str:
        """Five fields: minute hour day month weekday."""

    @property
    def zone(self) -> str:
        """IANA zone of those fields."""


def _weekdays(field: str) -> str:
    """Return a cron weekday field as names the library reads alike; 1-5 becomes mon,tue,wed,thu,fri."""
    if field == "*":
        return field
    names: list[str] = []
    for part in field.lower().split(","):
        first, _, last = part.partition("-")
        start, end = _weekday(first), _weekday(last or first)
        # 7 is Sunday after Saturday, so that 5-7 is Friday to Sunday; sat-mon runs over the week's end.
        span = range(start, end + 1) if start <= end else range(start, end + 8)
        names += [WEEKDAYS[day % 7] for day in span]
    return ",".join(dict.fromkeys(names))


def _weekday(text: str) -> int:
    if text in WEEKDAYS:
        return WEEKDAYS.index(text)
    if re.fullmatch("[0-7]", text):
        return int(text)
    raise BadInput(f"cron: weekday {text!r} is neither a name (mon) nor a number from 0 (Sunday) to 7")


def trigger_of(cron: str, zone: str) -> CronTrigger:
    """Return the trigger of a cron line; raise BadInput that names the field at fault."""
    fields = cron.split()
    if len(fields) != 5:
        raise BadInput(f"cron: {cron!r} has {len(fields)} fields; five are needed: minute hour day month weekday")
    minute, hour, day, month, weekday = fields
    if day != "*" and weekday != "*":
        raise BadInput(f"cron: {cron!r} names a day of the month and a weekday; only one of them can be set")
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise BadInput(f"zone: {zone!r} is not an IANA zone such as {DEFAULT_ZONE}") from None
    try:
        return CronTrigger(
            minute=minute, hour=hour, day=day, month=month, day_of_week=_weekdays(weekday), timezone=place
        )
    except ValueError as problem:
        raise BadInput(f"cron: {cron!r}: {problem}") from None


def cron_of_times(times: str) -> str:
    """Return the cron line of daily times such as "02:00,14:00", which must share their minute."""
    parsed: list[tuple[int, int]] = []
    for text in times.split(","):
        match = re.fullmatch(r"\s*([01]?\d|2[0-3]):([0-5]\d)\s*", text)
        if match is None:
            raise BadInput(f"daily: {text!r} is not a time such as 02:00")
        parsed.append((int(match[1]), int(match[2])))
    minutes = {minute for _, minute in parsed}
    if len(minutes) > 1:
        raise BadInput(f"daily: the times {times!r} differ in their minutes; make one schedule for each")
    return f"{minutes.pop()} {','.join(str(hour) for hour in sorted({hour for hour, _ in parsed}))} * * *"


def next_times(schedule: Timed, after: datetime, count: int) -> tuple[datetime, ...]:
    """Return the next due times later than `after`, in UTC."""
    trigger = trigger_of(schedule.cron, schedule.zone)
    times: list[datetime] = []
    moment = after
    while len(times) < count:
        due = trigger.get_next_fire_time(None, moment + timedelta(microseconds=1))
        if due is None:
            break
        moment = due.astimezone(UTC)
        times.append(moment)
    return tuple(times)


def last_due(schedule: Timed, since: datetime, at: datetime) -> datetime | None:
    """Return the latest due time in (since, at], in UTC, or None: several missed ones count as one."""
    latest: datetime | None = None
    start = max(since, at - CATCH_UP)
    while True:
        following = next_times(schedule, latest or start, 1)
        if not following or following[0] > at:
            return latest
        latest = following[0]
