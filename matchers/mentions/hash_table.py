"""A frozen table from 64-bit hashes to ids in three compact arrays, asked for thousands of hashes at once."""

import numpy as np
import numpy.typing as npt

from matchers.mentions.codes import Hashes, Places

Ids = npt.NDArray[np.int32]

# A bit field this many times larger than the table turns away most hashes that are not in it.
BITS_PER_ENTRY = 5
WORD = np.uint64(64)


class HashTable:
    """Finds the ids stored under hashes. Two hashes pass for one only where 54 bits agree; callers verify."""

    def __init__(self, hashes: Hashes, ids: Ids) -> None:
        order = np.argsort(hashes)
        ordered = hashes[order]
        bits = max(4, len(ids).bit_length())
        self._shift = WORD - np.uint64(bits)
        self._ids = ids[order]
        self._tags = ordered.astype(np.uint32)
        counts = np.bincount((ordered >> self._shift).astype(np.int64), minlength=2**bits)
        self._offsets = np.zeros(2**bits + 1, np.uint32)
        np.cumsum(counts, out=self._offsets[1:])
        self._field_shift = WORD - np.uint64(bits + BITS_PER_ENTRY)
        self._field = np.zeros(2 ** (bits + BITS_PER_ENTRY - 3), np.uint8)
        places = ordered >> self._field_shift
        np.bitwise_or.at(self._field, (places >> np.uint64(3)).astype(np.int64), _bit(places))

    def __len__(self) -> int:
        return len(self._ids)

    def find(self, hashes: Hashes) -> tuple[Places, Ids]:
        """Return pairs as two arrays: the place in `hashes`, and an id stored under it."""
        places = hashes >> self._field_shift
        asked = np.flatnonzero(self._field[(places >> np.uint64(3)).astype(np.int64)] & _bit(places))
        found = hashes[asked]
        bucket = (found >> self._shift).astype(np.int64)
        first = self._offsets[bucket].astype(np.int64)
        counts = self._offsets[bucket + 1].astype(np.int64) - first
        which = np.repeat(np.arange(len(asked)), counts)
        at = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(len(which))
        same = self._tags[at] == found.astype(np.uint32)[which]
        return asked[which[same]], self._ids[at[same]]


def _bit(places: Hashes) -> npt.NDArray[np.uint8]:
    return np.left_shift(np.uint8(1), (places & np.uint64(7)).astype(np.uint8), dtype=np.uint8)
