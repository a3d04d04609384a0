"""What goes into a reader and what comes out, and the strict field readers between them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Literal, TypeVar

from records.listing import Listing, Seller
from records.money import Money
from spiders.errors import PageChanged

T = TypeVar("T")


class WrongKind(ValueError):
    """A value is not of the kind that its field holds; the message says what it is not."""


# Bounds of one answer (JSON or HTML) and of one field; beyond them a page is hostile or broken, never useful.
MAX_BODY_BYTES = 8 * 1024 * 1024
MAX_ENTRIES = 5_000
MAX_PRICE = Decimal(10) ** 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer, or a saved file that is read as if it were one."""

    url: str
    """The market's own address of the page, also when a replay host sent it."""
    body: bytes
    """The body after content decoding."""
    content_type: str = ""
    """Content-Type header as sent; may be empty or wrong, so readers look at the body."""
    status: int = 200
    """HTTP status."""
    fetched_at: datetime
    """When the answer was complete, aware UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one answer says: listings, further pages, and what was left out and why."""

    listings: tuple[Listing, ...] = ()
    """In page order, one per listing id."""
    links: tuple[str, ...] = ()
    """Further pages to fetch: absolute URLs in page order, each once."""
    skipped: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Reason -> number of entries that gave no listing."""
    notes: tuple[str, ...] = ()
    """What people should know: fields never seen before, two prices that disagree."""
    sellers: tuple[Seller, ...] = ()
    """Shops that the answer describes without their listings; their names complete listings read from other answers."""

    @property
    def outcome(self) -> Literal["ok", "empty"]:
        """Return `empty` where the market says that there is nothing, `ok` otherwise. An error is never a reading."""
        return "ok" if self.listings or self.links or self.sellers or self.skipped else "empty"


class Record:
    """One JSON object of an answer; it remembers which fields were asked for."""

    __slots__ = ("asked", "path", "url", "values")

    def __init__(self, url: str, path: str, values: Mapping[str, object]) -> None:
        self.url = url
        self.path = path
        self.values = values
        self.asked: set[str] = set()

    def at(self, name: str) -> str:
        """Return the full path of a field, as errors name it."""
        return f"{self.path}.{name}" if self.path else name

    def problem(self, name: str, problem: str, value: object = None) -> PageChanged:
        """Return the error that a field of this record is wrong."""
        return PageChanged(self.url, self.at(name), problem, value)


Kind = Callable[[object], T]


def one(record: Record, name: str, kind: Kind[T]) -> T:
    """Return a mandatory field; raise PageChanged where it is missing, null, blank or of another kind."""
    value = maybe(record, name, kind)
    if value is None:
        raise record.problem(name, "is missing")
    return value


def maybe(record: Record, name: str, kind: Kind[T]) -> T | None:
    """Return an optional field, None where it is missing, null or blank; raise PageChanged for another kind."""
    record.asked.add(name)
    value = record.values.get(name)
    if value is None or (isinstance(value, str) and _is_blank(value)):
        return None
    try:
        return kind(value)
    except WrongKind as error:
        raise record.problem(name, str(error), value) from None


def _is_blank(value: str) -> bool:
    seen = value.strip()
    # NUL does not print, so a text of nothing else is blank too.
    return not seen or (seen[0] == "\x00" and not seen.replace("\x00", "").strip())


def many(record: Record, name: str, kind: Kind[T], *, at_least: int = 0) -> tuple[T, ...]:
    """Return a list field; a missing one counts as empty, and fewer than `at_least` entries raise PageChanged."""
    record.asked.add(name)
    value = record.values.get(name)
    entries = entries_of(record, name, [] if value is None else value)
    if len(entries) < at_least:
        raise record.problem(name, f"has {len(entries)} entries, at least {at_least} expected")
    found = []
    for index, entry in enumerate(entries):
        try:
            found.append(kind(entry))
        except WrongKind as error:
            raise record.problem(f"{name}[{index}]", str(error), entry) from None
    return tuple(found)


def entries_of(record: Record, name: str, value: object) -> list[object]:
    """Return the value as a list of at most MAX_ENTRIES entries, or raise PageChanged."""
    if not isinstance(value, list):
        raise record.problem(name, "is not a list", value)
    if len(value) > MAX_ENTRIES:
        raise record.problem(name, f"has {len(value)} entries, at most {MAX_ENTRIES} are read")
    return value


def inner(record: Record, name: str) -> Record:
    """Return a mandatory object field as a record."""
    found = maybe_inner(record, name)
    if found is None:
        raise record.problem(name, "is missing")
    return found


def maybe_inner(record: Record, name: str) -> Record | None:
    """Return an optional object field as a record; missing and null are None, anything but an object raises."""
    record.asked.add(name)
    value = record.values.get(name)
    if value is None:
        return None
    if not isinstance(value, dict):
        raise record.problem(name, "is not an object", value)
    return Record(record.url, record.at(name), value)


def inners(record: Record, name: str, *, at_least: int = 0) -> tuple[Record, ...]:
    """Return a list field whose entries are objects, each as a record."""
    found = many(record, name, mapping, at_least=at_least)
    return tuple(Record(record.url, f"{record.at(name)}[{index}]", values) for index, values in enumerate(found))


def money(record: Record, name: str, currency: str, *, per_unit: int = 1) -> Money | None:
    """Return a price sent as a number of 1/per_unit major units; null, 0 and -1 mean unknown and are None."""
    amount = maybe(record, name, number)
    if amount is None or amount in {0, -1}:
        return None
    return priced(record, name, amount / per_unit, currency, raw=str(record.values[name]))


def priced(record: Record, name: str, amount: Decimal, currency: str, *, raw: str) -> Money | None:
    """Return the amount as money rounded half up; raise PageChanged where no price can be that."""
    if not 0 < amount <= MAX_PRICE:
        raise record.problem(name, "is out of the range 0 to 10^12", raw)
    try:
        return Money.rounded(amount, currency, raw)
    except (ValueError, InvalidOperation):
        # A fraction that rounds to nothing is a placeholder, not a price.
        return None


def finish(record: Record, *, ignore: Iterable[str]) -> tuple[str, ...]:
    """Return the fields that were neither read nor are deliberately ignored: people should look at them."""
    return tuple(sorted(set(record.values) - record.asked - frozenset(ignore)))


def text(value: object) -> str:
    """Read a text as printed, or the digits of a number.

    NUL goes: browsers hide it and databases refuse it. Half a surrogate pair becomes U+FFFD.
    """
    if isinstance(value, str):
        if value.isascii():
            return value.replace("\x00", "")
        return value.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise WrongKind("is not text")
    return str(value)


def identifier(value: object) -> str:
    """Read an id: a string without blanks, or a whole number that lost no digit."""
    if isinstance(value, str) and value == value.strip() and len(value) <= 200 and value.isprintable():
        return value
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise WrongKind("is not an id")
    return str(value)


def number(value: object) -> Decimal:
    """Read a number, or a string that holds nothing but one; true and false are none."""
    if type(value) is int and -(10**30) < value < 10**30:
        return Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise WrongKind("is not a number")
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        raise WrongKind("is not a number") from None
    # An exponent far out makes later arithmetic as long as it says; no price or count has one.
    if not found.is_finite() or abs(found.adjusted()) > 30:
        raise WrongKind("is not a number in range")
    return found


def whole(value: object) -> int:
    """Read a count: a whole number from 0."""
    if type(value) is int and 0 <= value < 10**30:
        return value
    found = number(value)
    if found < 0 or found != found.to_integral_value():
        raise WrongKind("is not a whole number")
    return int(found)


def flag(value: object) -> bool:
    """Read true or false; the markets also send 1 and 0."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and value in {0, 1}:
        return value == 1
    raise WrongKind("is neither true nor false")


def mapping(value: object) -> Mapping[str, object]:
    """Read an object."""
    if not isinstance(value, dict):
        raise WrongKind("is not an object")
    return value
