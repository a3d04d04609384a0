"""The spellings of a mark that the index looks for, each taken apart once when the watch list is loaded."""

import re
from dataclasses import dataclass

from matchers.mentions.known_names import KNOWN_NAMES
from matchers.text.fold import fold_plain
from records.watchlist import Mark

# Digits and signs that stand for a letter; i and l are one, since a capital I is printed like a small l.
SKELETON = str.maketrans(
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

LATIN_PIECE = re.compile(r"[a-z]+|[0-9]+")
HAS_OTHER_SCRIPT = re.compile(r"[^\W\d_a-z]")
LETTER = re.compile(r"[^\W_]")
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
    """The letters with look-alike digits made one; the key of the index."""
    breaks: frozenset[int]
    """Places in `letters` where the spelling has a space, hyphen or apostrophe."""
    words: tuple[str, ...]
    """The letters word by word."""
    is_latin: bool
    """True where all letters are Latin; others are looked for inside runs without spaces."""


def forms_of(mark: Mark) -> tuple[Form, ...]:
    """Return the distinct forms of a mark: its own text first, then its variants and known names."""
    forms: dict[tuple[str, frozenset[int]], Form] = {}
    known = KNOWN_NAMES.get("".join(LETTER.findall(fold_plain(mark.text).text)), ())
    for text in (mark.text, *mark.variants, *known):
        form = _form(mark, text)
        if form is not None:
            forms.setdefault((form.letters, form.breaks), form)
    return tuple(forms.values())


def _form(mark: Mark, text: str) -> Form | None:
    """Return the form of one spelling; None where nothing readable is left of it."""
    folded = fold_plain(text).text.strip()
    parts = [part for part in SEPARATORS.split(folded) if part]
    letters = "".join(parts)
    if len(letters) < 2:
        return None
    breaks, position = set(), 0
    for part in parts[:-1]:
        position += len(part)
        breaks.add(position)
    return Form(
        mark=mark,
        text=text,
        letters=letters,
        skeleton=letters.translate(SKELETON),
        breaks=frozenset(breaks),
        words=tuple(parts),
        is_latin=not HAS_OTHER_SCRIPT.search(folded),
    )
