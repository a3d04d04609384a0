"""The markwatch command: every subcommand, and what each kind of error means to the caller."""

import sys

import typer
from pydantic import ValidationError

from alerts.errors import AlertError, UnknownOwner
from alerts.sender import BadSender
from captures.errors import CaptureError
from crawler.cli import (
    alerting,
    crawling,
    demo,
    doctor,
    evidence,
    hits,
    markets,
    matching,
    prices,
    runs,
    schedules,
    serving,
    stored,
    users,
    watchlist,
)
from crawler.cli.options import say
from crawler.errors import CommandError
from records.row_fields import BadField
from records.watchlist import WatchListError
from spiders.errors import ReadingError
from storage.errors import StorageError

app = typer.Typer(
    name="markwatch",
    help="Watches online marketplaces for listings that misuse registered marks or undercut prices.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (
    demo, stored, watchlist, markets, prices, crawling, matching, schedules, runs, serving, alerting, hits, users,
    evidence,
    doctor,
):  # fmt: skip
    module.register(app)

# Exit codes: 0 done, 1 failed, 2 wrong usage or bad input, 3 a monitor failed, 4 partly done, 130 interrupted.
INTERRUPTED = 130
# What an expected error means to the caller; the first row that fits decides. CommandError carries its own code.
CODES: tuple[tuple[type[Exception], int], ...] = (
    (UnknownOwner, 2),
    (BadSender, 2),
    (BadField, 2),
    (WatchListError, 2),
    (ValidationError, 2),
    (StorageError, 1),
    (ReadingError, 1),
    (CaptureError, 1),
    (AlertError, 1),
)


def run() -> None:
    """Run the command line and exit with its code; an expected error is one line on stderr, never a traceback."""
    sys.exit(exit_code())


def exit_code(arguments: list[str] | None = None) -> int:
    """Run the command line with those arguments and return its exit code."""
    code = 0
    given = sys.argv[1:] if arguments is None else arguments
    try:
        result = app(given or ["--help"], prog_name="markwatch", standalone_mode=False)
        code = result if isinstance(result, int) else 0
    except typer.TyperException as problem:
        say(f"error: {problem.format_message()}\nsee: markwatch --help")
        code = problem.exit_code
    except (typer.Abort, KeyboardInterrupt):
        say("interrupted")
        code = INTERRUPTED
    except CommandError as problem:
        say(f"error: {problem}")
        code = problem.exit_code
    except tuple(kind for kind, _ in CODES) as problem:
        say(f"error: {problem}")
        code = next(number for kind, number in CODES if isinstance(problem, kind))
    except BrokenPipeError:
        # The reader of our output went away (`markwatch hits list | head`): nothing is wrong.
        sys.stderr.close()
    except OSError as problem:
        say(f"error: {problem.filename or ''}: {problem.strerror or problem}".replace("error: : ", "error: "))
        code = 1
    return code
