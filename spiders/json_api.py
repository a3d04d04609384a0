"""JSON answers: exact parsing that names the byte where it fails, and entries read one by one."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import NoReturn

import orjson

from records.listing import Listing, Seller
from spiders.errors import PageChanged
from spiders.reading import MAX_ENTRIES, Answer, Reading, Record

_KEYS = re.compile(rb'"\s*:')
_NO_NUMBERS = (b"NaN", b"Infinity")
# What orjson says -> what people should know. Tried in this order.
_PROBLEMS: tuple[tuple[str, str], ...] = (
    ("depth limit", "nesting is too deep"),
    ("infinity", "number is too long"),
    ("end of data", "is cut off"),
)


def read_json(url: str, body: bytes) -> object:
    """Return the value of a JSON document; raise PageChanged, which names the byte, for anything that is not one.

    Refused: NaN and Infinity, numbers beyond what is exact, nesting beyond 1,024, one key twice in an object.
    """
    try:
        value: object = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if "surrogate" in str(error):
            # Half a character is legal in JSON text and unknown to UTF-8; the readers put U+FFFD in its place.
            return _read_slowly(url, body)
        _refuse(url, body, error)
    # A quick count finds nearly every answer clean; only a doubtful one is read again, by key.
    if len(_KEYS.findall(body)) != orjson.dumps(value).count(b'":'):
        _read_slowly(url, body)
    return value


def read_documents(url: str, body: bytes) -> list[object]:
    """Return the values of a JSON document, or of a file with one JSON document per line."""
    lines = [line for line in body.splitlines() if line.strip()]
    if len(lines) > 1 and lines[0].lstrip()[:1] == b"{" and lines[0].rstrip()[-1:] == b"}":
        if len(lines) > MAX_ENTRIES:
            raise PageChanged(url, "body", f"has {len(lines)} lines, at most {MAX_ENTRIES} are read")
        return [read_json(url, line) for line in lines]
    return [read_json(url, body)]


def is_json(answer: Answer) -> bool:
    """Return whether the body begins as JSON does; a header may say anything."""
    return answer.body.lstrip()[:1] in {b"{", b"["} or "json" in answer.content_type.lower()


def check_graphql(answer: Answer) -> None:
    """Raise PageChanged for a GraphQL answer that holds errors, which come with status 200 (spec.graphql.org, 7.1)."""
    value = read_json(answer.url, answer.body)
    errors = value.get("errors") if isinstance(value, dict) else None
    if isinstance(errors, list) and errors and isinstance(value, dict) and not value.get("data"):
        first = errors[0].get("message") if isinstance(errors[0], dict) else errors[0]
        raise PageChanged(answer.url, "errors", f"the answer holds {len(errors)} errors and no data", first)


def _refuse(url: str, body: bytes, error: orjson.JSONDecodeError) -> NoReturn:
    byte = len(body.decode("utf-8", "replace")[: error.pos].encode())
    problem = next((words for sign, words in _PROBLEMS if sign in str(error).lower()), "is not JSON")
    if body[byte:].startswith(_NO_NUMBERS) or body[byte - 1 :].startswith(b"-Infinity"):
        problem = "is not a number"
        byte -= body[byte - 1 : byte] == b"-"
    raise PageChanged(
        url, "body", f"{problem} at byte {byte}", body[byte : byte + 20].decode("utf-8", "replace")
    ) from None


def _read_slowly(url: str, body: bytes) -> object:
    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) != len(pairs):
            key = Counter(name for name, _ in pairs).most_common(1)[0][0]
            raise PageChanged(url, "body", "has one key twice in an object", key)
        return found

    def no_number(name: str) -> object:
        raise PageChanged(url, "body", "is not a number", name)

    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise PageChanged(url, "body", f"is not UTF-8 at byte {error.start}") from None
    try:
        value: object = json.loads(body, object_pairs_hook=unique, parse_constant=no_number)
    except RecursionError:
        raise PageChanged(url, "body", "nesting is too deep") from None
    except json.JSONDecodeError as error:
        raise PageChanged(
            url, "body", f"is not JSON at byte {len(error.doc[: error.pos].encode('utf-8', 'replace'))}"
        ) from None
    except ValueError:
        raise PageChanged(url, "body", "number is too long") from None
    return value


class Entries:
    """Reads the entries of one answer and keeps what each gave: listings, or the reason why none."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.listings: list[Listing] = []
        self.sellers: list[Seller] = []
        self.skipped: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self.absent: Counter[str] = Counter()
        self.seen = 0

    def read(
        self,
        records: Iterable[Record],
        reader: Callable[[Record, "Entries"], Iterable[Listing]],
        *,
        expected: tuple[str, ...] = (),
    ) -> None:
        """Add the listings of each record; a record that cannot be read is skipped and counted by field and problem."""
        for record in records:
            self.seen += 1
            try:
                self.listings.extend(reader(record, self))
            except PageChanged as problem:
                field = (
                    re.sub(r"\[\d+\]", "", problem.field).removeprefix(re.sub(r"\[\d+\]", "", record.path)).lstrip(".")
                )
                self.skipped[f"{field}: {problem.problem}"] += 1
                continue
            self.absent.update(name for name in expected if name not in record.values)

    def reading(self, *, links: tuple[str, ...] = (), notes: tuple[str, ...] = ()) -> Reading:
        """Return the reading; raise PageChanged where no entry could be read, or none holds an expected field."""
        if self.seen and not self.listings and not self.sellers:
            reason, count = self.skipped.most_common(1)[0] if self.skipped else ("entries: gave no listing", self.seen)
            field, _, problem = reason.partition(": ")
            raise PageChanged(self.url, field, f"{problem} in {count} of {self.seen} entries, none is readable")
        read = self.seen - self.skipped.total()
        for name, count in self.absent.items():
            if read and count == read:
                raise PageChanged(self.url, name, f"is missing in all {count} entries")
        unknown = tuple(
            f"unknown field {name} in {count} of {self.seen}" for name, count in sorted(self.unknown.items())
        )
        absent = tuple(
            f"field {name} is missing in {count} of {self.seen}" for name, count in sorted(self.absent.items())
        )
        return Reading(
            listings=tuple(self.listings),
            links=links,
            skipped=dict(self.skipped),
            notes=(*notes, *absent, *unknown),
            sellers=tuple(self.sellers),
        )


def as_mapping(url: str, value: object) -> Mapping[str, object]:
    """Return the value as an object, or raise PageChanged."""
    if not isinstance(value, dict):
        raise PageChanged(url, "page", "is not a JSON object", value)
    return value
