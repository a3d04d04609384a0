"""Misspelt marks: words within the distance policy of a mark, by look-up of shared deletions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from matchers.mentions.closeness import Difference, difference, may_name
from matchers.mentions.forms import Form

# Edits allowed by length of the folded mark: (from length, edits).
DISTANCES = ((6, 2), (4, 1))
SHORTEST = 4
# Found words are remembered per matcher, so that a batch pays for each word of its titles once.
REMEMBERED = 200_000


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A form within reach of a word, and how they differ."""

    form: Form
    difference: Difference


class Neighbourhood:
    """Finds forms near a word: both lose up to two letters and meet in one table (symmetric deletions)."""

    def __init__(self, forms: Iterable[Form]) -> None:
        table: defaultdict[str, list[Form]] = defaultdict(list)
        longest = 0
        words: set[str] = set()
        for form in forms:
            edits = edits_allowed(len(form.letters))
            if not form.is_latin or edits == 0:
                continue
            longest = max(longest, len(form.letters) + edits)
            words.update(form.words if len(form.words) > 1 else ())
            for rest in deletions(form.letters, edits):
                table[rest].append(form)
        self._table = {rest: tuple(found) for rest, found in table.items()}
        self._longest = longest
        self.long_form_words = frozenset(words)
        self._remembered: dict[str, tuple[Neighbour, ...]] = {}

    def near(self, letters: str) -> tuple[Neighbour, ...]:
        """Return the forms that the word may name by a misspelling, none where it is a form itself."""
        if not SHORTEST <= len(letters) <= self._longest + 3:
            return ()
        found = self._remembered.get(letters)
        if found is None:
            found = tuple(sorted(self._search(letters), key=lambda one: (one.form.mark.mark_id, one.form.letters)))
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[letters] = found
        return found

    def _search(self, letters: str) -> Iterator[Neighbour]:
        seen = set()
        for word in dict.fromkeys((letters, _at_most_two(letters))):
            for rest in deletions(word, min(2, edits_allowed(len(word) + 1))):
                for form in self._table.get(rest, ()):
                    key = (form.mark.mark_id, form.letters)
                    if key in seen or form.letters == letters:
                        continue
                    seen.add(key)
                    found = difference(form.letters, letters)
                    if found is not None and may_name(found, len(form.letters)):
                        yield Neighbour(form, found)


def edits_allowed(length: int) -> int:
    """Return how many edits a folded mark of that many letters may have."""
    return next((edits for least, edits in DISTANCES if length >= least), 0)


def deletions(word: str, edits: int) -> set[str]:
    """Return the word and everything left of it after up to so many deletions."""
    found = {word}
    edge = found
    for _ in range(edits):
        edge = {rest[:at] + rest[at + 1 :] for rest in edge for at in range(len(rest))}
        found = found | edge
    return found


def _at_most_two(word: str) -> str:
    """Return the word with runs of three or more of a letter cut to two (adidasss)."""
    return "".join(letter for at, letter in enumerate(word) if at < 2 or not word[at - 1] == word[at - 2] == letter)
