"""How the pack of an offer stands to the owner's pack: the same, several of it, another size, or not comparable."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import isqrt
from typing import Literal

from matchers.price.pack_size import Kind, PackSize, pack_of_product, read_pack
from records.listing import Listing
from records.watchlist import Product

Relation = Literal["same", "variant", "not_comparable"]
LEAST_SIZE, MOST_SIZE = Decimal("0.5"), Decimal(2)
"""Another size is compared per unit between half and twice the owner's: further off, unit prices differ by nature."""

NUMBER = re.compile(r"(?<![\d.,])\d{1,4}(?![\d.,])")
SAME_PACK, OTHER_COUNT, OTHER_SIZE = (
    "the same pack",
    "another count, compared per unit",
    "another size, compared per unit",
)
FIT_WORDS = (SAME_PACK, OTHER_COUNT, OTHER_SIZE)
NOT_ONE_PACK: Mapping[Kind, str] = {
    "choice": "a choice of several packs",
    "set_of_different_goods": "different goods sold together",
}


@dataclass(frozen=True, slots=True)
class PackFit:
    """The offered pack beside the owner's."""

    relation: Relation
    """same pack, variant (another count or size, compared per unit), or not comparable."""
    pack: PackSize | None
    """What the offer holds, None where it cannot be compared."""
    is_same_pack: bool
    """True where one inner unit is the owner's own, whatever the count."""
    reason: str
    """How both packs stand to each other, or why they cannot be compared."""


def pack_fit(listing: Listing, product: Product, *, by_number: bool) -> PackFit:
    """Return how the stated pack stands to the product's; a number names the pack where the title says no size."""
    ours, stated = pack_of_product(product), read_pack(listing.title, listing.category)
    if stated.kind in NOT_ONE_PACK:
        return _not(NOT_ONE_PACK[stated.kind])
    if ours.unit_amount is None:
        count = int(stated.total) if stated.unit == "piece" and stated.total else stated.count
        return _by_count(PackSize(None, None, count), ours)
    if stated.unit_amount is None:
        return _unsized(stated, ours, by_number=by_number)
    return _sized(listing.title, stated, ours)


def _unsized(stated: PackSize, ours: PackSize, *, by_number: bool) -> PackFit:
    """Return the fit of an offer whose title says no size: its number names the pack, or it is one piece by nature."""
    if by_number:
        count = stated.count if stated.count > 1 else ours.count
        return _by_count(PackSize(ours.unit_amount, ours.unit, count), ours)
    if ours.total == 1 and ours.unit == "piece":
        return _by_count(PackSize(ours.unit_amount, ours.unit, stated.count), ours)
    return _not("the title states no pack size")


def _said_twice(title: str, stated: PackSize, ours: PackSize) -> PackSize:
    """Return several packs whose bracket tells the whole: combo 2 hộp (20 miếng) of a pack of 10 is 20, not 40.

    Only the owner's pack shows it: the title reads as 2 x 20, four packs, where two packs hold 20. The smaller reading
    is taken, since it makes the offer dearer.
    """
    if stated.total is None or ours.total is None or stated.total % ours.total:
        return stated
    packs = isqrt(int(stated.total / ours.total))
    pieces = ours.count if ours.unit_amount is None or ours.count > 1 else int(ours.unit_amount)
    if packs < 2 or packs * packs * ours.total != stated.total or pieces < 2:
        return stated
    numbers = {int(number) for number in NUMBER.findall(title)}
    if not {packs, packs * pieces} <= numbers or pieces in numbers:
        return stated
    return PackSize(ours.unit_amount, ours.unit, ours.count * packs, stated.gift, stated.kind)


def _sized(title: str, stated: PackSize, ours: PackSize) -> PackFit:
    if stated.unit != ours.unit:
        return _not(f"sold by {stated.unit}, the product by {ours.unit}")
    stated = _said_twice(title, stated, ours)
    is_counted = stated.unit == "piece" and ours.unit_amount == 1
    if stated.unit_amount == ours.unit_amount or stated.total == ours.total or is_counted:
        return _by_count(stated, ours)
    theirs, own = (stated.total, ours.total) if stated.unit == "piece" else (stated.unit_amount, ours.unit_amount)
    if theirs is None or own is None or not LEAST_SIZE <= theirs / own <= MOST_SIZE:
        return _not(f"another size: {stated.printed()}, the product {ours.printed()}")
    return PackFit("variant", stated, is_same_pack=False, reason=OTHER_SIZE)


def _by_count(pack: PackSize, ours: PackSize) -> PackFit:
    if pack.count == ours.count if pack.total is None else pack.total == ours.total:
        return PackFit("same", pack, is_same_pack=True, reason=SAME_PACK)
    return PackFit("variant", pack, is_same_pack=True, reason=OTHER_COUNT)


def _not(reason: str) -> PackFit:
    return PackFit("not_comparable", None, is_same_pack=False, reason=reason)
