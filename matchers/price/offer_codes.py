"""Model and design codes in offer titles: what is printed like one, less measures, specifications and lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from matchers.price.offer_words import CODE_UNITS, NO_CODE_BEFORE, NO_MODEL, SPECIFICATION, SYLLABLE
from matchers.text.fold import fold_plain

# A run of letters and digits, perhaps hyphened; a slash parts the entries of a list.
PRINTED = re.compile(r"[^\W_]+(?:[-_.][^\W_]+)*")
YEAR = re.compile(r"(?:19|20)\d\d$")
LETTERS_AND_DIGITS = re.compile(r"(?=.*\d)(?=.*[a-z])[a-z0-9]+$")
# Shops put their names before numbers: bachhoaonline68 names no product.
SHOP = re.compile(r"shop|store|mall|online|[a-z]{7,}\d{1,3}$|^\d{1,3}[a-z]{5,}")
SHAPE_DIGIT, SHAPE_END = re.compile(r"\d"), re.compile(r"(?<=0)[a-z]+$")
SHORTEST, SHORTEST_NUMBER, LONGEST_NUMBER = 3, 3, 8
SHORTEST_STRONG = 5
MOST = 4
"""A title that lists more codes fits them all: none of them is its own."""


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of one title, folded and without signs."""

    strong: frozenset[str]
    """Letters and digits of some length: hardly met by chance."""
    short: frozenset[str]
    """Letters and digits, three or four signs."""
    numbers: frozenset[str]
    """Bare numbers that no unit follows."""
    tails: frozenset[str]
    """Codes with what hangs on them behind a hyphen: SJ-X196E-SL beside its base SJ-X196E."""

    @property
    def every(self) -> frozenset[str]:
        """All bases and numbers."""
        return self.strong | self.short | self.numbers

    @property
    def is_list(self) -> bool:
        """Say whether the title lists what it fits."""
        return len(self.strong) + len(self.short) > MOST


def codes_of(text: str) -> Codes:
    """Return the codes of a folded title."""
    strong, short, numbers, tails = set[str](), set[str](), set[str](), set[str]()
    for base, whole in _found(text):
        if base.isdigit():
            numbers.add(base)
        elif len(base) >= SHORTEST_STRONG:
            strong.add(base)
        else:
            short.add(base)
        if whole != base:
            tails.add(whole)
    return Codes(frozenset(strong), frozenset(short), frozenset(numbers), frozenset(tails))


def shape(code: str) -> str:
    """Return a code with every digit alike and no letters behind: MS15 and MS06B are of one shape."""
    return SHAPE_END.sub("", SHAPE_DIGIT.sub("0", code))


def _found(text: str) -> Iterator[tuple[str, str]]:
    words = list(PRINTED.finditer(text))
    for place, word in enumerate(words):
        printed = word.group()
        after = words[place + 1].group() if place + 1 < len(words) and text[word.end()] in " -" else ""
        whole = "".join(char for char in printed if char.isalnum())
        if not any(map(str.isdigit, whole)):
            continue
        if not whole.isascii():
            # A code glued to a word: lãm_ZKC19_2.
            parts = (part for part in re.split(r"[-_.]", printed) if part.isascii() and _is_code(part))
            yield from ((part, part) for part in parts)
            continue
        before = words[place - 1] if place and words[place - 1].end() + 3 >= word.start() else None
        if whole.isdigit():
            if "." in printed or after in CODE_UNITS:
                continue
            letters = before.group() if before else ""
            between = text[before.end() : word.start()] if before else ""
            if between.strip() in {"", "-"} and _goes_before(letters) and len(whole) >= 2 and not YEAR.match(whole):
                yield letters + whole, letters + whole
            elif SHORTEST_NUMBER <= len(whole) <= LONGEST_NUMBER and not YEAR.match(whole) and "-" not in printed:
                yield whole, whole
            continue
        if _is_code(whole) and not all(part.isdigit() or part in CODE_UNITS for part in re.split(r"[-_.]", printed)):
            yield _base(printed), whole


def _goes_before(letters: str) -> bool:
    """Say whether letters belong to the number behind them: CP 318, MA 012, not size 38 or da 2."""
    return (
        0 < len(letters) <= 4
        and letters.isascii()
        and letters.isalpha()
        and letters not in NO_CODE_BEFORE
        and letters not in CODE_UNITS
        and not SYLLABLE.match(fold_plain(letters).text)
    )


def _is_code(whole: str) -> bool:
    return (
        len(whole) >= SHORTEST
        and LETTERS_AND_DIGITS.match(whole) is not None
        and not (NO_MODEL.match(whole) or SPECIFICATION.fullmatch(whole) or SHOP.search(whole))
    )


def _base(printed: str) -> str:
    """Return a code up to its first part with a digit, as far as that makes a code."""
    base = ""
    for part in re.split(r"[-_.]", printed):
        base += part
        if any(map(str.isdigit, part)) and len(base) >= SHORTEST + 1:
            break
    return base
