"""Many phrases looked for at once: each is tried only at the words that begin with its first letter."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

WORD = re.compile(r"\w+|[^\w\s]")
# Letters of scripts that are written without spaces.
UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3041-\u30ff\u3400-\u9fff々]")
GROUP = re.compile(r"\((?:\?:)?")


class Phrases:
    """Alternatives of regular expressions by name, found as whole words; of several that fit the first wins.

    Alternatives with a kana, kanji or Thai sign are found inside runs as well.
    """

    def __init__(self, expressions: Mapping[str, str]) -> None:
        by_first: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        unspaced: defaultdict[str, list[str]] = defaultdict(list)
        for name, expression in expressions.items():
            for alternative in alternatives_of(expression):
                if UNSPACED.search(alternative):
                    unspaced[name].append(alternative)
                    continue
                for letter in dict.fromkeys(first_letters(alternative)):
                    by_first[letter][name].append(alternative)
        self._by_first = {letter: re.compile(rf"(?:{_named(found)})(?!\w)") for letter, found in by_first.items()}
        self._unspaced = re.compile(_named(unspaced)) if unspaced else None

    def find(self, text: str) -> Iterator[re.Match[str]]:
        """Yield each phrase in the text, its name as `lastgroup`; no two of them overlap."""
        end = 0
        for word in WORD.finditer(text):
            start = word.start()
            pattern = self._by_first.get(text[start]) if start >= end else None
            found = pattern.match(text, start) if pattern else None
            if found:
                end = found.end()
                yield found
        if self._unspaced and UNSPACED.search(text):
            yield from self._unspaced.finditer(text)


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


def first_letters(alternative: str) -> list[str]:
    """Return the letters that a phrase can begin with."""
    if alternative.startswith("["):
        return list(alternative[1 : alternative.index("]")])
    group = GROUP.match(alternative)
    if group:
        inner = alternative[group.end() : _closing(alternative)]
        return [letter for part in alternatives_of(inner) for letter in first_letters(part)]
    return [alternative[0]]


def _closing(expression: str) -> int:
    """Return where the group that opens an expression closes."""
    depth = 0
    for at, char in enumerate(expression):
        if char in "()" and (at == 0 or expression[at - 1] != "\\"):
            depth += 1 if char == "(" else -1
            if depth == 0:
                return at
    raise ValueError(f"{expression}: a group that does not close")
