"""The spellings of a mark that the index looks for, each taken apart once when the watch list is loaded."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matchers.mentions.known_names import KNOWN_NAMES, NICKNAMES
from matchers.mentions.mention import Change
from matchers.text.fold import fold_plain
from matchers.text.scripts import kana_of, romaji_of, spoken_v
from records.watchlist import Mark

# Digits and signs that stand for a letter; i and l are one, since a capital I is printed like a small l.
SKELETON: dict[int, str] = str.maketrans(
    {
        "l": "i",
        "1": "i",
        "!": "i",
        "¡": "i",
        "|": "i",
        "0": "o",
        "5": "s",
        "$": "s",
        "3": "e",
        "€": "e",
        "4": "a",
        "@": "a",
        "7": "t",
        "8": "b",
        "6": "g",
        "9": "g",
        "2": "z",
    }
)

# Digits and signs read as letters before a word is compared with marks it may misspell.
DIGITS_AS_LETTERS: dict[int, str] = str.maketrans(dict(zip("0134578$@", "oieastbsa", strict=True)))

SEPARATORS = re.compile(r"[\W_]+")
KATAKANA = re.compile(r"[\u30a1-\u30fa]")
# Shorter marks, and shorter words in kana, mean too much else to be known by their sound.
LEAST_BY_SOUND = 4
LEAST_KANA = 3


@dataclass(frozen=True, slots=True)
class Form:
    """One spelling of one mark, folded."""

    mark: Mark
    """The mark."""
    text: str
    """The spelling as the watch list has it."""
    letters: str
    """Folded, without separators."""
    skeleton: str
    """The letters with look-alike digits made one."""
    breaks: frozenset[int]
    """Places in `letters` where the spelling has a space, hyphen or apostrophe."""
    words: tuple[str, ...]
    """The letters word by word."""
    lowered: str
    """The spelling of the watch list in small letters."""
    change: Change
    """What the spelling itself changes: nothing, or a name that only buyers use, or signs that look alike."""
    is_by_sound: bool
    """True for a spelling in kana or romaji worked out from the mark's sound."""
    is_known: bool
    """True where the trade of the mark is known; of other marks fewer alterations are believed."""
    is_latin: bool
    """True where all letters are Latin; others are looked for inside runs without spaces."""


@dataclass(frozen=True, slots=True)
class SpellingOfMark:
    """One spelling, as it is printed, and where it comes from."""

    text: str
    words: str
    """Folded words, parted by single spaces."""
    change: Change = "same"
    is_by_sound: bool = False


def spellings_of(mark: Mark) -> tuple[SpellingOfMark, ...]:
    """Return the distinct spellings of a mark.

    The mark's own text comes first, then its variants, known names and nicknames, then what it is by its sound in kana
    or romaji where no other spelling is in that script; what leaves nothing readable is left out.
    """
    texts = [mark.text, *mark.variants]
    words = [_folded_words(text) for text in texts]
    letters = words[0].replace(" ", "")
    found = [SpellingOfMark(text, folded) for text, folded in zip(texts, words, strict=True)]
    found += [SpellingOfMark(text, _folded_words(text)) for text in KNOWN_NAMES.get(letters, ())]
    found += [SpellingOfMark(text, _folded_words(text), change="nickname") for text in NICKNAMES.get(letters, ())]
    first: dict[str, SpellingOfMark] = {}
    for one in (*found, *_by_sound(found)):
        if len(one.words) > 1:
            first.setdefault(one.words, one)
    return tuple(first.values())


def _by_sound(found: Sequence[SpellingOfMark]) -> Iterator[SpellingOfMark]:
    """Yield the spellings that a mark has by its sound."""
    squashed = [one.words.replace(" ", "") for one in found]
    has_latin = any(word.isascii() for word in squashed)
    has_kana = any(KATAKANA.search(word) for word in squashed)
    if has_latin and not has_kana and len(squashed[0]) >= LEAST_BY_SOUND:
        kana = kana_of(squashed[0])
        if kana and len(kana) >= LEAST_KANA:
            yield SpellingOfMark(kana, kana, is_by_sound=True)
    if has_kana:
        for word in squashed:
            spoken = spoken_v(word)
            if spoken:
                yield SpellingOfMark(spoken, spoken, change="nickname")
            if "ル" in word[1:] and len(word) >= LEAST_BY_SOUND:
                # Two signs that are printed like one: シャネノレ.
                taken_apart = word[0] + word[1:].replace("ル", "ノレ")
                yield SpellingOfMark(taken_apart, taken_apart, change="look_alike")
            if not has_latin and len(word) >= LEAST_BY_SOUND:
                yield from (SpellingOfMark(latin, latin, is_by_sound=True) for latin in romaji_of(word))


def _folded_words(text: str) -> str:
    return SEPARATORS.sub(" ", fold_plain(text).text).strip()
