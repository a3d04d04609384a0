"""markwatch hits: list and export what was flagged."""

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Annotated, cast, get_args

import orjson
import typer

from crawler.cli.options import DbOption, JsonOption, database, print_rows, say
from crawler.cli.progress import follow
from crawler.errors import BadInput
from crawler.files import written_whole
from records.lines import hit_to_line, iso
from review.export import WRITERS
from storage.hit_records import HitFilter, StoredHit, View
from storage.hits import iterate_hits

commands = typer.Typer(help="What was flagged.", no_args_is_help=True)

ViewOption = Annotated[
    str, typer.Option("--view", help="unreviewed, confirmed, rejected, unsure, below, price or all.")
]
BrandOption = Annotated[str | None, typer.Option("--brand", help="Only this brand.")]
MarketOption = Annotated[str | None, typer.Option("--market", help="Only this marketplace.")]


def register(app: typer.Typer) -> None:
    """Add the subcommands to the command line."""
    app.add_typer(commands, name="hits")


def hit_line(stored: StoredHit) -> dict[str, object]:
    """Return a stored hit as the object that `hits export` prints."""
    listing = stored.hit.listing
    return {
        "hit_id": stored.hit_id,
        "state": stored.state,
        "url": listing.url,
        "title": listing.title,
    } | hit_to_line(stored.hit)


def hit_row(stored: StoredHit) -> dict[str, object]:
    """Return a stored hit as one row of a spreadsheet."""
    hit = stored.hit
    listing, price = hit.listing, hit.listing.offer.price
    return hit_line(stored) | {
        "brand": stored.brand,
        "price": None if price is None else f"{price.amount:f}",
        "currency": listing.currency,
        "seller_id": listing.seller.seller_id,
        "seller_name": listing.seller.name,
        "reasons": "; ".join(finding.detail for finding in hit.evidence),
        "first_seen_at": iso(stored.first_seen_at),
        "last_seen_at": iso(stored.last_seen_at),
    }


def _filter(view: str, brand: str | None, market: str | None) -> HitFilter:
    if view not in get_args(View):
        raise BadInput(f"--view: {view!r} is none of {', '.join(get_args(View))}")
    return HitFilter(view=cast("View", view), brand=brand, market=market)


@commands.command("list", epilog="Example: markwatch hits list --view unreviewed --limit 20")
def list_(
    *,
    view: ViewOption = "unreviewed",
    brand: BrandOption = None,
    market: MarketOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 50,
    db: DbOption = None,
    as_json: JsonOption = False,
) -> None:
    """List hits, highest score first."""
    with database(db) as opened, opened.read() as session:
        found = list(islice(iterate_hits(session, _filter(view, brand, market)), limit))
    rows = [hit_line(stored) if as_json else hit_row(stored) for stored in found]
    print_rows(("hit_id", "tier", "score", "brand", "market", "title", "price", "reasons"), rows, as_json=as_json)


@commands.command(epilog="Example: markwatch hits export --format xlsx --out hits.xlsx")
def export(
    *,
    format_: Annotated[str, typer.Option("--format", help="jsonl, csv or xlsx.")],
    out: Annotated[Path | None, typer.Option("--out", help="File to write; default stdout (not for xlsx).")] = None,
    view: ViewOption = "all",
    brand: BrandOption = None,
    market: MarketOption = None,
    db: DbOption = None,
) -> None:
    """Export hits; no cell of a spreadsheet can run as a formula."""
    if format_ not in {"jsonl", *WRITERS}:
        raise BadInput(f"--format: {format_!r} is none of jsonl, {', '.join(WRITERS)}")
    if out is None and format_ == "xlsx":
        raise BadInput("--format xlsx needs --out FILE")
    hit_filter = _filter(view, brand, market)
    with database(db) as opened, opened.read() as session:
        found = follow(iterate_hits(session, hit_filter), "hits")
        if out is None:
            count = _write(found, format_, sys.stdout.buffer)
        else:
            with written_whole(out) as stream:
                count = _write(found, format_, stream)
    say(f"{count:,} hits exported")


def _write(found: Iterator[StoredHit], format_: str, stream: IO[bytes]) -> int:
    if format_ in WRITERS:
        return WRITERS[format_](map(hit_row, found), stream)
    count = 0
    for stored in found:
        stream.write(orjson.dumps(hit_line(stored)) + b"\n")
        count += 1
    return count
