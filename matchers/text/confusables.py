"""Foreign letters that look like a Latin letter, from the Unicode confusables data that the kept library ships."""

import unicodedata
from types import MappingProxyType

from confusable_homoglyphs.confusables import confusables_data

# Scripts whose signs keep their own reading: a kana or kanji mark is found as such, never as Latin letters.
OWN_READING = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "IDEOGRAPHIC", "BOPOMOFO")

# Signs that part words and sizes, however much they look like an x.
BETWEEN_WORDS = frozenset("×⨯╳")


def _latin_by_lookalike() -> dict[str, str]:
    """Return the Latin letter of every single character that the data calls confusable with exactly one."""
    table: dict[str, str] = {}
    for sign, homoglyphs in confusables_data.items():
        if len(sign) != 1:
            continue
        is_letter = sign.isalnum() or (unicodedata.category(sign) in {"Sm", "So"} and sign not in BETWEEN_WORDS)
        if not is_letter or sign.isascii() or unicodedata.name(sign, "").startswith(OWN_READING):
            continue
        letters = {
            entry["c"].lower()
            for entry in homoglyphs
            if len(entry["c"]) == 1 and entry["c"].isascii() and entry["c"].isalpha()
        }
        if len(letters) == 1:
            table[sign] = letters.pop()
    return table


LATIN_BY_LOOKALIKE = MappingProxyType(_latin_by_lookalike())
"""Character to lower-case Latin letter, one to one."""
