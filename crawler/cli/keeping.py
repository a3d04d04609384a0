"""markwatch evidence hold, release, holds, retention: how long evidence is kept."""

from typing import Annotated

import typer

from captures.retention import apply_retention, plan_retention, remove_buried_files
from captures.room import free_space
from captures.store import CaptureStore
from crawler.cli.options import COMMAND_LINE, DbOption, JsonOption, database, now, print_rows, say
from crawler.config import Settings
from crawler.errors import BadInput
from storage.errors import NotFound
from storage.hits import load_hit
from storage.holds import load_holds, place_hold, release_hold
from storage.subjects import erase_seller, find_subject, standings_of

PARTLY_DONE = 4
SHORTEST_SUBJECT = 3


def register(commands: typer.Typer) -> None:
    """Add the subcommands to markwatch evidence."""
    commands.command(epilog='Example: markwatch evidence hold 7f3kq2m9x1bcd --reason "court case 12/2026"')(hold)
    commands.command(epilog="Example: markwatch evidence release 3")(release)
    commands.command(epilog="Example: markwatch evidence holds")(holds)
    commands.command(epilog="Example: markwatch evidence retention --apply")(retention)
    commands.command(epilog='Example: markwatch evidence search "Shop Hoa Mai"')(search)
    commands.command(epilog='Example: markwatch evidence erase chotot_vn 4711 --reason "request of 2026-11-20"')(erase)


def hold(
    hit: Annotated[str, typer.Argument(metavar="HIT")],
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why, such as the number of a court case.")],
    by: Annotated[str, typer.Option("--by", help="Who asks for it.")] = COMMAND_LINE,
    db: DbOption = None,
) -> None:
    """Put a legal hold on the listing of a hit: nothing of it is removed until the hold is released."""
    if not reason.strip():
        raise BadInput("--reason: say why")
    with database(db) as opened, opened.write() as session:
        try:
            key = load_hit(session, hit).hit.listing.key
        except NotFound:
            raise BadInput(f"no hit {hit!r}") from None
        made = place_hold(session, *key, reason.strip(), by, now())
    say(f"hold {made.hold_id} on {made.market} {made.listing_id}")


def release(
    hold_id: Annotated[int, typer.Argument(metavar="HOLD")],
    *,
    by: Annotated[str, typer.Option("--by", help="Who asks for it.")] = COMMAND_LINE,
    db: DbOption = None,
) -> None:
    """End a legal hold."""
    with database(db) as opened, opened.write() as session:
        try:
            made = release_hold(session, hold_id, by, now())
        except NotFound as problem:
            raise BadInput(str(problem)) from None
    say(f"hold {made.hold_id} on {made.market} {made.listing_id} is released")


def holds(*, db: DbOption = None, as_json: JsonOption = False) -> None:
    """Show the legal holds that are in force."""
    with database(db) as opened, opened.read() as session:
        found = load_holds(session)
    columns = ("hold_id", "market", "listing_id", "reason", "placed_by", "placed_at")
    rows = ({name: _plain(getattr(one, name)) for name in columns} for one in found)
    print_rows(columns, rows, as_json=as_json)


def retention(
    *,
    apply: Annotated[bool, typer.Option("--apply", help="Remove; without it only what would go is shown.")] = False,
    db: DbOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what has been kept long enough; with --apply remove it, leaving tombstones in the audit trail.

    Open cases and held listings are never removed. Days are set by MARKWATCH_KEEP_…_DAYS.
    """
    settings = Settings()
    at = now()
    with database(db) as opened:
        plan = plan_retention(opened, settings.retention_policy, at)
        columns = ("kind", "taken_at", "expires_at", "sha256", "url")
        rows = ({name: _plain(getattr(one, name)) for name in columns} for one in plan.expired)
        print_rows(columns, rows, as_json=as_json)
        say(", ".join(f"{name} {number:,}" for name, number in sorted(plan.counts.items())) or "nothing is kept")
        if apply:
            removed = apply_retention(opened, CaptureStore(settings.captures_dir), plan, COMMAND_LINE, at)
            say(f"removed {len(plan.expired):,} captures, {removed:,} files")
        elif plan.expired:
            say(f"{len(plan.expired):,} would be removed; nothing was changed (add --apply)")
    space = free_space(settings.captures_dir)
    if space.is_low(settings.free_floor_bytes):
        say(f"only {space.free_bytes // 2**20:,} MB are free: nothing more is captured before there is room")


def search(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A name, seller id, number: at least three characters.")],
    *,
    db: DbOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show every table in which a text stands, and whether holds or cases keep the listings concerned."""
    if len(text.strip()) < SHORTEST_SUBJECT:
        raise BadInput(f"{text!r}: at least {SHORTEST_SUBJECT} characters, or everything would be found")
    rows = []
    with database(db) as opened, opened.read() as session:
        for found in find_subject(session, text.strip()):
            standings = standings_of(session, found.listings)
            rows.append(
                {"table": found.table, "columns": " ".join(found.columns), "rows": found.count}
                | {name: sum(one == name for one in standings.values()) for name in ("held", "needed", "free")}
            )
    print_rows(("table", "columns", "rows", "held", "needed", "free"), rows, as_json=as_json)


def erase(
    market: Annotated[str, typer.Argument(metavar="MARKET")],
    seller_id: Annotated[str, typer.Argument(metavar="SELLER")],
    *,
    reason: Annotated[str, typer.Option("--reason", help="What asks for it, such as a person's request and its date.")],
    by: Annotated[str, typer.Option("--by", help="Who decided it.")] = COMMAND_LINE,
    apply: Annotated[bool, typer.Option("--apply", help="Erase; without it only what would go is shown.")] = False,
    db: DbOption = None,
) -> None:
    """Take a seller's personal data out of every listing that no open or confirmed case and no legal hold needs.

    Decisions and the audit trail stay as they are; they name listings by id only. Exit code 4 where something was kept.
    """
    if not reason.strip():
        raise BadInput("--reason: say what asks for it")
    settings = Settings()
    at = now()
    with database(db) as opened:
        with opened.write() as session:
            done = erase_seller(session, market, seller_id, by, at, reason.strip(), dry_run=not apply)
        for name, ids in (("erased", done.erased), ("held", done.held), ("needed by a case", done.needed)):
            for listing_id in ids:
                print(f"{name}\t{listing_id}")
        if apply:
            files = remove_buried_files(opened, CaptureStore(settings.captures_dir), at)
            say(f"{len(done.erased)} listings, {done.captures} captures, {files} files erased")
        else:
            say(f"{len(done.erased)} listings and {done.captures} captures would be erased (add --apply)")
    if done.held or done.needed:
        say(f"kept: {len(done.held)} held, {len(done.needed)} needed by a case")
        raise typer.Exit(PARTLY_DONE)


def _plain(value: object) -> object:
    return value.isoformat(timespec="seconds") if hasattr(value, "isoformat") else value
