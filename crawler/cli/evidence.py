"""markwatch evidence and audit: check what was kept."""

import re
from pathlib import Path
from typing import Annotated

import typer

from captures.store import CaptureStore
from crawler.cli.options import DbOption, database, say
from crawler.config import Settings
from crawler.errors import BadInput, CommandError
from storage.audit import load_audit_head, verify_audit
from storage.captures import load_capture_hashes
from storage.errors import DatabaseAbsent

evidence = typer.Typer(help="The kept answers of the marketplaces.", no_args_is_help=True)
audit = typer.Typer(help="The chain of audit rows.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the subcommands to the command line."""
    app.add_typer(evidence, name="evidence")
    app.add_typer(audit, name="audit")


@evidence.command("verify", epilog="Example: markwatch evidence verify --dir .demo/captures")
def verify_evidence(
    *,
    folder: Annotated[Path | None, typer.Option("--dir", help="Capture store; default that of the data dir.")] = None,
    db: DbOption = None,
) -> None:
    """Check the hash of every kept file, and that every answer the database knows is there.

    Without a database the folder alone is checked. Exit code 1 and one line a problem when something is wrong.
    """
    place = folder or Settings().captures_dir
    if not place.is_dir():
        raise BadInput(f"{place}: no such folder")
    problems = CaptureStore(place).verify(_expected(db))
    for problem in problems:
        print(problem)
    if problems:
        raise CommandError(f"{len(problems)} problems in {place}")
    say(f"{place}: every file is as it was kept")


def _expected(db: str | None) -> tuple[str, ...]:
    """Return the hashes that the database knows; none where no database was named and there is none."""
    try:
        with database(db) as opened, opened.read() as session:
            return load_capture_hashes(session)
    except DatabaseAbsent as absent:
        if db is not None:
            raise
        say(f"{absent}; the folder alone is checked")
        return ()


@audit.command("verify", epilog="Example: markwatch audit verify --head 1042:5f1c…")
def verify_audit_rows(
    *,
    head: Annotated[
        str | None, typer.Option("--head", metavar="NUMBER:HASH", help="A head kept elsewhere: finds a cut-off tail.")
    ] = None,
    db: DbOption = None,
) -> None:
    """Check the hash chain of the audit rows; exit code 1 and the first bad row when it is broken."""
    kept = None if head is None else _head(head)
    with database(db) as opened, opened.read() as session:
        problems = verify_audit(session, kept)
        number, digest = load_audit_head(session)
    for problem in problems:
        print(problem)
    if problems:
        raise CommandError("the audit chain is broken")
    say(f"the audit chain is whole: {number} rows, head {number}:{digest}")


def _head(text: str) -> tuple[int, str]:
    number, _colon, digest = text.partition(":")
    if not (number.isascii() and number.isdecimal() and re.fullmatch(r"[0-9a-f]{64}", digest)):
        raise BadInput(f"--head {text}: not NUMBER:HASH as markwatch audit head prints it")
    return int(number), digest


@audit.command("head", epilog="Example: markwatch audit head >> /mnt/elsewhere/audit-heads.txt")
def show_head(*, db: DbOption = None) -> None:
    """Print number and hash of the last audit row. Kept elsewhere, it shows later that no row was cut off."""
    with database(db) as opened, opened.read() as session:
        number, digest = load_audit_head(session)
    print(f"{number}:{digest}")
