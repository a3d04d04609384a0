"""A document for people, before it is a page, a PDF or a spreadsheet: headings, facts, tables, marked text, pictures.

Whoever makes one has translated every word; what was printed by a marketplace stays as printed and says its language.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Text:
    """A text of one language."""

    text: str
    language: str = ""
    """Language code where it is not the document's own."""
    is_code: bool = False
    """True for hashes, addresses and ids."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One labelled value."""

    label: str
    value: Text


@dataclass(frozen=True, slots=True)
class Facts:
    """Labelled values, one a line."""

    rows: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table."""

    sheet: str
    """Name of the spreadsheet's sheet that its rows go to, the same for every case."""
    columns: tuple[str, ...]
    rows: tuple[tuple[Text, ...], ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of marked text."""

    text: str
    number: int | None = None
    """Number of the finding that points at it; None where nothing does."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A printed text with the stretches that findings point at."""

    pieces: tuple[Piece, ...]
    language: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the page, made by us; its bytes are named by hash."""

    sha256: str
    caption: str


@dataclass(frozen=True, slots=True)
class Note:
    """A paragraph."""

    text: str


Block = Facts | Grid | Marked | Picture | Note


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseText:
    """One hit in words."""

    hit_id: str
    heading: Text
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole pack in words."""

    language: str
    title: str
    intro: tuple[str, ...]
    """Paragraphs before the first case."""
    made: tuple[Fact, ...]
    """Who made it, when, with which key."""
    cases: tuple[CaseText, ...]
    opening: tuple[Section, ...] = field(default=())
    """Before the first case: the list of cases."""
    closing: tuple[Section, ...] = field(default=())
    """After the last case: procedure, how to verify."""
    hit_column: str = "hit"
    """Head of the column that names the case in spreadsheets."""
