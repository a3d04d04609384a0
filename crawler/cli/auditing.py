"""markwatch audit: check the chain of audit rows."""

import re
from typing import Annotated

import typer

from crawler.cli.options import DbOption, database, say
from crawler.errors import BadInput, CommandError
from storage.audit import load_audit_head, verify_audit

commands = typer.Typer(help="The chain of audit rows.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the subcommands to the command line."""
    app.add_typer(commands, name="audit")


@commands.command("verify", epilog="Example: markwatch audit verify --head 1042:5f1c…")
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


@commands.command("head", epilog="Example: markwatch audit head >> /mnt/elsewhere/audit-heads.txt")
def show_head(*, db: DbOption = None) -> None:
    """Print number and hash of the last audit row. Kept elsewhere, it shows later that no row was cut off."""
    with database(db) as opened, opened.read() as session:
        number, digest = load_audit_head(session)
    print(f"{number}:{digest}")
