"""Listings, prices and sellers written in batches: prepared without the database, then stored in a few statements.

Preparing is computing only and needs no lock. Storing speaks the drivers' own batches: executemany on SQLite, COPY and
a merge on PostgreSQL, because building each statement anew costs several times the writing itself.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import chain
from operator import itemgetter
from typing import Any, Literal

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from records.listing import Listing
from storage.access_tables import PURGED
from storage.column_types import MONEY_PLACES, MONEY_SCALE, canonical, storable
from storage.documents import VOLATILE, listing_to_document

Change = Literal["new", "changed", "unchanged"]

# An unchanged price is noted again after this time, so that the history shows that it still held.
PRICE_REPEATED_AFTER = timedelta(days=1)
PRICES = ("price", "price_max", "original_price")
_PRICE_PARTS = (*PRICES, "price_raw", "availability")
# From so many rows on COPY is worth its set-up.
COPIED_FROM = 20
# SQLite takes a limited number of parameters (32,766).
KEYS_ASKED_AT_ONCE = 5_000
SQLITE_TIME = "%Y-%m-%d %H:%M:%S.%f"


def _printed_price(document: Mapping[str, Any]) -> str | None:
    price = document.get("price")
    return document.get("price_raw") if price is None else f"{price['amount']} {price['currency']}"


# What is noted when it changes, and how it is read from a listing's document.
OBSERVED: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {
    "title": lambda document: document["title"],
    "price": _printed_price,
    "seller": lambda document: document.get("seller_id") or document.get("seller_name"),
    "image": lambda document: next(iter(document.get("images") or ()), None),
    "availability": lambda document: document.get("availability"),
}

LISTING_COLUMNS = (
    "market", "listing_id", "title", "seller_id", "document", "content_sha256", "run_id", "first_seen_at",
    "last_seen_at", "changed_at", "observed", "price_sha256", "price_seen_at",
)  # fmt: skip
PRICE_COLUMNS = (
    "market", "listing_id", "seen_at",
    *(f"{name}{part}" for name in PRICES for part in ("", "_currency", "_printed")),
    "price_raw", "availability", "run_id",
)  # fmt: skip
OBSERVATION_COLUMNS = ("market", "listing_id", "seen_at", "field", "before", "after", "run_id")
SELLER_COLUMNS = ("market", "seller_id", "name", "official", "location", "first_seen_at", "last_seen_at")

KNOWN_COLUMNS = (
    "market", "listing_id", "content_sha256", "last_seen_at", "price_sha256", "price_seen_at", "seller_id", "observed",
)  # fmt: skip
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


# Leaves the seller's index alone. The time of the change is given where there was one.
UPDATE = """UPDATE listings SET title = ?, document = ?, observed = ?, content_sha256 = ?, run_id = ?, last_seen_at = ?,
    price_sha256 = ?, price_seen_at = ?, changed_at = COALESCE(?, changed_at) WHERE market = ? AND listing_id = ?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A listing as the rows that one kind of database keeps of it, where everything about it is news."""

    key: tuple[str, str]
    """(market, listing_id), storable."""
    seen_at: Any
    """As the driver keeps times, which compare like the times themselves."""
    a_day_before: Any
    """The same, PRICE_REPEATED_AFTER earlier."""
    content_sha256: str
    """Equal contents have equal hashes."""
    price_sha256: str
    """Equal prices have equal hashes."""
    observed: tuple[str | None, ...]
    """What OBSERVED reads from it."""
    listing: tuple[Any, ...]
    """LISTING_COLUMNS."""
    price: tuple[Any, ...]
    """PRICE_COLUMNS."""
    seller: tuple[Any, ...] | None
    """SELLER_COLUMNS; None where no seller is named."""


def prepare_listing(listing: Listing, run_id: str | None, seen_at: datetime, *, is_sqlite: bool) -> Prepared:
    """Return the listing as rows for that kind of database."""
    document = listing_to_document(listing)
    content = {name: value for name, value in document.items() if name not in VOLATILE}
    content_sha256 = hashlib.sha256(_json(content).encode()).hexdigest()
    digest = price_sha256([document[name] for name in _PRICE_PARTS])
    run = None if run_id is None else storable(run_id)
    key, seller_id = (document["market"], document["listing_id"]), document["seller_id"]
    moment = seen_at.astimezone(UTC)
    at: Any = moment
    a_day_before: Any = moment - PRICE_REPEATED_AFTER
    amounts = tuple(_price_columns(document))
    if is_sqlite:
        at, a_day_before = at.strftime(SQLITE_TIME), a_day_before.strftime(SQLITE_TIME)
        amounts = tuple(int(value * MONEY_SCALE) if isinstance(value, Decimal) else value for value in amounts)
    observed = observed_of(document)
    told = (document["seller_name"], document["official"], document["location"])
    return Prepared(
        key=key,
        seen_at=at,
        a_day_before=a_day_before,
        content_sha256=content_sha256,
        price_sha256=digest,
        observed=observed,
        listing=(
            *key,
            document["title"],
            seller_id,
            _json(document),
            content_sha256,
            run,
            at,
            at,
            at,
            _json(observed),
            digest,
            at,
        ),
        price=(*key, at, *amounts, document["price_raw"], document["availability"], run),
        seller=None if seller_id is None else (key[0], seller_id, *told, at, at),
    )


def observed_of(document: Mapping[str, Any]) -> tuple[str | None, ...]:
    """Return what people look for in a listing's past, in the order of OBSERVED."""
    return tuple(read(document) for read in OBSERVED.values())


def _json(document: object) -> str:
    """Return canonical JSON of a document whose texts are storable already."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def price_sha256(parts: Sequence[object]) -> str:
    """Return the hash of a listing's prices as its document holds them."""
    return hashlib.sha256(canonical(list(parts)).encode()).hexdigest()[:32]


def _price_columns(document: Mapping[str, Any]) -> Iterable[object]:
    for name in PRICES:
        part = document[name]
        if part is None:
            yield from (None, None, None)
        else:
            places = Decimal(1).scaleb(-MONEY_PLACES)
            yield from (Decimal(part["amount"]).quantize(places, ROUND_HALF_UP), part["currency"], part["raw"])


def store_listings(session: Session, batch: Sequence[Prepared]) -> tuple[Change, ...]:
    """Keep the listings as seen, their prices where those are news, and their sellers; return what each was.

    Storing them twice changes nothing. A sighting older than the latest one changes nothing either. The same listing
    twice in a batch is stored in the batch's order.
    """
    changes: list[Change] = []
    part: dict[tuple[str, str], Prepared] = {}
    for prepared in batch:
        if prepared.key in part:
            changes += _store(session, list(part.values()))
            part = {}
        part[prepared.key] = prepared
    return (*changes, *_store(session, list(part.values())))


def _store(session: Session, batch: Sequence[Prepared]) -> Iterable[Change]:
    if not batch:
        return []
    driver = _Driver(session)
    with driver.errors():
        return _write(driver, batch)


def _write(driver: "_Driver", batch: Sequence[Prepared]) -> Iterable[Change]:
    known = driver.load_known(sorted(prepared.key for prepared in batch))
    changes: list[Change] = []
    listings: list[tuple[Any, ...]] = []
    prices: list[tuple[Any, ...]] = []
    updates: list[tuple[Any, ...]] = []
    observations: list[tuple[Any, ...]] = []
    sellers: dict[Any, tuple[Any, ...]] = {}
    for one in batch:
        before = known.get(one.key)
        row = one.listing
        if before is None:
            changes.append("new")
            prices.append(one.price)
        else:
            _, _, content_sha256, last_seen_at, known_price, known_at, seller_id, observed = before
            at = one.seen_at
            if at < last_seen_at:
                changes.append("unchanged")
                continue
            if content_sha256 == one.content_sha256:
                changes.append("unchanged")
            else:
                changes.append("changed")
                if content_sha256 != PURGED:
                    # What was emptied by a market's rules and is seen again has not changed for that.
                    observations += _observations(one, driver.observed(one.key, observed))
            if known_at is None or (at > known_at and (known_price != one.price_sha256 or known_at < one.a_day_before)):
                prices.append(one.price)
            else:
                row = (*row[:-2], known_price or one.price_sha256, known_at)
        if driver.is_sqlite and before is not None and seller_id == row[3]:
            updates.append(_update_of(row, None if changes[-1] == "unchanged" else one.seen_at))
        else:
            listings.append(row)
        if one.seller is not None:
            sellers[one.seller[:2]] = one.seller
    # Sorted: two writers on PostgreSQL never wait for each other in a ring, and neighbours lie on one page of SQLite.
    listings.sort(key=itemgetter(0, 1))
    updates.sort(key=itemgetter(-2, -1))
    prices.sort(key=itemgetter(0, 1))
    driver.merge("listings", LISTING_COLUMNS, listings)
    driver.update(updates)
    driver.merge("listing_observations", OBSERVATION_COLUMNS, observations)
    driver.merge("price_observations", PRICE_COLUMNS, prices)
    driver.merge("sellers", SELLER_COLUMNS, [sellers[key] for key in sorted(sellers)])
    return changes


def _observations(one: Prepared, before: Sequence[str | None]) -> Iterable[tuple[Any, ...]]:
    """Yield a row for each part that people look for and that is another now."""
    run_id = one.listing[6]
    for field, old, new in zip(OBSERVED, before, one.observed, strict=True):
        if old != new:
            yield (*one.key, one.seen_at, field, old, new, run_id)


def _update_of(row: tuple[Any, ...], changed_at: Any) -> tuple[Any, ...]:
    (
        market,
        listing_id,
        title,
        _,
        document,
        content_sha256,
        run_id,
        _,
        last_seen_at,
        _,
        observed,
        price_sha256,
        price_at,
    ) = row
    values = (title, document, observed, content_sha256, run_id, last_seen_at, price_sha256, price_at, changed_at)
    return (*values, market, listing_id)


class _Driver:
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

    def load_known(self, keys: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], tuple[Any, ...]]:
        """Return KNOWN_COLUMNS of the listings of those keys."""
        columns = ", ".join(f"l.{name}" for name in KNOWN_COLUMNS)
        found: dict[tuple[str, str], tuple[Any, ...]] = {}
        if self.is_sqlite:
            for start in range(0, len(keys), KEYS_ASKED_AT_ONCE):
                part = keys[start : start + KEYS_ASKED_AT_ONCE]
                rows = self.connection.execute(
                    f"WITH k(market, listing_id) AS (VALUES {', '.join(['(?, ?)'] * len(part))})"  # noqa: S608 - literals
                    f" SELECT {columns} FROM k JOIN listings AS l USING (market, listing_id)",
                    list(chain.from_iterable(part)),
                )
                found.update({row[:2]: row for row in rows})
            return found
        rows = self.connection.execute(
            f"SELECT {columns} FROM unnest(%s::text[], %s::text[]) AS k (market, listing_id)"  # noqa: S608 - literals
            " JOIN listings AS l USING (market, listing_id)",
            ([key[0] for key in keys], [key[1] for key in keys]),
        )
        found.update({row[:2]: row for row in rows})
        return found

    def observed(self, key: tuple[str, str], kept: str | None) -> Sequence[str | None]:
        """Return what was observed of a listing; read from its document where its row is from before it was kept."""
        if kept is not None:
            found: list[str | None] = json.loads(kept)
            return found
        mark = "?" if self.is_sqlite else "%s"
        query = f"SELECT document FROM listings WHERE market = {mark} AND listing_id = {mark}"  # noqa: S608 - literals
        return observed_of(json.loads(self.connection.execute(query, key).fetchone()[0]))

    def update(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Write over rows whose seller stays: on SQLite, where nobody else writes meanwhile; a merge costs more."""
        if rows:
            self.connection.cursor().executemany(UPDATE, rows)

    def merge(self, table: str, columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
        """Write the rows, each a new one or over the one that is there by the table's rule."""
        if not rows:
            return
        names = ", ".join(columns)
        if self.is_sqlite or len(rows) < COPIED_FROM:
            marks = ", ".join(["?" if self.is_sqlite else "%s"] * len(columns))
            statement = f"INSERT INTO {table} ({names}) VALUES ({marks}) {MERGES[table]}"  # noqa: S608 - literals of this module
            self.connection.cursor().executemany(statement, rows)
            return
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
