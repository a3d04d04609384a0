"""When a regular mail is due: days, weeks and months in the reader's zone, public holidays left out. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from records.mail import Frequency, Holidays, Preference

# No run of public holidays is longer; further back there is always a day on which mails go out.
DAYS_LOOKED_AT = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One due time of a regular mail."""

    name: str
    """Part of the mail's key: 2026-11-22, 2026-W47 or 2026-10 (the month reported)."""
    day: date
    """The reader's day on which it is due."""
    due_at: datetime
    """Aware UTC."""


@cache
def _calendar(country: str, year: int) -> holidays.HolidayBase:
    return holidays.country_holidays(country, years=year)


def is_holiday(day: date, country: Holidays) -> bool:
    """Return whether the day is a public holiday of the country; none without a country."""
    return bool(country) and day in _calendar(country, day.year)


def last_slot(preference: Preference, now: datetime) -> Slot | None:
    """Return the latest due time that has come, None for a frequency without any.

    A daily mail leaves out public holidays. A weekly one is due on its weekday, a monthly one on the first; where that
    is a holiday, on the next day that is none.
    """
    zone = ZoneInfo(preference.zone)
    today = now.astimezone(zone).date()
    for back in range(DAYS_LOOKED_AT):
        day = today - timedelta(days=back)
        due_at = datetime.combine(day, time(preference.hour), zone).astimezone(UTC)
        if due_at > now or is_holiday(day, preference.holidays):
            continue
        name = _name_of(day, preference)
        if name is not None:
            return Slot(name=name, day=day, due_at=due_at)
    return None


def next_slot(preference: Preference, now: datetime) -> Slot | None:
    """Return the first due time that has not come yet, None for a frequency without any."""
    zone = ZoneInfo(preference.zone)
    today = now.astimezone(zone).date()
    for ahead in range(DAYS_LOOKED_AT):
        day = today + timedelta(days=ahead)
        due_at = datetime.combine(day, time(preference.hour), zone).astimezone(UTC)
        name = None if due_at <= now or is_holiday(day, preference.holidays) else _name_of(day, preference)
        if name is not None:
            return Slot(name=name, day=day, due_at=due_at)
    return None


def _name_of(day: date, preference: Preference) -> str | None:
    """Return the name of the period that is due on a day that is no holiday, None where none is."""
    if preference.frequency == "daily":
        return day.isoformat()
    start = _start_of(day, preference.frequency, preference.weekday)
    if start is None:
        return None
    # Due on the period's first day, or later when all days before it were holidays.
    between = (start + timedelta(days=number) for number in range((day - start).days))
    if not all(is_holiday(one, preference.holidays) for one in between):
        return None
    if preference.frequency == "monthly":
        return (start - timedelta(days=1)).strftime("%Y-%m")
    year, week, _ = start.isocalendar()
    return f"{year}-W{week:02}"


def _start_of(day: date, frequency: Frequency, weekday: int) -> date | None:
    if frequency == "weekly":
        return day - timedelta(days=(day.weekday() - weekday) % 7)
    return day.replace(day=1) if frequency == "monthly" else None
