"""markwatch scheduler and worker: the processes that start what is due and do the jobs."""

from typing import Annotated

import typer

from crawler.cli.options import DbOption, database, say
from crawler.config import Settings
from crawler.errors import CommandError

JobsOption = Annotated[int, typer.Option("--jobs", min=0, max=64, help="So many jobs at a time.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command(epilog="Example: markwatch scheduler")(scheduler)
    app.command(epilog="Example: markwatch worker --jobs 4 --db postgresql://markwatch@db.example/markwatch")(worker)


def scheduler(*, jobs: JobsOption = 4, db: DbOption = None) -> None:
    """Start what is due and do the jobs, until stopped with Ctrl-C or SIGTERM.

    Several may run, on any machine: one is at work, the others take over within 65 seconds. With --jobs 0 all jobs are
    left to `markwatch worker`.
    """
    from crawler.serving import serve_schedules  # noqa: PLC0415 - heavy, and needed by this command only

    with database(db) as opened:
        serve_schedules(opened, Settings(), say, jobs)


def worker(*, jobs: JobsOption = 4, db: DbOption = None) -> None:
    """Do jobs (crawls, re-matches, mails) until stopped, beside any number of other workers.

    Workers on several machines need PostgreSQL; on one machine SQLite does as well.
    """
    from crawler.serving import serve_jobs  # noqa: PLC0415 - heavy, and needed by this command only

    if not jobs:
        raise CommandError("--jobs 0: a worker without jobs has nothing to do")
    with database(db) as opened:
        serve_jobs(opened, Settings(), say, jobs)
