"""One piece of a folded text: the places between which a mark may begin and end."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """Letters, digits or one sign in a row. Offsets are those of the folded view."""

    start: int
    end: int
    letters: str
    """The folded letters."""
    skeleton: str
    """The same with look-alike digits made one."""
