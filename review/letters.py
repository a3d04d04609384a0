"""How a disguised mark is printed, letter by letter: what stands on the page and what the eye reads."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from matchers.text.characters import is_styled, plain
from records.watchlist import Mark
from review.highlight import code_point, is_unseen

MAX_LETTERS = 40


@dataclass(frozen=True, slots=True)
class Letter:
    """One printed character of a mention."""

    printed: str
    read: str
    altered: bool

    @property
    def code_point(self) -> str:
        """The character's code point as U+0410."""
        return code_point(self.printed)

    @property
    def is_unseen(self) -> bool:
        """True where the character prints nothing, so that its code point has to stand for it."""
        return is_unseen(self.printed)


def letters_of(printed: str, mark: Mark | None) -> tuple[Letter, ...]:
    """Return the printed characters against the closest spelling of the mark; without a mark, against themselves."""
    folded = [plain(character).strip() for character in printed]
    spellings = [] if mark is None else [_squeezed(text) for text in (mark.text, *mark.variants)]
    joined = "".join(folded)
    spelling = max(spellings, key=lambda text: SequenceMatcher(None, joined, text).ratio(), default=joined)
    read = _aligned(folded, spelling)
    return tuple(
        Letter(
            printed=character,
            read=letter if letter is not None else folded[index],
            altered=letter is not None and (letter != folded[index] or is_styled(character) or is_unseen(character)),
        )
        for index, (character, letter) in enumerate(zip(printed, read, strict=True))
    )


def altered_offsets(printed: str, mark: Mark | None) -> tuple[int, ...]:
    """Return the offsets of the characters that are not the mark's own; spaces between them are not counted."""
    return tuple(
        index
        for index, letter in enumerate(letters_of(printed, mark))
        if letter.altered and not (letter.printed.isspace() and not letter.is_unseen)
    )


def _squeezed(text: str) -> str:
    return "".join(plain(character).strip() for character in text)


def _aligned(folded: list[str], spelling: str) -> list[str | None]:
    """Return for each printed character the mark's letter it stands for: empty for none, None where not compared."""
    # A character that folds to nothing keeps its place by a sign that no mark holds.
    printed = [letter or "\x00" for letter in folded]
    read: list[str | None] = [None] * len(printed)
    for kind, start, end, first, last in SequenceMatcher(None, printed, list(spelling), autojunk=False).get_opcodes():
        if kind == "equal":
            read[start:end] = list(spelling[first:last])
        elif kind in {"replace", "delete"}:
            wanted = spelling[first:last]
            # Inserted signs stand for nothing, so the mark's letters go to the letters and digits first.
            places = sorted(range(start, end), key=lambda index: (not printed[index].isalnum(), index))
            chosen = sorted(places[: len(wanted)])
            for index in range(start, end):
                read[index] = ""
            for index, letter in zip(chosen, wanted, strict=False):
                read[index] = letter
    return read
