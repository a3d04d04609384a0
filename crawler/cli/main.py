"""The markwatch command: every subcommand, and what each kind of error means to the caller.

A command's module is imported when the command is asked for: `markwatch --help` needs none of them, and no command
waits for the rooms of the others. So this module imports nothing of the project at its top.
"""

import sys
from collections.abc import Mapping
from importlib import import_module

import typer

# Every command and group by the module in crawler/cli/ that holds it, with its line in `markwatch --help`: the
# beginning of its docstring or its group's help (a test compares them).
COMMANDS: Mapping[str, Mapping[str, str]] = {
    "demo": {
        "demo": "Crawl the sample market, judge its listings, fill the review queue, write the mails",
    },
    "stored": {
        "db": "Make, check, back up, restore and move the database.",
    },
    "watchlist": {
        "watchlist": "What to look for: marks, products, authorised sellers, owners.",
    },
    "markets": {
        "markets": "The marketplaces, the ways into them, and who opened them.",
    },
    "prices": {
        "prices": "The owners' price lists and promotions by date.",
        "rates": "Exchange rates by date.",
    },
    "crawling": {
        "crawl": "Crawl a marketplace now: listings, prices and hits go to the database, the run's counts are shown.",
        "try": "Read one page and print its listings as JSON Lines; nothing is stored.",
        "import": "Store the listings of saved files through the marketplace's reader, and judge them.",
    },
    "matching": {
        "match": "Judge the listings of a file by the marks of a file and write the hits. Needs no database.",
        "explain": "Show how a title is read: folded views, mentions, signals, every step of the price, score.",
        "rematch": "Judge the stored listings again by the watch list as it is now; decisions are never touched.",
    },
    "schedules": {
        "schedules": "What is crawled when.",
    },
    "working": {
        "scheduler": "Start what is due and do the jobs, until stopped with Ctrl-C or SIGTERM.",
        "worker": "Do jobs (crawls, re-matches, mails) until stopped, beside any number of other workers.",
    },
    "runs": {
        "runs": "What ran, and what came of it.",
    },
    "serving": {
        "serve": "Serve the review console and the JSON API until stopped with Ctrl-C.",
    },
    "alerting": {
        "alerts": "The mails to brand owners.",
    },
    "hits": {
        "hits": "What was flagged.",
    },
    "users": {
        "users": "Who may log in to the console.",
    },
    "evidence": {
        "evidence": "What was seen: captures, packs, checks.",
    },
    "auditing": {
        "audit": "The chain of audit rows.",
    },
    "doctor": {
        "doctor": "Look at everything an installation needs; exit code 1 when something is a problem.",
    },
}

# Exit codes: 0 done, 1 failed, 2 wrong usage or bad input, 3 a monitor failed, 4 partly done, 130 interrupted.
INTERRUPTED = 130
# What an expected error means to the caller, by the name of its class or of one it is made from; the first row that
# fits decides. CommandError carries its own code. By name, so that no room is imported to know its errors.
CODES: Mapping[str, int] = {
    "alerts.errors.UnknownOwner": 2,
    "alerts.errors.UnknownBrand": 2,
    "alerts.errors.BadPreference": 2,
    "alerts.errors.BadAddress": 2,
    "alerts.errors.BadConsoleUrl": 2,
    "alerts.dkim_key.BadDkimKey": 2,
    "alerts.sender.BadSender": 2,
    "records.row_fields.BadField": 2,
    "records.watchlist.WatchListError": 2,
    "pydantic_core._pydantic_core.ValidationError": 2,
    "storage.errors.StorageError": 1,
    "spiders.errors.ReadingError": 1,
    "captures.errors.CaptureError": 1,
    "alerts.errors.AlertError": 1,
}


def say(text: str) -> None:
    """Tell the person something on stderr; stdout holds data only."""
    print(text, file=sys.stderr, flush=True)


def make_app(wanted: str | None) -> typer.Typer:
    """Return the command line with the module of the wanted command loaded, and the others by name only."""
    app = typer.Typer(
        name="markwatch",
        help="Watches online marketplaces for listings that misuse registered marks or undercut prices.",
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    for module, names in COMMANDS.items():
        if wanted in names:
            import_module(f"crawler.cli.{module}").register(app)
        else:
            for name, line in names.items():
                app.command(name, help=line)(_not_loaded)
    return app


def whole_app() -> typer.Typer:
    """Return the command line with every module loaded."""
    app = typer.Typer(name="markwatch")
    for module in COMMANDS:
        import_module(f"crawler.cli.{module}").register(app)
    return app


def _not_loaded() -> None:
    raise RuntimeError("a command ran whose module was not loaded")


def run() -> None:
    """Run the command line and exit with its code; an expected error is one line on stderr, never a traceback."""
    sys.exit(exit_code())


def exit_code(arguments: list[str] | None = None) -> int:
    """Run the command line with those arguments and return its exit code."""
    code = 0
    given = sys.argv[1:] if arguments is None else arguments
    try:
        app = make_app(next((word for word in given if not word.startswith("-")), None))
        result = app(given or ["--help"], prog_name="markwatch", standalone_mode=False)
        code = result if isinstance(result, int) else 0
    except typer.TyperException as problem:
        say(f"error: {problem.format_message()}\nsee: markwatch --help")
        code = problem.exit_code
    except (typer.Abort, KeyboardInterrupt):
        say("interrupted")
        code = INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (`markwatch hits list | head`): nothing is wrong.
        sys.stderr.close()
    except OSError as problem:
        say(f"error: {problem.filename or ''}: {problem.strerror or problem}".replace("error: : ", "error: "))
        code = 1
    except Exception as problem:
        known = code_of(problem)
        if known is None:
            raise
        say(f"error: {problem}")
        code = known
    return code


def code_of(problem: Exception) -> int | None:
    """Return the exit code of an expected error, None for one that nobody expected."""
    names = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(problem).__mro__}
    if "crawler.errors.CommandError" in names:
        return int(getattr(problem, "exit_code", 1))
    return next((code for name, code in CODES.items() if name in names), None)
