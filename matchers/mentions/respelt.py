"""Well-known marks written syllable by syllable as Vietnamese say them: Sô-ny, Hon-đa, Pa-na-sô-ních."""

import re
from collections.abc import Iterator

import numpy as np

from matchers.mentions.batch import Batch
from matchers.mentions.codes import ACCENTED, HYPHEN, KIND, LATIN
from matchers.mentions.form_table import FormTable
from matchers.mentions.forms import SEPARATORS
from matchers.mentions.place import Place
from matchers.text.fold import fold_plain

# Syllables with hyphens between; at least one letter has a Vietnamese sign, or other steps find the word.
SYLLABLES = re.compile(r"(?<![\w-])[^\W\d_]{1,6}(?:[-‐‑][^\W\d_]{1,6}){1,5}(?![\w-])")
SHORTEST = 4
# Spellings of one sound, Vietnamese and English, made one.
SOUNDS = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"sh|x"), "s"),
    (re.compile(r"cc(?=[ei])"), "ch"),
    (re.compile(r"c(?=[eiy])"), "s"),
    (re.compile(r"ch(?=$|[^aeiouy])|ck|[cq]"), "k"),
    (re.compile(r"w"), "u"),
    (re.compile(r"y"), "i"),
    (re.compile(r"z"), "s"),
    (re.compile(r"(.)\1+"), r"\1"),
)


class RespeltIndex:
    """Finds known marks by their sound."""

    def __init__(self, forms: FormTable) -> None:
        self._forms = forms
        self._by_sound: dict[str, list[int]] = {}
        for number in np.flatnonzero(forms.is_known & forms.is_latin & (forms.lengths >= SHORTEST)).tolist():
            self._by_sound.setdefault(sound_of(forms.letters[number]), []).append(number)

    def find(self, batch: Batch) -> Iterator[tuple[int, Place]]:
        """Yield the number of a text and a place in it."""
        if not self._by_sound:
            return
        hyphens = np.flatnonzero(HYPHEN[batch.codes[1:-1]]) + 1
        inside = hyphens[(KIND[batch.codes[hyphens - 1]] == LATIN) & (KIND[batch.codes[hyphens + 1]] == LATIN)]
        if not len(inside):
            return
        hyphened = np.unique(batch.text_at(inside)).tolist()
        toned = set(batch.texts_with(ACCENTED[batch.shown]))
        for number in filter(toned.__contains__, hyphened):
            printed = batch.printed[number]
            for word in SYLLABLES.finditer(printed):
                if word[0].isascii():
                    continue
                letters = SEPARATORS.sub("", fold_plain(word[0]).text)
                for form in self._by_sound.get(sound_of(letters), ()):
                    yield number, Place(self._forms.form(form), *word.span(), "respelt", is_near=True)


def sound_of(letters: str) -> str:
    """Return folded letters with the spellings of one sound made one."""
    for spelling, sound in SOUNDS:
        letters = spelling.sub(sound, letters)
    return letters
