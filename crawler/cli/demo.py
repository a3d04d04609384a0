"""markwatch demo: the whole way once, on the sample market: crawl, match, store, decide, mail, console."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from crawler.capturing import capturer
from crawler.cli.crawling import crawl_now, report
from crawler.cli.options import now, say
from crawler.cli.serving import bind
from crawler.config import Settings, default_data_dir
from crawler.console import console_app
from crawler.errors import CommandError
from crawler.files import read_rows
from crawler.jobs import CrawlRequest, check_request, log_path
from crawler.mailing import send_round
from crawler.watchlists import ListFiles, save_lists
from records.decision import REASONS, Reason, Verdict
from records.hit import HitKey, Track
from records.row_fields import BadField
from review.passwords import hash_password
from storage.database import Database, open_database, upgrade
from storage.decisions import record_decision
from storage.errors import Conflict, NotFound
from storage.hit_records import HitFilter
from storage.hits import count_hits, hit_id_of, load_hit, load_queue
from storage.page_captures import load_page_captures
from storage.users import add_user, load_user

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
DEMO_LOGIN = ("demo", "markwatch-demo")
REVIEWER = "demo-reviewer"
# How many pages are captured: each starts a browser.
CAPTURED = 3
DONE_WELL = ("finished", "finished_with_warnings")
# What a demo leaves in its folder, and all that --fresh removes.
MADE_HERE = ("markwatch.db", "markwatch.db-wal", "markwatch.db-shm", "mail", "captures", "keys", "logs")


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(epilog="Example: markwatch demo --port 8000 --dir demo-data")(demo)


def demo(
    *,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port of the console.")] = 8000,
    no_serve: Annotated[
        bool, typer.Option("--no-serve", help="Do everything but serve the console, and exit.")
    ] = False,
    folder: Annotated[Path | None, typer.Option("--dir", metavar="DIR", help="Where the demo keeps its files.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Remove what an earlier demo left in DIR first.")] = False,
) -> None:
    """Crawl the sample market, judge its listings, fill the review queue, write the mails and serve the console.

    Leaves DIR/markwatch.db, DIR/mail/*.eml and DIR/captures/. Everything runs on this machine.
    """
    began = time.monotonic()
    place = (folder or default_data_dir() / "demo").resolve()
    if no_serve:
        run_demo(place, port, fresh=fresh)
        say(
            f"done in {time.monotonic() - began:.0f} s; see it with: markwatch serve --db sqlite:///{place}/markwatch.db"
        )
        return
    with bind("127.0.0.1", port) as listener:
        settings = run_demo(place, port, fresh=fresh)
        with _opened(settings) as opened:
            app = console_app(opened, settings, secure_cookies=False, demo_login=DEMO_LOGIN)
            say(f"ready in {time.monotonic() - began:.0f} s")
            say(f"console: http://127.0.0.1:{port}/review  log in as {DEMO_LOGIN[0]} with {DEMO_LOGIN[1]}")
            say("stop with Ctrl-C")
            server = uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False))
            server.run(sockets=[listener])


@contextmanager
def _opened(settings: Settings) -> Iterator[Database]:
    opened = open_database(settings.database_url(), settings.contact_key_bytes)
    try:
        yield opened
    finally:
        opened.close()


def run_demo(place: Path, port: int, *, fresh: bool) -> Settings:
    """Do everything up to the mails in that folder and return the settings that the console is served with."""
    if fresh:
        remove_earlier(place)
    place.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        data_dir=place,
        db=f"sqlite:///{place / 'markwatch.db'}",
        console_url=f"http://127.0.0.1:{port}",
        mail_from="markwatch@demo.example",
        smtp_host="",
    )
    plan = json.loads((SAMPLES / "demo.json").read_text(encoding="utf-8"))
    say(f"[1/6] database: {place / 'markwatch.db'}")
    upgrade(settings.database_url())
    with _opened(settings) as opened:
        say("[2/6] watch list: samples/watchlist")
        lists = ListFiles.read(sorted((SAMPLES / "watchlist").glob("*.csv")))
        changes = save_lists(opened, lists, now(), actor="demo")
        add_demo_users(opened, now())
        say(
            "      "
            + ", ".join(
                f"{kind} {change.added + change.changed + change.unchanged}" for kind, change in changes.items()
            )
        )
        with sample_market() as base_url:
            for number, entry in enumerate(plan["crawls"], start=1):
                say(f"[3/6] crawl {number} of {len(plan['crawls'])}: {entry['market']} on {base_url}")
                run = crawl_now(opened, crawl_request(entry, base_url), settings)
                report(run)
                if run.outcome not in DONE_WELL:
                    raise CommandError(f"the crawl of {run.market} {run.outcome}; log: {log_path(settings, run)}")
            capture_some(opened, settings, base_url)
        say("[4/6] past decisions of the demo reviewer")
        taken, refused = apply_decisions(opened, SAMPLES / "decisions.jsonl", now())
        say(f"      {taken} recorded" + (f", {refused} fit no open hit" if refused else ""))
        say(f"[5/6] mails to brand owners: {settings.mail_dir}")
        done = send_round(opened, settings, now())
        made = f"{done.queued.digest} digests, {done.queued.urgent} urgent, {done.queued.account} first mails"
        say(f"      {made}; {done.sent.sent} written")
        with opened.read() as session:
            counts = count_hits(session)
        say("[6/6] review queue: " + ", ".join(f"{view} {count}" for view, count in counts.items()))
    return settings


def capture_some(opened: Database, settings: Settings, base_url: str) -> None:
    """Capture the pages of the sample web shop's worst hits, as a crawl of a real market asks its workers to."""
    with opened.read() as session:
        page = load_queue(session, HitFilter(view="all", market="shop"), limit=CAPTURED)
        taken = [stored for stored in page.rows if not load_page_captures(session, *stored.hit.listing.key, limit=1)]
    if not taken:
        return
    with capturer(opened, settings, base_url=base_url) as made:
        outcomes = [made.capture(stored.hit.listing, (stored.hit_id,), "queued", "demo").outcome for stored in taken]
    say(f"      pages captured as evidence: {outcomes.count('seen')} of {len(outcomes)}")


def remove_earlier(place: Path) -> None:
    """Remove what an earlier demo left in the folder, and nothing else."""
    for name in MADE_HERE:
        path = place / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def crawl_request(entry: Mapping[str, object], base_url: str) -> CrawlRequest:
    """Return the crawl of one entry of samples/demo.json, pointed at the sample market."""
    queries, urls = entry.get("queries", []), entry.get("urls", [])
    if not isinstance(queries, list) or not isinstance(urls, list):
        raise CommandError(f"samples/demo.json: queries and urls are lists: {entry}")
    max_pages = entry.get("max_pages")
    request = CrawlRequest(
        market=str(entry["market"]),
        queries=tuple(str(query) for query in queries),
        urls=tuple(str(url).replace("{base}", base_url) for url in urls),
        base_url=base_url,
        max_pages=max_pages if isinstance(max_pages, int) else None,
    )
    check_request(request)
    return request


@contextmanager
def sample_market() -> Iterator[str]:
    """Serve the sample market on a free loopback port while the context lasts; yield its address."""
    command = [sys.executable, str(SAMPLES / "serve.py"), "--port", "0"]
    # The server ends when its standard input closes, so that it never outlives a killed demo.
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(os.environ))
    try:
        first = process.stdout.readline().decode().split() if process.stdout else []
        if len(first) != 2 or first[0] != "port":
            raise CommandError(f"the sample market did not start: {' '.join(first) or 'no answer'}")
        yield f"http://127.0.0.1:{first[1]}"
    finally:
        process.terminate()
        process.wait(10)


def add_demo_users(database: Database, at: datetime) -> None:
    """Add the printed demo log-in, and the reviewer whose past decisions are shown, who cannot log in."""
    login, password = DEMO_LOGIN
    for name, person, secret in (
        (login, "Cán bộ demo", password),
        (REVIEWER, "Cán bộ 2", secrets.token_urlsafe(32)),
    ):
        hashed = hash_password(secret)
        with database.write() as session:
            if load_user(session, name) is None:
                add_user(session, name, person, "senior", hashed, at, language="vi")


def apply_decisions(database: Database, path: Path, at: datetime) -> tuple[int, int]:
    """Record the past decisions of the samples; return how many were taken and how many fit no undecided hit."""
    taken = refused = 0
    for placed in read_rows(path):
        row = placed.row
        key = HitKey(
            market=str(row["market"]),
            listing_id=str(row["listing_id"]),
            track=_track(row["track"]),
            subject=str(row.get("product_id") or row["mark_id"]),
        )
        verdict, reason = _verdict(row["verdict"], row["reason"])
        decided_at = at - timedelta(hours=float(str(row["hours_ago"])))
        note = str(row.get("note") or "")
        try:
            with database.write() as session:
                stored = load_hit(session, hit_id_of(key))
                if stored.decision is None:
                    record_decision(
                        session, stored.hit_id, stored.revision, verdict, reason, REVIEWER, decided_at, note
                    )
                    taken += 1
        except (NotFound, Conflict):
            refused += 1
    return taken, refused


def _track(value: object) -> Track:
    if value == "ip":
        return "ip"
    if value == "price":
        return "price"
    raise BadField("track", f"is neither ip nor price: {value!r}")


def _verdict(verdict: object, reason: object) -> tuple[Verdict, Reason]:
    for known, reasons in REASONS.items():
        for allowed in reasons:
            if (known, allowed) == (verdict, reason):
                return known, allowed
    raise BadField("reason", f"{reason!r} does not belong to verdict {verdict!r}")
