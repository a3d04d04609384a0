"""The owners' prices by date and the exchange rates, as last imported."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, select, tuple_
from sqlalchemy.orm import Session

from records.prices import ExchangeRate, ListedPrice
from records.watchlist import WatchListError
from storage.changes import Change
from storage.column_types import canonical, storable
from storage.listings import money_of, money_values
from storage.price_tables import exchange_rates, listed_prices
from storage.tables import products
from storage.upsert import upsert

Values = dict[str, Any]
# Keys looked up by one query: SQLite takes a limited number of parameters.
_KEYS_AT_ONCE = 200


def _price_values(price: ListedPrice) -> Values:
    key = [price.product_id, price.market, price.promotion, price.valid_from and price.valid_from.isoformat()]
    return {
        "price_id": hashlib.sha256(canonical(key).encode()).hexdigest(),
        "product_id": storable(price.product_id),
        **money_values(list_price=price.list_price, minimum_price=price.minimum_price),
        "valid_from": price.valid_from,
        "valid_until": price.valid_until,
        "market": price.market,
        "promotion": price.promotion,
    }


def _price_of(row: Mapping[Any, Any]) -> ListedPrice:
    return ListedPrice(
        product_id=row["product_id"],
        list_price=money_of(row, "list_price"),
        minimum_price=money_of(row, "minimum_price"),
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
        market=row["market"],
        promotion=row["promotion"],
    )


def save_prices(session: Session, new: Sequence[ListedPrice]) -> Change:
    """Keep the entries, each by product, marketplace, promotion and first day; raise for a product that is not kept."""
    known = set(session.scalars(select(products.c.product_id)))
    for price in new:
        if storable(price.product_id) not in known:
            raise WatchListError(f"price list: unknown product {price.product_id!r}")
    return _save(session, listed_prices, (_price_values(price) for price in new))


def load_listed_prices(session: Session) -> tuple[ListedPrice, ...]:
    """Return every entry, by product, then by first day."""
    order = (listed_prices.c.product_id, listed_prices.c.valid_from, listed_prices.c.price_id)
    return tuple(_price_of(row) for row in session.execute(select(listed_prices).order_by(*order)).mappings())


def save_rates(session: Session, new: Sequence[ExchangeRate]) -> Change:
    """Keep the rates, each by its two currencies and its day."""
    rows = (
        {"currency": one.currency, "quote": one.quote, "valid_on": one.valid_on, "rate": f"{one.rate:f}"} for one in new
    )
    return _save(session, exchange_rates, rows)


def load_rates(session: Session) -> tuple[ExchangeRate, ...]:
    """Return every rate, by currencies, then by day."""
    order = (exchange_rates.c.currency, exchange_rates.c.quote, exchange_rates.c.valid_on)
    return tuple(
        ExchangeRate(currency=row["currency"], quote=row["quote"], rate=Decimal(row["rate"]), valid_on=row["valid_on"])
        for row in session.execute(select(exchange_rates).order_by(*order)).mappings()
    )


def _save(session: Session, table: Table, rows: Iterable[Values]) -> Change:
    """Insert or update rows by their key; of two rows with one key the later one stands."""
    names = [column.name for column in table.primary_key.columns]
    made = list({tuple(row[name] for name in names): row for row in rows}.items())
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    for start in range(0, len(made), _KEYS_AT_ONCE):
        part = made[start : start + _KEYS_AT_ONCE]
        columns = tuple_(*(table.c[name] for name in names))
        query = select(table).where(columns.in_([key for key, _ in part]))
        known = {tuple(row[name] for name in names): dict(row) for row in session.execute(query).mappings()}
        news = [(key, row) for key, row in part if known.get(key) != row]
        counts["unchanged"] += len(part) - len(news)
        for key, _ in news:
            counts["changed" if key in known else "added"] += 1
        if news:
            statement = upsert(session, table)
            values = {name: statement.excluded[name] for name in news[0][1] if name not in names}
            session.execute(
                statement.on_conflict_do_update(index_elements=names, set_=values), [row for _, row in news]
            )
    return Change(**counts)
