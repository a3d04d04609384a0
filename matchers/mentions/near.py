"""Windows of words and the forms they are near to, many at once: candidates first, then the true distance."""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from matchers.mentions.batch import Batch, Pieces
from matchers.mentions.closeness import LEAST_TWICE
from matchers.mentions.codes import (
    BASE,
    DIGIT,
    INSIDE,
    INVERSE,
    KIND,
    LATIN,
    LETTER_CODES,
    WEIGHT,
    Codes,
    Flags,
    Hashes,
    Places,
    codes_of,
    powers,
)
from matchers.mentions.deletions import PREFIX, SHORTEST, Deletions
from matchers.mentions.form_table import FormTable
from matchers.mentions.hash_table import Ids

# Words of one window; more only where single signs stand between them (n.i.k.k.e).
WORDS = 4
WORDS_WITH_SIGNS = 12
MOST_EDITS = 2
# Windows with repeated letters read again in one text.
MOST_REPEATING = 40
Lengths = npt.NDArray[np.int16]
Counts = npt.NDArray[np.uint8]
REPEATED = re.compile(r"(.)\1{2,}")


@dataclass(frozen=True, slots=True)
class Windows:
    """Neighbouring words, each window as the letters from `begins` on, `lengths` long."""

    letters: Codes
    begins: Places
    lengths: Places
    first: Places
    """Number of the first piece."""
    last: Places
    """Number of the last piece."""
    is_spaced: Flags
    """True where more than single signs stands between the words."""
    is_read: Flags
    """True where digits are read as letters."""
    keys: tuple[Hashes, Hashes]
    """What the hashes of stretches of `letters` are taken from."""

    def hashes(self) -> Hashes:
        """Return the hash of each window's letters."""
        return hashes_of(self.keys, self.begins, self.lengths)

    def chosen(self, which: Places) -> "Windows":
        """Return some of the windows."""
        return Windows(
            self.letters,
            self.begins[which],
            self.lengths[which],
            self.first[which],
            self.last[which],
            self.is_spaced[which],
            self.is_read[which],
            self.keys,
        )

    def masks(self) -> Codes:
        """Return which letters occur in each window."""
        if not len(self.begins):
            return np.zeros(0, np.uint32)
        bits = np.left_shift(np.uint32(1), np.append(self.letters, 0) & np.uint32(31))
        edges = np.column_stack((self.begins, self.begins + self.lengths)).ravel()
        masks: Codes = np.bitwise_or.reduceat(bits, edges)[::2]
        return masks

    def repeats(self) -> Places:
        """Return how many letters of each window repeat the one before."""
        same = np.zeros(len(self.letters) + 1, np.int64)
        np.cumsum(self.letters[1:] == self.letters[:-1], out=same[1:-1])
        repeated: Places = same[self.begins + self.lengths - 1] - same[self.begins]
        return repeated


def windows_of(batch: Batch, pieces: Pieces, longest: int, *, with_toned: bool = True) -> Windows:
    """Return the windows of one to four words, those with single signs inside, and words with their digits read.

    Windows with letters that only Vietnamese has are left out on demand.
    """
    first_piece = np.flatnonzero(~pieces.is_touching())
    last_piece = np.append(first_piece[1:], len(pieces.starts))[: len(first_piece)] - 1
    text, toned = pieces.text[first_piece], pieces.toned
    is_toned = toned[last_piece + 1] > toned[first_piece]
    begin, end = pieces.letter_starts[first_piece], pieces.letter_starts[last_piece + 1]
    joined = np.append(_single_signs(batch, pieces, first_piece, last_piece), False)
    starts, stops, spaced = [], [], []
    here = np.arange(len(first_piece))
    unbroken = np.ones(len(here), np.bool_)
    for count in range(WORDS_WITH_SIGNS):
        here = here[here + count < len(first_piece)]
        unbroken = unbroken[: len(here)]
        keep = text[here] == text[here + count]
        if count:
            unbroken = unbroken & joined[here + count - 1]
        if count >= WORDS:
            keep &= unbroken
        length = end[here + count] - begin[here]
        keep &= length <= longest + MOST_EDITS
        if not with_toned:
            keep &= ~is_toned[here + count]
        here, unbroken, length = here[keep], unbroken[keep], length[keep]
        long_enough = length >= SHORTEST
        starts.append(here[long_enough])
        stops.append(here[long_enough] + count)
        spaced.append(~unbroken[long_enough])
        if not len(here):
            break
    one, two = np.concatenate(starts), np.concatenate(stops)
    first, last, is_spaced = first_piece[one], last_piece[two], np.concatenate(spaced)
    windows = _with_read_digits(pieces, first, last, is_spaced, with_toned=with_toned)
    return _with_other_readings(windows, pieces)


def _single_signs(batch: Batch, pieces: Pieces, first_piece: Places, last_piece: Places) -> Flags:
    """Say of each word but the last whether only one or two inner signs part it from the next."""
    left, right = pieces.ends[last_piece[:-1]], pieces.starts[first_piece[1:]]
    inside = INSIDE[batch.codes]
    gap = right - left
    second = np.minimum(left + 1, len(inside) - 1)
    joined: Flags = (gap <= 2) & inside[left] & ((gap == 1) | inside[second])
    return joined


def _with_read_digits(pieces: Pieces, first: Places, last: Places, is_spaced: Flags, *, with_toned: bool) -> Windows:
    """Add the pieces inside words and, for words with digits, their letters with the digits read as letters."""
    touching = np.append(pieces.is_touching(), False)
    size = np.diff(pieces.letter_starts)
    is_inner = (touching[:-1] | touching[1:]) & (pieces.kinds != DIGIT) & (size > SHORTEST)
    if not with_toned:
        is_inner &= pieces.toned[1:] == pieces.toned[:-1]
    inner = np.flatnonzero(is_inner)
    first, last = np.concatenate((first, inner)), np.concatenate((last, inner))
    is_spaced = np.concatenate((is_spaced, np.zeros(len(inner), np.bool_)))
    begins = pieces.letter_starts[first]
    lengths = pieces.letter_starts[last + 1] - begins
    digits = np.append(0, np.cumsum(pieces.kinds == DIGIT))
    mixed = np.flatnonzero((digits[last + 1] > digits[first]) & (pieces.kinds[first] != DIGIT) & ~is_spaced)
    letters = np.concatenate((pieces.letters, LETTER_CODES[pieces.letters]))
    return Windows(
        letters=letters,
        begins=np.concatenate((begins, begins[mixed] + len(pieces.letters))),
        lengths=np.concatenate((lengths, lengths[mixed])),
        first=np.concatenate((first, first[mixed])),
        last=np.concatenate((last, last[mixed])),
        is_spaced=np.concatenate((is_spaced, is_spaced[mixed])),
        is_read=np.concatenate((np.zeros(len(first), np.bool_), np.ones(len(mixed), np.bool_))),
        keys=sums_of(letters),
    )


def _with_other_readings(windows: Windows, pieces: Pieces) -> Windows:
    """Add the words that repeat a letter more than twice, with two of it (guccciii is one edit from gucci then)."""
    letters = windows.letters
    thrice = np.zeros(len(letters) + 1, np.int64)
    if len(letters) > 2:
        same = letters[1:] == letters[:-1]
        thrice[3:] = np.cumsum(same[1:] & same[:-1] & (KIND[letters[2:]] == LATIN))
    ends = windows.begins + windows.lengths
    again = np.flatnonzero((thrice[ends] > thrice[np.minimum(windows.begins + 2, ends)]) & ~windows.is_spaced)
    again = again[_first_few(pieces.text[windows.first[again]])]
    if not len(again):
        return windows
    singled = [
        codes_of(REPEATED.sub(r"\1\1", "".join(map(chr, letters[begin:end].tolist()))))
        for begin, end in zip(windows.begins[again].tolist(), ends[again].tolist(), strict=True)
    ]
    lengths = np.fromiter(map(len, singled), np.int64, len(singled))
    begins = len(letters) + np.cumsum(lengths) - lengths
    more = np.concatenate((letters, *singled))
    return Windows(
        letters=more,
        begins=np.concatenate((windows.begins, begins)),
        lengths=np.concatenate((windows.lengths, lengths)),
        first=np.concatenate((windows.first, windows.first[again])),
        last=np.concatenate((windows.last, windows.last[again])),
        is_spaced=np.concatenate((windows.is_spaced, windows.is_spaced[again])),
        is_read=np.concatenate((windows.is_read, windows.is_read[again])),
        keys=sums_of(more),
    )


def _first_few(text: Places) -> Places:
    """Return the places of the first few windows of each text."""
    order = np.argsort(text, kind="stable")
    ordered = text[order]
    rank = np.arange(len(ordered)) - np.searchsorted(ordered, ordered)
    return np.sort(order[rank < MOST_REPEATING])


@dataclass(frozen=True, slots=True)
class Pairs:
    """Windows and forms that may be near each other: two arrays in step."""

    window: Places
    form: Ids


@dataclass(frozen=True, slots=True)
class Sieve:
    """Precision rules of closeness.py that whole arrays can be held against before the distance is worked out."""

    forms: Flags
    """The forms that may be named at all."""
    edits: int = MOST_EDITS
    """Most edits."""
    one_edit_below: int = 10
    """Shorter forms are named by one edit, swaps and doubled letters only."""

    def starts_alike(self, forms: FormTable, letters: Codes, begins: Places, form: Ids) -> Flags:
        """Say of each pair whether both begin with the same letter, or with two letters swapped."""
        one, two = letters[begins], letters[begins + 1]
        swapped = (one == forms.second[form]) & (two == forms.first[form]) & (forms.lengths[form] >= 6)
        alike: Flags = self.forms[form] & ((one == forms.first[form]) | swapped)
        return alike

    def may_name(self, lengths: Lengths, longer: Places, differing: Counts, doubles: Places) -> Flags:
        """Say of each pair whether the letters that differ may still name the form.

        Two letters more or less are one difference only where they are doubled ones, or one of them in a long form.
        """
        close = (longer <= 1) & ((differing == 0) | ((lengths > 4) & (differing <= 2)))
        doubled = (longer == 2) & (differing == 0) & (doubles <= (lengths >= LEAST_TWICE))
        may: Flags = close | doubled | (lengths >= self.one_edit_below)
        return may


class Neighbourhood:
    """Finds every (window, form) within the distance policy."""

    def __init__(self, forms: FormTable) -> None:
        self._forms = forms
        self._deletions = Deletions(forms)

    def candidates(self, windows: Windows, sieve: Sieve | None = None) -> Pairs:
        """Return all pairs within the distance policy and some more, none twice; with a sieve only what passes it."""
        if not len(windows.begins):
            return Pairs(np.zeros(0, np.int64), np.zeros(0, np.int32))
        short = np.minimum(windows.lengths, PREFIX)
        _, first, row_of = np.unique(
            hashes_of(windows.keys, windows.begins, short), return_index=True, return_inverse=True
        )
        order = np.argsort(row_of, kind="stable")
        bounds = np.append(0, np.cumsum(np.bincount(row_of, minlength=len(first))))
        forms, masks = self._forms, windows.masks()
        starts, repeats = windows.begins[first], windows.repeats()
        found: list[Hashes] = []
        most = MOST_EDITS if sieve is None else sieve.edits
        for row_found, form_found in self._deletions.find(windows.letters, starts, short[first], most):
            row, form = row_found, form_found
            if sieve is not None:
                passed = sieve.starts_alike(forms, windows.letters, starts[row], form)
                row, form = row[passed], form[passed]
            count = bounds[row + 1] - bounds[row]
            form_of = np.repeat(form, count)
            at = np.repeat(bounds[row] - np.cumsum(count) + count, count) + np.arange(len(form_of))
            window = order[at]
            longer = np.abs(windows.lengths[window] - forms.lengths[form_of])
            differing = np.bitwise_count(masks[window] ^ forms.masks[form_of])
            near = longer <= forms.edits[form_of]
            near &= differing <= 2 * forms.edits[form_of]
            if sieve is not None:
                singled = windows.lengths[window] - repeats[window] - forms.singled[form_of]
                near &= sieve.may_name(forms.lengths[form_of], longer, differing, np.abs(singled))
            found.append(window[near].astype(np.uint64) << np.uint64(32) | form_of[near].astype(np.uint64))
        pairs = np.unique(np.concatenate(found)) if found else np.zeros(0, np.uint64)
        return Pairs((pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int32))

    def within(self, windows: Windows, pairs: Pairs, sieve: Sieve | None = None) -> tuple[Pairs, list[str]]:
        """Return the pairs within the policy's distance, a swap of neighbours being one edit, and their words.

        With a sieve, two edits of a shorter form count only where letters are doubled or swapped twice.
        """
        text = windows.letters.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
        begins, lengths = windows.begins[pairs.window].tolist(), windows.lengths[pairs.window].tolist()
        words = [text[begin : begin + length] for begin, length in zip(begins, lengths, strict=True)]
        letters = self._forms.letters
        wanted = [letters[form] for form in pairs.form.tolist()]
        edits = cpdist(words, wanted, scorer=OSA.distance, score_cutoff=MOST_EDITS, dtype=np.int32)
        may = (edits > 0) & (edits <= self._forms.edits[pairs.form])
        if sieve is not None:
            long_enough = self._forms.lengths[pairs.form] >= sieve.one_edit_below
            may &= (edits == 1) | long_enough | self._may_be_one(windows, pairs)
        near = np.flatnonzero(may)
        return Pairs(pairs.window[near], pairs.form[near]), [words[at] for at in near.tolist()]

    def _may_be_one(self, windows: Windows, pairs: Pairs) -> Flags:
        """Say of each pair whether two edits may be one difference: letters doubled, or neighbours swapped twice."""
        forms, lengths = self._forms, windows.lengths[pairs.window]
        of_pairs = windows.chosen(pairs.window)
        doubled = of_pairs.repeats() + forms.lengths[pairs.form] - forms.singled[pairs.form] > 0
        same: Flags = of_pairs.masks() == forms.masks[pairs.form]
        may: Flags = doubled | (same & (lengths == forms.lengths[pairs.form]))
        return may


def sums_of(letters: Codes) -> tuple[Hashes, Hashes]:
    """Return the running sums that the hash of any stretch is taken from, and the powers that shift it to its start."""
    sums = np.zeros(len(letters) + 1, np.uint64)
    np.cumsum(WEIGHT[letters] * powers(BASE, len(letters)), out=sums[1:])
    return sums, powers(INVERSE, len(letters) + 1)


def hashes_of(keys: tuple[Hashes, Hashes], begins: Places, lengths: Places) -> Hashes:
    """Return the hash of each stretch of letters."""
    sums, back = keys
    hashes: Hashes = (sums[begins + lengths] - sums[begins]) * back[begins]
    return hashes
