"""Rows of many listings at once: one statement asks for a whole batch of (market, listing_id)."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from sqlalchemy.orm import Session

from storage.column_types import storable

# SQLite takes a limited number of parameters (32,766).
KEYS_AT_ONCE = 5_000


def rows_by_key(
    session: Session, table: str, columns: Sequence[str], keys: Iterable[tuple[str, str]]
) -> Iterator[tuple[Any, ...]]:
    """Yield those columns of the rows of those keys, as the driver gives them; names are the program's own."""
    sought = sorted({(storable(market), storable(listing_id)) for market, listing_id in keys})
    shown = ", ".join(f"t.{name}" for name in columns)
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    connection = session.connection()
    for start in range(0, len(sought), KEYS_AT_ONCE):
        part = sought[start : start + KEYS_AT_ONCE]
        if is_sqlite:
            values = ", ".join(["(?, ?)"] * len(part))
            query = (
                f"WITH k(market, listing_id) AS (VALUES {values})"  # noqa: S608 - names and marks only
                f" SELECT {shown} FROM k JOIN {table} AS t USING (market, listing_id)"
            )
            parameters: tuple[Any, ...] = tuple(chain.from_iterable(part))
        else:
            query = (
                f"SELECT {shown} FROM unnest(%s::text[], %s::text[]) AS k (market, listing_id)"  # noqa: S608 - as above
                f" JOIN {table} AS t USING (market, listing_id)"
            )
            parameters = ([key[0] for key in part], [key[1] for key in part])
        for row in connection.exec_driver_sql(query, parameters):
            yield tuple(row)
