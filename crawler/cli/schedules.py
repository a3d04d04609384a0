"""markwatch schedules: what crawls when."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Annotated

import typer

from crawler.cli.options import (
    ArgumentOption,
    DbOption,
    JsonOption,
    database,
    further_arguments,
    now,
    print_rows,
    say,
)
from crawler.cli.schedule_options import (
    CronOption,
    DailyOption,
    EveryOption,
    HoursOption,
    IdArgument,
    JitterOption,
    MinuteOption,
    MonthlyOption,
    OptionalId,
    PagesOption,
    QueryOption,
    TagOption,
    TagsOption,
    UrlOption,
    WeeklyOption,
    ZoneOption,
    timing_of,
)
from crawler.cron import DEFAULT_ZONE, zone_of
from crawler.due_times import load_expected, next_starts
from crawler.errors import BadInput
from crawler.scheduling import draft_of, plan_schedule, save_draft
from crawler.scheduling import pause as pause_one
from crawler.scheduling import remove as remove_one
from crawler.scheduling import resume as resume_one
from crawler.timing_words import LANGUAGES, say_timing
from records.schedule import ScheduleDraft
from storage.database import Session
from storage.schedules import UNTIL_RESUMED, Schedule, load_schedules

ACTOR = "command line"
commands = typer.Typer(help="What is crawled when.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the subcommands to the command line."""
    app.add_typer(commands, name="schedules")


@commands.command(epilog='Example: markwatch schedules add tiki_vn -q "kem chống nắng" --daily 02:00,14:00')
def add(
    market: Annotated[str, typer.Argument(help="Spider name, as `markwatch markets list` prints it.")],
    *,
    query: QueryOption = None,
    url: UrlOption = None,
    max_pages: PagesOption = None,
    argument: ArgumentOption = None,
    daily: DailyOption = "",
    every: EveryOption = 0,
    minute: MinuteOption = 0,
    weekly: WeeklyOption = "",
    monthly: MonthlyOption = "",
    cron: CronOption = "",
    zone: ZoneOption = None,
    jitter: JitterOption = None,
    hours: HoursOption = None,
    tag: TagsOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would do.")] = False,
    db: DbOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a schedule and print its id; its times in words and the next five of them go to stderr."""
    timing = timing_of(daily, every, minute, weekly, monthly, cron)
    if timing is None:
        raise BadInput("give one of --daily, --every, --weekly, --monthly and --cron")
    draft = ScheduleDraft(
        market=market,
        queries=tuple(query or ()),
        urls=tuple(url or ()),
        max_pages=max_pages,
        further=further_arguments(argument),
        timing=timing,
        zone=zone or DEFAULT_ZONE,
        jitter_minutes=jitter or 0,
        hours=hours or "",
        tags=tuple(tag or ()),
    )
    with database(db) as opened:
        if dry_run:
            with opened.read() as session:
                plan = plan_schedule(draft, now(), load_schedules(session), database=opened)
            if as_json:
                print_rows((), [asdict(plan)], as_json=True)
            if plan.problems:
                raise BadInput("; ".join(f"{problem.field}: {problem.message}" for problem in plan.problems))
            _tell_plan(plan.sentences["en"], plan.next_at, draft.zone)
            return
        schedule = save_draft(opened, draft, ACTOR, now())
    _tell(schedule, as_json=as_json)


@commands.command(epilog="Example: markwatch schedules change 01KAM7Q2D4 --daily 03:30 --jitter 20")
def change(
    schedule_id: IdArgument,
    *,
    query: QueryOption = None,
    url: UrlOption = None,
    max_pages: PagesOption = None,
    argument: ArgumentOption = None,
    daily: DailyOption = "",
    every: EveryOption = 0,
    minute: MinuteOption = 0,
    weekly: WeeklyOption = "",
    monthly: MonthlyOption = "",
    cron: CronOption = "",
    zone: ZoneOption = None,
    jitter: JitterOption = None,
    hours: HoursOption = None,
    tag: TagsOption = None,
    db: DbOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change a schedule; what is not named stays. Its earlier runs stay with it."""
    with database(db) as opened:
        with opened.read() as session:
            draft = draft_of(_find(load_schedules(session), schedule_id))
        draft = replace(
            draft,
            queries=draft.queries if query is None else tuple(query),
            urls=draft.urls if url is None else tuple(url),
            max_pages=max_pages or draft.max_pages,
            further=draft.further if argument is None else further_arguments(argument),
            timing=timing_of(daily, every, minute, weekly, monthly, cron) or draft.timing,
            zone=zone or draft.zone,
            jitter_minutes=draft.jitter_minutes if jitter is None else jitter,
            hours=draft.hours if hours is None else hours,
            tags=draft.tags if tag is None else tuple(tag),
        )
        schedule = save_draft(opened, draft, ACTOR, now(), schedule_id)
    _tell(schedule, as_json=as_json)


def _tell(schedule: Schedule, *, as_json: bool) -> None:
    if as_json:
        print_rows((), [schedule_row(schedule)], as_json=True)
    else:
        print(schedule.schedule_id)
    _tell_plan(_sentence(schedule, "en"), next_starts(schedule, now(), 5), schedule.zone)


def _tell_plan(sentence: str, next_at: tuple[datetime, ...], zone: str) -> None:
    say(sentence)
    for due in next_at:
        say(f"next: {_local(due, zone)}")


@commands.command("list", epilog="Example: markwatch schedules list --tag cosmetics --json")
def list_(*, tag: TagOption = "", db: DbOption = None, as_json: JsonOption = False) -> None:
    """List the schedules with their times in words and their next start."""
    with database(db) as opened, opened.read() as session:
        schedules = load_schedules(session)
    rows = [schedule_row(schedule) for schedule in schedules if not tag or tag in schedule.tags]
    columns = ("schedule_id", "market", "arguments", "when", "next_at", "tags", "paused_until", "pause_reason")
    if not as_json:
        rows = [row | {"when": row["when"]["en"], "tags": ", ".join(row["tags"])} for row in rows]  # type: ignore[index, arg-type]  # the rows are made below
    print_rows(columns, rows, as_json=as_json)


@commands.command(epilog='Example: markwatch schedules pause 01KAM7Q2D4 --reason "site down" --until 2026-12-01')
def pause(
    schedule_id: OptionalId = "",
    *,
    tag: TagOption = "",
    reason: Annotated[str, typer.Option("--reason", help="Why; shown in the console.")],
    until: Annotated[
        str, typer.Option("--until", metavar="DATE", help="It goes on by itself then; default: never.")
    ] = "",
    db: DbOption = None,
) -> None:
    """Pause a schedule, or all with a tag, with a reason and until a date; what was due meanwhile is not caught up."""
    try:
        end = None if until == "never" else datetime.fromisoformat(until)
    except ValueError:
        raise BadInput(f"--until: neither `never` nor a date of the form YYYY-MM-DD: {until!r}") from None

    def pause_it(session: Session, schedule: Schedule) -> None:
        ends_at = end if end is None or end.tzinfo else end.replace(tzinfo=zone_of(schedule.zone))
        pause_one(session, schedule.schedule_id, reason, ends_at, ACTOR, now())

    _each(db, schedule_id, tag, pause_it, "paused" if end is None else f"paused until {until}")


@commands.command(epilog="Example: markwatch schedules resume --tag cosmetics")
def resume(schedule_id: OptionalId = "", *, tag: TagOption = "", db: DbOption = None) -> None:
    """End the pause of a schedule, or of all with a tag, now."""
    _each(db, schedule_id, tag, lambda session, one: resume_one(session, one.schedule_id, ACTOR, now()), "resumed")


@commands.command(epilog="Example: markwatch schedules remove 01KAM7Q2D4")
def remove(schedule_id: IdArgument, *, db: DbOption = None) -> None:
    """Remove a schedule; its past runs stay."""
    _each(db, schedule_id, "", lambda session, one: remove_one(session, one.schedule_id, ACTOR, now()), "removed")


def _each(db: str | None, schedule_id: str, tag: str, act: Callable[[Session, Schedule], object], done: str) -> None:
    if bool(schedule_id) == bool(tag):
        raise BadInput("give the id of a schedule, or --tag")
    with database(db) as opened, opened.write() as session:
        schedules = load_schedules(session)
        chosen = [one for one in schedules if tag in one.tags] if tag else [_find(schedules, schedule_id)]
        if not chosen:
            raise BadInput(f"no schedule has the tag {tag!r}")
        for schedule in chosen:
            act(session, schedule)
    for schedule in chosen:
        say(f"{schedule.schedule_id} {schedule.market}: {done}")


@commands.command("next", epilog="Example: markwatch schedules next 01KAM7Q2D4 -n 10")
def next_(
    schedule_id: IdArgument,
    *,
    count: Annotated[int, typer.Option("-n", min=1, max=100, help="How many.")] = 5,
    db: DbOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print when a schedule starts next, in UTC and in its own zone."""
    with database(db) as opened, opened.read() as session:
        schedule = _find(load_schedules(session), schedule_id)
    print_rows(
        ("due_at", "local"),
        [
            {"due_at": due.isoformat(), "local": _local(due, schedule.zone)}
            for due in next_starts(schedule, now(), count)
        ],
        as_json=as_json,
    )


@commands.command(epilog="Example: markwatch schedules expected --days 2")
def expected(
    *,
    days: Annotated[int, typer.Option("--days", min=1, max=60, help="So many days back.")] = 7,
    every_one: Annotated[bool, typer.Option("--all", help="Also the times that ran.")] = False,
    db: DbOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the due times that had no run; exit code 3 when there is one that nothing has caught up yet."""
    with database(db) as opened, opened.read() as session:
        found = load_expected(session, now() - timedelta(days=days), now())
    shown = [one for one in found if every_one or one.state in {"missed", "covered"}]
    print_rows(("slot", "schedule_id", "market", "state", "run_id"), map(asdict, shown), as_json=as_json)
    missed = sum(one.state == "missed" for one in found)
    if missed:
        say(f"{missed} due times had no run: is `markwatch scheduler` up?")
        raise typer.Exit(3)


def _find(schedules: tuple[Schedule, ...], schedule_id: str) -> Schedule:
    for schedule in schedules:
        if schedule.schedule_id == schedule_id:
            return schedule
    raise BadInput(f"no schedule {schedule_id!r}; see: markwatch schedules list")


def _sentence(schedule: Schedule, language: str) -> str:
    return say_timing(schedule.cron, schedule.zone, language, schedule.jitter_minutes, schedule.hours)


def schedule_row(schedule: Schedule) -> dict[str, object]:
    """Return a schedule as the flat object that the commands print."""
    due = next_starts(schedule, now(), 1)
    return {
        "schedule_id": schedule.schedule_id,
        "market": schedule.market,
        "arguments": dict(schedule.arguments),
        "when": {language: _sentence(schedule, language) for language in LANGUAGES},
        "cron": schedule.cron,
        "zone": schedule.zone,
        "jitter_minutes": schedule.jitter_minutes,
        "hours": schedule.hours,
        "tags": list(schedule.tags),
        "next_at": due[0] if due else None,
        "paused_until": None if schedule.paused_until in {None, UNTIL_RESUMED} else schedule.paused_until,
        "is_paused": schedule.is_paused(now()),
        "pause_reason": schedule.pause_reason,
        "created_by": schedule.created_by,
    }


def _local(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(zone_of(zone)):%Y-%m-%d %H:%M} {zone}"
