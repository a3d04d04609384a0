"""What each folded character is to the index, as arrays over code points that whole batches are looked up in."""

import re
import unicodedata

import numpy as np
import numpy.typing as npt

from matchers.mentions.forms import DIGITS_AS_LETTERS, SKELETON
from matchers.mentions.syllables import VIETNAMESE

Codes = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

# Code points above share one entry that is no letter: emoji and rare ideographs.
LAST = 0xFFFF

# Kinds of characters; a token is a run of one kind, Latin letters and digits that touch make one word.
NONE, LATIN, DIGIT, KATAKANA, KANJI, HIRAGANA, OTHER = range(7)
_KINDS = (
    (LATIN, re.compile(r"[a-z]")),
    (DIGIT, re.compile(r"[0-9]")),
    (KATAKANA, re.compile(r"[\u30a1-\u30fa\u30fc-\u30ff]")),
    (KANJI, re.compile(r"[\u3400-\u9fff々]")),
    (HIRAGANA, re.compile(r"[\u3041-\u309f]")),
    (OTHER, re.compile(r"[^\W\d_a-zA-Z]")),
)


_EVERY = "".join(map(chr, range(LAST + 1)))


def _flags(pattern: re.Pattern[str]) -> Flags:
    """Return which code points the pattern of one character matches."""
    flags = np.zeros(LAST + 1, np.bool_)
    flags[[found.start() for found in pattern.finditer(_EVERY)]] = True
    return flags


def _kinds() -> npt.NDArray[np.uint8]:
    kinds = np.zeros(LAST + 1, np.uint8)
    for kind, pattern in reversed(_KINDS):
        kinds[_flags(pattern)] = kind
    return kinds


def _translated(table: dict[int, str]) -> Codes:
    codes = np.arange(LAST + 1, dtype=np.uint32)
    for code, char in table.items():
        codes[code] = ord(char)
    return codes


KIND = _kinds()
"""Kind by folded code point."""
UPPER: Flags = np.fromiter((chr(code).isupper() for code in range(LAST + 1)), np.bool_, LAST + 1)
"""True for printed capitals."""
LOWER: Flags = np.fromiter((chr(code).islower() for code in range(LAST + 1)), np.bool_, LAST + 1)
"""True for printed small letters."""
TONED = _flags(re.compile(VIETNAMESE.pattern, re.IGNORECASE))
"""True for printed letters with signs that only Vietnamese has."""
ACCENTED = _flags(re.compile(r"[\u00c0-\u024f\u1e00-\u1eff]")) & np.fromiter(
    (bool(unicodedata.decomposition(char)) or char in "đĐ" for char in _EVERY), np.bool_, LAST + 1
)
"""True for printed Latin letters with any accent."""
SIGN = _flags(re.compile(r"[!¡@$|€]"))
"""True for signs that are printed for a letter."""
INSIDE = _flags(re.compile(r"[.\-_*'’·~^ˊ`]"))
"""True for signs that may stand inside one misspelt word; a space, slash or comma parts words."""
HYPHEN = _flags(re.compile(r"[-‐‑]"))
"""True for hyphens."""
COVER = _flags(re.compile(r"[*○〇◯●■□]"))
"""True for signs that are printed over a letter."""
SKELETON_CODES = _translated(SKELETON)
"""Look-alike digits and signs made one, see forms.py."""
LETTER_CODES = _translated(DIGITS_AS_LETTERS)
"""Digits and signs as the letters they are read for."""

_RANDOM = np.random.default_rng(20_261_122)
WEIGHT = _RANDOM.integers(1, 2**63, LAST + 1, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
"""A fixed random number by code point, for hashing."""
BASE = int(_RANDOM.integers(1, 2**62)) * 2 + 1
"""Odd base of the position weights; its inverse undoes a shift by one place."""
INVERSE = pow(BASE, -1, 2**64)


# Powers are worked out for this many places at once and kept.
STEP = 65_536
_POWERS: dict[int, Hashes] = {}


def powers(base: int, count: int) -> Hashes:
    """Return base to the power of 0, 1, … modulo 2^64."""
    known = _POWERS.get(base)
    if known is None or len(known) < count:
        found = np.full((count // STEP + 1) * STEP, base % 2**64, dtype=np.uint64)
        found[:1] = 1
        known = _POWERS[base] = np.multiply.accumulate(found)
    return known[:count]


def all_codes_of(text: str) -> Codes:
    """Return the code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def codes_of(text: str) -> Codes:
    """Return the code points of a text, rare ones as one entry that is no letter."""
    return np.minimum(all_codes_of(text), np.uint32(LAST))
