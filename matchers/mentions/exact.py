"""Look-up of neighbouring pieces in the index: registered, joined, split and look-alike spellings in one step."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from matchers.mentions.batch import Batch, Pieces
from matchers.mentions.codes import (
    BASE,
    DIGIT,
    LATIN,
    SKELETON_CODES,
    WEIGHT,
    Codes,
    Flags,
    Hashes,
    Places,
    codes_of,
    powers,
)
from matchers.mentions.form_table import FormTable
from matchers.mentions.forms import SKELETON, Form
from matchers.mentions.hash_table import HashTable, Ids
from matchers.mentions.market_words import GLUED_WORDS
from matchers.mentions.mention import Change
from matchers.mentions.near import hashes_of, sums_of
from matchers.mentions.pieces import Piece
from matchers.mentions.place import MOST_TRIED, Place
from matchers.mentions.spelling import SHORTEST_ALTERED, change_of

# A mark may lie in this many pieces (S.H.I.S.E.I.D.O has 8), with at most so many signs between two of them.
MAX_PIECES = 14
MAX_GAP = 3
# Lengths of forms that are looked for at either end of a longer word, and the least that is left of the word.
GLUED = (4, 17)
SHORTEST_REST = 2
# Forms of marks whose trade is not known are looked for there from this length.
UNKNOWN_GLUED = 7
# From this length a word that is no syllable is a name, whatever signs it has.
LEAST_NAME = 5
# Forms of up to so many letters are found by their own letters only.
SHORT = SHORTEST_ALTERED - 1
# Fewer pieces or letters than these, and letters with Vietnamese signs are a word, not a mark taken apart.
LEAST_TONED = (3, 6)


class ExactIndex:
    """Finds windows of pieces whose letters are those of a form, digits that look like letters made one."""

    def __init__(self, forms: FormTable) -> None:
        self._forms = forms
        latin = np.flatnonzero(forms.is_latin)
        self._table = HashTable(letter_hashes(forms, SKELETON_CODES[forms.codes])[latin], latin.astype(np.int32))
        self._letters = HashTable(letter_hashes(forms, forms.codes), np.arange(len(forms), dtype=np.int32))
        self._longest = int(forms.lengths[latin].max()) if len(latin) else 0

    def has(self, hashes: Hashes) -> Places:
        """Return the places of those hashes of folded letters that are a form's."""
        return self._letters.find(hashes)[0]

    def find(self, batch: Batch, pieces: Pieces) -> Iterator[tuple[int, Place]]:
        """Yield the number of a text and a place in it where a form is named."""
        first, last, form = self._windows(pieces)
        if not len(first):
            return
        signs = np.append(0, np.cumsum(pieces.kinds > DIGIT))
        if signs[-1]:
            # A second cut of the same texts, with signs: windows without one were found in the first.
            with_sign = signs[last + 1] > signs[first]
            first, last, form = first[with_sign], last[with_sign], form[with_sign]
        text = pieces.text[first]
        order = np.lexsort((first, form, text))
        starts = pieces.starts[first] - batch.begins[text]
        ends = pieces.ends[last] - batch.begins[text]
        columns = (column[order].tolist() for column in (text, form, first, last, starts, ends))
        tried, before = 0, (-1, -1)
        for number, form_number, one, two, start, end in zip(*columns, strict=True):
            tried = tried + 1 if before == (number, form_number) else 1
            before = number, form_number
            if tried > MOST_TRIED:
                continue
            known, printed = self._forms.form(form_number), batch.printed[number]
            from_, to = batch.original(number, start, end)
            change: Change | None = known.change
            if printed[from_:to].lower() != known.lowered:
                view = batch.view(number)
                change = change_of(
                    known, _pieces(pieces, one, two, int(batch.begins[number]), view.text), view, printed
                )
                change = known.change if change == "same" else change
            if change == "syllables":
                if _are_shown(known, printed, from_, to):
                    yield number, Place(known, from_, to, change, only_on_faked_goods=True)
            elif change is not None:
                yield number, Place(known, from_, to, change)

    def find_glued(self, batch: Batch, pieces: Pieces) -> Iterator[tuple[int, Place]]:
        """Yield the number of a text and a place in it: a mark and a word for goods, or two marks, as one word."""
        size = np.diff(pieces.letter_starts)
        long = np.flatnonzero((pieces.kinds == LATIN) & (size >= GLUED[0] + SHORTEST_REST))
        if not len(long):
            return
        keys = sums_of(SKELETON_CODES[pieces.letters])
        wholes, begins, lengths, ends = [], [], [], []
        for length in range(*GLUED):
            long = long[size[long] >= length + SHORTEST_REST]
            for place in (pieces.letter_starts[long], pieces.letter_starts[long + 1] - length):
                wholes.append(long)
                begins.append(place)
            lengths.append(np.full(2 * len(long), length))
            ends.append(np.arange(2 * len(long)) >= len(long))
        whole, length_of, is_end = np.concatenate(wholes), np.concatenate(lengths), np.concatenate(ends)
        at, form = self._table.find(hashes_of(keys, np.concatenate(begins), length_of))
        believed = self._forms.is_known[form] | (self._forms.lengths[form] >= UNKNOWN_GLUED)
        meant = np.flatnonzero(believed & (self._forms.lengths[form] == length_of[at]))
        at, form = at[meant], form[meant]
        columns = (column.tolist() for column in (whole[at], form, pieces.text[whole[at]], is_end[at]))
        tried: Counter[tuple[int, int]] = Counter()
        for piece, number, text, at_end in zip(*columns, strict=True):
            tried[text, number] += 1
            if tried[text, number] <= MOST_TRIED:
                yield from self._glued(batch, pieces, piece, number, at_end=at_end)

    def _glued(
        self, batch: Batch, pieces: Pieces, piece: int, number: int, *, at_end: bool
    ) -> Iterator[tuple[int, Place]]:
        """Yield the place of a form at one end of a longer word, where the rest of the word is known."""
        text = int(pieces.text[piece])
        begin, known = int(batch.begins[text]), self._forms.form(number)
        start, end = int(pieces.starts[piece]) - begin, int(pieces.ends[piece]) - begin
        word = batch.view(text).text[start:end]
        length = len(known.letters)
        rest, own = (word[:-length], word[-length:]) if at_end else (word[length:], word[:length])
        # A word of goods leaves an ambiguous mark a word (applepie); another mark's name does not (Appleiphone).
        is_glued = self._is_form(rest) or (rest in GLUED_WORDS and not known.mark.ambiguous)
        if own != known.letters or not is_glued:
            return
        start, end = (end - length, end) if at_end else (start, start + length)
        from_, to = batch.original(text, start, end)
        if batch.printed[text][from_:to].isascii():
            yield text, Place(known, from_, to, "same")

    def _is_form(self, word: str) -> bool:
        """Say whether a word is a form of a mark whose trade is known."""
        codes = codes_of(word)
        keys = hashes_of(sums_of(SKELETON_CODES[codes]), np.zeros(1, np.int64), np.array([len(codes)]))
        return any(
            self._forms.is_known[form] and self._forms.letters[form] == word for form in self._table.find(keys)[1]
        )

    def _windows(self, pieces: Pieces) -> tuple[Places, Places, Ids]:
        """Return the first and last piece of each window and a form with its letters."""
        count = len(pieces.starts)
        keys = sums_of(SKELETON_CODES[pieces.letters])
        close = np.append(pieces.starts[1:] - pieces.ends[:-1] <= MAX_GAP, False) if count else np.zeros(0, np.bool_)
        here = np.arange(count)
        firsts, lasts, forms = [], [], []
        for further in range(MAX_PIECES):
            if further:
                here = here[here + further < count]
                here = here[close[here + further - 1]]
            lengths = pieces.letter_starts[here + further + 1] - pieces.letter_starts[here]
            fits = lengths <= self._longest
            here, lengths = here[fits], lengths[fits]
            if not len(here):
                break
            at, form = self._table.find(hashes_of(keys, pieces.letter_starts[here], lengths))
            first, last = here[at], here[at] + further
            toned = pieces.toned[last + 1] > pieces.toned[first]
            if not further:
                accented = pieces.accented[last + 1] > pieces.accented[first]
                # Vietnamese is written syllable by syllable: a longer word with its signs is a name (đoremon).
                is_word = self._forms.is_syllable[form] | (lengths[at] < LEAST_NAME)
                toned = (toned & is_word) | (accented & self._forms.is_syllable[form])
            if further + 1 < LEAST_TONED[0]:
                keep = ~toned | self._forms.toned[form]
            else:
                keep = ~toned | self._forms.toned[form] | (lengths[at] >= LEAST_TONED[1])
            keep &= self._forms.lengths[form] == lengths[at]
            keep &= (lengths[at] > SHORT) | self._has_own_letters(pieces, first, form)
            firsts.append(first[keep])
            lasts.append(last[keep])
            forms.append(form[keep])
        if not firsts:
            return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int32)
        return np.concatenate(firsts), np.concatenate(lasts), np.concatenate(forms)

    def _has_own_letters(self, pieces: Pieces, first: Places, form: Ids) -> Flags:
        """Say of short forms whether the window has their very letters; a look-alike of three letters is chance."""
        begins, forms = pieces.letter_starts[first], self._forms
        same = np.ones(len(first), np.bool_)
        for at in range(SHORT):
            here = np.minimum(begins + at, len(pieces.letters) - 1)
            there = np.minimum(forms.begins[form] + at, len(forms.codes) - 1)
            same &= (pieces.letters[here] == forms.codes[there]) | (forms.lengths[form] <= at)
        return same


def letter_hashes(forms: FormTable, codes: Codes) -> Hashes:
    """Return the hash of each form's letters, written in these codes."""
    if not len(forms):
        return np.zeros(0, np.uint64)
    lengths = np.diff(np.append(forms.begins, len(forms.codes)))
    within = np.arange(len(forms.codes)) - np.repeat(forms.begins, lengths)
    weights = powers(BASE, int(lengths.max()))[within]
    return np.add.reduceat(WEIGHT[codes] * weights, forms.begins)


def _are_shown(form: Form, printed: str, start: int, end: int) -> bool:
    """Say whether capitals show two syllables to be a name: nỉ kẻ is a cloth, NI KE or Ni ke inside a title is not."""
    text = printed[start:end]
    if not text.isascii() or printed.isupper():
        return False
    if text.istitle() or text.isupper():
        return not form.mark.ambiguous or text.isupper()
    # One capital, and neither the title's first word nor one of many with a capital.
    is_name = text[0].isupper() and text[1:].islower()
    return is_name and (len(form.letters) > SHORT + 1 or start > 0) and _is_rare_capital(printed)


def _is_rare_capital(printed: str) -> bool:
    """Say whether most words of the text begin with a small letter."""
    words = printed.split()
    return sum(word[0].isupper() for word in words) * 2 <= len(words)


def _pieces(pieces: Pieces, first: int, last: int, begin: int, text: str) -> tuple[Piece, ...]:
    """Return the pieces of one window with the offsets of their own text."""
    found = []
    for at in range(first, last + 1):
        start, end = int(pieces.starts[at]) - begin, int(pieces.ends[at]) - begin
        letters = text[start:end]
        found.append(Piece(start, end, letters, letters.translate(SKELETON)))
    return tuple(found)
