"""Which stretches of a text are looked up as possible misspellings, and how the result is told."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matchers.mentions.closeness import Difference
from matchers.mentions.forms import Form
from matchers.mentions.mention import Change
from matchers.mentions.neighbours import Neighbourhood
from matchers.mentions.other_names import OTHER_NAMES
from matchers.mentions.pieces import Piece
from matchers.mentions.spelling import VIETNAMESE
from matchers.text.fold import View

# Digits and signs read as letters before a word is compared.
DIGITS_AS_LETTERS = str.maketrans("0134578$@", "oieastbsa")
# Signs that may stand inside one misspelt word (Cha.nnel, midu.nô); a space, slash or comma parts words.
INSIDE = frozenset(".-_*'’·~^ˊ`")
LONGEST_PIECES = 12
# Marks of several words may be misspelt in one of them when they are long enough (Louie Vuitton).
LONG_FORM = 9


@dataclass(frozen=True, slots=True)
class NearWindow:
    """A stretch of the folded view that may name a form by a misspelling."""

    form: Form
    start: int
    end: int
    difference: Difference
    change: Change


def misspelt_windows(
    pieces: Sequence[Piece], view: View, printed: str, neighbourhood: Neighbourhood
) -> Iterator[NearWindow]:
    """Yield the stretches that are near a form: words, words with signs inside, and neighbouring words of long marks."""
    for stretch in _stretches(pieces, view.text, neighbourhood):
        letters = "".join(piece.letters for piece in stretch)
        found = neighbourhood.near(letters.translate(DIGITS_AS_LETTERS))
        if not found:
            continue
        start, end = stretch[0].start, stretch[-1].end
        if letters in OTHER_NAMES and end - start == len(letters):
            continue
        is_split = any(one.end < two.start for one, two in zip(stretch, stretch[1:], strict=False))
        has_space = is_split and " " in view.text[start:end]
        first, last = view.original(start, end)
        if VIETNAMESE.search(unicodedata.normalize("NFC", printed[first:last].lower())):
            continue
        digits = sum(letter.isdigit() for letter in letters)
        for near in found:
            length = len(near.form.letters)
            if has_space and (length < LONG_FORM or not near.form.breaks or near.difference.edits > 1):
                continue
            if digits * 2 >= len(letters) or (digits and letters[0].isdigit()):
                continue
            if near.form.mark.ambiguous and not _sure_enough(near.difference, length, digits):
                continue
            change: Change = near.difference.change
            if digits:
                change = "look_alike"
            elif is_split and not has_space:
                change = "signs"
            yield NearWindow(near.form, start, end, near.difference, change)


def _sure_enough(found: Difference, length: int, digits: int) -> bool:
    """Say whether a mark that is also an ordinary word is named: champions, acne and plot are words."""
    if length < 5 or (found.place == "last" and found.letter == "s"):
        return False
    return found.change == "doubled" or bool(digits) or length >= 6


def _stretches(pieces: Sequence[Piece], text: str, neighbourhood: Neighbourhood) -> Iterator[tuple[Piece, ...]]:
    """Yield each word, each word with signs inside, and pairs and triples of words where one belongs to a long mark."""
    words: list[tuple[Piece, ...]] = []
    for piece in pieces:
        if words and words[-1][-1].end == piece.start:
            words[-1] = (*words[-1], piece)
        else:
            words.append((piece,))
    for word in words:
        yield word
        if len(word) > 1:
            yield from ((piece,) for piece in word if len(piece.letters) > 3 and piece.letters.isalpha())
    for at, word in enumerate(words):
        joined = word
        for following in words[at + 1 : at + LONGEST_PIECES]:
            gap = text[joined[-1].end : following[0].start]
            if not (0 < len(gap) <= 2 and all(sign in INSIDE for sign in gap)):
                break
            joined += following
            yield joined
    for count in (2, 3):
        for at in range(len(words) - count + 1):
            group = words[at : at + count]
            if any("".join(piece.letters for piece in word) in neighbourhood.long_form_words for word in group):
                yield tuple(piece for word in group for piece in word)
