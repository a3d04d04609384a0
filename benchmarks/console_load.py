"""How fast the console answers twenty people over a million hits of twenty brands.

    python -m benchmarks.console_load [--hits 1000000] [--users 20] [--seconds 60] [--every 1] [--processes 2]

Fills a SQLite database (kept in --folder and used again) and serves it by `markwatch serve --processes 2`. Each user
asks for a page every second (--every) in turn: queue, a brand's newest, a market's prices, a hit, a seller, a search,
as reviewer, senior or brand viewer. That is more than people do: who decides without pause opens a page every four
seconds (--every 4), who reads evidence every ten or more: twenty pages a second are an office of eighty at full speed.
Times are from the first byte sent to the last byte read, without the files that a browser keeps (style, scripts).
"""

import argparse
import http.client
import json
import os
import random
import secrets
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import text

from records.hit import Evidence, Hit, Span
from records.listing import Listing, Offer, Seller
from records.money import Money
from records.watchlist import Mark
from review.sessions import digest
from storage.counts import recount
from storage.database import Database, open_database, upgrade
from storage.decisions import record_decision
from storage.hit_records import HitFilter
from storage.hits import load_queue, save_hits
from storage.listings import save_listing
from storage.tables import hit_documents, hit_evidence, hits, listings
from storage.users import Role, add_user, load_user, open_session
from storage.watchlist import save_marks

BRANDS = 20
SELLERS = 5_000
BLOCK = 50_000
MONTH = 30 * 86_400
NOW = datetime.now(UTC)
# login -> role, brands, in the proportion of an office.
ROLES: tuple[tuple[str, Role], ...] = (("reviewer", "reviewer"), ("senior", "senior"), ("viewer", "brand_viewer"))
STAFF_PAGES = ("queue", "brand", "price", "hit", "seller", "search")
VIEWER_PAGES = ("queue", "brand", "hit", "search")


def template(number: int) -> Hit:
    """Return the hit of one brand that its copies are made of."""
    brand = f"Sorano{number}"
    price = Money(amount=Decimal(129_000 + number), currency="VND", raw="129.000đ")
    listing = Listing(
        market=f"market_{number % 8}",
        listing_id=f"template-{number}",
        title=f"Kem chống nắng {brand} Perfect UV Milk 60ml fake loại 1 full box",
        url=f"https://example.test/{number}",
        description="Hàng có sẵn. Khách sỉ nhắn tin. " * 12,
        seller=Seller(seller_id=f"seller-{number}", name=f"Kho Sỉ {number}", location="Hà Nội"),
        offer=Offer(price=price, price_raw="129.000đ"),
        currency="VND",
        category=("Làm đẹp", "Chăm sóc da"),
        fetched_at=NOW,
    )
    start = listing.title.index(brand)
    named, said = Span.cut(listing, "title", start, start + len(brand)), listing.title.index("fake")
    evidence = (
        Evidence(
            signal="exact_mark", weight=0.3, message="“%(text)s” names the mark %(mark)s.",
            facts={"text": brand, "mark": brand}, spans=(named,),
        ),
        Evidence(
            signal="imitation_words", weight=0.5, message="“%(text)s” says that it is an imitation.",
            facts={"text": "fake"}, spans=(Span.cut(listing, "title", said, said + 4),),
        ),
    )  # fmt: skip
    return Hit(
        listing=listing, mark_id=f"mark-{number}", track="price" if number % 4 == 3 else "ip",
        product_id=f"product-{number}" if number % 4 == 3 else None, relation="brand",
        spelling="exact", intent="imitation", right="valid", score=0.8, tier="high", rule_version="bench",
        evidence=evidence,
    )  # fmt: skip


def fill(database: Database, count: int) -> None:
    """Fill the database with so many hits, copied by SQL from twenty that were saved in the ordinary way."""
    templates = [template(number) for number in range(BRANDS)]
    with database.write() as session:
        save_marks(
            session,
            [
                Mark(mark_id=f"mark-{n}", text=f"Sorano{n}", brand=f"SORANO {n}", owner=f"Owner {n}")
                for n in range(BRANDS)
            ],
        )
        for one in templates:
            save_listing(session, one.listing, None, NOW)
            save_hits(session, one.listing, (one,), None, NOW)
    pad = "printf('%013d', n.i)"
    own = {"listing_id": pad, "seller_id": f"'s' || (n.i * 7 % {SELLERS})"}
    # Each title ends in a number of its own, so that a search finds a few of them, or thousands, or all.
    code = "' ma ' || printf('%06d', n.i * 7919 % 1000000)"
    back = f"'-' || (n.i * 48271 % {MONTH}) || ' seconds'"
    moved = own | {
        "hit_id": pad, "subject": f"t.subject || {pad}", "score": "((n.i * 7919) % 100000) / 100000.0",
        "search_text": f"t.search_text || {code}",
        # A month of findings; copies made one after the other are not seen one after the other.
        "first_seen_at": f"strftime('%Y-%m-%d %H:%M:%f000', t.first_seen_at, {back})",
        "shelf": "CASE WHEN n.i % 3 = 0 THEN 'unreviewed' ELSE 'below' END",
        "tier": "CASE WHEN n.i % 3 = 0 THEN t.tier ELSE 'low' END", "flagged": "n.i % 3 = 0",
        # Near-identical listings come in sevens.
        "alike_key": "t.alike_key || (n.i / 140)",
    }  # fmt: skip
    listing = f"json_set(t.listing, '$.listing_id', {pad}, '$.title', json_extract(t.listing, '$.title') || {code})"
    plan = (
        (listings, own, "t.listing_id = 'template-' || (n.i % 20)"),
        (hits, moved, "t.listing_id = 'template-' || (n.i % 20)"),
        (hit_documents, {"hit_id": pad, "listing": listing}, None),
        (hit_evidence, {"hit_id": pad}, None),
    )
    for first in range(0, count, BLOCK):
        last = min(first + BLOCK, count) - 1
        series = f"WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})"  # noqa: S608 - numbers
        with database.write() as session:
            for table, new, where in plan:
                names = ", ".join(f'"{column.name}"' for column in table.columns)
                values = ", ".join(new.get(column.name, f't."{column.name}"') for column in table.columns)
                join = where or (
                    "t.hit_id = (SELECT h.hit_id FROM hits AS h WHERE h.market = 'market_' || (n.i % 20 % 8)"
                    " AND h.listing_id = 'template-' || (n.i % 20))"
                )
                source = f"SELECT {values} FROM n JOIN {table.name} AS t ON {join}"  # noqa: S608 - literals of this file
                session.execute(text(f"INSERT INTO {table.name} ({names}) {series} {source}"))
        print(f"filled {last + 1:,} of {count:,}", file=sys.stderr, flush=True)
    with database.write() as session:
        session.execute(
            text(
                "INSERT INTO sellers (market, seller_id, name, first_seen_at, last_seen_at)"
                " SELECT market, seller_id, 'Kho ' || seller_id, min(first_seen_at), max(last_seen_at) FROM listings"
                " WHERE seller_id LIKE 's%' GROUP BY market, seller_id ON CONFLICT DO NOTHING"
            )
        )
        recount(session, [f"SORANO {number}" for number in range(BRANDS)])
        session.execute(text("ANALYZE"))
    with database.write() as session:
        # What brand viewers see: decided an hour ago, so that the undo window is over.
        for number in range(60):
            brand = HitFilter(brand=f"SORANO {number % 3}")
            (first_hit, *_rest) = load_queue(session, brand, None, 1).rows
            at = NOW - timedelta(hours=1)
            record_decision(session, first_hit.hit_id, first_hit.revision, "violation", "counterfeit", "judge", at)


@dataclass
class User:
    """One person at the console."""

    login: str
    role: str
    token: str
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many people ask, how often and for how long."""

    users: int
    seconds: float
    every: float


def people(database: Database, count: int) -> list[User]:
    """Make the accounts and one session for each person; a tenth are brand viewers."""
    users = []
    with database.write() as session:
        for name, role in ROLES:
            if load_user(session, name) is None:
                brands = [f"SORANO {number}" for number in range(3)] if role == "brand_viewer" else []
                add_user(session, name, name, role, "", NOW, brands)
        for number in range(count):
            name, role = ROLES[2] if number % 10 == 9 else ROLES[number % 2]
            token = secrets.token_urlsafe(32)
            open_session(session, digest(token), name, datetime.now(UTC), datetime.now(UTC) + timedelta(hours=8))
            users.append(User(login=name, role=role, token=token))
    return users


def address(page: str, user: User, choose: random.Random, ids: Sequence[str]) -> str:
    """Return the address of a page of that kind."""
    brand = quote(f"SORANO {choose.randrange(3 if user.role == 'brand_viewer' else BRANDS)}")
    if page == "hit":
        return f"/hits/{choose.choice(ids)}"
    if page == "seller":
        copy = int(choose.choice(ids))
        return f"/sellers/market_{copy % BRANDS % 8}?id=s{copy * 7 % SELLERS}"
    return {
        "queue": "/review",
        "brand": f"/review?brand={brand}&sort=newest",
        "price": f"/review?view=price&market=market_{choose.randrange(8)}",
        "search": f"/review?view=all&text={quote(choose.choice(('uv milk', 'full box', 'Kho Sỉ', 'sorano7')))}",
    }[page]


def sit(user: User, port: int, ids: Sequence[str], plan: Plan, start: float, seed: int) -> None:
    """Ask for one page after the other until the time is over, each at its time however late the last one came."""
    choose = random.Random(seed)
    pages = VIEWER_PAGES if user.role == "brand_viewer" else STAFF_PAGES
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for number in range(int(plan.seconds / plan.every)):
        due = start + (number + seed / plan.users % 1) * plan.every
        time.sleep(max(0.0, due - time.perf_counter()))
        page = pages[(number + seed) % len(pages)]
        path = address(page, user, choose, ids)
        began = time.perf_counter()
        try:
            connection.request("GET", path, headers={"Cookie": f"markwatch={user.token}", "Host": f"127.0.0.1:{port}"})
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as problem:
            user.errors.append(f"{path}: {problem}")
            connection.close()
            continue
        user.times[page].append((time.perf_counter() - began) * 1e3)
        if answer.status != 200:
            user.errors.append(f"{path}: {answer.status}")
    connection.close()


def percentile(values: Sequence[float], share: int) -> float:
    """Return a percentile in milliseconds."""
    return round(statistics.quantiles(values, n=100)[share - 1], 1) if len(values) > 1 else 0.0


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the console answers."""
    for _ in range(1_800):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            raise SystemExit("the console did not start")
        time.sleep(0.1)
    raise SystemExit("the console does not answer")


def main(given: Sequence[str] | None = None) -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hits", type=int, default=1_000_000)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--every", type=float, default=1, metavar="SECONDS", help="between two pages of one person")
    parser.add_argument("--processes", type=int, default=2, help="processes that serve")
    parser.add_argument("--folder", type=Path, default=Path(".bench"))
    arguments = parser.parse_args(given)
    path = (arguments.folder / f"console-{arguments.hits}.db").resolve()
    url = f"sqlite:///{path}"
    if not path.exists():
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        upgrade(f"sqlite:///{part}")
        filled = open_database(f"sqlite:///{part}")
        fill(filled, arguments.hits)
        with filled.write() as session:
            session.execute(text("SELECT 1"))
        filled.close()
        part.rename(path)
    upgrade(url)
    database = open_database(url)
    users = people(database, arguments.users)
    choose = random.Random(5)
    ids = [f"{choose.randrange(arguments.hits // 3) * 3:013d}" for _ in range(2_000)]
    with database.read() as session:
        released = [row.hit_id for row in load_queue(session, HitFilter(view="confirmed"), None, 50).rows]
    database.close()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-c",
        "from crawler.cli.main import run; run()",
        "serve",
        "--port",
        str(port),
        "--processes",
        str(arguments.processes),
        "--db",
        url,
    ]
    process = subprocess.Popen(command)
    try:
        wait_for_port(port, process)
        plan = Plan(users=arguments.users, seconds=arguments.seconds, every=arguments.every)
        warm_up(users[0], port, arguments.processes, ids)
        begun = cpu_seconds(process.pid)
        start = time.perf_counter() + 1
        threads = [
            threading.Thread(
                target=sit,
                args=(user, port, released if user.role == "brand_viewer" else ids, plan, start, number),
            )
            for number, user in enumerate(users)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        spent = cpu_seconds(process.pid) - begun
    finally:
        process.terminate()
        process.wait(30)
    report(users, spent, hits=arguments.hits, processes=arguments.processes, every=arguments.every)


def warm_up(user: User, port: int, processes: int, ids: Sequence[str]) -> None:
    """Ask each process for every kind of page, so that templates and catalogues are read before the clock runs."""
    choose = random.Random(7)
    for page in STAFF_PAGES * 3 * processes:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        headers = {"Cookie": f"markwatch={user.token}", "Host": f"127.0.0.1:{port}"}
        connection.request("GET", address(page, user, choose, ids), headers=headers)
        connection.getresponse().read()
        connection.close()


def cpu_seconds(process_id: int) -> float:
    """Return the CPU seconds that a process and its children have used (Linux); 0 where that cannot be read."""
    spent = 0.0
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = file.read_text(encoding="ascii", errors="replace").rpartition(")")
        except OSError:
            continue
        fields = rest.split()
        if int(name.split()[0]) == process_id or int(fields[1]) == process_id:
            spent += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return spent


def report(users: Sequence[User], spent: float, **plan: float) -> None:
    """Print the table and, as the last line, the figures."""
    by_page: dict[str, list[float]] = defaultdict(list)
    for user in users:
        for page, times in user.times.items():
            by_page[page] += times
    every = [value for times in by_page.values() for value in times]
    for page, times in (*sorted(by_page.items()), ("all", every)):
        shares = "  ".join(f"p{share} {percentile(times, share):7.1f}" for share in (50, 95, 99))
        print(f"{page:8} {len(times):5} requests  {shares} ms")
    errors = [error for user in users for error in user.errors]
    for error in errors[:5]:
        print(f"error: {error}", file=sys.stderr)
    figures = {f"p{share}_ms": percentile(every, share) for share in (50, 95, 99)}
    # Other work on the machine lengthens the times, not the last figure.
    cost = round(spent * 1e3 / max(len(every), 1), 1)
    print(
        json.dumps(
            {**figures, "errors": len(errors), "requests": len(every), "users": len(users), **plan}
            | {"cpu_ms_per_request": cost}
        )
    )


if __name__ == "__main__":
    main()
