"""The rows that a database keeps of a listing, its prices and its seller: computing only, without the database."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from records.listing import Listing
from storage.column_types import MONEY_PLACES, MONEY_SCALE, canonical, storable, written
from storage.documents import VOLATILE, document_and_text

# An unchanged price is noted again after this time, so that the history shows that it still held.
PRICE_REPEATED_AFTER = timedelta(days=1)
PRICES = ("price", "price_max", "original_price")
_PRICE_PARTS = (*PRICES, "price_raw", "availability")
FINEST = Decimal(1).scaleb(-MONEY_PLACES)
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
    update: tuple[Any, ...]
    """The first values of UPDATE (listing_driver.py), for a listing that is known."""
    sighting: tuple[Any, ...]
    """The first values of an observation: market, listing_id, seen_at."""


def prepare_listing(listing: Listing, run_id: str | None, seen_at: datetime, *, is_sqlite: bool) -> Prepared:
    """Return the listing as rows for that kind of database."""
    document, kept = document_and_text(listing)
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
        at, a_day_before = _sqlite_time(at), _sqlite_time(a_day_before)
        amounts = tuple(int(value * MONEY_SCALE) if isinstance(value, Decimal) else value for value in amounts)
    observed = observed_of(document)
    title, seen = document["title"], _json(observed)
    told = (document["seller_name"], document["official"], document["location"])
    return Prepared(
        key=key,
        seen_at=at,
        a_day_before=a_day_before,
        content_sha256=content_sha256,
        price_sha256=digest,
        observed=observed,
        listing=(*key, title, seller_id, kept, content_sha256, run, at, at, at, seen, digest, at),
        price=(*key, at, *amounts, document["price_raw"], document["availability"], run),
        seller=None if seller_id is None else (key[0], seller_id, *told, at, at),
        update=(title, kept, seen, content_sha256, run, at),
        sighting=(*key, at),
    )


@lru_cache(maxsize=64)  # The listings of a page share their time.
def _sqlite_time(moment: datetime) -> str:
    return moment.strftime(SQLITE_TIME)


def observed_of(document: Mapping[str, Any]) -> tuple[str | None, ...]:
    """Return what people look for in a listing's past, in the order of OBSERVED."""
    return tuple(read(document) for read in OBSERVED.values())


def _json(document: object) -> str:
    """Return canonical JSON of a document whose texts are storable already."""
    return written(document) or canonical(document)


def price_sha256(parts: Sequence[object]) -> str:
    """Return the hash of a listing's prices as its document holds them."""
    return hashlib.sha256(_json(list(parts)).encode()).hexdigest()[:32]


def _price_columns(document: Mapping[str, Any]) -> Iterable[object]:
    for name in PRICES:
        part = document[name]
        if part is None:
            yield from (None, None, None)
        else:
            yield from (Decimal(part["amount"]).quantize(FINEST, ROUND_HALF_UP), part["currency"], part["raw"])
