"""Marks with some letters covered by a sign: N*ke, Ch*n*l, シャ○ル."""

import re
from collections.abc import Iterator

import numpy as np

from matchers.mentions.batch import Batch
from matchers.mentions.codes import COVER
from matchers.mentions.form_table import FormTable
from matchers.mentions.place import Place

SIGNS = "*○〇◯●■□"
# A word with signs inside; it begins with a letter of the mark.
MASKED = re.compile(rf"(?<!\w)\w+[{SIGNS}]+(?:[\w{SIGNS}])*(?!\w)|[ァ-ヺー]+[{SIGNS}]+[ァ-ヺー{SIGNS}]*")
SHORTEST = {True: 4, False: 3}
"""Least length of a mark by whether its letters are Latin."""


class MaskIndex:
    """Finds known marks of which more letters are shown than covered. A short list: signs in words are rare."""

    def __init__(self, forms: FormTable) -> None:
        self._forms = forms
        self._by_start: dict[tuple[str, int], list[int]] = {}
        for number in np.flatnonzero(forms.is_known).tolist():
            letters = forms.letters[number]
            if len(letters) >= SHORTEST[bool(forms.is_latin[number])]:
                self._by_start.setdefault((letters[0], len(letters)), []).append(number)

    def find(self, batch: Batch) -> Iterator[tuple[int, Place]]:
        """Yield the number of a text and a place in it."""
        if not self._by_start:
            return
        for number in batch.texts_with(COVER[batch.codes]):
            view = batch.view(number)
            for word in MASKED.finditer(view.text):
                for form_number in self._by_start.get((word[0][0], len(word[0])), ()):
                    form = self._forms.form(form_number)
                    if not form.mark.ambiguous and _shows(word[0], form.letters):
                        yield number, Place(form, *view.original(*word.span()), "signs")


def _shows(word: str, letters: str) -> bool:
    """Say whether the letters that are shown are the mark's, and more than those covered."""
    covered = sum(letter in SIGNS for letter in word)
    shown = all(one in (other, *SIGNS) for one, other in zip(word, letters, strict=True))
    return shown and 2 * covered < len(word)
