"""Runs whole crawls in processes of their own, as the program does, for tests to look at what came of them."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from records.listing import Listing
from records.run import Run
from storage.database import Database, open_database
from storage.listings import load_listings
from storage.runs import RunEvent, load_events, load_run, open_run
from tests.realdata import PROJECT
from tests.storage.servers import sqlite_database

CRAWL_SECONDS = 120
# What tests wait for is scaled; what they check is not.
SCALED = ("POLITENESS_BACKOFF_SECONDS=0.2", "ROBOTS_TIMEOUT_SECONDS=2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """What a crawl left behind."""

    code: int
    log: str
    run: Run
    events: tuple[RunEvent, ...]
    listings: tuple[Listing, ...]
    url: str

    def event_texts(self, kind: str) -> list[str]:
        """The texts of the run's events of one kind."""
        return [event.text for event in self.events if event.kind == kind]


def made_database(folder: Path) -> str:
    """Return the URL of a new, empty database."""
    return sqlite_database(folder)


def queued_run(database: Database, market: str) -> Run:
    """Return a run that waits for its process."""
    with database.write() as session:
        return open_run(session, market=market, arguments={}, requested_at=datetime.now(UTC), requested_by="a test")


def command(market: str, run_id: str, url: str, arguments: Mapping[str, str], settings: tuple[str, ...]) -> list[str]:
    """Return the command line of a crawl."""
    given = [sys.executable, "-m", "crawler.process", market, "--run-id", run_id, "--db", url]
    for name, value in arguments.items():
        given += ["-a", f"{name}={value}"]
    for pair in (*SCALED, *settings):
        given += ["-s", pair]
    return given


def crawl(
    folder: Path, market: str, arguments: Mapping[str, str], settings: tuple[str, ...] = (), url: str | None = None
) -> Crawled:
    """Crawl into a database (a new one unless given) and return what came of it."""
    place = url or made_database(folder)
    database = open_database(place)
    try:
        run = queued_run(database, market)
        line = command(market, run.run_id, place, arguments, settings)
        done = subprocess.run(
            [*line, "--captures", str(folder / "captures"), "--out", str(folder / "out.jsonl")],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=CRAWL_SECONDS,
            check=False,
        )
        with database.read() as session:
            return Crawled(
                code=done.returncode,
                log=done.stderr,
                run=load_run(session, run.run_id),
                events=load_events(session, run.run_id),
                listings=load_listings(session, None, 1_000),
                url=place,
            )
    finally:
        database.close()


def tiki_item(number: int, **changes: object) -> dict[str, object]:
    """Return one item of a listing answer in Tiki's format, written for these tests."""
    item: dict[str, object] = {
        "id": 900_000 + number,
        "seller_product_id": 800_000 + number,
        "sku": f"SKU{number}",
        "name": f"Áo mưa mẫu số {number}",
        "url_path": f"ao-mua-mau-{number}-p{900_000 + number}.html?spid={800_000 + number}",
        "price": 45_000 + number,
        "original_price": 60_000,
        "seller_id": 77,
        "seller_name": "Cửa Hàng Thử",
        "thumbnail_url": f"https://images.example/{number}.jpg",
    }
    return item | changes


def tiki_page(
    first: int, count: int, page: int = 1, last: int = 1, names: Mapping[int, str] = MappingProxyType({})
) -> bytes:
    """Return a listing answer in Tiki's format with that many items, some of them under other names."""
    items = [
        tiki_item(number, **({"name": names[number]} if number in names else {}))
        for number in range(first, first + count)
    ]
    paging = {"total": count * last, "per_page": count, "current_page": page, "last_page": last}
    return json.dumps({"data": items, "paging": paging}).encode()
