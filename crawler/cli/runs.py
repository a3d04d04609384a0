"""markwatch runs: what ran, what came of it, its log, and how to start and stop one."""

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, get_args

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
from crawler.errors import BadInput, CommandError
from crawler.jobs import CrawlRequest, check_request
from crawler.run_log import LEVELS, read_run_log
from records.run import ENDED, Outcome, Run
from records.run_report import report_of
from storage.audit import record_audit
from storage.runs import ask_to_stop, load_events, load_run, load_runs, request_run

ACTOR = "command line"
commands = typer.Typer(help="What ran, and what came of it.", no_args_is_help=True)
RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="Id as `runs list` prints it.")]


def register(app: typer.Typer) -> None:
    """Add the subcommands to the command line."""
    app.add_typer(commands, name="runs")


def run_row(run: Run) -> dict[str, object]:
    """Return a run as the flat object that the commands print."""
    report = report_of(run, now())
    return {
        "run_id": run.run_id,
        "market": run.market,
        "outcome": run.outcome,
        "requested_at": run.requested_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "seconds": None if report.seconds is None else round(report.seconds, 1),
        "counts": dict(run.counts),
        "failed_bounds": list(run.failed_bounds),
        "arguments": dict(run.arguments),
        "schedule_id": run.schedule_id,
        "slot": run.slot,
        "requested_by": run.requested_by,
        "worker": run.worker,
        "code_version": run.code_version,
        "retry_of": run.retry_of,
    }


@commands.command("list", epilog="Example: markwatch runs list --outcome lost --hours 24 --json")
def list_(
    *,
    market: Annotated[str | None, typer.Option("--market", help="Only this marketplace.")] = None,
    outcome: Annotated[str | None, typer.Option("--outcome", help="Only such runs: running, failed, lost, …")] = None,
    hours: Annotated[float | None, typer.Option("--hours", help="Running, waiting, or ended within so many.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="At most so many.")] = 20,
    db: DbOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the latest runs, newest first."""
    if outcome is not None and outcome not in get_args(Outcome):
        raise BadInput(f"--outcome {outcome}: is none of {', '.join(get_args(Outcome))}")
    since = None if hours is None else now() - timedelta(hours=hours)
    with database(db) as opened, opened.read() as session:
        runs = load_runs(session, limit, market, outcome=outcome, ended_since=since)
    columns = ("run_id", "market", "outcome", "started_at", "seconds", "counts", "failed_bounds")
    print_rows(columns, map(run_row, runs), as_json=as_json)


@commands.command(epilog="Example: markwatch runs show 01KAM7Q2D4")
def show(run_id: RunArgument, *, db: DbOption = None, as_json: JsonOption = False) -> None:
    """Show one run: its figures, the expectations it missed, and what happened."""
    with database(db) as opened, opened.read() as session:
        run = load_run(session, run_id)
        events = load_events(session, run_id)
    report = report_of(run, now())
    if as_json:
        shown = run_row(run) | {"report": asdict(report)}
        print_rows(
            (),
            [shown | {"events": [{"at": one.at.isoformat(), "kind": one.kind, "text": one.text} for one in events]}],
            as_json=True,
        )
        return
    for name, value in run_row(run).items():
        if value not in {None, ""} if isinstance(value, str | None) else value:
            say(f"{name}: {value}")
    say(f"error budget: {report.errors} of {report.error_budget} pages used")
    for coverage in report.coverage:
        say(f"field {coverage.field}: in {coverage.present} of {coverage.listings} listings")
    for status, number in report.answers:
        say(f"answers {status}: {number}")
    print_rows(
        ("at", "kind", "text"), ({"at": one.at, "kind": one.kind, "text": one.text} for one in events), as_json=False
    )


@commands.command(epilog='Example: markwatch runs log 01KAM7Q2D4 --find "robots.txt" --level warning')
def log(
    run_id: RunArgument,
    *,
    find: Annotated[str, typer.Option("--find", help="Lines with all these words, whatever case and accents.")] = "",
    level: Annotated[str, typer.Option("--level", help="At least: info, warning, error.")] = "",
    after: Annotated[int, typer.Option("--after", min=0, help="Lines after this number.")] = 0,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 200,
    db: DbOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print a run's log, searched."""
    if level and level not in LEVELS:
        raise BadInput(f"--level {level}: is none of {', '.join(LEVELS)}")
    with database(db) as opened, opened.read() as session:
        run = load_run(session, run_id)
    page = read_run_log(Settings(), run, find, level, after, limit)
    if page.problem:
        raise CommandError(page.problem)
    print_rows(("number", "at", "level", "source", "text"), map(asdict, page.lines), as_json=as_json)
    if page.next_after is not None:
        say(f"more: --after {page.next_after} (of {page.total} lines)")


@commands.command(epilog='Example: markwatch runs start tiki_vn -q "kem chống nắng"')
def start(
    market: Annotated[str, typer.Argument(help="Spider name, as `markwatch markets list` prints it.")],
    *,
    query: Annotated[list[str] | None, typer.Option("-q", "--query", help="Search words; may be repeated.")] = None,
    url: Annotated[list[str] | None, typer.Option("--url", help="Page to start from; may be repeated.")] = None,
    max_pages: Annotated[int | None, typer.Option("--max-pages", min=1, help="Page budget of this run.")] = None,
    argument: ArgumentOption = None,
    db: DbOption = None,
) -> None:
    """Ask the scheduler for a run now and print its id; one of that market that waits or runs is told instead."""
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
            run = request_run(session, market, request.arguments(), now(), ACTOR)
            record_audit(session, now(), ACTOR, "run.start", run.run_id, {"market": market})
    print(run.run_id)


@commands.command(epilog="Example: markwatch runs stop 01KAM7Q2D4")
def stop(
    run_id: RunArgument,
    *,
    at_once: Annotated[bool, typer.Option("--now", help="Do not wait for the page that is under way.")] = False,
    db: DbOption = None,
) -> None:
    """Stop a run: it ends the page under way and keeps what it has; with --now at once."""
    with database(db) as opened, opened.write() as session:
        before = load_run(session, run_id)
        if before.outcome in ENDED:
            raise CommandError(f"run {run_id} ended already: {before.outcome}")
        run = ask_to_stop(session, run_id, ACTOR, now(), at_once=at_once)
        record_audit(session, now(), ACTOR, "run.stop", run_id, {"at_once": at_once})
    say(f"run {run_id}: {'stopped' if run.outcome == 'stopped' else 'asked to stop'}")
