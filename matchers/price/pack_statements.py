"""What a title states about its pack: amounts, counts and how they stand to each other."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import prod
from typing import Literal

from matchers.price.pack_words import (
    AMOUNT,
    AMOUNTS,
    BEFORE_TIMES,
    BUNDLE_AFTER,
    BUNDLED,
    COUNTED,
    LEADING,
    NOT_COUNTED,
    PIECES,
    TIMES,
    UNITS,
)
from records.watchlist import Unit

# These count without a word for the goods; others only at the end of a bracket: [thùng 12].
BUNDLES_ALONE = frozenset({"combo", "set", "lốc", "lố", "pack of", "set of"})
CountKind = Literal["container", "piece", "bundle", "times"]


@dataclass(frozen=True, slots=True)
class Amount:
    """One stated content."""

    amount: Decimal
    unit: Unit
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Count:
    """One stated number of items. A bundle counts goods by name (combo 2 nón), times by a sign (x3)."""

    number: int
    kind: CountKind
    start: int
    end: int


def amounts_of(text: str) -> tuple[Amount, ...]:
    """Return the contents stated in a folded text, in order."""
    found: dict[int, Amount] = {}
    for several in AMOUNTS.finditer(text):
        unit, factor = UNITS[several["unit"]]
        for number in re.finditer(r"\d+(?:[.,]\d+)?", several["first"]):
            amount = _decimal(number.group(), factor) * factor
            start = several.start() + number.start()
            found[start] = Amount(amount, unit, start, several.end())
    for one in AMOUNT.finditer(text):
        unit, factor = UNITS[one["unit"]]
        found[one.start()] = Amount(_decimal(one["number"], factor) * factor, unit, one.start(), one.end())
    return tuple(found[start] for start in sorted(found) if found[start].amount > 0)


def _decimal(printed: str, factor: int) -> Decimal:
    """Return the number; three digits after a sign group thousands, except before litres and kilograms."""
    whole, sign, rest = printed.replace(",", ".").rpartition(".")
    if sign and len(rest) == 3 and (factor < 1000 or "." in whole) and whole != "0":
        return Decimal(printed.replace(",", "").replace(".", ""))
    return Decimal(printed.replace(",", "."))


def counts_of(text: str, named: Sequence[int] = ()) -> tuple[Count, ...]:
    """Return the numbers of items stated in a folded text, each once, in order; `named` is where goods are named."""
    found: dict[int, Count] = {}
    for one in BUNDLE_AFTER.finditer(text):
        _add(found, one, "times")
    for one in COUNTED.finditer(text):
        if not text[one.end() :].startswith(("+", "-in")):
            kind: CountKind = "piece" if one["counter"] in PIECES else "container"
            _add(found, one, kind)
    for one in BUNDLED.finditer(text):
        noun = one["noun"]
        is_alone = one["bundle"] in BUNDLES_ALONE or text[one.end() : one.end() + 1] in {"]", ")"}
        if (noun not in NOT_COUNTED or one.start("noun") in named) and (noun or is_alone):
            _add(found, one, "bundle")
    for pattern in (TIMES, BEFORE_TIMES):
        for one in pattern.finditer(text):
            _add(found, one, "times")
    leading = LEADING.match(text)
    if leading and (leading["noun"] not in NOT_COUNTED or leading.start("noun") in named):
        _add(found, leading, "bundle")
    return tuple(found[start] for start in sorted(found))


def _add(found: dict[int, Count], one: "re.Match[str]", kind: CountKind) -> None:
    group = "last" if one.re is TIMES and not one["number"] else "number"
    start, number = one.start(group), int(one[group])
    if number > 0:
        found.setdefault(start, Count(number, kind, start, one.end()))


def product_of(counts: Iterable[Count]) -> int:
    """Return the items of all counts together; a number said twice, or the product of the others, counts once."""
    numbers = [number for number in dict.fromkeys(count.number for count in counts) if number > 1]
    for number in sorted(numbers, reverse=True):
        others = [other for other in numbers if other != number]
        if len(others) > 1 and prod(others) == number:
            return number
    return prod(numbers)
