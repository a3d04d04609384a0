"""What several commands share: their options, how they print data, and how they open the database."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from crawler.config import Settings
from crawler.errors import BadInput
from records.lines import iso
from storage.database import Database, open_database

DbOption = Annotated[
    str | None,
    typer.Option("--db", metavar="URL", help="Database URL; default MARKWATCH_DB, else the user's own SQLite file."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON Lines instead of a table.")]
ArgumentOption = Annotated[
    list[str] | None,
    typer.Option(
        "-a",
        "--argument",
        metavar="NAME=VALUE",
        help="Further argument of the market: way=api, seller=ID, category=ID, details=true, …; may be repeated.",
    ),
]
MarksOption = Annotated[Path | None, typer.Option("--marks", metavar="FILE", help="Marks: CSV, XLSX or JSON Lines.")]
ProductsOption = Annotated[Path | None, typer.Option("--products", metavar="FILE", help="The owners' products.")]
SellersOption = Annotated[Path | None, typer.Option("--sellers", metavar="FILE", help="Authorised sellers.")]

PricesOption = Annotated[Path | None, typer.Option("--prices", metavar="FILE", help="Price list by date.")]
RatesOption = Annotated[Path | None, typer.Option("--rates", metavar="FILE", help="Exchange rates by date.")]
# The actor that rows name where a command did it.
COMMAND_LINE = "command line"


def now() -> datetime:
    """Return the time now, aware UTC: the one clock of the commands."""
    return datetime.now(UTC)


@contextmanager
def database(url: str | None) -> Iterator[Database]:
    """Open the database that the command names (never creating it) and close it at the end."""
    settings = Settings()
    opened = open_database(settings.database_url(url), settings.contact_key_bytes)
    try:
        yield opened
    finally:
        opened.close()


def further_arguments(given: list[str] | None) -> dict[str, str]:
    """Return the arguments by name; raise BadInput for one that is not NAME=VALUE or stands there twice."""
    found: dict[str, str] = {}
    for pair in given or ():
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise BadInput(f"-a {pair}: is not of the form NAME=VALUE")
        if name.strip() in found:
            raise BadInput(f"-a {name.strip()}: stands there twice; join several values with |")
        found[name.strip()] = value
    return found


def say(text: str) -> None:
    """Tell the person something on stderr; stdout holds data only."""
    print(text, file=sys.stderr, flush=True)


def print_rows(columns: Sequence[str], rows: Iterable[Mapping[str, object]], *, as_json: bool) -> None:
    """Print rows as JSON Lines, or as a table of the named columns."""
    if as_json:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False, default=_json_value))
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        # Brackets in a page's text are text, not the table library's markup.
        table.add_row(*(_cell(row.get(column)).replace("[", r"\[") for column in columns))
    width = None if sys.stdout.isatty() else 200
    Console(width=width, highlight=False).print(table)


def _json_value(value: object) -> object:
    return iso(value) if isinstance(value, datetime) else str(value)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%SZ")
    if isinstance(value, Mapping):
        return " ".join(f"{key}={item}" for key, item in value.items())
    return str(value)
