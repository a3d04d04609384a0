"""The spellings of a mark that the index looks for, each taken apart once when the watch list is loaded."""

import re
from dataclasses import dataclass

from matchers.mentions.known_names import KNOWN_NAMES, NICKNAMES
from matchers.text.fold import fold_plain
from records.watchlist import Mark

# Digits and signs that stand for a letter; i and l are one, since a capital I is printed like a small l.
SKELETON: dict[int, str] = str.maketrans(
    {
        "l": "i",
        "1": "i",
        "!": "i",
        "|": "i",
        "0": "o",
        "5": "s",
        "$": "s",
        "3": "e",
        "€": "e",
        "4": "a",
        "@": "a",
        "7": "t",
        "8": "b",
    }
)

# Digits and signs read as letters before a word is compared with marks it may misspell.
DIGITS_AS_LETTERS: dict[int, str] = str.maketrans(dict(zip("0134578$@", "oieastbsa", strict=True)))

SEPARATORS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Form:
    """One spelling of one mark, folded."""

    mark: Mark
    """The mark."""
    text: str
    """The spelling as the watch list has it."""
    letters: str
    """Folded, without separators."""
    skeleton: str
    """The letters with look-alike digits made one."""
    breaks: frozenset[int]
    """Places in `letters` where the spelling has a space, hyphen or apostrophe."""
    words: tuple[str, ...]
    """The letters word by word."""
    lowered: str
    """The spelling of the watch list in small letters."""
    is_nickname: bool
    """True for a name that only buyers and sellers use."""
    is_known: bool
    """True where the trade of the mark is known; of other marks fewer alterations are believed."""
    is_latin: bool
    """True where all letters are Latin; others are looked for inside runs without spaces."""


def spellings_of(mark: Mark) -> tuple[tuple[str, str], ...]:
    """Return the distinct spellings of a mark, each with its folded words parted by single spaces.

    The mark's own text comes first, then its variants and known names; what leaves nothing readable is left out.
    """
    texts = [mark.text, *mark.variants]
    words = [_folded_words(text) for text in texts]
    letters = words[0].replace(" ", "")
    known = (*KNOWN_NAMES.get(letters, ()), *NICKNAMES.get(letters, ()))
    pairs = zip((*texts, *known), (*words, *map(_folded_words, known)), strict=True)
    first: dict[str, str] = {}
    for text, folded in pairs:
        if len(folded) > 1:
            first.setdefault(folded, text)
    return tuple((text, folded) for folded, text in first.items())


def _folded_words(text: str) -> str:
    return SEPARATORS.sub(" ", fold_plain(text).text).strip()
