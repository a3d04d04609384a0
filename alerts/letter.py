"""A mail in its reader's words, before it becomes bytes: what both parts of it show, in the same order."""

from dataclasses import dataclass

from alerts.title import Piece
from records.hit import Tier
from records.mail import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkWords:
    """A link and what it says."""

    words: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stat:
    """A figure under its label."""

    label: str
    figure: str
    is_grave: bool = False
    """True: drawn in the warm colour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One hit in words."""

    tier: str
    tier_class: Tier
    flag: str | None
    """Says that nobody has reviewed it; None for a confirmed hit."""
    language: str | None
    pieces: tuple[Piece, ...]
    title: str
    latin: str | None
    """The title in plain Latin letters; None where that says nothing new to the reader."""
    seen: str
    price: str
    home_price: str | None
    minimum_price: str | None
    share: str | None
    mark: str
    reason: str | None
    findings: tuple[str, ...]
    right: str | None
    kept: str | None
    """What is kept of the listing."""
    url: str
    link: str
    answer_ask: str | None
    answers: tuple[LinkWords, ...]
    picture: str | None
    """Content-ID of its picture, without brackets."""
    alt: str
    """The facts that the picture stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading with lines below it."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that comes with a mail."""

    name: str
    """File name: small ASCII letters, digits, hyphens and dots."""
    content: bytes
    """A PDF."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail in words."""

    language: Language
    subject: str
    brand: str
    kind: str
    """What this mail is."""
    day: str
    heading: str
    lead: str
    note: str | None = None
    """Said right below the lead, such as that it is a sample."""
    stats: tuple[Stat, ...] = ()
    scope: str = ""
    """What was read, beside the figures."""
    rows: tuple[Row, ...] = ()
    flags_heading: str = ""
    flags: tuple[Row, ...] = ()
    more: str | None = None
    button: LinkWords | None = None
    links_note: str = ""
    sections: tuple[Section, ...] = ()
    foot: tuple[str, ...] = ()
    ways: tuple[LinkWords, ...] = ()
    """Ways to change or stop the mail."""
    pictures: tuple[tuple[str, bytes], ...] = ()
    """Content-ID and JPEG of each picture, each once."""
    files: tuple[Attachment, ...] = ()
    """What is attached."""
