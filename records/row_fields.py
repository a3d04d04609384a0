"""Reads single fields of a parsed row: text, number, flag, list, day, time, money; each error names its field."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from records.money import Money

Row = Mapping[str, object]


class BadField(ValueError):
    """One field of one row is missing or unreadable; `field` names it, `problem` says what is wrong."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


def read_text(row: Row, name: str) -> str | None:
    """Return the text of a field; blank and null are None, a number is its digits."""
    value = row.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise BadField(name, f"is not text: {value!r}")
    text = str(value)
    return text if text.strip() else None


def read_required(row: Row, name: str) -> str:
    """Return a text that must be there."""
    text = read_text(row, name)
    if text is None:
        raise BadField(name, "is missing")
    return text


def read_decimal(row: Row, name: str) -> Decimal | None:
    """Return a finite number, or None for a blank field."""
    text = read_text(row, name)
    if text is None:
        return None
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise BadField(name, f"is not a number: {text!r}") from None
    # 1e999999 is short to write and very long to work with; no price or count comes near 10^30.
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise BadField(name, f"is not a number in range: {text!r}")
    return number


def read_count(row: Row, name: str) -> int | None:
    """Return a whole number from 0, or None for a blank field."""
    number = read_decimal(row, name)
    if number is None:
        return None
    if number != number.to_integral_value() or number < 0:
        raise BadField(name, f"is not a whole number: {row.get(name)!r}")
    return int(number)


def read_flag(row: Row, name: str) -> bool | None:
    """Return true or false, or None for a blank field."""
    value = row.get(name)
    if value is None or isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in {"", "null", "none"}:
        return None
    if text in {"true", "1", "yes"}:
        return True
    if text in {"false", "0", "no"}:
        return False
    raise BadField(name, f"is neither true nor false: {value!r}")


def read_texts(row: Row, name: str) -> tuple[str, ...]:
    """Return a list field: a JSON array, or one text with | between the parts."""
    value = row.get(name)
    if value is None:
        return ()
    parts: Iterable[object] = value if isinstance(value, list | tuple) else str(value).split("|")
    return tuple(str(part).strip() for part in parts if part is not None and str(part).strip())


def read_day(row: Row, name: str) -> date | None:
    """Return a day written YYYY-MM-DD, or None for a blank field."""
    text = read_text(row, name)
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadField(name, f"is not a date of the form YYYY-MM-DD: {text!r}") from None


def read_moment(row: Row, name: str) -> datetime | None:
    """Return an ISO 8601 time with its zone as UTC, or None for a blank field."""
    text = read_text(row, name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadField(name, f"is not an ISO 8601 time: {text!r}") from None
    if moment.utcoffset() is None:
        raise BadField(name, f"has no zone: {text!r}")
    return moment.astimezone(UTC)


def read_money(row: Row, name: str, currency: str | None, raw: str | None = None) -> Money | None:
    """Return the money of a decimal field; blank, zero and negative amounts mean unknown."""
    amount = read_decimal(row, name)
    if amount is None or amount <= 0:
        return None
    if currency is None:
        raise BadField("currency", f"is missing beside {name}")
    try:
        return Money.rounded(amount, currency, raw if raw is not None else str(row[name]))
    except (ValueError, InvalidOperation):
        raise BadField(name, f"is not an amount of {currency}: {row[name]!r}") from None
