"""What a listing says differently, word by word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

from records.listing import Listing
from review.formats import Formats
from review.languages import message as _

# A word, a run of spaces, or a single sign. Japanese has no spaces: every kana or kanji is a word of its own.
_TOKEN: Final = re.compile(r"[぀-ヿ一-鿿]|[^\W぀-ヿ一-鿿]+|\s+|.", re.DOTALL)
# Longer texts are compared by their first so many words; the rest is said to be left out.
MAX_TOKENS: Final = 1500
CONTEXT: Final = 12
FIELDS: Final = {
    "title": _("Title"),
    "description": _("Description"),
    "seller": _("Seller"),
    "price": _("Price"),
    "images": _("Pictures"),
    "brand": _("Brand field"),
    "condition": _("Condition"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A run of words that stayed, went or came; `gap` stands for unchanged words that are not shown."""

    kind: Literal["same", "gone", "new", "gap"]
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a listing before and after."""

    name: str
    changes: tuple[Change, ...]


def word_changes(before: str, after: str) -> tuple[Change, ...]:
    """Return the words of both texts in order; those that stayed are shortened to their surroundings."""
    old, new = _TOKEN.findall(before)[:MAX_TOKENS], _TOKEN.findall(after)[:MAX_TOKENS]
    changes: list[Change] = []
    for kind, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            changes += _shortened(old[start:end], at_start=start == 0, at_end=end == len(old))
            continue
        if end > start:
            changes.append(Change("gone", "".join(old[start:end])))
        if last > first:
            changes.append(Change("new", "".join(new[first:last])))
    return tuple(changes)


def _shortened(tokens: Sequence[str], *, at_start: bool, at_end: bool) -> list[Change]:
    head, tail = (0 if at_start else CONTEXT), (0 if at_end else CONTEXT)
    if len(tokens) <= head + tail + CONTEXT:
        return [Change("same", "".join(tokens))]
    parts = [Change("same", "".join(tokens[:head]))] if head else []
    parts.append(Change("gap", ""))
    return [*parts, Change("same", "".join(tokens[len(tokens) - tail :]))] if tail else parts


def changes_between(before: Listing, after: Listing, formats: Formats) -> tuple[FieldChange, ...]:
    """Return the fields that differ; what one of the two does not say is no change."""
    found = []
    for name in FIELDS:
        old, new = _text(before, name, formats), _text(after, name, formats)
        if not old or not new or old == new:
            continue
        if name in {"title", "description"}:
            changes = word_changes(old, new)
        else:
            changes = (Change("gone", old), Change("same", " → "), Change("new", new))
        found.append(FieldChange(name, changes))
    return tuple(found)


def _text(listing: Listing, name: str, formats: Formats) -> str:
    if name == "price":
        return formats.money(listing.offer.price)
    if name == "seller":
        return listing.seller.name or listing.seller.seller_id or ""
    if name == "images":
        return ", ".join(sorted(image.rpartition("/")[2] for image in listing.images))
    value = getattr(listing, name)
    return value or ""
