"""markwatch db: make, check, back up, restore and move the database."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from crawler.cli.options import DbOption, JsonOption, database, now, print_rows, say
from crawler.config import Settings
from crawler.errors import BadInput, CommandError
from storage.backup import backup as backup_database
from storage.backup import hold_mails
from storage.backup import restore as restore_database
from storage.contacts import hash_anew
from storage.copying import copy_database
from storage.database import open_database
from storage.database import upgrade as upgrade_database
from storage.errors import DatabaseAbsent, DatabaseOutdated, shown

commands = typer.Typer(help="Make, check, back up, restore and move the database.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the subcommands to the command line."""
    app.add_typer(commands, name="db")


@commands.command(epilog="Example: markwatch db upgrade --db sqlite:///markwatch.db")
def upgrade(*, db: DbOption = None) -> None:
    """Create the database where there is none, and bring its schema up to date."""
    settings = Settings()
    url = settings.database_url(db)
    if db is None and not settings.db:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    upgrade_database(url)
    opened = open_database(url, settings.contact_key_bytes)
    try:
        read = hash_anew(opened, now())
    finally:
        opened.close()
    if read:
        say(f"sellers' contact data: {read:,} listings read again for hashes with this installation's key")
    say(f"database ready: {shown(url)}")


@commands.command(epilog="Example: markwatch db check")
def check(*, db: DbOption = None) -> None:
    """Check the database's integrity; exit code 1 and one line a problem when something is wrong."""
    with database(db) as opened:
        problems = opened.check()
    for problem in problems:
        print(problem)
    if problems:
        raise CommandError(f"{len(problems)} problems in {shown(opened.url)}")
    say("database: no problem found")


@commands.command(epilog="Example: markwatch db backup /backups/markwatch-monday.db")
def backup(
    file: Annotated[Path, typer.Argument(help="File to write; must not exist.")], *, db: DbOption = None
) -> None:
    """Copy the database into FILE while it is in use, and check the copy."""
    if file.exists():
        raise BadInput(f"{file}: exists already; a backup never overwrites")
    with database(db) as opened:
        backup_database(opened, file)
    say(f"backup written and checked: {file}")


@commands.command(epilog="Example: markwatch db restore /backups/markwatch-monday.db --db sqlite:///restored.db")
def restore(
    file: Annotated[Path, typer.Argument(help="A backup.")],
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Replace the database that is there.")] = False,
    db: DbOption = None,
) -> None:
    """Make the database from the backup FILE; one that is there already is replaced only with --replace."""
    if not file.is_file():
        raise BadInput(f"{file}: no such file")
    url = Settings().database_url(db)
    if not replace and _is_there(url):
        raise BadInput(f"{shown(url)}: a database is there already; --replace overwrites it")
    restore_database(url, file)
    say(f"restored into {shown(url)}")
    if hold_mails(url, now()):
        say("the mails to brand owners are paused; look at markwatch alerts log, then: markwatch alerts resume")


@commands.command(
    epilog="Example: markwatch db copy sqlite:///markwatch.db postgresql://markwatch@db.example/markwatch"
)
def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="URL of the database that is there.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="URL of an empty database, which `createdb` made.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Copy everything into another database and compare every row; the way from SQLite to PostgreSQL.

    Stop the scheduler, the workers and the console first. All or nothing: on any difference the target stays empty.
    """
    upgrade_database(target)
    opened, to = open_database(source), open_database(target)
    try:
        seen: dict[str, int] = {}

        def tell(table: str, rows: int) -> None:
            seen[table] = seen.get(table, 0) + rows
            say(f"{table}: {seen[table]:,} rows")

        copied = copy_database(opened, to, tell)
        problems = to.check()
    finally:
        opened.close()
        to.close()
    print_rows(("table", "rows", "sha256"), [asdict(one) for one in copied if one.rows or as_json], as_json=as_json)
    if problems:
        raise CommandError("; ".join(problems))
    total = sum(one.rows for one in copied)
    say(f"{total:,} rows copied, every one compared; the audit chain and the counters are sound in {shown(target)}")


def _is_there(url: str) -> bool:
    try:
        open_database(url).close()
    except DatabaseAbsent:
        return False
    except DatabaseOutdated:
        return True
    return True
