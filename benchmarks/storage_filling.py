"""Fills a database with as many hits or listings as a benchmark needs, by SQL, from one saved in the ordinary way."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import text

from records.listing import Listing
from records.money import Money
from storage.database import Database, Session
from storage.hits import save_hits
from storage.listing_rows import LISTING_COLUMNS, PRICE_COLUMNS
from storage.listings import save_listing
from storage.tables import hits, listings
from tests.storage.factories import START, make_hit, make_listing

PARTS_OF_HITS = {
    "hit_documents": ("listing", "chain"),
    "hit_evidence": ("position", "signal", "weight", "message", "facts", "spans"),
}
TEMPLATE_HIT = "(SELECT hit_id FROM hits WHERE listing_id = 'template')"


@contextmanager
def unhurried(database: Database) -> Iterator[Session]:
    """Give a writing session whose statements may take long: filling is no work of the program's."""
    with database.write() as session:
        if not database.is_sqlite:
            session.execute(text("SET LOCAL statement_timeout = 0"))
        yield session


def goods(number: int, version: int) -> Listing:
    """Return a listing of ordinary size; each version has another title and price."""
    listing = make_listing(f"{number:09}", market=f"market_{number % 4}")
    price = Money(amount=Decimal(100_000 + version * 1_000 + number % 900), currency="VND", raw=f"{version}.000 ₫")
    return replace(
        listing,
        title=f"{listing.title} {number} v{version}",
        description="Hàng mới về, giao nhanh trong ngày. " * 8,
        offer=replace(listing.offer, price=price, price_raw=f"{version}.000 ₫"),
        seller=replace(listing.seller, seller_id=f"seller {number % 500}"),
    )


def series(first: int, last: int, *, is_sqlite: bool) -> str:
    """Return the beginning of a statement that has the numbers as n.i."""
    if is_sqlite:
        return f"WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})"  # noqa: S608 - numbers
    return f"WITH n AS (SELECT generate_series({first}::bigint, {last}) AS i)"


def fill_hits(database: Database, count: int) -> None:
    """Fill the hits to that number by SQL, from one that was saved in the ordinary way."""
    template = make_hit(make_listing("template"))
    with unhurried(database) as session:
        save_listing(session, template.listing, None, START)
        save_hits(session, template.listing, [template], None, START)
    is_sqlite = database.url.startswith("sqlite")
    pad = "printf('%013d', i)" if is_sqlite else "lpad(i::text, 13, '0')"
    shelf = "CASE i % 6 WHEN 3 THEN 'below' WHEN 4 THEN 'innocent' WHEN 5 THEN 'lapsed' ELSE 'unreviewed' END"
    changed = {
        "hit_id": pad, "listing_id": pad, "subject": f"'mark ' || {pad}", "market": "'market_' || (i % 8)",
        "brand": "'Ni.ke ' || (i % 20)", "shelf": shelf, "state": "CASE i % 6 WHEN 5 THEN 'lapsed' ELSE 'new' END",
        "score": "((i * 7919) % 100000) / 100000.0", "seller_id": "'seller ' || (i % 5000)",
    }  # fmt: skip
    own = {"listing_id": pad, "market": "'market_' || (i % 8)", "seller_id": "'seller ' || (i % 5000)"}
    plan = (("listings", listings, own, "listing_id = 'template'"), ("hits", hits, changed, "listing_id = 'template'"))
    for start in range(0, count, 50_000):
        span = series(start, min(start + 50_000, count) - 1, is_sqlite=is_sqlite)
        with unhurried(database) as session:
            for name, table, new, where in plan:
                names = [f'"{column.name}"' for column in table.columns]
                values = [new.get(column.name, f't."{column.name}"') for column in table.columns]
                session.execute(
                    text(
                        f"INSERT INTO {name} ({', '.join(names)}) {span} SELECT {', '.join(values)}"  # noqa: S608 - literals
                        f" FROM n JOIN {name} AS t ON t.{where}"
                        if is_sqlite
                        else f"{span} INSERT INTO {name} ({', '.join(names)}) SELECT {', '.join(values)}"  # noqa: S608 - as above
                        f" FROM n JOIN {name} AS t ON t.{where}"
                    )
                )
            for name, columns in PARTS_OF_HITS.items():
                chosen = ", ".join(f"t.{column}" for column in columns)
                select = f"SELECT {pad}, {chosen} FROM n JOIN {name} AS t ON t.hit_id = {TEMPLATE_HIT}"  # noqa: S608 - literals
                into = f"INSERT INTO {name} (hit_id, {', '.join(columns)})"
                session.execute(text(f"{into} {span} {select}" if is_sqlite else f"{span} {into} {select}"))
    with unhurried(database) as session:
        session.execute(text("ANALYZE"))


def fill_listings(database: Database, first: int, count: int) -> None:
    """Fill the listings to that number by SQL, each with a price observation."""
    is_sqlite = database.url.startswith("sqlite")
    template = goods(1, 0)
    with unhurried(database) as session:
        if not first:
            save_listing(session, replace(template, listing_id="template"), None, START)
    pad = "printf('%09d', i)" if is_sqlite else "lpad(i::text, 9, '0')"
    market = "'market_' || (i % 4)"
    for start in range(first, count, 100_000):
        a, b = start, min(start + 100_000, count) - 1
        span = series(a, b, is_sqlite=is_sqlite)
        with unhurried(database) as session:
            for table, columns in (("listings", LISTING_COLUMNS), ("price_observations", PRICE_COLUMNS)):
                new = {"market": market, "listing_id": pad, "seller_id": "'seller ' || (i % 50000)"}
                chosen = ", ".join(new.get(column, f"t.{column}") for column in columns)
                into = f"INSERT INTO {table} ({', '.join(columns)})"
                select = f"SELECT {chosen} FROM n JOIN {table} AS t ON t.listing_id = 'template'"  # noqa: S608 - literals
                session.execute(text(f"{into} {span} {select}" if is_sqlite else f"{span} {into} {select}"))
    with unhurried(database) as session:
        session.execute(text("ANALYZE"))
