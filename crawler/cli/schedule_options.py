"""The options of `markwatch schedules`, and what those about times say."""

import re
from typing import Annotated

import typer

from crawler.cron import DEFAULT_ZONE
from crawler.errors import BadInput
from records.schedule import Timing

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of the schedule, as `schedules list` prints it.")]
OptionalId = Annotated[str, typer.Argument(metavar="[ID]", help="Id of the schedule; or give --tag.")]
TagOption = Annotated[str, typer.Option("--tag", help="Every schedule with this tag.")]
DailyOption = Annotated[str, typer.Option("--daily", metavar="TIMES", help="Times of day, such as 02:00,14:00.")]
EveryOption = Annotated[int, typer.Option("--every", metavar="HOURS", help="Every 1, 2, 3, 4, 6, 8 or 12 hours.")]
MinuteOption = Annotated[int, typer.Option("--minute", min=0, max=59, help="With --every: at this minute.")]
WeeklyOption = Annotated[str, typer.Option("--weekly", metavar="DAYS@TIMES", help="Such as mon,thu@09:00.")]
MonthlyOption = Annotated[str, typer.Option("--monthly", metavar="DAY@TIMES", help="Such as 1@03:00; day 1 to 28.")]
CronOption = Annotated[str, typer.Option("--cron", metavar="LINE", help="Cron line of five fields; weekdays by name.")]
ZoneOption = Annotated[str | None, typer.Option("--zone", help=f"IANA zone of the times; default {DEFAULT_ZONE}.")]
JitterOption = Annotated[int | None, typer.Option("--jitter", metavar="MINUTES", help="Start up to so much later.")]
HoursOption = Annotated[str | None, typer.Option("--hours", metavar="FROM-TO", help="Start only within 22:00-06:00.")]
TagsOption = Annotated[list[str] | None, typer.Option("--tag", help="Word to find it by; may be repeated.")]
QueryOption = Annotated[list[str] | None, typer.Option("-q", "--query", help="Search words; may be repeated.")]
UrlOption = Annotated[list[str] | None, typer.Option("--url", help="Page to start from; may be repeated.")]
PagesOption = Annotated[int | None, typer.Option("--max-pages", min=1, help="Page budget of a run.")]


def timing_of(daily: str, every: int, minute: int, weekly: str, monthly: str, cron: str) -> Timing | None:
    """Return what the options say about times, None where they say nothing; raise BadInput for two of them."""
    given = [name for name, value in (("--daily", daily), ("--every", every), ("--weekly", weekly),
                                      ("--monthly", monthly), ("--cron", cron)) if value]  # fmt: skip
    if len(given) > 1:
        raise BadInput(f"{' and '.join(given)}: give one of them")
    if daily:
        return Timing(kind="daily", times=_list(daily))
    if every:
        return Timing(kind="hourly", every_hours=every, minute=minute)
    if weekly:
        days, times = _at(weekly, "--weekly", "mon,thu@09:00")
        return Timing(kind="weekly", days=_list(days.lower()), times=_list(times))
    if monthly:
        day, times = _at(monthly, "--monthly", "1@03:00")
        if not re.fullmatch(r"\d{1,2}", day):
            raise BadInput(f"--monthly: {day!r} is no day of the month")
        return Timing(kind="monthly", day=int(day), times=_list(times))
    return Timing(kind="cron", cron=cron) if cron else None


def _at(text: str, option: str, example: str) -> tuple[str, str]:
    first, at, rest = text.partition("@")
    if not at:
        raise BadInput(f"{option}: {text!r} is not of the form {example}")
    return first.strip(), rest


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
