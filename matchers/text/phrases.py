"""Many phrases looked for at once: each is tried only at the words that begin with its first letters."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

WORD = re.compile(r"\w+|[^\w\s]")
# Letters of scripts that are written without spaces.
UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3041-\u30ff\u3400-\u9fff々]")
# A condition on what stands before a phrase.
LOOK_BEHIND = re.compile(r"(?:\(\?<![^)]*\))+")
# Words kept; hostile texts have no end of them.
MOST_WORDS = 50_000
# The letters that an expression begins with; one before a sign of repetition is not sure to stand there.
PLAIN = re.compile(r"(?:[^\W_](?![?*+{])|(?<=[^\W_])[-'](?![?*+{]))+|[^\W_]")
BLANK = re.compile(r"\s+")
# What ends a word: a blank that must stand there, or a condition on what follows. And a sign that may stand there.
WORD_ENDS = re.compile(r"\\s(?![?*{])|\(\?!(?:\\w\)|\[\\w)")
SIGN_INSIDE = re.compile(r"\[(?:\\W_|[.\\s-]+)\]\?(?:\[(?P<set>[^\]\\^-]+)\]|(?P<letter>[^\W_])(?![?*+{]))")
GROUP = re.compile(r"\((?:\?:)?")


AtWord = tuple[int, re.Pattern[str]]


class Opening(NamedTuple):
    """How one alternative begins."""

    letters: str
    name: str
    alternative: str
    is_whole: bool
    """True where the letters are a whole word of the text."""

    def fits(self, word: str) -> bool:
        """Say whether a text that goes on with this word can hold the alternative here."""
        if self.is_whole or len(self.letters) <= len(word):
            return word == self.letters if self.is_whole else word.startswith(self.letters)
        return self.letters.startswith(word) and not self.letters[len(word)].isalnum()


class _ByWord(dict[str, "re.Pattern[str] | None"]):
    """The pattern of the phrases that may begin with a word; none for most words."""

    def __init__(self, openings: Sequence[Opening]) -> None:
        super().__init__()
        self._by_start: defaultdict[str, list[Opening]] = defaultdict(list)
        for opening in openings:
            self._by_start[opening.letters[0]].append(opening)
        self._compiled: dict[tuple[Opening, ...], re.Pattern[str]] = {}

    def __missing__(self, word: str) -> "re.Pattern[str] | None":
        fitting = tuple(opening for opening in self._by_start.get(word[0], ()) if opening.fits(word))
        pattern = self._pattern(fitting) if fitting else None
        if len(self) < MOST_WORDS:
            self[word] = pattern
        return pattern

    def _pattern(self, fitting: tuple[Opening, ...]) -> "re.Pattern[str]":
        pattern = self._compiled.get(fitting)
        if pattern is None:
            by_name: defaultdict[str, list[str]] = defaultdict(list)
            for opening in fitting:
                by_name[opening.name].append(opening.alternative)
            pattern = self._compiled[fitting] = re.compile(rf"(?:{_named(by_name)})(?!\w)")
        return pattern


class Phrases:
    """Alternatives of regular expressions by name, found as whole words; of several that fit the first wins.

    Alternatives with a kana, kanji or Thai sign are found inside runs as well.
    """

    def __init__(self, expressions: Mapping[str, str]) -> None:
        openings: list[Opening] = []
        unspaced: defaultdict[str, list[str]] = defaultdict(list)
        for name, expression in expressions.items():
            for alternative in alternatives_of(expression):
                if UNSPACED.search(alternative):
                    unspaced[name].append(alternative)
                else:
                    openings += dict.fromkeys(_openings(name, alternative))
        self.by_word = _ByWord(openings)
        self._unspaced = re.compile(_named(unspaced)) if unspaced else None

    def find(self, text: str) -> Sequence[re.Match[str]]:
        """Return each phrase in the text, its name as `lastgroup`; no two of them overlap."""
        words = words_of(text)
        patterns = enumerate(map(self.by_word.__getitem__, words.words))
        return self.find_at(text, words, [(at, pattern) for at, pattern in patterns if pattern is not None])

    def find_at(self, text: str, words: "Words", at_words: Sequence[AtWord]) -> Sequence[re.Match[str]]:
        """Return the same, given the words that a phrase may begin with, by number."""
        found: list[re.Match[str]] = []
        if at_words:
            end, starts = 0, words.starts(text)
            for at, pattern in at_words:
                start = starts[at]
                match = pattern.match(text, start) if start >= end else None
                if match:
                    end = match.end()
                    found.append(match)
        if words.has_unspaced and self._unspaced:
            found += self._unspaced.finditer(text)
        return found


class Lexicon(dict[str, tuple[tuple[str, "re.Pattern[str] | None"], ...]]):
    """Several tables of phrases, and cues of which it only says whether a text can hold them, in one look per word."""

    def __init__(self, phrases: Mapping[str, Phrases], cues: Mapping[str, re.Pattern[str]]) -> None:
        super().__init__()
        self._phrases = phrases
        self._openings: defaultdict[str, list[Opening]] = defaultdict(list)
        self._unspaced: dict[str, list[AtWord]] = {}
        for name, pattern in cues.items():
            expression = BLANK.sub("", pattern.pattern) if pattern.flags & re.VERBOSE else pattern.pattern
            for alternative in alternatives_of(expression):
                if UNSPACED.search(alternative):
                    self._unspaced[name] = []
                else:
                    for opening in _openings(name, alternative):
                        self._openings[opening.letters[0]].append(opening)
        self.all_cues = frozenset(cues)
        """The names of all cues."""
        self.seen = lru_cache(maxsize=256)(self._seen)
        """The same as `_seen`; the last few are kept, since all signals read the same texts."""

    def __missing__(self, word: str) -> tuple[tuple[str, "re.Pattern[str] | None"], ...]:
        found: list[tuple[str, re.Pattern[str] | None]] = []
        for name, phrases in self._phrases.items():
            pattern = phrases.by_word[word]
            if pattern is not None:
                found.append((name, pattern))
        cues = self._openings.get(word[0], ())
        found += dict.fromkeys((opening.name, None) for opening in cues if opening.fits(word))
        entry = tuple(found)
        if len(self) < MOST_WORDS:
            self[word] = entry
        return entry

    def find(self, name: str, text: str) -> Sequence[re.Match[str]]:
        """Return the phrases of one table in the text."""
        words, seen = self.seen(text)
        at_words = seen.get(name, ())
        return self._phrases[name].find_at(text, words, at_words) if at_words or words.has_unspaced else ()

    def _seen(self, text: str) -> tuple["Words", Mapping[str, list[AtWord]]]:
        """Return the words of a text, and by table or cue the words it may begin with; a cue's only say that it may."""
        words = words_of(text)
        seen: dict[str, list[AtWord]] = {**self._unspaced} if words.has_unspaced else {}
        for at, entry in enumerate(map(self.__getitem__, words.words)):
            if entry:
                for name, pattern in entry:
                    where = seen.setdefault(name, [])
                    if pattern is not None:
                        where.append((at, pattern))
        return words, seen


class Words:
    """The words of a text, and whether it has signs written without spaces."""

    __slots__ = ("_starts", "has_unspaced", "words")

    def __init__(self, text: str) -> None:
        self.words: list[str] = WORD.findall(text)
        self.has_unspaced = not text.isascii() and UNSPACED.search(text) is not None
        self._starts: list[int] | None = None

    def starts(self, text: str) -> list[int]:
        """Return where each word begins in its text; worked out when first asked for."""
        if self._starts is None:
            self._starts = [word.start() for word in WORD.finditer(text)]
        return self._starts


@lru_cache(maxsize=256)
def words_of(text: str) -> Words:
    """Return the words of a text; several tables read the same one."""
    return Words(text)


def _openings(name: str, alternative: str) -> list[Opening]:
    return [Opening(letters, name, alternative, is_whole=whole) for letters, whole in openings_of(alternative)]


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


def openings_of(alternative: str) -> list[tuple[str, bool]]:
    """Return the plain letters that a phrase can begin with, and whether they must be a whole word."""
    condition = LOOK_BEHIND.match(alternative)
    if condition:
        return openings_of(alternative[condition.end() :])
    if alternative.startswith("["):
        end = alternative.index("]")
        return [opening for letter in alternative[1:end] for opening in openings_of(letter + alternative[end + 1 :])]
    group = GROUP.match(alternative)
    if group:
        closing = _closing(alternative)
        inner = alternatives_of(alternative[group.end() : closing])
        ends_here = bool(WORD_ENDS.match(alternative[closing + 1 :]))
        return [(letters, whole and ends_here) for part in inner for letters, whole in openings_of(part)]
    plain = PLAIN.match(alternative)
    if plain is None:
        raise ValueError(f"{alternative}: a phrase that begins with no plain letter")
    rest = alternative[plain.end() :]
    inside = SIGN_INSIDE.match(rest)
    if inside:
        # Letters, perhaps a sign, then one of some letters: r-e-p, r3p.
        letters = inside["set"] or inside["letter"]
        return [(plain[0], True), (plain[0] + "_", False), *((plain[0] + letter, False) for letter in letters)]
    return [(plain[0], plain[0].isalnum() and (not rest or bool(WORD_ENDS.match(rest))))]


def _closing(expression: str) -> int:
    """Return where the group that opens an expression closes."""
    depth = 0
    for at, char in enumerate(expression):
        if char in "()" and (at == 0 or expression[at - 1] != "\\"):
            depth += 1 if char == "(" else -1
            if depth == 0:
                return at
    raise ValueError(f"{expression}: a group that does not close")
