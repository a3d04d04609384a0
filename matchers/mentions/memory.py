"""What words seen before are near to, by their hash: most words of titles come back, and most are near no mark."""

import numpy as np

from matchers.mentions.closeness import Difference
from matchers.mentions.codes import Hashes, Places

NearForms = tuple[tuple[int, Difference], ...]

# Slots of the words near nothing, and of those near a form; a later word takes the slot of an earlier one.
NOTHING_BITS, SOMETHING_BITS = 19, 14
# Words near a form that are kept with what was found.
MOST_KEPT = 50_000


class Memory:
    """Remembers of each word the forms that it is near to. It changes the work, never the result."""

    def __init__(self, nothing_bits: int = NOTHING_BITS) -> None:
        self._nothing = np.zeros(2**nothing_bits, np.uint64)
        self._something = np.zeros(2**SOMETHING_BITS, np.uint64)
        self._shifts = np.uint64(64 - nothing_bits), np.uint64(64 - SOMETHING_BITS)
        self._found: dict[int, NearForms] = {}

    def recall(self, hashes: Hashes) -> tuple[Places, list[tuple[int, NearForms]]]:
        """Return the places of the hashes not met before, and with their findings those that are near a form."""
        left = np.flatnonzero(self._nothing[self._slots(hashes, 0)] != hashes)
        rest = hashes[left]
        met = self._something[self._slots(rest, 1)] == rest
        at = left[met]
        found = [(place, self._found.get(key)) for place, key in zip(at.tolist(), rest[met].tolist(), strict=True)]
        lost = [place for place, forms in found if forms is None]
        fresh = left[~met]
        if lost:
            fresh = np.sort(np.concatenate((fresh, np.array(lost, np.int64))))
        return fresh, [(place, forms) for place, forms in found if forms is not None]

    def keep(self, hashes: Hashes, found: dict[int, NearForms]) -> None:
        """Keep what words are near to, by their place in the hashes; those not named are near nothing."""
        if len(self._found) + len(found) > MOST_KEPT:
            self._found.clear()
        near = np.fromiter(found, np.int64, len(found))
        self._found.update(zip(hashes[near].tolist(), found.values(), strict=True))
        self._something[self._slots(hashes[near], 1)] = hashes[near]
        nothing = np.delete(hashes, near)
        self._nothing[self._slots(nothing, 0)] = nothing

    def _slots(self, hashes: Hashes, table: int) -> Places:
        return (hashes >> self._shifts[table]).astype(np.int64)
