"""How a misspelt word differs from a mark, and which differences still name it."""

import unicodedata
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Levenshtein

from matchers.mentions.mention import Change

Place = Literal["first", "inner", "last"]

# Letters taken for each other by the eye (digits are read as letters before).
LOOKS_LIKE = frozenset(
    frozenset(pair)
    for pair in ("mn", "uv", "gq", "ce", "co", "ij", "vy", "nh", "cg", "un", "sz", "bd", "pq", "ft", "wv", "kx", "ea")
)


SOUNDS_LIKE = frozenset(frozenset(pair) for pair in ("ck", "cx", "sz", "iy", "kq", "sx", "fp", "vw"))
VOWELS = frozenset("aeiouy")


@dataclass(frozen=True, slots=True)
class Difference:
    """What turns the mark into the word found."""

    change: Change
    edits: int
    place: Place
    letter: str
    """The letter added, dropped or put in the place of another."""
    looks_alike: bool
    """True for a replacement that the eye overlooks."""
    other: str = ""
    """The letter of the mark that was replaced."""


DOUBLED = Difference("doubled", 1, "inner", "", looks_alike=False)
"""A letter doubled, or a double letter made single."""


@dataclass(frozen=True, slots=True)
class Rule:
    """From which length of the mark a kind of difference still names it; None means never."""

    anywhere: int | None
    """Whatever is sold."""
    on_faked_goods: int | None
    """On goods that are often faked (clothes, shoes, bags, watches, perfume)."""


NEVER = Rule(None, None)

# First match wins. Other sellers name their own brands one letter away from a known one, mostly at either end
# (Bioren, Senko, Makito, Basics), so letters at the ends count less than letters inside.
RULES: tuple[tuple[Change, Place | None, Rule], ...] = (
    ("doubled", None, Rule(4, 4)),
    ("swapped", "first", Rule(7, 6)),
    ("swapped", "last", Rule(6, 5)),
    ("swapped", None, Rule(5, 4)),
    ("dropped", "first", NEVER),
    ("dropped", "last", Rule(7, 5)),
    ("dropped", "inner", Rule(6, 5)),
    ("added", "first", NEVER),
    ("added", "last", NEVER),
    ("added", "inner", Rule(6, 6)),
    ("replaced", "first", NEVER),
    ("replaced", "last", NEVER),
    ("replaced", "inner", Rule(9, 6)),
)
LOOKING_ALIKE = Rule(6, 5)
"""Rule of a replacement inside the mark by a letter that looks alike."""
SOUNDING_ALIKE = Rule(7, 5)
"""Rule of a letter replaced, inside or at the end, by one of the same sound (Panasonik, Guccy)."""
OTHER_VOWEL = Rule(8, 6)
"""Rule of a vowel replaced by another inside the mark."""
OTHER_LAST_VOWEL = Rule(None, 7)
"""The same at the end."""
LONG_VOWEL = Rule(4, 4)
"""Rule of a long vowel's sign added or left out in kana."""
LEAST_TWICE = 8
"""Least length of a mark that may have a double letter made single beside another difference."""
PLURAL = Rule(5, 5)
"""Rule of an s added or dropped at the end."""
TWO_EDITS = Rule(10, 10)
"""Rule of two differences at once inside the mark; two swaps of neighbours are surer."""
TWO_SWAPS = Rule(7, 7)
LEAST_TWO = 7
"""No rule lets a shorter mark be named with two differences."""


def difference(mark: str, word: str) -> Difference | None:
    """Return the difference between two folded words that are not equal; None where there are more than two edits."""
    grown, same = len(word) - len(mark), _common_start(mark, word)
    if grown == 0 and mark[same + 1 :] == word[same + 1 :]:
        return _replaced(mark, word, same)
    if grown == 1 and mark[same:] == word[same + 1 :]:
        return _one_more(word, same, "added")
    if grown == -1 and mark[same + 1 :] == word[same:]:
        return _one_more(mark, same, "dropped")
    if _singled(mark) == _singled(word):
        return DOUBLED
    if grown == 0 and mark[same : same + 2] == word[same : same + 2][::-1] and mark[same + 2 :] == word[same + 2 :]:
        return Difference("swapped", 1, _place(same, same + 1, len(mark)), "", looks_alike=False)
    return _of_two_edits(mark, word)


def _one_more(longer: str, at: int, change: Change) -> Difference:
    """Return the difference of a letter that only the longer of two words has."""
    if longer[at] in (longer[at - 1 : at], longer[at + 1 : at + 2]):
        return DOUBLED
    return Difference(change, 1, _place(at, at, len(longer)), longer[at], looks_alike=False)


def _common_start(mark: str, word: str) -> int:
    """Return the first place where the words differ."""
    for at, (one, two) in enumerate(zip(mark, word, strict=False)):
        if one != two:
            return at
    return min(len(mark), len(word))


def _replaced(mark: str, word: str, at: int) -> Difference:
    """Return the difference of one letter in the place of another."""
    letter, other = word[at], mark[at]
    if _singled(mark) == _singled(word):
        return DOUBLED
    looks_alike = _looks_like(other, letter)
    return Difference("replaced", 1, _place(at, at, len(mark)), letter, looks_alike=looks_alike, other=other)


def _of_two_edits(mark: str, word: str) -> Difference | None:
    """Return the difference of two edits; None where there are more. In a short mark it does not matter which."""
    if len(mark) < LEAST_TWO:
        return Difference("replaced", 2, "inner", "", looks_alike=False)
    edits = list(Levenshtein.editops(mark, word, score_hint=2))
    if len(edits) > 2:
        return _twice_swapped(mark, word)
    if len(mark) >= LEAST_TWICE:
        # A double letter made single is no edit of its own beside another one (Burbury).
        one, two = _singled(mark), _singled(word)
        if (one, two) != (mark, word) and Levenshtein.distance(one, two, score_cutoff=1) == 1:
            return difference(one, two)
    at = [edit.src_pos for edit in edits]
    grows = edits[-1].tag == "insert"
    place = _place(min(at), max(at), len(mark) + 1 if grows else len(mark))
    kinds: dict[str, Change] = {"insert": "added", "delete": "dropped", "replace": "replaced"}
    edit = edits[-1]
    letter = mark[edit.src_pos] if edit.tag == "delete" else word[edit.dest_pos]
    looks_alike = edit.tag == "replace" and _looks_like(mark[edit.src_pos], letter)
    other = mark[edit.src_pos] if edit.tag == "replace" else ""
    return Difference(kinds[edit.tag], 2, place, letter, looks_alike=looks_alike, other=other)


def still_names(found: Difference, length: int, *, on_faked_goods: bool) -> bool:
    """Say whether a mark of that many letters is still named after the difference."""
    rule = _rule_of(found)
    least = rule.on_faked_goods if on_faked_goods else rule.anywhere
    return least is not None and length >= least


def may_name(found: Difference, length: int) -> bool:
    """Say whether the mark is still named on any goods at all."""
    return still_names(found, length, on_faked_goods=True) or still_names(found, length, on_faked_goods=False)


def _rule_of(found: Difference) -> Rule:
    if found.edits == 2:
        if found.place != "inner":
            return NEVER
        return TWO_SWAPS if found.change == "swapped" else TWO_EDITS
    special = _rule_of_replacement(found) if found.change == "replaced" else _rule_of_ending(found)
    if special is not None:
        return special
    return next(rule for change, place, rule in RULES if change == found.change and place in {None, found.place})


def _rule_of_ending(found: Difference) -> Rule | None:
    """Return the rule of an s at the end, or of a long vowel, added or dropped."""
    if found.change in {"added", "dropped"}:
        if found.letter == "ー":
            return LONG_VOWEL
        if found.place == "last" and found.letter == "s":
            return PLURAL
    return None


def _rule_of_replacement(found: Difference) -> Rule | None:
    """Return the rule of a letter replaced by one that looks or sounds alike, or of one vowel by another."""
    at_end = found.place == "last"
    if found.looks_alike and (found.place == "inner" or (at_end and not found.letter.isascii())):
        return LOOKING_ALIKE
    if found.other and found.place != "first" and frozenset((found.letter, found.other)) in SOUNDS_LIKE:
        return SOUNDING_ALIKE
    if found.place != "first" and found.other and VOWELS.issuperset((found.letter, found.other)):
        return OTHER_VOWEL if found.place == "inner" else OTHER_LAST_VOWEL
    return None


def _looks_like(letter: str, other: str) -> bool:
    """Say whether the eye takes one letter for the other; kana also with and without their two strokes (ダ, タ)."""
    bare = unicodedata.normalize("NFD", letter)[0], unicodedata.normalize("NFD", other)[0]
    return frozenset((letter, other)) in LOOKS_LIKE or bare[0] == bare[1]


def _singled(word: str) -> str:
    """Return the word with every run of one letter as a single letter."""
    return "".join([one for one, following in zip(word, word[1:] + "\0", strict=True) if one != following])


def _place(first: int, last: int, length: int) -> Place:
    if first == 0:
        return "first"
    return "last" if last >= length - 1 else "inner"


def _twice_swapped(mark: str, word: str) -> Difference | None:
    """Return two swaps of neighbours (Fuijflim) as one difference."""
    if sorted(mark) != sorted(word):
        return None
    at, swaps = 0, 0
    while at < len(mark):
        if mark[at] == word[at]:
            at += 1
        elif mark[at : at + 2] == word[at : at + 2][::-1]:
            at, swaps = at + 2, swaps + 1
        else:
            return None
    place: Place = "first" if mark[0] != word[0] else "inner"
    return Difference("swapped", swaps, place, "", looks_alike=False)
