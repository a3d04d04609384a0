"""markwatch schedules and scheduler: what crawls when, and the one process that starts it."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

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
from crawler.config import Settings
from crawler.cron import DEFAULT_ZONE, cron_of_times, next_times, trigger_of
from crawler.errors import BadInput
from crawler.jobs import CrawlRequest, check_request
from crawler.schedule import serve_schedules
from storage.audit import record_audit
from storage.schedules import (
    Schedule,
    add_schedule,
    load_schedules,
    pause_schedule,
    remove_schedule,
    resume_schedule,
)

commands = typer.Typer(help="What is crawled when.", no_args_is_help=True)
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of the schedule, as `schedules list` prints it.")]


def register(app: typer.Typer) -> None:
    """Add the subcommands to the command line."""
    app.add_typer(commands, name="schedules")
    app.command(epilog="Example: markwatch scheduler")(scheduler)


@commands.command(epilog='Example: markwatch schedules add tiki_vn -q "kem chống nắng" --daily 02:00,14:00')
def add(
    market: Annotated[str, typer.Argument(help="Spider name, as `markwatch markets list` prints it.")],
    *,
    query: Annotated[list[str] | None, typer.Option("-q", "--query", help="Search words; may be repeated.")] = None,
    url: Annotated[list[str] | None, typer.Option("--url", help="Page to start from; may be repeated.")] = None,
    max_pages: Annotated[int | None, typer.Option("--max-pages", min=1, help="Page budget of a run.")] = None,
    argument: ArgumentOption = None,
    daily: Annotated[str | None, typer.Option("--daily", help="Times of day, such as 02:00,14:00.")] = None,
    cron: Annotated[str | None, typer.Option("--cron", help="Cron line of five fields; weekdays as in cron.")] = None,
    zone: Annotated[str, typer.Option("--zone", help="IANA zone of the times.")] = DEFAULT_ZONE,
    db: DbOption = None,
) -> None:
    """Add a schedule and print its id and next five times."""
    if (daily is None) == (cron is None):
        raise BadInput("give either --daily TIMES or --cron LINE")
    line = cron if cron is not None else cron_of_times(daily or "")
    trigger_of(line, zone)
    request = CrawlRequest(
        market=market,
        queries=tuple(query or ()),
        urls=tuple(url or ()),
        max_pages=max_pages,
        further=further_arguments(argument),
    )
    with database(db) as opened:
        check_request(request, opened)
        with opened.write() as session:
            schedule = add_schedule(
                session,
                market=market,
                arguments=request.arguments(),
                cron=line,
                zone=zone,
                created_by="command line",
                created_at=now(),
            )
            record_audit(
                session, now(), "command line", "schedule.add", schedule.schedule_id, {"market": market, "cron": line}
            )
    print(schedule.schedule_id)
    for due in next_times(schedule, now(), 5):
        say(f"next: {_local(due, zone)}")


@commands.command("list", epilog="Example: markwatch schedules list --json")
def list_(*, db: DbOption = None, as_json: JsonOption = False) -> None:
    """List the schedules with their next time."""
    with database(db) as opened, opened.read() as session:
        schedules = load_schedules(session)
    print_rows(
        ("schedule_id", "market", "arguments", "cron", "zone", "next_at", "paused_until", "pause_reason"),
        [_row(schedule) for schedule in schedules],
        as_json=as_json,
    )


@commands.command(epilog='Example: markwatch schedules pause 7K2M --reason "site down" --until 2026-12-01')
def pause(
    schedule_id: IdArgument,
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why; shown in the console.")],
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="It goes on by itself at this time.")],
    db: DbOption = None,
) -> None:
    """Pause a schedule until a date, with a reason."""
    try:
        end = datetime.fromisoformat(until)
    except ValueError:
        raise BadInput(f"--until: not a date of the form YYYY-MM-DD: {until!r}") from None
    with database(db) as opened, opened.write() as session:
        schedule = _find(load_schedules(session), schedule_id)
        ends_at = end if end.tzinfo else end.replace(tzinfo=ZoneInfo(schedule.zone))
        pause_schedule(session, schedule_id, reason, ends_at)
        record_audit(session, now(), "command line", "schedule.pause", schedule_id, {"reason": reason, "until": until})
    say(f"paused until {ends_at}")


@commands.command(epilog="Example: markwatch schedules resume 7K2M")
def resume(schedule_id: IdArgument, *, db: DbOption = None) -> None:
    """End a pause now."""
    with database(db) as opened, opened.write() as session:
        _find(load_schedules(session), schedule_id)
        resume_schedule(session, schedule_id)
        record_audit(session, now(), "command line", "schedule.resume", schedule_id, {})
    say("resumed")


@commands.command(epilog="Example: markwatch schedules remove 7K2M")
def remove(schedule_id: IdArgument, *, db: DbOption = None) -> None:
    """Remove a schedule; its past runs stay."""
    with database(db) as opened, opened.write() as session:
        _find(load_schedules(session), schedule_id)
        remove_schedule(session, schedule_id, now())
        record_audit(session, now(), "command line", "schedule.remove", schedule_id, {})
    say("removed")


@commands.command("next", epilog="Example: markwatch schedules next 7K2M -n 10")
def next_(
    schedule_id: IdArgument,
    *,
    count: Annotated[int, typer.Option("-n", min=1, max=100, help="How many.")] = 5,
    db: DbOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print when a schedule is due next, in UTC and in its own zone."""
    with database(db) as opened, opened.read() as session:
        schedule = _find(load_schedules(session), schedule_id)
    print_rows(
        ("due_at", "local"),
        [
            {"due_at": due.isoformat(), "local": _local(due, schedule.zone)}
            for due in next_times(schedule, now(), count)
        ],
        as_json=as_json,
    )


def scheduler(*, db: DbOption = None) -> None:
    """Run the one process that starts what is due, until it is stopped with Ctrl-C or SIGTERM."""
    with database(db) as opened:
        serve_schedules(opened, Settings(), say)


def _find(schedules: tuple[Schedule, ...], schedule_id: str) -> Schedule:
    for schedule in schedules:
        if schedule.schedule_id == schedule_id:
            return schedule
    raise BadInput(f"no schedule {schedule_id!r}; see: markwatch schedules list")


def _row(schedule: Schedule) -> dict[str, object]:
    due = next_times(schedule, max(now(), schedule.paused_until or now()), 1)
    return {
        "schedule_id": schedule.schedule_id,
        "market": schedule.market,
        "arguments": schedule.arguments,
        "cron": schedule.cron,
        "zone": schedule.zone,
        "next_at": due[0] if due else None,
        "paused_until": schedule.paused_until,
        "pause_reason": schedule.pause_reason,
    }


def _local(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}"
