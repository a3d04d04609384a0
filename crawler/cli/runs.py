"""markwatch runs: what ran, and what came of it."""

from typing import Annotated

import typer

from crawler.cli.options import DbOption, JsonOption, database, print_rows
from records.run import Run
from storage.runs import load_events, load_run, load_runs

commands = typer.Typer(help="What ran, and what came of it.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the subcommands to the command line."""
    app.add_typer(commands, name="runs")


def run_row(run: Run) -> dict[str, object]:
    """Return a run as the flat object that the commands print."""
    return {
        "run_id": run.run_id,
        "market": run.market,
        "outcome": run.outcome,
        "requested_at": run.requested_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "counts": dict(run.counts),
        "failed_bounds": list(run.failed_bounds),
        "arguments": dict(run.arguments),
        "schedule_id": run.schedule_id,
        "requested_by": run.requested_by,
    }


@commands.command("list", epilog="Example: markwatch runs list --market tiki_vn --json")
def list_(
    *,
    market: Annotated[str | None, typer.Option("--market", help="Only this marketplace.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="At most so many.")] = 20,
    db: DbOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the latest runs, newest first."""
    with database(db) as opened, opened.read() as session:
        runs = load_runs(session, limit, market)
    columns = ("run_id", "market", "outcome", "started_at", "finished_at", "counts", "failed_bounds")
    print_rows(columns, map(run_row, runs), as_json=as_json)


@commands.command(epilog="Example: markwatch runs show 01KAM7Q2D4")
def show(
    run_id: Annotated[str, typer.Argument(help="Id as `runs list` prints it.")],
    *,
    db: DbOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one run with its counts, missed bounds and events."""
    with database(db) as opened, opened.read() as session:
        run = load_run(session, run_id)
        events = load_events(session, run_id)
    row = run_row(run) | {"events": [{"at": event.at, "kind": event.kind, "text": event.text} for event in events]}
    if as_json:
        print_rows((), [row], as_json=True)
        return
    for name, value in row.items():
        if name == "counts":
            for counted, number in run.counts.items():
                print(f"{counted:>24}  {number:,}")
        elif name == "events":
            for event in events:
                print(f"{event.at:%H:%M:%S}  {event.kind}: {event.text}")
        elif value not in (None, [], {}, ""):
            print(f"{name:>24}  {value}")
