"""One place where a listing names a mark, and how it is spelt there."""

from typing import Literal, NamedTuple

from matchers.use.use import Use
from records.hit import Span, Spelling
from records.watchlist import Mark

# What was done to the mark's spelling, the least first. Of several changes the last in this list is told.
Change = Literal[
    "same", "nickname", "respelt", "joined", "spaced", "syllables", "hyphened", "doubled", "swapped", "added",
    "dropped", "replaced", "spelt_out", "styled", "signs", "look_alike",
]  # fmt: skip

# In plain words, for evidence: "%s" is printed after the spelling found and the mark.
CHANGE_WORDS: dict[Change, str] = {
    "same": "spelt as registered",
    "nickname": "a nickname or short name of the mark",
    "respelt": "spelt as it is spoken",
    "joined": "words written together",
    "spaced": "letters or syllables set apart by spaces",
    "syllables": "syllables of the mark set apart as words",
    "hyphened": "a hyphen inside the mark",
    "doubled": "a letter doubled or a double letter made single",
    "swapped": "two neighbouring letters swapped",
    "added": "a letter added",
    "dropped": "a letter left out",
    "replaced": "a letter replaced",
    "spelt_out": "letters set apart one by one",
    "styled": "letters of another style or script",
    "signs": "signs inside the mark",
    "look_alike": "digits or signs in place of letters",
}

# Changes that nobody makes by accident: they keep the eye reading the mark and a filter from finding it.
HIDING_CHANGES: frozenset[Change] = frozenset({"spelt_out", "styled", "signs", "look_alike"})
# Changes that are plain slips or ordinary writing on most goods, but a known dodge on goods that are often faked.
DOUBTFUL_CHANGES: frozenset[Change] = frozenset(
    {"spaced", "syllables", "hyphened", "doubled", "swapped", "added", "dropped", "replaced"}
)

# Changes that make another name as easily as a slip.
OTHER_LETTERS: frozenset[Change] = frozenset({"swapped", "added", "dropped", "replaced"})


class Mention(NamedTuple):
    """One place where a listing names a mark."""

    mark: Mark
    """The mark named."""
    form: str
    """The spelling of the mark or of a variant that was recognised, as the watch list has it."""
    span: Span
    """Where it stands in the printed text."""
    change: Change
    """What was done to the spelling."""
    use: Use | None = None
    """What the listing does with the mark here; None until it is judged."""

    def used(self, use: Use) -> "Mention":
        """Return the mention with its use."""
        return Mention(self.mark, self.form, self.span, self.change, use)

    @property
    def spelling(self) -> Spelling:
        """Exact, or altered in any way beyond case, accents, width and ordinary spacing."""
        return "exact" if self.change == "same" else "altered"

    @property
    def name(self) -> str:
        """What the spelling stands for: the form it alters, or the mark where the form itself is printed."""
        return self.mark.text if self.span.text.lower() == self.form.lower() else self.form
