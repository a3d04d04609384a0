"""Many phrases looked for at once: each is tried only at the words that begin with its first letters."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

WORD = re.compile(r"\w+|[^\w\s]")
# Letters of scripts that are written without spaces.
UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3041-\u30ff\u3400-\u9fff々]")
# A condition on what stands before a phrase.
LOOK_BEHIND = re.compile(r"(?:\(\?<![^)]*\))+")
# Openings of words kept; hostile texts have no end of them.
MOST_OPENINGS = 20_000
GROUP = re.compile(r"\((?:\?:)?")


class _ByOpening(dict[str, "re.Pattern[str] | None"]):
    """The pattern for words that open with two letters, or with the first of them."""

    def __missing__(self, two: str) -> "re.Pattern[str] | None":
        pattern = self.get(two[0])
        if len(self) < MOST_OPENINGS:
            self[two] = pattern
        return pattern


class Phrases:
    """Alternatives of regular expressions by name, found as whole words; of several that fit the first wins.

    Alternatives with a kana, kanji or Thai sign are found inside runs as well.
    """

    def __init__(self, expressions: Mapping[str, str]) -> None:
        openings: list[tuple[str, str, str]] = []
        unspaced: defaultdict[str, list[str]] = defaultdict(list)
        for name, expression in expressions.items():
            for alternative in alternatives_of(expression):
                if UNSPACED.search(alternative):
                    unspaced[name].append(alternative)
                    continue
                openings += [(opening, name, alternative) for opening in dict.fromkeys(openings_of(alternative))]
        self._by_opening = _ByOpening(
            {wanted: re.compile(rf"(?:{_named(_grouped(openings, wanted))})(?!\w)") for wanted, *_ in openings}
        )
        self._unspaced = re.compile(_named(unspaced)) if unspaced else None

    def find(self, text: str) -> Iterator[re.Match[str]]:
        """Yield each phrase in the text, its name as `lastgroup`; no two of them overlap."""
        end, by_opening = 0, self._by_opening
        for start, pattern in [(start, by_opening[two]) for start, two in _words_of(text)]:
            found = pattern.match(text, start) if pattern and start >= end else None
            if found:
                end = found.end()
                yield found
        if self._unspaced and UNSPACED.search(text):
            yield from self._unspaced.finditer(text)


@lru_cache(maxsize=256)
def _words_of(text: str) -> tuple[tuple[int, str], ...]:
    """Return where each word begins and its first two letters; several tables read the same text."""
    starts = [word.start() for word in WORD.finditer(text)]
    return tuple([(start, text[start : start + 2]) for start in starts])


def _grouped(openings: list[tuple[str, str, str]], wanted: str) -> dict[str, list[str]]:
    """Return by name the phrases that a word with this opening can begin, in their order."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for opening, name, alternative in openings:
        if wanted.startswith(opening):
            found[name].append(alternative)
    return found


def _named(alternatives: Mapping[str, list[str]]) -> str:
    return "|".join(rf"(?P<{name}>{'|'.join(found)})" for name, found in alternatives.items())


def alternatives_of(expression: str) -> list[str]:
    """Return the parts of an expression between the bars that stand outside of brackets."""
    parts, depth, at, start = [], 0, 0, 0
    in_set = False
    while at < len(expression):
        char = expression[at]
        if char == "\\":
            at += 1
        elif in_set:
            in_set = char != "]"
        elif char == "[":
            in_set = True
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char == "|" and depth == 0:
            parts.append(expression[start:at])
            start = at + 1
        at += 1
    return [part for part in (*parts, expression[start:]) if part]


def openings_of(alternative: str) -> list[str]:
    """Return what a phrase can begin with: two letters where both are plain, else one."""
    condition = LOOK_BEHIND.match(alternative)
    if condition:
        return openings_of(alternative[condition.end() :])
    if alternative.startswith("["):
        return list(alternative[1 : alternative.index("]")])
    group = GROUP.match(alternative)
    if group:
        inner = alternative[group.end() : _closing(alternative)]
        return [opening for part in alternatives_of(inner) for opening in openings_of(part)]
    both = alternative[:2]
    is_plain = both.isalnum() and len(both) == 2 and alternative[2:3] not in {"?", "*", "+", "{"}
    return [both if is_plain else alternative[0]]


def _closing(expression: str) -> int:
    """Return where the group that opens an expression closes."""
    depth = 0
    for at, char in enumerate(expression):
        if char in "()" and (at == 0 or expression[at - 1] != "\\"):
            depth += 1 if char == "(" else -1
            if depth == 0:
                return at
    raise ValueError(f"{expression}: a group that does not close")
