"""markwatch crawl, try and import: get listings from a marketplace."""

import gzip
import os
import tempfile
import threading
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Annotated

import orjson
import typer

from captures.store import CaptureStore
from crawler.cli.options import ArgumentOption, DbOption, database, further_arguments, now, say
from crawler.cli.progress import follow
from crawler.config import Settings
from crawler.crawl_job import settle_run, watch_crawl
from crawler.errors import BadInput, CommandError
from crawler.imports import ImportCounts, Imported, imported_listings
from crawler.intake import Intake
from crawler.jobs import CrawlRequest, check_request, log_path, market_class, start_process, terms_sentence, wait_for
from crawler.product_models import installed_matcher
from crawler.versions import code_version
from records.lines import listing_to_line
from records.run import Outcome, Run
from spiders.reading import Answer
from storage.database import Database
from storage.errors import DatabaseAbsent
from storage.runs import close_run, open_run, request_run, start_run
from storage.watchlist import load_watchlist

BATCH_LISTINGS = 50
# How a run ended, as the command's exit code: 0 done, 1 failed, 3 finished but a monitor failed.
EXIT_CODES = {"finished": 0, "finished_with_warnings": 3, "suspicious": 3, "stopped": 130}
PARTLY_DONE = 4

MarketArgument = Annotated[str, typer.Argument(metavar="MARKET", help="Spider name, such as tiki_vn.")]
QueryOption = Annotated[list[str] | None, typer.Option("-q", "--query", help="Search words; may be repeated.")]
UrlOption = Annotated[list[str] | None, typer.Option("--url", help="Page to start from; may be repeated.")]
BaseUrlOption = Annotated[
    str | None, typer.Option("--base-url", help="Host that answers in the market's place, opened for this run only.")
]
AllowHostOption = Annotated[
    list[str] | None, typer.Option("--allow-host", metavar="HOST:PORT", help="Host opened for this run only.")
]
MaxPagesOption = Annotated[int | None, typer.Option("--max-pages", min=1, help="Page budget of this run.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command(epilog='Example: markwatch crawl tiki_vn -q "kem chống nắng" --max-pages 3')(crawl)
    app.command("try", epilog="Example: markwatch try shop --url https://shop.example/goods/1")(try_)
    app.command("import", epilog="Example: markwatch import shopee_vn saved-page.html answers.har")(import_)


def crawl(
    market: MarketArgument,
    *,
    query: QueryOption = None,
    url: UrlOption = None,
    base_url: BaseUrlOption = None,
    allow_host: AllowHostOption = None,
    max_pages: MaxPagesOption = None,
    argument: ArgumentOption = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the listings as JSON Lines.")] = None,
    db: DbOption = None,
) -> None:
    """Crawl a marketplace now: listings, prices and hits go to the database, the run's counts are shown.

    Exit code 3 means that the crawl ended but missed an expectation (too few listings, too many errors).
    """
    request = CrawlRequest(
        market=market,
        queries=tuple(query or ()),
        urls=tuple(url or ()),
        base_url=base_url,
        allow_hosts=tuple(allow_host or ()),
        max_pages=max_pages,
        further=further_arguments(argument),
        out=out,
    )
    try:
        with database(db) as opened:
            check_request(request, opened)
            run = crawl_now(opened, request, Settings())
    except DatabaseAbsent as absent:
        check_request(request)
        if out is None:
            raise
        say(f"{absent}; the listings go to {out} only")
        code = wait_for(start_process(request, Settings(), run_id=None, database_url=None), lambda: None)
        raise typer.Exit(code) from None
    report(run)
    if run.outcome not in EXIT_CODES:
        raise CommandError(f"run {run.run_id}: {run.outcome}; log: {log_path(Settings(), run)}")
    raise typer.Exit(EXIT_CODES[run.outcome])


def crawl_now(opened: Database, request: CrawlRequest, settings: Settings) -> Run:
    """Open a run, crawl in a child process while showing its counts, and return the run as it ended."""
    asked, request = request, check_request(request, opened)
    sentence = terms_sentence(asked, request)
    if sentence is not None:
        say(f"{request.market}: {sentence}")
    with opened.write() as session:
        run = request_run(session, request.market, asked.arguments(), now(), "command line")
        start_run(session, run.run_id, now(), os.getpid(), code_version=code_version())
    process = start_process(request, settings, run_id=run.run_id, database_url=opened.url, log=log_path(settings, run))
    shown: dict[str, str] = {}

    def show(run: Run) -> None:
        names = [name for name in ("pages", "listings", "hits", "errors") if name in run.counts]
        line = ", ".join(f"{name} {run.counts[name]:,}" for name in names)
        if line and line != shown.get("line"):
            shown["line"] = line
            say(f"{request.market}: {line}")

    stopping = threading.Event()
    while True:
        try:
            code = watch_crawl(process, opened, run.run_id, stopping, show)
        except KeyboardInterrupt:
            # The first Ctrl-C lets the page under way end, the second one does not.
            if stopping.is_set():
                process.kill()
            stopping.set()
        else:
            return settle_run(opened, run.run_id, code, now())


def report(run: Run) -> None:
    """Tell the person how a run ended, with its counts and what it missed."""
    counts = ", ".join(f"{name} {number:,}" for name, number in sorted(run.counts.items())) or "nothing was fetched"
    say(f"run {run.run_id}: {run.outcome}; {counts}")
    for bound in run.failed_bounds:
        say(f"  missed: {bound}")


def try_(
    market: MarketArgument,
    *,
    url: Annotated[str, typer.Option("--url", help="The page.")],
    file: Annotated[Path | None, typer.Option("--file", help="Read this file as if it had come from the URL.")] = None,
    allow_host: AllowHostOption = None,
    argument: ArgumentOption = None,
    db: DbOption = None,
) -> None:
    """Read one page and print its listings as JSON Lines; nothing is stored."""
    spider = market_class(market)
    if file is not None:
        try:
            body = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        except (OSError, EOFError, zlib.error) as problem:
            raise BadInput(f"{file}: cannot be read: {problem}") from None
        reading = spider.read(Answer(url=url, body=body, fetched_at=now()))
        for listing in reading.listings:
            print(orjson.dumps(listing_to_line(listing)).decode())
        for reason, count in reading.skipped.items():
            say(f"skipped {count}: {reason}")
        say(f"{len(reading.listings)} listings, {len(reading.links)} further pages")
        return
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "listings.jsonl")
        request = CrawlRequest(
            market=market, urls=(url,), allow_hosts=tuple(allow_host or ()), max_pages=1, out=out,
            further=further_arguments(argument),
        )  # fmt: skip
        # The database, where there is one, says which ways are open; nothing is stored in it.
        database_url: str | None = None
        try:
            with database(db) as opened:
                check_request(request, opened)
                database_url = opened.url
        except DatabaseAbsent:
            check_request(request)
        code = wait_for(start_process(request, Settings(), run_id=None, database_url=database_url), lambda: None)
        lines = out.read_text(encoding="utf-8") if out.exists() else ""
    print(lines, end="")
    say(f"{lines.count(chr(10))} listings")
    raise typer.Exit(code)


def import_(
    market: MarketArgument,
    files: Annotated[list[Path], typer.Argument(help="Saved pages, HAR archives, CSV or JSON Lines; .gz too.")],
    *,
    db: DbOption = None,
) -> None:
    """Store the listings of saved files through the marketplace's reader, and judge them.

    A file that cannot be read is named and the others are imported; the exit code is then 4.
    """
    spider = market_class(market)
    settings = Settings()
    counts = ImportCounts()
    failures: list[str] = []

    def every_listing() -> Iterator[Imported]:
        for path in files:
            try:
                yield from imported_listings(spider, path, counts)
            except BadInput as problem:
                failures.append(str(problem))

    with database(db) as opened:
        with opened.read() as session:
            watchlist = load_watchlist(session, now().date())
        with opened.write() as session:
            arguments = {"files": " ".join(str(path) for path in files)}
            run = open_run(
                session, market=market, arguments=arguments, requested_at=now(), requested_by="markwatch import"
            )
            start_run(session, run.run_id, now(), os.getpid())
        store = CaptureStore(settings.captures_dir, settings.free_floor_bytes)
        intake = Intake(opened, installed_matcher(watchlist), store, run.run_id)
        stored: Counter[str] = Counter()
        for batch in batches(follow(every_listing(), "listings"), BATCH_LISTINGS):
            stored.update(intake.take(batch, now()))
        stored.update(intake.meet_peers(now()))
        _close_import(opened, run, stored, counts, failures, now())
    for problem in (*failures, *counts.problems):
        say(f"error: {problem}")
    say(f"imported: {', '.join(f'{name} {number:,}' for name, number in sorted(stored.items())) or 'nothing'}")
    for reason, number in counts.skipped.most_common():
        say(f"skipped {number}: {reason}")
    if failures or counts.problems:
        raise typer.Exit(PARTLY_DONE if stored else 2)


def _close_import(
    opened: Database,
    run: Run,
    stored: Mapping[str, int],
    counts: ImportCounts,
    failures: list[str],
    at: datetime,
) -> None:
    outcome: Outcome = "finished" if stored and not failures else "finished_with_warnings" if stored else "failed"
    total = dict(stored) | {f"skip.{reason}": number for reason, number in counts.skipped.items()}
    with opened.write() as session:
        close_run(session, run.run_id, outcome, at, total, tuple((*failures, *counts.problems)[:50]))


def batches(items: Iterable[Imported], size: int) -> Iterator[list[Imported]]:
    """Yield the items in lists of at most `size`."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
