"""Cuts a listing's text into pieces by its evidence spans; the templates escape every piece and wrap it."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from markupsafe import Markup, escape

Kind = Literal["mark", "alter", "word", "compat", "price", "image"]

# Which kind shows where spans of several lie over each other. An altered letter always shows, inside any of them.
_OUTER: Final[tuple[Kind, ...]] = ("mark", "word", "compat", "price", "image")
# Characters that reorder or hide the text around them: shown as their code point, never sent as themselves.
_REORDERING: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """A stretch of one text that evidence points at."""

    start: int
    end: int
    kind: Kind
    number: int | None = None
    """Number of the evidence card that explains it."""


@dataclass(frozen=True, slots=True)
class Part:
    """Characters of a piece that look the same."""

    text: str
    altered: bool = False
    code_point: str | None = None
    """Set for one character that would not be seen: it is shown by this name instead."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of parts with one kind of evidence, or none."""

    kind: Kind | None
    number: int | None
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The printed characters of the piece."""
        return "".join(part.text for part in self.parts)


# The piece's own element; what is only printed has none.
_ELEMENTS: Final[dict[Kind, tuple[str, str]]] = {
    "mark": ("mark", "mark"), "word": ("mark", "word"), "compat": ("span", "compat"),
    "alter": ("span", "plain"), "price": ("span", "plain"), "image": ("span", "plain"),
}  # fmt: skip


def code_point(character: str) -> str:
    """Return the character's code point as U+0410."""
    return f"U+{ord(character):04X}"


def is_unseen(character: str) -> bool:
    """Return whether a character prints nothing by itself."""
    return unicodedata.category(character) in {"Cf", "Cc", "Cs", "Co", "Cn"} and character not in "\n\t\u200d"


def cut(text: str, highlights: Iterable[Highlight], start: int = 0, end: int | None = None) -> tuple[Piece, ...]:
    """Return the pieces of text[start:end]; joined they give that text back, whatever the highlights are."""
    end = len(text) if end is None else min(end, len(text))
    outer: list[tuple[Kind, int | None] | None] = [None] * len(text)
    altered = bytearray(len(text))
    for highlight in sorted(highlights, key=_rank, reverse=True):
        for index in range(max(highlight.start, 0), min(highlight.end, len(text))):
            if highlight.kind == "alter":
                altered[index] = 1
                if outer[index] is None:
                    outer[index] = ("mark", highlight.number)
            else:
                outer[index] = (highlight.kind, highlight.number)
    pieces: list[Piece] = []
    index = start
    while index < end:
        stop = index + 1
        while stop < end and outer[stop] == outer[index]:
            stop += 1
        kind, number = outer[index] or (None, None)
        pieces.append(Piece(kind, number, _parts(text, altered, index, stop)))
        index = stop
    return tuple(pieces)


def _rank(highlight: Highlight) -> tuple[int, int]:
    order = len(_OUTER) if highlight.kind == "alter" else _OUTER.index(highlight.kind)
    return order, -(highlight.number or 0)


def _parts(text: str, altered: bytearray, start: int, stop: int) -> tuple[Part, ...]:
    if not any(altered[start:stop]) and _REORDERING.isdisjoint(text[start:stop]):
        return (Part(text[start:stop]),)
    parts: list[Part] = []
    for index in range(start, stop):
        character, is_altered = text[index], bool(altered[index])
        if character in _REORDERING or (is_altered and is_unseen(character)):
            parts.append(Part(character, is_altered, code_point(character)))
        elif parts and parts[-1].altered == is_altered and parts[-1].code_point is None:
            parts[-1] = Part(parts[-1].text + character, is_altered)
        else:
            parts.append(Part(character, is_altered))
    return tuple(parts)


def highlighted(pieces: Iterable[Piece], *, numbered: bool = False) -> Markup:
    """Return the pieces as markup, isolated from the text around them; every printed character is escaped.

    `numbered` adds the number of the evidence card that explains a piece.
    """
    shown = "".join([_piece(piece, numbered=numbered) for piece in pieces])
    return Markup(f"<bdi>{shown}</bdi>")  # noqa: S704 - escaped in _part


def _piece(piece: Piece, *, numbered: bool) -> str:
    shown = "".join([_part(part) for part in piece.parts])
    if piece.kind is None:
        return shown
    element, look = _ELEMENTS[piece.kind]
    number = f' data-n="{piece.number}"' if numbered and piece.number else ""
    return f'<{element} class="ev ev-{look}"{number}>{shown}</{element}>'


def _part(part: Part) -> str:
    if part.code_point is not None:
        look = " ev ev-alter" if part.altered else ""
        unseen = f'␣<span class="vh">{part.code_point}</span>'
        return f'<span class="ev-hidden{look}" title="{part.code_point}">{unseen}</span>'
    text = escape(part.text)
    return f'<span class="ev ev-alter">{text}</span>' if part.altered else text
