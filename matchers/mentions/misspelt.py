"""Which stretches of a text are looked up as possible misspellings, and how the result is told."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from matchers.mentions.closeness import Difference
from matchers.mentions.forms import Form
from matchers.mentions.mention import Change
from matchers.mentions.neighbours import Neighbour, Neighbourhood
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
    """Yield the stretches near a form: words, words with signs inside, and neighbouring words of long marks."""
    words = _words(pieces)
    for stretch in chain(_single(words), _with_signs(words, view.text), _of_long_forms(words, neighbourhood)):
        letters = "".join(piece.letters for piece in stretch)
        found = neighbourhood.near(letters.translate(DIGITS_AS_LETTERS))
        if not found or not _may_be_misspelt(stretch, letters, view, printed):
            continue
        start, end = stretch[0].start, stretch[-1].end
        is_split = any(one.end < two.start for one, two in pairwise(stretch))
        has_space = is_split and " " in view.text[start:end]
        has_digits = not letters.isalpha()
        for near in found:
            if _is_sure(near, has_space=has_space, has_digits=has_digits):
                change: Change = near.difference.change
                if has_digits:
                    change = "look_alike"
                elif is_split and not has_space:
                    change = "signs"
                yield NearWindow(near.form, start, end, near.difference, change)


def _may_be_misspelt(stretch: tuple[Piece, ...], letters: str, view: View, printed: str) -> bool:
    """Say whether the letters can be a slip at all: no word of their own, no Vietnamese word, no number."""
    start, end = stretch[0].start, stretch[-1].end
    if letters in OTHER_NAMES and end - start == len(letters):
        return False
    digits = sum(letter.isdigit() for letter in letters)
    if digits * 2 >= len(letters) or letters[0].isdigit():
        return False
    first, last = view.original(start, end)
    return not VIETNAMESE.search(unicodedata.normalize("NFC", printed[first:last].lower()))


def _is_sure(near: Neighbour, *, has_space: bool, has_digits: bool) -> bool:
    """Say whether the form is long and plain enough; of a mark that is also a word, champions and acne are words."""
    length, found = len(near.form.letters), near.difference
    if has_space and (length < LONG_FORM or not near.form.breaks or found.edits > 1):
        return False
    if not near.form.mark.ambiguous:
        return True
    if length < 5 or (found.place == "last" and found.letter == "s"):
        return False
    return found.change == "doubled" or has_digits or length >= 6


def _words(pieces: Sequence[Piece]) -> list[tuple[Piece, ...]]:
    """Return the pieces grouped to words: those that touch belong together."""
    words: list[tuple[Piece, ...]] = []
    for piece in pieces:
        if words and words[-1][-1].end == piece.start:
            words[-1] = (*words[-1], piece)
        else:
            words.append((piece,))
    return words


def _single(words: list[tuple[Piece, ...]]) -> Iterator[tuple[Piece, ...]]:
    """Yield each word, and the longer pieces of letters inside it."""
    for word in words:
        yield word
        if len(word) > 1:
            yield from ((piece,) for piece in word if len(piece.letters) > 3 and piece.letters.isalpha())


def _with_signs(words: list[tuple[Piece, ...]], text: str) -> Iterator[tuple[Piece, ...]]:
    """Yield words with single signs between them, as one."""
    for at, word in enumerate(words):
        joined = word
        for following in words[at + 1 : at + LONGEST_PIECES]:
            gap = text[joined[-1].end : following[0].start]
            if not (0 < len(gap) <= 2 and all(sign in INSIDE for sign in gap)):
                break
            joined += following
            yield joined


def _of_long_forms(words: list[tuple[Piece, ...]], neighbourhood: Neighbourhood) -> Iterator[tuple[Piece, ...]]:
    """Yield pairs and triples of words where one of them belongs to a mark of several words."""
    known = ["".join(piece.letters for piece in word) in neighbourhood.long_form_words for word in words]
    if not any(known):
        return
    for count in (2, 3):
        for at in range(len(words) - count + 1):
            if any(known[at : at + count]):
                yield tuple(piece for word in words[at : at + count] for piece in word)
