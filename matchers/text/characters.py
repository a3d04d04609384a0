"""What one printed character is read as: its accented and its plain form, and what kind of writing it is."""

import re
import unicodedata
from functools import lru_cache

from matchers.text.confusables import LATIN_BY_LOOKALIKE

# Marks that stand on, under or through a letter. Vowel signs of Thai and Indic scripts are letters, not in here.
COMBINING = re.compile(r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f]")
MAX_MARKS = 8
"""More combining marks than this on one letter are skipped; no writing system needs them."""

# Letters without a decomposition that are printed for a plain letter (đ is no d with an accent for Unicode).
LETTER_NAME = re.compile(
    r"(?:NEGATIVE (?:CIRCLED|SQUARED) |REGIONAL INDICATOR SYMBOL |SQUARED |MODIFIER )?"
    r"LATIN (?:(?:SMALL|CAPITAL) )?LETTER (?:SMALL CAPITAL |DOTLESS |SCRIPT |OPEN )?([A-Z])(?: WITH .*)?$"
)
INDICATOR_NAME = re.compile(r"(?:NEGATIVE .*|REGIONAL INDICATOR SYMBOL )LETTER ([A-Z])$")

# Letters that are blank on paper, and the blank braille cell.
BLANKS = {"\u115f": "", "\u1160": "", "\u3164": "", "\uffa0": "", "\u2800": " "}

# A compatibility form longer than this is one sign, not text (U+FDFA alone unfolds to 18 letters).
MAX_UNFOLDED = 4

STRIPPED_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC")


@lru_cache(maxsize=65_536)
def compatible(char: str) -> str:
    """Return the character in its ordinary width and style, or nothing where it prints nothing."""
    if char in BLANKS:
        return BLANKS[char]
    category = unicodedata.category(char)
    if category in {"Cf", "Cs", "Co", "Cn"} or 0xFE00 <= ord(char) <= 0xFE0F:
        return ""
    if char.isspace() or category in {"Zs", "Zl", "Zp"}:
        return " "
    if category == "Cc":
        return ""
    unfolded = unicodedata.normalize("NFKC", char)
    return unfolded if len(unfolded) <= MAX_UNFOLDED else char


@lru_cache(maxsize=65_536)
def accented(char: str) -> str:
    """Return the character folded in case, width and style; accents stay."""
    return compatible(char).lower()


@lru_cache(maxsize=65_536)
def plain(char: str) -> str:
    """Return the character folded further: no accents, no foreign letters that look like Latin ones."""
    return "".join(_plain_letter(letter) for letter in compatible(char))


@lru_cache(maxsize=65_536)
def _plain_letter(letter: str) -> str:
    """Return one letter without accents and as the Latin letter it looks like, in lower case."""
    if letter.isascii():
        return letter.lower()
    name = unicodedata.name(letter, "")
    if name.startswith(STRIPPED_SCRIPTS):
        letter = unicodedata.normalize("NFD", letter)[0]
        if letter.isascii():
            return letter.lower()
        name = unicodedata.name(letter, "")
    for pattern in (LETTER_NAME, INDICATOR_NAME):
        found = pattern.match(name)
        if found:
            return found[1].lower()
    look_alike = LATIN_BY_LOOKALIKE.get(letter) or LATIN_BY_LOOKALIKE.get(letter.lower())
    return look_alike if look_alike is not None else letter.lower()


@lru_cache(maxsize=65_536)
def is_styled(char: str) -> bool:
    """Say whether the character is a letter in disguise: maths style, circled, small capital or another script."""
    if char.isascii() or plain(char) == accented(char) == char.lower():
        return False
    folded = plain(char)
    if not (folded.isascii() and folded.isalnum()):
        return False
    if 0xFF01 <= ord(char) <= 0xFF5E:
        return False  # full width is an ordinary way to print in Japan
    return not _is_accented_latin(char)


def _is_accented_latin(char: str) -> bool:
    """Say whether the character is a Latin letter with accents, as in Vietnamese or French."""
    if char in "đĐ":
        return True
    parts = unicodedata.normalize("NFD", char)
    return len(parts) > 1 and parts[0].isascii() and all(COMBINING.match(mark) for mark in parts[1:])
