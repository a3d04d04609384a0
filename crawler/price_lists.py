"""Reads price lists, promotion calendars and exchange rates from files, and keeps them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from crawler.errors import BadInput
from crawler.files import read_records
from records.price_lines import price_from_row, rate_from_row
from records.prices import ExchangeRate, ListedPrice
from records.row_fields import BadField, Row
from records.watchlist import WatchList
from storage.audit import record_audit
from storage.changes import Change
from storage.database import Database
from storage.prices import save_prices, save_rates

Record = TypeVar("Record", ListedPrice, ExchangeRate)


def read_prices(path: Path, known: WatchList) -> list[ListedPrice]:
    """Return the entries of a price list or promotion calendar; every product must be on the watch list."""

    def entry(row: Row) -> ListedPrice:
        price = price_from_row(row)
        if price.product_id not in known.product_by_id:
            raise BadField("product_id", f"is no product of the watch list: {price.product_id!r}")
        return price

    return _some(path, read_records(path, entry, _identity))


def _identity(price: ListedPrice) -> str:
    parts = (price.product_id, price.market, price.promotion, price.valid_from)
    return " ".join(str(part) for part in parts if part is not None)


def read_rates(path: Path) -> list[ExchangeRate]:
    """Return the exchange rates of a file."""
    return _some(path, read_records(path, rate_from_row, lambda one: f"{one.currency}/{one.quote} on {one.valid_on}"))


def _some(path: Path, records: list[Record]) -> list[Record]:
    if not records:
        raise BadInput(f"{path}: holds no rows")
    return records


def keep_prices(database: Database, prices: Sequence[ListedPrice], at: datetime, *, actor: str) -> Change:
    """Store the entries in one transaction with an audit row; return what changed."""
    with database.write() as session:
        change = save_prices(session, prices)
        record_audit(session, at, actor, "prices.import", "prices", _counts(change))
    return change


def keep_rates(database: Database, rates: Sequence[ExchangeRate], at: datetime, *, actor: str) -> Change:
    """Store the rates in one transaction with an audit row; return what changed."""
    with database.write() as session:
        change = save_rates(session, rates)
        record_audit(session, at, actor, "rates.import", "rates", _counts(change))
    return change


def _counts(change: Change) -> dict[str, int]:
    return {"added": change.added, "changed": change.changed, "unchanged": change.unchanged}


def with_files(watchlist: WatchList, prices: Path | None, rates: Path | None) -> WatchList:
    """Return the watch list with the price list and the rates of those files in place of its own."""
    if prices is not None:
        watchlist = replace(watchlist, prices=tuple(read_prices(prices, watchlist)))
    return watchlist if rates is None else replace(watchlist, rates=tuple(read_rates(rates)))
