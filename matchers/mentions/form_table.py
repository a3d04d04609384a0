"""All spellings of all marks in compact arrays; a spelling is taken apart in full only when a text asks for it."""

import unicodedata
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from matchers.mentions.codes import ACCENTED, DIGIT, KIND, Codes, Flags, Places, codes_of
from matchers.mentions.forms import SKELETON, Form, spellings_of
from matchers.mentions.mention import Change
from matchers.mentions.syllables import SYLLABLE
from matchers.use.known_marks import KNOWN_TRADES
from records.watchlist import Mark

# Edits allowed by length of the folded mark: (from length, edits). Signs of other scripts say more than letters.
DISTANCES = ((6, 2), (4, 1))
OTHER_DISTANCES = ((4, 1),)
LONGEST_LENGTH = 255
LONGEST_SYLLABLE = 7


def edits_allowed(length: int, *, is_latin: bool = True) -> int:
    """Return how many edits a folded mark of that many letters may have."""
    return next((edits for least, edits in (DISTANCES if is_latin else OTHER_DISTANCES) if length >= least), 0)


class FormTable:
    """The forms of a watch list by number."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self.marks = tuple(marks)
        self.letters: list[str] = []
        """Folded letters of each form, without separators."""
        self._texts: list[str] = []
        self._words: list[str] = []
        self._changes: dict[int, Change] = {}
        self._by_sound: set[int] = set()
        mark_of: list[int] = []
        known: list[bool] = []
        for number, mark in enumerate(self.marks):
            spellings = spellings_of(mark)
            is_known = bool(mark.nice_classes or (spellings and spellings[0].words.replace(" ", "") in KNOWN_TRADES))
            known += [is_known] * len(spellings)
            for one in spellings:
                if one.change != "same":
                    self._changes[len(self._texts)] = one.change
                if one.is_by_sound:
                    self._by_sound.add(len(self._texts))
                self._texts.append(one.text)
                self._words.append(one.words)
                self.letters.append(one.words.replace(" ", ""))
                mark_of.append(number)
        self._mark_of = np.array(mark_of, np.int32)
        self.is_known: Flags = np.array(known, np.bool_)
        self._made: dict[int, Form] = {}
        self._measure()

    def _measure(self) -> None:
        """Fill the arrays that whole batches of candidates are compared by."""
        self.codes = codes_of("".join(self.letters))
        lengths = np.fromiter(map(len, self.letters), np.int64, len(self.letters))
        self.begins = np.zeros(len(lengths), np.int64)
        np.cumsum(lengths[:-1], out=self.begins[1:])
        self.lengths = np.minimum(lengths, LONGEST_LENGTH).astype(np.int16)
        """Letters of each form, at most 255."""
        if len(lengths):
            kinds = KIND[self.codes]
            self.is_latin: Flags = np.maximum.reduceat(kinds, self.begins) <= DIGIT
            self.masks = letter_masks(self.codes, self.begins)
        else:
            self.is_latin, self.masks = np.zeros(0, np.bool_), np.zeros(0, np.uint32)
        self.has_breaks: Flags = np.fromiter((" " in words for words in self._words), np.bool_, len(lengths))
        allowed = [[edits_allowed(n, is_latin=latin) for n in range(LONGEST_LENGTH + 1)] for latin in (False, True)]
        self.edits = np.array(allowed, np.int8)[self.is_latin.astype(np.int8), self.lengths]
        """Edits allowed to each form."""
        self.is_syllable: Flags = np.fromiter(
            (len(letters) <= LONGEST_SYLLABLE and bool(SYLLABLE.match(letters)) for letters in self.letters),
            np.bool_,
            len(lengths),
        )
        """True where the letters may be one Vietnamese syllable."""
        repeated = np.zeros(len(self.codes), np.int64)
        repeated[1:] = self.codes[1:] == self.codes[:-1]
        repeated[self.begins] = 0
        self.singled = lengths - (np.add.reduceat(repeated, self.begins) if len(lengths) else repeated)
        """Letters of each form, double ones counted once."""
        self.first = self.codes[self.begins]
        self.second = self.codes[np.minimum(self.begins + 1, max(0, len(self.codes) - 1))]
        self.toned: Flags = np.fromiter((_has_accents(text) for text in self._texts), np.bool_, len(lengths))
        """True where the spelling itself has accents."""

    def __len__(self) -> int:
        return len(self.letters)

    def form(self, number: int) -> Form:
        """Return one form, taken apart."""
        found = self._made.get(number)
        if found is None:
            words = self._words[number].split(" ")
            breaks = accumulate(map(len, words[:-1]))
            letters, mark = self.letters[number], self.marks[self._mark_of[number]]
            found = self._made[number] = Form(
                mark=mark,
                text=self._texts[number],
                letters=letters,
                skeleton=letters.translate(SKELETON),
                breaks=frozenset(breaks),
                words=tuple(words),
                lowered=self._texts[number].lower(),
                change=self._changes.get(number, "same"),
                is_by_sound=number in self._by_sound,
                is_known=bool(self.is_known[number]),
                is_latin=bool(self.is_latin[number]),
            )
        return found


def _has_accents(text: str) -> bool:
    return not text.isascii() and bool(ACCENTED[codes_of(unicodedata.normalize("NFC", text))].any())


def letter_masks(codes: Codes, begins: Places) -> npt.NDArray[np.uint32]:
    """Return which letters occur from each place to the next, one bit for each (rare signs share one)."""
    if not len(begins):
        return np.zeros(0, np.uint32)
    return np.bitwise_or.reduceat(np.left_shift(np.uint32(1), codes & np.uint32(31)), begins)
