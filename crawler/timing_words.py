"""A schedule's times as a sentence in Vietnamese, Japanese and English."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from babel.dates import format_date, get_timezone_location

from crawler.cron import WEEKDAYS, cron_lines

LANGUAGES: Final = ("vi", "ja", "en")
# Cities by the names that people use; the others come from the Unicode locale data.
CITIES: Final[Mapping[str, Mapping[str, str]]] = {
    "Asia/Ho_Chi_Minh": {"vi": "giờ Hà Nội", "ja": "ハノイ時間", "en": "Ha Noi time"},
    "UTC": {"vi": "giờ UTC", "ja": "協定世界時", "en": "UTC"},
}
ZONE: Final = {"vi": "giờ {city}", "ja": "{city}時間", "en": "{city} time"}
AT: Final = {"vi": "{days} lúc {times}", "ja": "{days} {times}", "en": "{days} at {times}"}
EVERY_MINUTES: Final = {
    "vi": "{days}, cứ {step} phút một lần từ {first} đến {last}",
    "ja": "{days} {first}から{last}まで{step}分ごと",
    "en": "{days}, every {step} minutes from {first} to {last}",
}
EVERY_HOURS: Final = {
    "vi": "{days}, cứ {step} giờ một lần, từ {first}",
    "ja": "{days} {first}から{step}時間ごと",
    "en": "{days}, every {step} hours, from {first}",
}
EVERY_HOUR: Final = {
    "vi": "{days}, mỗi giờ vào phút {minute}",
    "ja": "{days} 毎時{minute}分",
    "en": "{days}, every hour at minute {minute}",
}
DAILY: Final = {"vi": "Mỗi ngày", "ja": "毎日", "en": "Every day"}
WEEKLY: Final = {"vi": "Vào {days} hằng tuần", "ja": "毎週{days}", "en": "Every {days}"}
MONTHLY: Final = {"vi": "Vào ngày {days} hằng tháng", "ja": "毎月{days}", "en": "On day {days} of the month"}
IN_MONTHS: Final = {"vi": "{days} trong {months}", "ja": "{months}の{days}", "en": "{days} in {months}"}
CRON: Final = {"vi": "Theo dòng cron {cron}", "ja": "cron行 {cron} のとおり", "en": "By the cron line {cron}"}
AND: Final = {"vi": " và ", "ja": "・", "en": " and "}
COMMA: Final = {"vi": ", ", "ja": "・", "en": ", "}
MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MOST_TIMES: Final = 8
JITTER: Final = {
    "vi": "bắt đầu chậm nhất {minutes} phút sau",
    "ja": "開始は最大{minutes}分遅れ",
    "en": "starting up to {minutes} minutes later",
}
HOURS: Final = {"vi": "chỉ trong {hours}", "ja": "{hours}の間のみ", "en": "only within {hours}"}


def say_timing(cron: str, zone: str, language: str, jitter_minutes: int = 0, hours: str = "") -> str:
    """Return when the cron lines are due, as a sentence with the zone, the spread and the allowed hours."""
    lines = cron_lines(cron)
    by_days: dict[tuple[str, str, str], set[tuple[int, int]]] = {}
    for minute, hour, *rest in lines:
        day, month, weekday = rest
        minutes, hours_due = _numbers(minute, 0, 59), _numbers(hour, 0, 23)
        if minutes is None or hours_due is None:
            return _whole([CRON[language].format(cron=cron)], zone, language, jitter_minutes, hours)
        times = by_days.setdefault((day, month, weekday), set())
        times.update((due, at) for due in hours_due for at in minutes)
    parts: list[str] = []
    for (day, month, weekday), found in by_days.items():
        days = _days(day, month, weekday, language)
        if days is None:
            return _whole([CRON[language].format(cron=cron)], zone, language, jitter_minutes, hours)
        parts.append(_times(days, sorted(found), language))
    return _whole(parts, zone, language, jitter_minutes, hours)


def _whole(parts: Sequence[str], zone: str, language: str, jitter_minutes: int, hours: str) -> str:
    tail = [zone_words(zone, language)]
    if jitter_minutes:
        tail.append(JITTER[language].format(minutes=jitter_minutes))
    if hours:
        tail.append(HOURS[language].format(hours=hours.replace("-", "–")))
    if language == "ja":
        return f"{'、'.join(parts)}（{'、'.join(tail)}）"
    return f"{'; '.join(parts)}, {', '.join(tail)}"


def zone_words(zone: str, language: str) -> str:
    """Return the zone as people name it."""
    if zone in CITIES:
        return CITIES[zone][language]
    return ZONE[language].format(city=get_timezone_location(zone, locale=language, return_city=True))


def _numbers(field: str, first: int, last: int) -> tuple[int, ...] | None:
    """Return the numbers that a field names, None for what only the library understands."""
    numbers: set[int] = set()
    for part in field.split(","):
        match = re.fullmatch(r"(?:(\*)|(\d+)(?:-(\d+))?)(?:/(\d+))?", part)
        if match is None:
            return None
        start = first if match[1] else int(match[2])
        end = last if match[1] or (match[4] and not match[3]) else int(match[3] or match[2])
        numbers.update(range(start, end + 1, int(match[4] or 1)))
    return tuple(sorted(numbers))


def _times(days: str, times: Sequence[tuple[int, int]], language: str) -> str:
    shown = [f"{hour:02}:{minute:02}" for hour, minute in times]
    steps = {(after[0] - before[0]) * 60 + after[1] - before[1] for before, after in pairwise(times)}
    if len(times) > MOST_TIMES and len(steps) == 1:
        step = steps.pop()
        if step == 60 and len(times) == 24:
            said = EVERY_HOUR[language].format(days=days, minute=times[0][1])
        elif step % 60 == 0 and len(times) * step == 24 * 60:
            said = EVERY_HOURS[language].format(days=days, step=step // 60, first=shown[0])
        else:
            said = EVERY_MINUTES[language].format(days=days, step=step, first=shown[0], last=shown[-1])
        # "Every day, every hour …" says no more than "Every hour …".
        said = said.removeprefix(DAILY[language]).lstrip(" ,")
        return said[:1].upper() + said[1:]
    return AT[language].format(days=days, times=_listed(shown, language))


def _listed(parts: Sequence[str], language: str) -> str:
    return AND[language].join(filter(None, (COMMA[language].join(parts[:-1]), parts[-1])))


def _days(day: str, month: str, weekday: str, language: str) -> str | None:
    if weekday != "*":
        names = [_inside(weekday_name(name, language), language) for name in weekday.split(",")]
        said = WEEKLY[language].format(days=_listed(names, language))
    elif day != "*":
        days = _numbers(day, 1, 31)
        if days is None:
            return None
        shown = [f"{number}日" if language == "ja" else str(number) for number in days]
        said = MONTHLY[language].format(days=_listed(shown, language))
    else:
        said = DAILY[language]
    if month == "*":
        return said
    text = re.sub("|".join(MONTHS), lambda found: str(MONTHS.index(found[0]) + 1), month)
    months = _numbers(text, 1, 12)
    if months is None:
        return None
    names = [_inside(format_date(date(2026, number, 1), "LLLL", locale=language), language) for number in months]
    return IN_MONTHS[language].format(days=said, months=_listed(names, language))


def _inside(name: str, language: str) -> str:
    """Return a day's or month's name as it stands within a sentence; Vietnamese begins it small there."""
    return name[:1].lower() + name[1:] if language == "vi" else name


def weekday_name(name: str, language: str) -> str:
    """Return a weekday's full name; `name` is one of mon to sun."""
    sunday = date(2026, 11, 22)
    return format_date(sunday + timedelta(days=WEEKDAYS.index(name)), "cccc", language)
