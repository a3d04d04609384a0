"""Speaks listings' rows to the drivers in their own batches: executemany on SQLite, COPY and a merge on PostgreSQL.

A statement built anew for each batch costs several times its work.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from itertools import chain
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from storage.listing_rows import LISTING_COLUMNS, OBSERVATION_COLUMNS, PRICE_COLUMNS, SELLER_COLUMNS, observed_of

# From so many rows on COPY is worth its set-up.
COPIED_FROM = 20
# SQLite takes a limited number of parameters (32,766).
KEYS_ASKED_AT_ONCE = 5_000
# Narrow rows are written by SQLite in two thirds of the time when many share a statement; wide ones gain nothing.
ROWS_AT_ONCE: Mapping[str, int] = {"listing_observations": 100, "sellers": 100}
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "listings": LISTING_COLUMNS,
    "listing_observations": OBSERVATION_COLUMNS,
    "price_observations": PRICE_COLUMNS,
    "sellers": SELLER_COLUMNS,
}
# What is known of a listing; before it its place among the keys asked for, and its row's number on SQLite.
KNOWN_COLUMNS = ("content_sha256", "last_seen_at", "price_sha256", "price_seen_at", "seller_id", "observed")
# What is written where the row is there already. A sighting older than the one that is kept changes nothing.
MERGES: Mapping[str, str] = {
    "listings": """ON CONFLICT (market, listing_id) DO UPDATE SET
        title = excluded.title, seller_id = excluded.seller_id, document = excluded.document,
        observed = excluded.observed,
        content_sha256 = excluded.content_sha256, run_id = excluded.run_id, last_seen_at = excluded.last_seen_at,
        price_sha256 = excluded.price_sha256, price_seen_at = excluded.price_seen_at,
        changed_at = CASE WHEN listings.content_sha256 = excluded.content_sha256
                          THEN listings.changed_at ELSE excluded.changed_at END
        WHERE excluded.last_seen_at >= listings.last_seen_at""",
    "listing_observations": "",
    "price_observations": "ON CONFLICT (market, listing_id, seen_at) DO NOTHING",
    # What this page does not say of a seller stays as it was.
    "sellers": """ON CONFLICT (market, seller_id) DO UPDATE SET
        name = COALESCE(excluded.name, sellers.name), official = COALESCE(excluded.official, sellers.official),
        location = COALESCE(excluded.location, sellers.location), last_seen_at = excluded.last_seen_at
        WHERE excluded.last_seen_at > sellers.last_seen_at""",
}
# On SQLite, where nobody else writes meanwhile. Leaves the seller's index alone; by the row's number, because the key
# was looked for already. The time of the change is given where there was one.
UPDATE = """UPDATE listings SET title = ?, document = ?, observed = ?, content_sha256 = ?, run_id = ?, last_seen_at = ?,
    price_sha256 = ?, price_seen_at = ?, changed_at = COALESCE(?, changed_at) WHERE rowid = ?"""
_KNOWN = ", ".join(f"l.{name}" for name in KNOWN_COLUMNS)
ASKING = (
    f"SELECT k.place - 1, NULL, {_KNOWN}"  # noqa: S608 - literals of this module
    " FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS k (market, listing_id, place)"
    " JOIN listings AS l USING (market, listing_id)"
)
# json.loads looks for white space first, which costs more than the reading of a short text that we wrote.
_read_json = json.JSONDecoder().raw_decode


@lru_cache(maxsize=16)
def _asking(count: int) -> str:
    """Return SQLite's query for so many keys; nearly always one batch's size."""
    asked = ", ".join(f"({place}, ?, ?)" for place in range(count))
    return (
        f"WITH k(place, market, listing_id) AS (VALUES {asked}) SELECT k.place, l.rowid, {_KNOWN}"  # noqa: S608 - numbers
        " FROM k JOIN listings AS l USING (market, listing_id)"
    )


@cache
def _inserting(table: str, mark: str, rows: int) -> str:
    """Return the statement that writes so many rows of a table at once."""
    columns = COLUMNS[table]
    row = f"({', '.join([mark] * len(columns))})"
    values = ", ".join([row] * rows)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {values} {MERGES[table]}"  # noqa: S608 - literals of this module


class ListingDriver:
    """The session's own connection, spoken to in batches."""

    def __init__(self, session: Session) -> None:
        self.is_sqlite = session.get_bind().dialect.name == "sqlite"
        session.flush()
        self.dialect: Any = session.get_bind().dialect
        self.connection: Any = session.connection().connection.driver_connection

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Raise the driver's errors as SQLAlchemy does, so that who writes need not know which way was taken."""
        base = self.dialect.loaded_dbapi.Error
        try:
            yield
        except base as error:
            raise DBAPIError.instance("a batch", None, error, base, dialect=self.dialect) from error

    def load_known(self, keys: Sequence[tuple[str, str]]) -> Sequence[tuple[Any, ...] | None]:
        """Return for each key its place, its row's number (SQLite) and KNOWN_COLUMNS; None where it is not known."""
        found: list[tuple[Any, ...] | None] = [None] * len(keys)
        if self.is_sqlite:
            for start in range(0, len(keys), KEYS_ASKED_AT_ONCE):
                part = keys[start : start + KEYS_ASKED_AT_ONCE]
                for row in self.connection.execute(_asking(len(part)), list(chain.from_iterable(part))):
                    found[start + row[0]] = row
            return found
        for row in self.connection.execute(ASKING, ([key[0] for key in keys], [key[1] for key in keys])):
            found[row[0]] = row
        return found

    def observed(self, key: tuple[str, str], kept: str | None) -> Sequence[str | None]:
        """Return what was observed of a listing; read from its document where its row is from before it was kept."""
        if kept is not None:
            found: list[str | None] = _read_json(kept)[0]
            return found
        mark = "?" if self.is_sqlite else "%s"
        query = f"SELECT document FROM listings WHERE market = {mark} AND listing_id = {mark}"  # noqa: S608 - literals
        return observed_of(json.loads(self.connection.execute(query, key).fetchone()[0]))

    def update(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Write over rows whose seller stays, see UPDATE; a merge costs more."""
        if rows:
            self.connection.cursor().executemany(UPDATE, rows)

    def merge(self, table: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Write the rows of COLUMNS, each a new one or over the one that is there by the table's rule."""
        if not rows:
            return
        cursor = self.connection.cursor()
        if self.is_sqlite:
            at_once = ROWS_AT_ONCE.get(table, 1)
            whole = len(rows) - len(rows) % at_once
            if at_once > 1 and whole:
                parts = [list(chain.from_iterable(rows[n : n + at_once])) for n in range(0, whole, at_once)]
                cursor.executemany(_inserting(table, "?", at_once), parts)
                rows = rows[whole:]
            cursor.executemany(_inserting(table, "?", 1), rows)
            return
        if len(rows) < COPIED_FROM:
            cursor.executemany(_inserting(table, "%s", 1), rows)
            return
        names = ", ".join(COLUMNS[table])
        with self.connection.cursor() as cursor:
            stage = f"stage_{table}"
            cursor.execute(
                f"CREATE TEMP TABLE IF NOT EXISTS {stage} ON COMMIT DELETE ROWS"  # noqa: S608 - as above
                f" AS SELECT {names} FROM {table} WITH NO DATA"
            )
            cursor.execute(f"DELETE FROM {stage}")  # noqa: S608 - as above
            with cursor.copy(f"COPY {stage} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {stage} {MERGES[table]}")  # noqa: S608 - as above
