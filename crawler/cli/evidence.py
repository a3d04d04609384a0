"""markwatch evidence: capture pages, check what was kept, bind packs."""

from importlib.metadata import version
from pathlib import Path
from typing import Annotated, cast, get_args
from zoneinfo import ZoneInfo

import typer

from captures.pack import Stamp
from captures.procedure import PackLanguage
from captures.signing import fingerprint, open_key
from captures.stamp import StampAuthority, obtain_stamp
from captures.stamp_request import ask_authority
from captures.store import CaptureStore
from captures.verify_pack import PackReport, verify_pack
from captures.wacz import write_wacz
from crawler.capturing import capturer
from crawler.cli import keeping
from crawler.cli.options import COMMAND_LINE, DbOption, JsonOption, database, now, print_rows, say
from crawler.config import Settings
from crawler.cron import DEFAULT_ZONE
from crawler.egress_process import start_guard
from crawler.errors import BadInput, CommandError
from crawler.files import written_whole
from crawler.stamping import authority_of, stamp_pending
from review.console import Reading
from review.formats import Formats
from review.packing import make_pack
from storage.captures import load_capture_hashes
from storage.database import Database
from storage.errors import DatabaseAbsent, NotFound
from storage.hit_records import StoredHit
from storage.hits import load_hit
from storage.listings import load_listing
from storage.page_captures import (
    PageCapture,
    load_audited_manifests,
    load_manifest_hashes,
    load_page_captures,
    load_stamped_manifests,
)

commands = typer.Typer(help="What was seen: captures, packs, checks.", no_args_is_help=True)
PARTLY_DONE = 4

HitsArgument = Annotated[list[str], typer.Argument(metavar="HIT...", help="Ids of hits.")]


def register(app: typer.Typer) -> None:
    """Add the subcommands to the command line."""
    keeping.register(commands)
    app.add_typer(commands, name="evidence")


@commands.command(epilog="Example: markwatch evidence verify pack.zip")
def verify(
    pack: Annotated[Path | None, typer.Argument(metavar="[PACK]", help="A pack; without it the store.")] = None,
    *,
    folder: Annotated[Path | None, typer.Option("--dir", help="Capture store; default that of the data dir.")] = None,
    key: Annotated[str | None, typer.Option("--key", metavar="HEX", help="Fingerprint that must have signed.")] = None,
    as_json: JsonOption = False,
    db: DbOption = None,
) -> None:
    """Check every kept file, or a single pack, and name what is wrong. Needs no network; a pack needs no database.

    Exit code 1 when something is wrong. Time stamps are checked against MARKWATCH_TSA_ROOTS where it is set.
    """
    settings = Settings()
    authority = _stamp_roots(settings)
    if pack is not None:
        report = verify_pack(pack, authority)
        _tell(report, key, pack, as_json=as_json)
        return
    place = folder or settings.captures_dir
    if not place.is_dir():
        raise BadInput(f"{place}: no such folder")
    expected, stamped = _expected(db)
    problems = CaptureStore(place).verify(expected, authority, stamped)
    print_rows(
        ("kind", "path", "detail"),
        ({"kind": one.kind, "path": one.path, "detail": one.detail} for one in problems),
        as_json=as_json,
    )
    if problems:
        raise CommandError(f"{len(problems)} problems in {place}")
    say(f"{place}: every file is as it was kept")


def _tell(report: PackReport, key: str | None, pack: Path, *, as_json: bool) -> None:
    rows = [{"kind": one.kind, "path": one.path, "detail": one.detail} for one in report.problems]
    if key is not None and report.key_fingerprint != key.lower():
        rows.append({"kind": "changed", "path": "manifest.sig", "detail": "signed by another key than --key"})
    print_rows(("kind", "path", "detail"), rows, as_json=as_json)
    say(f"{pack}: {report.file_count} files, made at {report.made_at or 'unknown'}")
    say(f"signed by key {report.key_fingerprint or 'unknown'}")
    if report.stamp is not None:
        say(f"time stamp {report.stamp.stamped_at.isoformat()} by {report.stamp.authority}")
    if rows:
        raise CommandError(f"{pack}: {len(rows)} problems")
    say(f"{pack}: every file is as it was when the pack was made")


def _stamp_roots(settings: Settings) -> StampAuthority | None:
    if settings.tsa_roots is None:
        return None
    return authority_of(settings.model_copy(update={"tsa_url": settings.tsa_url or "unused"}))


def _expected(db: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the hashes that the database and its audit trail know, and the stamped ones.

    None where no database was named and there is none.
    """
    try:
        with database(db) as opened, opened.read() as session:
            known = (*load_capture_hashes(session), *load_manifest_hashes(session), *load_audited_manifests(session))
            return known, load_stamped_manifests(session)
    except DatabaseAbsent as absent:
        if db is not None:
            raise
        say(f"{absent}; the folder alone is checked")
        return (), ()


@commands.command(epilog="Example: markwatch evidence capture 7f3kq2m9x1bcd")
def capture(
    hits: HitsArgument,
    *,
    base_url: Annotated[
        str | None, typer.Option("--base-url", metavar="URL", help="Ask this host instead (replay or sample server).")
    ] = None,
    allow_host: Annotated[
        list[str] | None, typer.Option("--allow-host", metavar="HOST:PORT", help="Open this host for this run.")
    ] = None,
    certificate: Annotated[
        str | None,
        typer.Option("--certificate", metavar="REASON", help="Take a certificate that can't be verified; say why."),
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Take no picture.")] = False,
    db: DbOption = None,
    as_json: JsonOption = False,
) -> None:
    """Capture the listings' pages now: exchange, picture, images and certificates under one signed manifest.

    Exit code 4 when some pages gave no capture.
    """
    settings = Settings()
    taken: list[PageCapture] = []
    with database(db) as opened:
        found = [_hit(opened, hit_id) for hit_id in hits]
        with capturer(
            opened,
            settings,
            opened=tuple(allow_host or ()),
            base_url=base_url,
            with_browser=not no_browser,
            certificate_override=certificate,
        ) as made:
            if made.browser_absent_because:
                say(f"no pictures: {made.browser_absent_because}")
            for stored in found:
                key = stored.hit.listing.key
                with opened.read() as session:
                    listing = load_listing(session, *key) or stored.hit.listing
                taken.append(made.capture(listing, (stored.hit_id,), "requested", COMMAND_LINE))
        stamp_pending(opened, settings, now, tuple(allow_host or ()))
    print_rows(("outcome", "market", "listing_id", "manifest", "detail"), map(_capture_row, taken), as_json=as_json)
    if any(one.manifest_sha256 is None for one in taken):
        raise typer.Exit(PARTLY_DONE if any(one.manifest_sha256 for one in taken) else 1)


@commands.command("list", epilog="Example: markwatch evidence list 7f3kq2m9x1bcd")
def list_(
    hit: Annotated[str, typer.Argument(metavar="HIT")], *, db: DbOption = None, as_json: JsonOption = False
) -> None:
    """Show the captures of a hit's listing, newest first: seen, not seen, blocked."""
    with database(db) as opened:
        stored = _hit(opened, hit)
        with opened.read() as session:
            found = load_page_captures(session, *stored.hit.listing.key)
    columns = ("ended_at", "outcome", "stamp", "manifest", "detail")
    print_rows(columns, map(_capture_row, found), as_json=as_json)


@commands.command(epilog="Example: markwatch evidence pack 7f3kq2m9x1bcd --out case.zip --language vi")
def pack(
    hits: HitsArgument,
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The zip file.")],
    language: Annotated[str, typer.Option("--language", help="vi, ja or en.")] = "vi",
    db: DbOption = None,
) -> None:
    """Bind hits with their captures into one signed zip: PDF, HTML, XLSX, originals, how to check it."""
    if language not in get_args(PackLanguage):
        raise BadInput(f"--language: {language!r} is none of {', '.join(get_args(PackLanguage))}")
    settings = Settings()
    at = now()
    chosen = cast("PackLanguage", language)
    formats = Formats(language=chosen, zone=ZoneInfo(DEFAULT_ZONE), now=at)
    reading = Reading(language=chosen, theme="", formats=formats)
    key = open_key(settings.signing_key)
    with database(db) as opened:
        try:
            made = make_pack(
                opened,
                hits,
                reading,
                CaptureStore(settings.captures_dir),
                key,
                made_by=COMMAND_LINE,
                made_at=at,
                stamp=_stamper(settings),
            )
        except (NotFound, ValueError) as problem:
            raise BadInput(str(problem)) from None
    with written_whole(out) as stream:
        stream.write(made.content)
    for sentence in made.missing:
        say(f"missing: {sentence}")
    say(f"{out}: {len(made.content):,} bytes, manifest {made.manifest_sha256}, key {fingerprint(key.public_bytes)}")
    if made.missing:
        raise typer.Exit(PARTLY_DONE)


@commands.command(epilog="Example: markwatch evidence export 3f… --out page.wacz")
def export(
    manifest: Annotated[str, typer.Argument(metavar="MANIFEST", help="Hash of a capture's manifest.")],
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The WACZ file.")],
    folder: Annotated[Path | None, typer.Option("--dir", help="Capture store; default that of the data dir.")] = None,
) -> None:
    """Write one capture as WACZ, which web-archive players open."""
    content = write_wacz(CaptureStore(folder or Settings().captures_dir), manifest, f"markwatch {version('markwatch')}")
    with written_whole(out) as stream:
        stream.write(content)
    say(f"{out}: {len(content):,} bytes")


@commands.command("key", epilog="Example: markwatch evidence key")
def key_() -> None:
    """Print the fingerprint of the key that signs this installation's evidence; the office publishes it."""
    print(fingerprint(open_key(Settings().signing_key).public_bytes))


def _stamper(settings: Settings) -> Stamp | None:
    authority = authority_of(settings)
    if authority is None:
        return None

    def stamp(content: bytes) -> bytes:
        guard = start_guard(())
        try:
            return obtain_stamp(
                content, authority, lambda request: ask_authority(authority.url, request, guard.url), now
            )
        finally:
            guard.stop()

    return stamp


def _hit(opened: Database, hit_id: str) -> StoredHit:
    try:
        with opened.read() as session:
            return load_hit(session, hit_id)
    except NotFound:
        raise BadInput(f"no hit {hit_id!r}") from None


def _capture_row(capture: PageCapture) -> dict[str, object]:
    return {
        "ended_at": capture.ended_at.isoformat(timespec="seconds"),
        "outcome": capture.outcome,
        "market": capture.market,
        "listing_id": capture.listing_id,
        "manifest": capture.manifest_sha256,
        "stamp": capture.stamp_state,
        "detail": capture.detail,
    }
