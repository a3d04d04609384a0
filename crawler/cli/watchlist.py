"""markwatch watchlist: import marks, products, authorised sellers and owners."""

from pathlib import Path
from typing import Annotated

import typer

from crawler.cli.options import DbOption, JsonOption, database, now, print_rows, say
from crawler.watchlists import ListFiles, save_lists
from records.watchlist import WatchList
from storage.watchlist import load_watchlist

commands = typer.Typer(help="What to look for: marks, products, authorised sellers, owners.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the subcommands to the command line."""
    app.add_typer(commands, name="watchlist")


@commands.command("import", epilog="Example: markwatch watchlist import marks.csv products.xlsx sellers.csv owners.csv")
def import_files(
    files: Annotated[list[Path], typer.Argument(help="Lists; the columns say which kind each is.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, store nothing.")] = False,
    db: DbOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import lists of CSV, XLSX or JSON Lines: all rows of all files, or none.

    Marks need mark_id and text; products product_id, mark_id and name; sellers mark_id, market and seller_id or
    seller_name; owners owner and emails. A row with a known id replaces what is stored; nothing is deleted.
    """
    lists = ListFiles.read(files)
    with database(db) as opened, opened.read() as session:
        known = load_watchlist(session, now().date())
    merged: WatchList = lists.merged_into(known)
    if dry_run:
        say(f"{len(merged.marks)} marks, {len(merged.products)} products after the import; nothing was stored")
        return
    with database(db) as opened:
        changes = save_lists(opened, lists, now(), actor="command line")
    print_rows(
        ("list", "added", "changed", "unchanged"),
        [
            {"list": kind, "added": change.added, "changed": change.changed, "unchanged": change.unchanged}
            for kind, change in changes.items()
        ],
        as_json=as_json,
    )
    say("stored listings are judged by the new list after: markwatch rematch")
