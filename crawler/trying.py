"""Reads one page of a market as a crawl would, without storing anything."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from crawler.config import Settings
from crawler.errors import BadInput
from crawler.files import ListingFile
from crawler.jobs import CrawlRequest, check_request, market_class, now, start_process
from crawler.run_log import read_log_file
from records.listing import Listing
from records.log import LogLine
from review.operating import TriedPage
from spiders.errors import ReadingError
from spiders.reading import Answer
from storage.database import Database

# A page whose host asks for more patience than this is given up; people wait before their screen for it.
LONGEST_SECONDS: Final = 60
TOLD: Final = frozenset({"warning", "error", "critical"})


def try_page(settings: Settings, database: Database | None, market: str, url: str, content: bytes | None) -> TriedPage:
    """Return what the market's reader makes of a page: the given content as if it came from the URL, else fetched.

    Fetching goes the way of every crawl: robots.txt, register, egress guard. A problem comes back as a sentence.
    """
    began = time.monotonic()
    try:
        if content is None:
            return _fetched(settings, database, market, url, began)
        reading = market_class(market).read(Answer(url=url, body=content, fetched_at=now()))
    except (BadInput, ReadingError) as problem:
        return TriedPage(problem=str(problem), seconds=time.monotonic() - began)
    return TriedPage(
        listings=reading.listings,
        skipped=dict(reading.skipped),
        links=len(reading.links),
        told=reading.notes,
        seconds=time.monotonic() - began,
    )


def _fetched(settings: Settings, database: Database | None, market: str, url: str, began: float) -> TriedPage:
    with tempfile.TemporaryDirectory() as folder:
        out, log = Path(folder, "listings.jsonl"), Path(folder, "crawl.log")
        request = CrawlRequest(market=market, urls=(url,), max_pages=1, out=out)
        check_request(request, database)
        database_url = None if database is None else database.url
        process = start_process(request, settings, run_id=None, database_url=database_url, log=log)
        problem = ""
        try:
            process.wait(LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            problem = f"the page was not read within {LONGEST_SECONDS} seconds"
        listings = tuple(_listings(out))
        lines = tuple(read_log_file(log)) if log.exists() else ()
    told = tuple(line.text for line in lines if line.level in TOLD)
    if not listings and not problem:
        problem = _last_word(lines)
    return TriedPage(listings=listings, told=told, problem=problem, seconds=time.monotonic() - began)


def _listings(out: Path) -> Iterator[Listing]:
    if out.exists() and out.stat().st_size:
        yield from ListingFile.at(out).listings()


def _last_word(lines: tuple[LogLine, ...]) -> str:
    """Return why no listing came, in the words of the crawl's log."""
    return next((line.text for line in reversed(lines) if line.level in TOLD), "the page gave no listing")
