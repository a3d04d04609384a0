"""Exact look-up of neighbouring pieces in the index: joined, split and look-alike spellings in one step."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from matchers.mentions.forms import Form
from matchers.mentions.pieces import Piece

# A mark may lie in this many pieces (S.H.I.S.E.I.D.O has 8), with at most so many signs between two of them.
MAX_PIECES = 14
MAX_GAP = 3


@dataclass(frozen=True, slots=True)
class Window:
    """Neighbouring pieces whose squashed letters are those of a form."""

    form: Form
    pieces: tuple[Piece, ...]


def find_windows(
    pieces: Sequence[Piece], forms: Mapping[str, tuple[Form, ...]], prefixes: frozenset[str], longest: int
) -> Iterator[Window]:
    """Yield every window of pieces whose skeleton is a form's; `prefixes` are the first two letters of all forms."""
    count = len(pieces)
    for first in range(count):
        key = ""
        previous_end = pieces[first].start
        for last in range(first, min(count, first + MAX_PIECES)):
            piece = pieces[last]
            if piece.start - previous_end > MAX_GAP:
                break
            key += piece.skeleton
            if len(key) > longest or (len(key) > 1 and key[:2] not in prefixes):
                break
            previous_end = piece.end
            for form in forms.get(key, ()):
                yield Window(form, tuple(pieces[first : last + 1]))
