"""Folded views of a printed text, each with a map back to the printed offsets."""

import re
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from matchers.text.characters import COMBINING, MAX_MARKS, accented, plain

# Stands in the quick pass for a character that does not fold to exactly one.
UNEVEN = "\uf8ff"
# Where most letters of titles lie: Latin with its accents, signs of print, kana.
LETTER_BLOCKS = (range(0x20, 0x250), range(0x1E00, 0x1F00), range(0x2010, 0x2030), range(0x3000, 0x3100))


class _Table(dict[int, str]):
    """A translation table that is worked out as characters are met; the same character always folds the same."""

    def __init__(self, fold: Callable[[str], str]) -> None:
        super().__init__()
        self._fold = fold

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = UNEVEN if COMBINING.match(char) else self._fold(char)
        folded = folded if len(folded) == 1 and not COMBINING.match(folded) else UNEVEN
        self[code] = folded
        return folded


@dataclass(frozen=True, slots=True)
class View:
    """A folded text. `original(start, end)` gives the printed offsets of any part of it."""

    text: str
    """The folded text."""
    starts: tuple[int, ...] | None = None
    """Printed offset where each folded character begins; None where both texts run in step."""
    ends: tuple[int, ...] | None = None
    """Printed offset just after each folded character, its combining marks included."""

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the printed offsets of the folded part [start:end], which must not be empty."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


_ACCENTED = _Table(accented)
_PLAIN = _Table(plain)
# The plain table as an array, filled like it as characters are met; 0 is not met yet.
_PLAIN_CODES = np.zeros(sys.maxunicode + 1, np.uint32)


def _otherwise_folded() -> re.Pattern[str]:
    """Return a pattern of the characters whose accented fold may be another than their small letter."""
    kept = [char for block in LETTER_BLOCKS for char in map(chr, block) if accented(char) == char.lower() != UNEVEN]
    kept = [char for char in kept if len(char.lower()) == 1 and not COMBINING.match(char)]
    return re.compile(rf"[^{re.escape(''.join(kept))}\u4e00-\u9fff]")


_OTHERWISE_FOLDED = _otherwise_folded()


def fold_accented(text: str) -> View:
    """Return the view in lower case and ordinary width with its accents, as whole characters (giá stays giá)."""
    if not _OTHERWISE_FOLDED.search(text):
        return View(text.lower())
    return _fold(text, _ACCENTED, accented, keeps_accents=True)


@lru_cache(maxsize=256)
def accented_view(text: str) -> View:
    """Return the same as `fold_accented`; the last few are kept, since all signals read the same texts."""
    return fold_accented(text)


def fold_plain(text: str) -> View:
    """Return the view without accents, with look-alike letters read as the Latin letters they imitate."""
    return _fold(text, _PLAIN, plain, keeps_accents=False)


def plain_codes(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Return the plain fold of many printed code points; UNEVEN for those that do not fold to exactly one."""
    folded = _PLAIN_CODES[codes]
    unknown = np.unique(codes[folded == 0])
    if len(unknown):
        for code in unknown.tolist():
            _PLAIN_CODES[code] = ord(_PLAIN[code])
        folded = _PLAIN_CODES[codes]
    return folded


def _fold(text: str, table: _Table, fold: Callable[[str], str], *, keeps_accents: bool) -> View:
    """Fold by one pass in C where every character gives exactly one, else character by character."""
    folded = text.translate(table)
    if UNEVEN not in folded:
        return View(folded)
    return _fold_slowly(text, fold, keeps_accents=keeps_accents)


def _fold_slowly(text: str, fold: Callable[[str], str], *, keeps_accents: bool) -> View:
    """Fold character by character, keeping where each came from."""
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    marks = 0
    for index, char in enumerate(text):
        for piece in fold(char):
            if COMBINING.match(piece):
                marks += 1
                if letters:
                    ends[-1] = index + 1
                    if marks <= MAX_MARKS:
                        letters[-1] = _composed(letters[-1], piece, keeps_accents=keeps_accents)
                continue
            marks = 0
            letters.append(piece)
            starts.append(index)
            ends.append(index + 1)
    return View("".join(letters), tuple(starts), tuple(ends))


def _composed(letter: str, mark: str, *, keeps_accents: bool) -> str:
    """Return the letter with its mark where both make one character that the view keeps, else the bare letter."""
    if not keeps_accents and mark not in "\u3099\u309a":
        return letter
    both = unicodedata.normalize("NFC", letter + mark)
    return both if len(both) == 1 else letter
