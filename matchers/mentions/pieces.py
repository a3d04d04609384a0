"""A folded text cut into pieces: the places between which a mark may begin and end."""

import re
from dataclasses import dataclass

from matchers.mentions.forms import SKELETON
from matchers.text.fold import View

LETTERS_OR_DIGITS = re.compile(r"[a-z]+|[0-9]+")
# The same with the signs that are printed for a letter, where one touches a letter.
WITH_SIGNS = re.compile(r"[a-z]+|[0-9]+|(?<=[a-z0-9])[!@$|€]|[!@$|€](?=[a-z0-9])")
SIGN_LETTERS = re.compile(r"[!@$|€]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Letters, digits or one sign in a row. Offsets are those of the folded view."""

    start: int
    end: int
    letters: str
    """The folded letters."""
    skeleton: str
    """The same with look-alike digits made one."""


def cut_pieces(view: View, printed: str) -> tuple[Piece, ...]:
    """Return the pieces of letters and digits; letters part where a capital follows a small one (DiorSauvage)."""
    return _cut(view, printed, LETTERS_OR_DIGITS)


def cut_pieces_with_signs(view: View, printed: str) -> tuple[Piece, ...]:
    """Return the pieces where ! @ $ | € count as letters; empty where the text has none beside a letter."""
    return _cut(view, printed, WITH_SIGNS) if SIGN_LETTERS.search(view.text) else ()


def _cut(view: View, printed: str, pattern: re.Pattern[str]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    text = view.text
    for found in pattern.finditer(text):
        start, end = found.span()
        cuts = _capital_cuts(view, printed, start, end) if end - start > 3 else []
        for cut in (*cuts, end):
            letters = text[start:cut]
            pieces.append(Piece(start, cut, letters, letters.translate(SKELETON)))
            start = cut
    return tuple(pieces)


def _capital_cuts(view: View, printed: str, start: int, end: int) -> list[int]:
    """Return the places inside a run of letters where a small letter is followed by a capital."""
    first, last = view.original(start, end)
    run = printed[first:last]
    if run.islower() or run.isupper() or run[1:].islower():
        return []
    if view.starts is None:
        return [start + at for at in range(2, len(run) - 1) if run[at].isupper() and run[at - 1].islower()]
    return [
        at
        for at in range(start + 2, end - 1)
        if printed[view.starts[at]].isupper() and printed[view.starts[at - 1]].islower()
    ]
