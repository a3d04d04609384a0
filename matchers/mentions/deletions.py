"""Which words may be within the edit distance of which forms: both lose letters until they meet in one table."""

from collections.abc import Iterator

import numpy as np

from matchers.mentions.codes import BASE, INVERSE, WEIGHT, Codes, Hashes, Places, powers
from matchers.mentions.form_table import FormTable
from matchers.mentions.hash_table import HashTable, Ids

PREFIX = 8
"""Letters from the start that are compared by deletions; the rest is left to the verification.

Two words within k edits have starts of any one length that meet after at most k deletions on either side.
"""
SHORTEST = 3
# Rows worked on at once, so that the arrays stay in the processor's cache.
ROWS = 4_096
_POWERS = powers(BASE, PREFIX + 1)
_ONCE, _TWICE = np.uint64(INVERSE), np.uint64(pow(INVERSE, 2, 2**64))


def deletion_hashes(codes: Codes, begins: Places, length: int, edits: int) -> Hashes:
    """Return, a row for each place, the hashes of its first letters with up to so many of them left out."""
    sums = np.zeros((len(begins), length + 1), np.uint64)
    for at in range(length):
        sums[:, at + 1] = sums[:, at] + WEIGHT[codes[begins + at]] * _POWERS[at]
    once, twice = sums * _ONCE, sums * _TWICE
    columns = [sums[:, length:]]
    if edits:
        columns.append(sums[:, :length] - once[:, 1:] + once[:, length:])
    if edits > 1:
        first, second = np.triu_indices(length, 1)
        left = sums[:, :length] - once[:, 1:]
        right = once[:, :length] + twice[:, length:] - twice[:, 1:]
        columns.append(left[:, first] + right[:, second])
    return np.concatenate(columns, axis=1)


class Deletions:
    """The deletion neighbourhood of all forms. Finds candidates; none within the policy's distance is missed."""

    def __init__(self, forms: FormTable) -> None:
        hashes: list[Hashes] = []
        ids: list[Ids] = []
        for edits in (1, 2):
            for length in range(SHORTEST + 1, PREFIX + 1):
                of_length = forms.lengths == length if length < PREFIX else forms.lengths >= PREFIX
                chosen = np.flatnonzero(of_length & (forms.edits == edits))
                if len(chosen):
                    rows = deletion_hashes(forms.codes, forms.begins[chosen], length, edits)
                    ids.append(np.repeat(chosen.astype(np.int32), rows.shape[1]))
                    hashes.append(rows.ravel())
        self._table = HashTable(
            np.concatenate(hashes) if hashes else np.zeros(0, np.uint64),
            np.concatenate(ids) if ids else np.zeros(0, np.int32),
        )
        self._forms = forms

    def find(self, codes: Codes, begins: Places, lengths: Places, most: int = 2) -> Iterator[tuple[Places, Ids]]:
        """Yield candidates within so many edits as two arrays: the place in `begins`, and a form; some come twice."""
        for length in range(SHORTEST, PREFIX + 1):
            chosen = np.flatnonzero(lengths == length if length < PREFIX else lengths >= PREFIX)
            edits = 1 if length < 6 else most
            for start in range(0, len(chosen), ROWS):
                part = chosen[start : start + ROWS]
                rows = deletion_hashes(codes, begins[part], length, edits)
                at, ids = self._table.find(rows.ravel())
                yield part[at // rows.shape[1]], ids
