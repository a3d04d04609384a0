"""Column types: text that every database accepts, exact money, UTC times and JSON documents."""

import json
import re
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import orjson
from sqlalchemy import BigInteger, DateTime, Dialect, Numeric, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

# PostgreSQL refuses NUL, and neither database can hold half of a surrogate pair. Each is one code point and gets
# one code point in return, so that every offset into the text stays right.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

MONEY_PLACES = 4
MONEY_SCALE = 10**MONEY_PLACES
# Above it the amount, in 1/10,000, would leave SQLite's 64-bit integers. No real price comes near.
LARGEST_AMOUNT = Decimal(900_000_000_000_000)
LARGEST_NUMBER = 2**63 - 1
"""The largest whole number that SQLite takes; a row asked for by a larger one is not there."""


def storable(text: str) -> str:
    """Return the text with U+FFFD for every code point that a database refuses; the length stays the same."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def storable_document(value: object) -> object:
    """Return the JSON value with every text in it, keys included, made storable."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(str(key)): storable_document(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [storable_document(part) for part in value]
    return value


def written(value: object) -> str | None:
    """Return the canonical JSON of a value without floats whose every text is storable; None where one is not.

    The same text as `canonical` gives, in a tenth of the time: nearly every document of a page is such a value.
    """
    try:
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONEncodeError, TypeError):
        return None  # Half of a surrogate pair, or a number beyond 64 bits.
    return None if b"\\u0000" in text else text.decode()


def canonical(value: object) -> str:
    """Return the value as JSON that is the same for equal values: keys sorted, no spaces, texts made storable."""
    document = storable_document(value)
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


class PrintedText(TypeDecorator[str]):
    """Text of any origin, made storable on its way in."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - the library's signature
        """Make the text storable."""
        return None if value is None else storable(value)


class Document(TypeDecorator[Any]):
    """A JSON value, kept as canonical text, so that equal values are equal rows on both databases."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 - the library's signature
        """Write canonical JSON."""
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002 - the library's signature
        """Read the JSON."""
        return None if value is None else json.loads(value)


class Amount(TypeDecorator[Decimal]):
    """An exact amount of money: NUMERIC(20,4) on PostgreSQL, a whole number of 1/10,000 on SQLite."""

    impl = Numeric(20, MONEY_PLACES)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type."""
        kind: TypeEngine[Any] = BigInteger() if dialect.name == "sqlite" else Numeric(20, MONEY_PLACES)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | int | None:
        """Write the amount; refuse one that would lose digits."""
        if value is None:
            return None
        exact = value.quantize(Decimal(1).scaleb(-MONEY_PLACES), rounding=ROUND_HALF_UP)
        if exact != value or abs(value) > LARGEST_AMOUNT:
            raise ValueError(f"amount {value} does not fit a money column")
        return int(exact * MONEY_SCALE) if dialect.name == "sqlite" else exact

    def process_result_value(self, value: Decimal | int | None, dialect: Dialect) -> Decimal | None:
        """Read the amount."""
        if value is None:
            return None
        return Decimal(value) / MONEY_SCALE if dialect.name == "sqlite" else Decimal(value)


class Moment(TypeDecorator[datetime]):
    """An aware time, kept and returned in UTC with microseconds."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Write the time; refuse one without a zone."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"time without a zone: {value!r}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read the time."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)
