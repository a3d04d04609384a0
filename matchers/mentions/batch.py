"""Many folded texts as one row of code points, cut into pieces and words by array arithmetic."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from matchers.mentions.codes import (
    ACCENTED,
    DIGIT,
    KIND,
    LAST,
    LATIN,
    LOWER,
    SIGN,
    TONED,
    UPPER,
    Codes,
    Flags,
    Places,
    all_codes_of,
)
from matchers.text.fold import UNEVEN, View, fold_plain, plain_codes

# Between two texts; longer than any gap inside a mark.
BETWEEN = "\n\n\n\n"


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts side by side. Offsets of `codes` count through all of them."""

    printed: Sequence[str]
    """The texts as printed."""
    codes: Codes
    """Code points of all plain views, with gaps between."""
    shown: Codes
    """The printed code point behind each of `codes`."""
    begins: Places
    """Where each text begins, and where the last one ends."""
    views: dict[int, View]
    """Plain views by number; those that run in step with the printed text are made when asked for."""
    plain: str
    """All plain views, with gaps between."""

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Batch":
        """Fold the texts and lay them side by side."""
        printed = all_codes_of(BETWEEN.join((*texts, "")))
        folded = plain_codes(printed)
        begins = _begins(map(len, texts), len(texts))
        uneven = np.unique(np.searchsorted(begins, np.flatnonzero(folded == ord(UNEVEN)), side="right") - 1)
        views = {number: fold_plain(texts[number]) for number in uneven.tolist()}
        if views:
            codes, shown, end = [], [], 0
            for number, view in views.items():
                begin, after = int(begins[number]), int(begins[number]) + len(texts[number])
                codes += [folded[end:begin], all_codes_of(view.text)]
                shown += [printed[end:begin], printed[begin + np.array(view.starts, np.int64)]]
                end = after
            folded, printed = np.concatenate((*codes, folded[end:])), np.concatenate((*shown, printed[end:]))
            lengths = np.diff(begins) - len(BETWEEN)
            lengths[list(views)] = [len(view.text) for view in views.values()]
            begins = _begins(lengths.tolist(), len(texts))
        last = np.uint32(LAST)
        plain = folded.astype("<u4", copy=False).tobytes().decode("utf-32-le", "surrogatepass")
        return cls(texts, np.minimum(folded, last), np.minimum(printed, last), begins, views, plain)

    def text_at(self, places: Places) -> Places:
        """Return the number of the text that each offset lies in."""
        return np.searchsorted(self.begins, places, side="right") - 1

    def text_of(self, ordered: Places) -> Places:
        """Return the same of offsets in rising order."""
        count = np.diff(np.searchsorted(ordered, self.begins))
        return np.repeat(np.arange(len(count)), count)

    def texts_with(self, flags: Flags) -> list[int]:
        """Return the numbers of the texts that hold any of the flagged code points."""
        if not len(self.printed):
            return []
        return np.flatnonzero(np.logical_or.reduceat(flags, self.begins[:-1])).tolist()

    def original(self, number: int, start: int, end: int) -> tuple[int, int]:
        """Return the printed offsets of a part of one text's plain view."""
        view = self.views.get(number)
        return (start, end) if view is None else view.original(start, end)

    def view(self, number: int) -> View:
        """Return the plain view of one text."""
        view = self.views.get(number)
        if view is None:
            begin = int(self.begins[number])
            view = self.views[number] = View(self.plain[begin : begin + len(self.printed[number])])
        return view


def _begins(lengths: Iterable[int], count: int) -> Places:
    begins = np.zeros(count + 1, np.int64)
    np.cumsum(np.fromiter(lengths, np.int64, count) + len(BETWEEN), out=begins[1:])
    return begins


@dataclass(frozen=True, slots=True)
class Pieces:
    """Runs of Latin letters, of digits or of one sign, in text order."""

    starts: Places
    ends: Places
    kinds: Codes
    """LATIN, DIGIT, or the code of the sign."""
    letter_starts: Places
    """Where each piece begins when all pieces are written without gaps; one more entry for the end."""
    letters: Codes
    """The pieces' folded letters without gaps."""
    toned: Places
    """How many letters with Vietnamese signs stand before each piece; one more entry for the end."""
    accented: Places
    """The same for letters with any accent."""
    text: Places
    """The number of the text that each piece stands in."""

    @property
    def has_signs(self) -> bool:
        """Say whether any piece is a sign."""
        return bool((self.kinds > DIGIT).any())

    def is_touching(self) -> Flags:
        """Say of each piece whether it touches the one before."""
        touching = np.zeros(len(self.starts), np.bool_)
        touching[1:] = self.starts[1:] == self.ends[:-1]
        return touching


def cut(batch: Batch, *, with_signs: bool = False) -> Pieces:
    """Cut the texts into pieces; letters part where a capital follows a small one (DiorSauvage).

    With signs, ! @ $ | € beside a letter or digit are pieces too.
    """
    kinds = KIND[batch.codes].astype(np.uint32)
    kinds[kinds > DIGIT] = 0
    if with_signs:
        solid = np.concatenate(([False], kinds > 0, [False]))
        is_sign = SIGN[batch.codes] & (solid[:-2] | solid[2:])
        kinds[is_sign] = batch.codes[is_sign]
        alone = is_sign
    else:
        alone = np.zeros(len(kinds), np.bool_)
    before = np.concatenate(([0], kinds[:-1]))
    after = np.concatenate((kinds[1:], [0]))
    starts = np.flatnonzero((kinds > 0) & ((before != kinds) | alone))
    ends = np.flatnonzero((kinds > 0) & ((after != kinds) | alone)) + 1
    if len(starts):
        inside = _capital_cuts(batch, kinds, starts, ends)
        if len(inside):
            starts, ends = np.sort(np.concatenate((starts, inside))), np.sort(np.concatenate((ends, inside)))
    solid_places = np.flatnonzero(kinds)
    letter_starts = np.zeros(len(starts) + 1, np.int64)
    np.cumsum(ends - starts, out=letter_starts[1:])
    shown = batch.shown[solid_places]
    toned = np.concatenate(([0], np.cumsum(TONED[shown])))[letter_starts]
    accented = np.concatenate(([0], np.cumsum(ACCENTED[shown])))[letter_starts]
    return Pieces(
        starts, ends, kinds[starts], letter_starts, batch.codes[solid_places], toned, accented, batch.text_of(starts)
    )


def cut_runs(batch: Batch) -> Pieces:
    """Cut the texts into runs of katakana, of kanji, of hiragana and of other letters that are not Latin."""
    kinds = KIND[batch.codes].astype(np.uint32)
    kinds[kinds <= DIGIT] = 0
    edges = np.flatnonzero(np.diff(kinds, prepend=0, append=0))
    starts, ends = edges[:-1], edges[1:]
    inside = kinds[starts] > 0
    starts, ends = starts[inside], ends[inside]
    letter_starts = np.zeros(len(starts) + 1, np.int64)
    np.cumsum(ends - starts, out=letter_starts[1:])
    none = np.zeros(len(starts) + 1, np.int64)
    letters = batch.codes[np.flatnonzero(kinds)]
    return Pieces(starts, ends, kinds[starts], letter_starts, letters, none, none, batch.text_of(starts))


def _capital_cuts(batch: Batch, kinds: Codes, starts: Places, ends: Places) -> Places:
    """Return the places inside runs of letters where a small letter is followed by a capital."""
    upper, lower, is_latin = UPPER[batch.shown], LOWER[batch.shown], kinds == LATIN
    places = np.flatnonzero(upper[1:] & lower[:-1]) + 1
    places = places[is_latin[places] & is_latin[places - 1]]
    run = np.searchsorted(starts, places, side="right") - 1
    inside = (places - starts[run] >= 2) & (ends[run] - places >= 2) & (ends[run] - starts[run] > 3)
    # Capitals before a word that begins with one: GIÀYNike.
    shouted = np.flatnonzero(upper[:-2] & upper[1:-1] & lower[2:]) + 1
    shouted = shouted[is_latin[shouted]]
    of = np.searchsorted(starts, shouted, side="right") - 1
    after = (shouted - starts[of] >= 3) & (ends[of] - shouted >= 3)
    return np.union1d(places[inside], shouted[after])
