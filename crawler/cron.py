"""When a schedule is due: cron lines read as people write them, in the schedule's own zone.

Times are reckoned on the zone's wall clock first and turned into UTC last. A time that a change of the clock skips is
due when the clock has just moved on; a time that comes twice is due the first time. Schedules of every hour follow
elapsed time instead: no hour is left out or doubled.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.triggers.cron import CronTrigger

from crawler.errors import BadInput
from records.schedule import DEFAULT_ZONE, Timing

__all__ = ["CATCH_UP", "DEFAULT_ZONE", "cron_of", "last_due", "next_times", "require_cron", "zone_of"]

# In cron, 0 and 7 are Sunday; the scheduler library counts from Monday. Names mean the same in both.
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
# A due time that is longer ago than this is not caught up.
CATCH_UP = timedelta(days=7)
LINE_SEPARATOR = ";"
# No change of any clock is longer; slots within it of each other may change places.
LONGEST_CHANGE = timedelta(hours=3)
# Where a line names no time within so many years, it never will.
HORIZON = timedelta(days=366 * 9)


class Timed(Protocol):
    """What has cron lines and a zone."""

    @property
    def cron(self) -> str:
        """Lines of five fields (minute hour day month weekday), `;` between them."""

    @property
    def zone(self) -> str:
        """IANA zone of those fields."""


def zone_of(name: str) -> ZoneInfo:
    """Return the zone; raise BadInput."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput(f"zone: {name!r} is not an IANA zone such as {DEFAULT_ZONE}") from None


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


def cron_lines(cron: str) -> tuple[tuple[str, str, str, str, str], ...]:
    """Return the fields of each line with weekdays by name; raise BadInput that names the field at fault."""
    lines: list[tuple[str, str, str, str, str]] = []
    for line in filter(None, (part.strip() for part in re.split(r"[;\n]", cron))):
        fields = line.split()
        if len(fields) != 5:
            raise BadInput(f"cron: {line!r} has {len(fields)} fields; five are needed: minute hour day month weekday")
        minute, hour, day, month, weekday = fields
        if day != "*" and weekday != "*":
            raise BadInput(f"cron: {line!r} names a day of the month and a weekday; only one of them can be set")
        lines.append((minute, hour, day, month.lower(), _weekdays(weekday)))
    if not lines:
        raise BadInput("cron: no line of five fields: minute hour day month weekday")
    return tuple(lines)


@lru_cache(maxsize=512)
def _triggers(cron: str) -> tuple[tuple[CronTrigger, bool], ...]:
    """Return a trigger on the wall clock for each line, and whether the line is of every hour."""
    triggers: list[tuple[CronTrigger, bool]] = []
    for minute, hour, day, month, weekday in cron_lines(cron):
        try:
            trigger = CronTrigger(minute=minute, hour=hour, day=day, month=month, day_of_week=weekday, timezone=UTC)
        except ValueError as problem:
            raise BadInput(f"cron: {cron!r}: {problem}") from None
        triggers.append((trigger, hour == "*"))
    return tuple(triggers)


def require_cron(cron: str, zone: str) -> None:
    """Raise BadInput that names the field at fault, also where the lines name no day that ever comes."""
    zone_of(zone)
    if not any(_first(trigger, datetime(2026, 1, 1, tzinfo=UTC)) for trigger, _ in _triggers(cron)):
        raise BadInput(f"cron: {cron!r} names no time that ever comes")


def _first(trigger: CronTrigger, wall: datetime) -> datetime | None:
    due: datetime | None = trigger.get_next_fire_time(None, wall)
    return due if due is not None and due < wall + HORIZON else None


def _walls(trigger: CronTrigger, start: datetime) -> Iterator[datetime]:
    """Yield the wall-clock times of a line from a moment on; the clock's readings are carried as if they were UTC."""
    moment: datetime | None = _first(trigger, start)
    while moment is not None:
        yield moment
        moment = _first(trigger, moment + timedelta(minutes=1))


def _moments(wall: datetime, place: ZoneInfo, *, every_hour: bool) -> Iterator[datetime]:
    """Yield the moments at which the zone's clock shows that time; one that it skips is one, just after the change."""
    shown = wall.replace(tzinfo=place, fold=0)
    moment = shown.astimezone(UTC)
    is_there = moment.astimezone(place).replace(tzinfo=None) == wall.replace(tzinfo=None)
    if is_there or not every_hour:
        yield moment
    second = shown.replace(fold=1).astimezone(UTC)
    if is_there and every_hour and second != moment:
        yield second


def _due(schedule: Timed, after: datetime, count: int) -> list[datetime]:
    place = zone_of(schedule.zone)
    start = (after.astimezone(place).replace(tzinfo=UTC) - LONGEST_CHANGE).replace(second=0, microsecond=0)
    found: set[datetime] = set()
    for trigger, every_hour in _triggers(schedule.cron):
        later: list[datetime] = []
        end: datetime | None = None
        for wall in _walls(trigger, start):
            if end is not None and wall > end:
                break
            later += [moment for moment in _moments(wall, place, every_hour=every_hour) if moment > after]
            if end is None and len(later) >= count:
                end = wall + LONGEST_CHANGE
        found.update(later)
    return sorted(found)[:count]


def next_times(schedule: Timed, after: datetime, count: int) -> tuple[datetime, ...]:
    """Return the next due times later than `after`, in UTC; fewer where the lines name no more."""
    return tuple(_due(schedule, after, count))


def times_between(schedule: Timed, after: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the due times in (after, until], in UTC."""
    while True:
        batch = _due(schedule, after, 50)
        for due in batch:
            if due > until:
                return
            yield due
        if not batch:
            return
        after = batch[-1]


def last_due(schedule: Timed, since: datetime, at: datetime) -> datetime | None:
    """Return the latest due time in (since, at], in UTC, or None: several missed ones count as one."""
    latest: datetime | None = None
    # From short to long: most schedules were due a moment ago, and few have to be looked at for a week back.
    for back in (timedelta(hours=1), timedelta(days=1), CATCH_UP):
        start = max(since, at - back)
        for due in times_between(schedule, start, at):
            latest = due
        if latest is not None or start <= since:
            return latest
    return latest


def cron_of(timing: Timing) -> str:
    """Return the cron lines of what a person asked for; raise BadInput that says what is wrong."""
    if timing.kind == "cron":
        return "; ".join(" ".join(line.split()) for line in re.split(r"[;\n]", timing.cron) if line.strip())
    if timing.kind == "hourly":
        if timing.every_hours not in {1, 2, 3, 4, 6, 8, 12}:
            raise BadInput(f"every: {timing.every_hours} hours is none of 1, 2, 3, 4, 6, 8 and 12, which divide a day")
        if not 0 <= timing.minute <= 59:
            raise BadInput(f"every: minute {timing.minute} is none from 0 to 59")
        return f"{timing.minute} {'*' if timing.every_hours == 1 else f'*/{timing.every_hours}'} * * *"
    days = "*"
    if timing.kind == "weekly":
        unknown = [day for day in timing.days if day not in WEEKDAYS]
        if unknown or not timing.days:
            raise BadInput(f"days: {', '.join(unknown) or 'none given'}; they are mon, tue, wed, thu, fri, sat, sun")
        days = ",".join(day for day in (*WEEKDAYS[1:], WEEKDAYS[0]) if day in timing.days)
    if timing.kind == "monthly" and not 1 <= timing.day <= 28:
        raise BadInput(f"day: {timing.day} is none from 1 to 28, which every month has")
    month_day = str(timing.day) if timing.kind == "monthly" else "*"
    hours_by_minute: dict[int, set[int]] = {}
    for text in timing.times:
        hour, minute = clock_time(text, "times")
        hours_by_minute.setdefault(minute, set()).add(hour)
    if not hours_by_minute:
        raise BadInput("times: none given; such as 02:00,14:00")
    return "; ".join(
        f"{minute} {','.join(map(str, sorted(hours)))} {month_day} * {days}"
        for minute, hours in sorted(hours_by_minute.items())
    )


def timing_of(cron: str) -> Timing:
    """Return the preset that cron lines stand for, for a form; a Timing of kind cron where there is none."""
    plain = Timing(kind="cron", cron=cron)
    hourly = re.fullmatch(r"(\d+) \*(?:/(\d+))? \* \* \*", cron)
    if hourly is not None:
        return Timing(kind="hourly", minute=int(hourly[1]), every_hours=int(hourly[2] or 1))
    lines = cron_lines(cron)
    days = {line[2:] for line in lines}
    if len(days) != 1 or not all(re.fullmatch(r"\d+ [\d,]+", f"{line[0]} {line[1]}") for line in lines):
        return plain
    day, _, weekday = days.pop()
    times = tuple(sorted(f"{int(hour):02}:{int(line[0]):02}" for line in lines for hour in line[1].split(",")))
    preset = Timing(kind="daily", times=times)
    if weekday != "*":
        preset = Timing(kind="weekly", times=times, days=tuple(weekday.split(",")))
    elif day.isdigit():
        preset = Timing(kind="monthly", times=times, day=int(day))
    try:
        return preset if cron_of(preset) == cron else plain
    except BadInput:
        return plain


def clock_time(text: str, field: str) -> tuple[int, int]:
    """Return hour and minute of a time such as 02:00; raise BadInput that names the field."""
    match = re.fullmatch(r"\s*([01]?\d|2[0-3]):([0-5]\d)\s*", text)
    if match is None:
        raise BadInput(f"{field}: {text!r} is not a time such as 02:00")
    return int(match[1]), int(match[2])
