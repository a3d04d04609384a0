"""markwatch prices and rates: the owners' price lists and promotions, and exchange rates, all by date."""

from pathlib import Path
from typing import Annotated

import typer

from crawler.cli.options import DbOption, JsonOption, database, now, print_rows, say
from crawler.price_lists import keep_prices, keep_rates, read_prices, read_rates
from storage.changes import Change
from storage.watchlist import load_watchlist

price_commands = typer.Typer(help="The owners' price lists and promotions by date.", no_args_is_help=True)
rate_commands = typer.Typer(help="Exchange rates by date.", no_args_is_help=True)
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="CSV, XLSX or JSON Lines.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Check everything, store nothing.")]


def register(app: typer.Typer) -> None:
    """Add the subcommands to the command line."""
    app.add_typer(price_commands, name="prices")
    app.add_typer(rate_commands, name="rates")


@price_commands.callback()
@rate_commands.callback()
def _several() -> None:
    """Keep `import` a subcommand while it is the only one."""


@price_commands.command("import", epilog="Example: markwatch prices import price-list-2026.csv")
def import_prices(
    file: FileArgument, *, dry_run: DryRunOption = False, db: DbOption = None, as_json: JsonOption = False
) -> None:
    """Import a price list or a promotion calendar: all rows or none.

    Columns: product_id, list_price, minimum_price, currency, valid_from, valid_until, market, promotion. One of the two
    prices is needed. A row with a promotion needs both days and holds before the ordinary list while it runs; a row
    with a market holds there only. A row of the same product, market, promotion and first day replaces the stored one.
    """
    with database(db) as opened, opened.read() as session:
        known = load_watchlist(session, now().date())
    prices = read_prices(file, known)
    if dry_run:
        say(f"{len(prices)} price list rows are good; nothing was stored")
        return
    with database(db) as opened:
        _report("prices", keep_prices(opened, prices, now(), actor="command line"), as_json=as_json)
    say("stored listings are judged by the new prices after: markwatch rematch")


@rate_commands.command("import", epilog="Example: markwatch rates import rates-2026-11.csv")
def import_rates(
    file: FileArgument, *, dry_run: DryRunOption = False, db: DbOption = None, as_json: JsonOption = False
) -> None:
    """Import exchange rates: all rows or none.

    Columns: currency, quote, rate (units of quote for one unit of currency), valid_on. A price in another currency is
    converted by the latest rate up to its day that is no older than 31 days; the rate is kept with the hit.
    """
    rates = read_rates(file)
    if dry_run:
        say(f"{len(rates)} rates are good; nothing was stored")
        return
    with database(db) as opened:
        _report("rates", keep_rates(opened, rates, now(), actor="command line"), as_json=as_json)
    say("stored listings are judged by the new rates after: markwatch rematch")


def _report(what: str, change: Change, *, as_json: bool) -> None:
    row = {"list": what, "added": change.added, "changed": change.changed, "unchanged": change.unchanged}
    print_rows(("list", "added", "changed", "unchanged"), [row], as_json=as_json)
