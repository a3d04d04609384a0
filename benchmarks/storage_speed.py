"""How fast listings are stored and the queue is paged, beside the bare drivers, on SQLite and PostgreSQL.

Both sides write the same rows into the same tables, indices and constraints, with the same durability, in batches of
1,000, half new and half changed, each in one transaction: listings, price observations, sellers. The bare side is
sqlite3.executemany, and COPY with a merge; it neither asks what is there nor says what was new. Rounds alternate.
Making the rows from listings is common to both and printed beside (prepare_us_per_listing); it happens before the
transaction.

    python -m benchmarks.storage_speed [--batches 20] [--hits 1000000] [--grow 5000000] [--only sqlite|postgres]
"""

import argparse
import json
import os
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import text

from benchmarks.storage_filling import fill_hits, fill_listings, goods
from storage.database import SQLITE_PRAGMAS, Database, Session, open_database, upgrade
from storage.hit_records import HitFilter
from storage.hits import load_queue
from storage.listing_bulk import store_listings
from storage.listing_driver import COLUMNS, MERGES
from storage.listing_rows import OBSERVED, Prepared, prepare_listing
from storage.listings import load_listing
from storage.queue import page_rows
from tests.storage.factories import START
from tests.storage.servers import make_database, postgres_server

BATCH = 1_000
QUEUE_FILTERS = (
    HitFilter(),
    HitFilter(brand="Ni.ke 3"),
    HitFilter(market="market_2"),
    HitFilter(track="ip"),
    HitFilter(view="below"),
)


def batches(count: int, *, is_sqlite: bool) -> Iterator[list[Prepared]]:
    """Yield prepared batches: half of each was in the one before and has changed, half is new."""
    fresh = BATCH // 2
    for number in range(count):
        at = START + timedelta(minutes=number)
        known = [goods(index, number) for index in range((number - 1) * fresh, number * fresh)] if number else []
        new = [goods(index, number) for index in range(number * fresh, (number + 1) * fresh + (0 if number else fresh))]
        yield [prepare_listing(listing, "run", at, is_sqlite=is_sqlite) for listing in (*known, *new)][:BATCH]


def rows_of(batch: Sequence[Prepared], before: dict[tuple[str, str], Prepared]) -> tuple[list[Any], ...]:
    """Return the rows of a batch for the bare driver, ready made: what changed is known beforehand."""
    sellers = {one.seller[:2]: one.seller for one in batch if one.seller is not None}
    changes = [
        (*one.key, one.seen_at, field, old, new, "run")
        for one in batch
        if one.key in before
        for field, old, new in zip(OBSERVED, before[one.key].observed, one.observed, strict=True)
        if old != new
    ]
    before.update({one.key: one for one in batch})
    return [one.listing for one in batch], changes, [one.price for one in batch], list(sellers.values())


TABLES = tuple(COLUMNS.items())


class BareSqlite:
    """sqlite3.executemany with the settings of our connections."""

    def __init__(self, url: str) -> None:
        self.connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        for name, value in SQLITE_PRAGMAS.items():
            self.connection.execute(f"PRAGMA {name} = {value}")

    def store(self, parts: tuple[list[Any], ...]) -> None:
        """Write one batch in one transaction."""
        self.connection.execute("BEGIN IMMEDIATE")
        for (table, columns), rows in zip(TABLES, parts, strict=True):
            marks = ", ".join("?" * len(columns))
            self.connection.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) {MERGES[table]}",  # noqa: S608 - literals
                rows,
            )
        self.connection.execute("COMMIT")


class BarePostgres:
    """COPY into a temporary table and a merge."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url)

    def store(self, parts: tuple[list[Any], ...]) -> None:
        """Write one batch in one transaction."""
        with self.connection.transaction(), self.connection.cursor() as cursor:
            for (table, columns), rows in zip(TABLES, parts, strict=True):
                names = ", ".join(columns)
                cursor.execute(
                    f"CREATE TEMP TABLE IF NOT EXISTS stage_{table} ON COMMIT DELETE ROWS"  # noqa: S608 - literals
                    f" AS SELECT {names} FROM {table} WITH NO DATA"
                )
                with cursor.copy(f"COPY stage_{table} ({names}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
                cursor.execute(
                    f"INSERT INTO {table} ({names}) SELECT {names} FROM stage_{table} {MERGES[table]}"  # noqa: S608 - literals
                )


def timed(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Return how long the work takes, in seconds."""
    began = clock()
    work()
    return clock() - began


def upsert_ratio(ours_url: str, bare_url: str, count: int) -> dict[str, float]:
    """Return bare time by our time over the same batches, in turns: the median; and what preparing the rows costs.

    Processor time on SQLite, elapsed time on PostgreSQL, whose server is a process of its own.
    """
    is_sqlite = ours_url.startswith("sqlite")
    database = open_database(ours_url)
    bare: BareSqlite | BarePostgres = BareSqlite(bare_url) if is_sqlite else BarePostgres(bare_url)
    ratios: list[float] = []
    ours_us: list[float] = []
    bare_us: list[float] = []
    prepare_us: list[float] = []
    before: dict[tuple[str, str], Prepared] = {}

    def store(batch: list[Prepared]) -> None:
        with database.write() as session:
            store_listings(session, batch)

    for number, batch in enumerate(batches(count, is_sqlite=is_sqlite)):
        parts = rows_of(batch, before)
        turns = [lambda: store(batch), lambda: bare.store(parts)]  # noqa: B023 - called within the turn
        order = (0, 1) if number % 2 else (1, 0)
        # SQLite works within this process: its processor time is the whole of it, and other programs do not count.
        clock = time.process_time if is_sqlite else time.perf_counter
        took = {place: timed(turns[place], clock) for place in order}
        listing = goods(number, number)
        prepare_us.append(
            timed(lambda: [prepare_listing(listing, "r", START, is_sqlite=is_sqlite) for _ in range(100)]) / 100 * 1e6  # noqa: B023 - called at once
        )
        if number >= 2:  # the first batches meet empty tables and cold caches
            ratios.append(took[1] / took[0])
            ours_us.append(took[0] / BATCH * 1e6)
            bare_us.append(took[1] / BATCH * 1e6)
    with database.read() as session:
        same = [session.scalar(text(f"SELECT count(*) FROM {table}")) for table, _ in TABLES]  # noqa: S608 - literals
    database.close()
    check = open_database(bare_url)
    with check.read() as session:
        assert same == [session.scalar(text(f"SELECT count(*) FROM {table}")) for table, _ in TABLES]  # noqa: S101, S608 - both sides wrote the same
    check.close()
    return {
        "ratio": round(statistics.median(ratios), 3), "us_per_listing": round(statistics.median(ours_us), 1),
        "bare_us_per_listing": round(statistics.median(bare_us), 1),
        "prepare_us_per_listing": round(statistics.median(prepare_us), 1),
    }  # fmt: skip


def processor_clock(session: Session) -> Callable[[], float]:
    """Return a clock of the processor time that a session takes here and in its server."""
    if session.get_bind().dialect.name == "sqlite":
        return time.process_time
    # https://docs.kernel.org/scheduler/sched-stats.html: the first figure is nanoseconds on a processor.
    server = Path(f"/proc/{session.scalar(text('SELECT pg_backend_pid()'))}")
    is_here = not os.environ.get("MARKWATCH_TEST_POSTGRES") and (server / "comm").is_file()
    if not is_here or "postgres" not in (server / "comm").read_text():
        return time.perf_counter
    return lambda: time.process_time() + int((server / "schedstat").read_text().split()[0]) / 1e9


def queue_times(database: Database, pages: int) -> dict[str, float]:
    """Return the 95th percentile in milliseconds of the page query, and of whole pages, deep and shallow, by filter.

    Processor time, because other programs do not count: on PostgreSQL this process's and its server process's together,
    where that one runs on this machine; elapsed time where it does not.
    """
    choose = random.Random(5)
    query_ms: list[float] = []
    page_ms: list[float] = []
    for number in range(pages):
        hit_filter = QUEUE_FILTERS[number % len(QUEUE_FILTERS)]
        cursor: str | None = None
        with database.read() as session:
            clock = processor_clock(session)
            for _ in range(choose.randrange(6)):
                _, cursor, _ = page_rows(session, hit_filter, cursor, 50, "score")
                if cursor is None:
                    break
            query_ms.append(timed(lambda: page_rows(session, hit_filter, cursor, 50, "score"), clock) * 1e3)  # noqa: B023 - called at once
            page_ms.append(timed(lambda: load_queue(session, hit_filter, cursor, 50), clock) * 1e3)  # noqa: B023 - as above
    return {"query_p95_ms": _p95(query_ms), "page_p95_ms": _p95(page_ms)}


def _p95(values: Sequence[float]) -> float:
    return round(statistics.quantiles(values, n=20)[18], 2)


def growth(url: str, small: int, large: int) -> dict[str, float]:
    """Return how much longer each operation takes with `large` listings than with `small` ones."""
    database = open_database(url)
    filled = 0
    times: list[dict[str, float]] = []
    for size in (small, large):
        fill_listings(database, filled, size)
        filled = size
        times.append(_operations(database, size))
    database.close()
    return {name: round(times[1][name] / times[0][name], 2) for name in times[0]}


def _operations(database: Database, size: int) -> dict[str, float]:
    choose = random.Random(3)
    at = START + timedelta(days=size % 97 + 2)
    seen: dict[str, list[float]] = {"upsert_known": [], "upsert_new": [], "load": []}
    for turn in range(12):
        when = at + timedelta(minutes=turn)
        known = [goods(choose.randrange(size), turn + 1) for _ in range(BATCH)]
        new = [goods(10_000_000 + size + turn * BATCH + index, 1) for index in range(BATCH)]
        for name, group in (("upsert_known", known), ("upsert_new", new)):
            prepared = [
                prepare_listing(listing, "run", when, is_sqlite=database.is_sqlite)
                for listing in {one.key: one for one in group}.values()
            ]

            def store(batch: list[Prepared] = prepared) -> None:
                with database.write() as session:
                    store_listings(session, batch)

            seen[name].append(timed(store))
        with database.read() as session:
            keys = [goods(choose.randrange(size), 0).key for _ in range(200)]
            seen["load"].append(timed(lambda: [load_listing(session, *key) for key in keys]))  # noqa: B023 - called at once
    return {name: statistics.median(values[2:]) for name, values in seen.items()}


def main(given: Sequence[str] | None = None) -> None:
    """Print a table and one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batches", type=int, default=20)
    parser.add_argument("--hits", type=int, default=1_000_000)
    parser.add_argument("--pages", type=int, default=400, help="pages whose time is taken")
    parser.add_argument("--grow", type=int, default=0, help="also measure 100,000 listings against so many (5000000)")
    parser.add_argument("--only", choices=("sqlite", "postgres"))
    arguments = parser.parse_args(given)
    figures: dict[str, object] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = "" if arguments.only == "sqlite" else stack.enter_context(postgres_server(durable=True))

        def made(kind: str, name: str) -> str:
            url = f"sqlite:///{folder / name}.db" if kind == "sqlite" else make_database(server, f"markwatch_{name}")
            upgrade(url)
            return url

        for kind in ("sqlite", "postgres"):
            if arguments.only not in {None, kind}:
                continue
            found = upsert_ratio(made(kind, "ours"), made(kind, "bare"), arguments.batches)
            print(f"{kind}: upsert  " + "  ".join(f"{name} {value}" for name, value in found.items()), flush=True)
            figures[f"{kind}_upsert_ratio"] = found["ratio"]
            figures[f"{kind}_upsert"] = found
            if arguments.hits:
                database = open_database(made(kind, "queue"))
                fill_hits(database, arguments.hits)
                times = queue_times(database, arguments.pages)
                database.close()
                print(f"{kind}: queue of {arguments.hits:,} hits  {times}", flush=True)
                figures[f"{kind}_queue_p95_ms"] = times["query_p95_ms"]
                figures[f"{kind}_queue_page_p95_ms"] = times["page_p95_ms"]
            if arguments.grow:
                grown = growth(made(kind, "grow"), 100_000, arguments.grow)
                print(f"{kind}: {arguments.grow:,} listings beside 100,000: {grown}", flush=True)
                figures[f"{kind}_growth"] = grown
    print(json.dumps(figures | {"hits": arguments.hits, "grow": arguments.grow}))


if __name__ == "__main__":
    main()
