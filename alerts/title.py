"""Printed text as a mail shows it: harmless signs, cut to a length, its evidence spans marked."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from records.hit import Evidence
from records.listing import Listing

TITLE_LIMIT = 160
QUOTE_LIMIT = 60
QUOTES = 4
FINDINGS = 3
ALTERED = frozenset({"disguised_mark", "misspelt_mark"})
"""Findings whose span spells the mark otherwise than it is registered."""
SPEAKS_FROM = 0.1
"""Weight from which a finding speaks against a listing; a claim to be genuine weighs less and is not quoted."""
PieceKind = Literal["plain", "mark", "word", "odd"]
# The mail holds no data of sellers; the price stands in a line of its own.
UNQUOTED_FIELDS = frozenset({"seller_name", "price_raw"})
# Marks, embeddings, overrides and isolates of text direction: they could turn the mail's own words round.
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSHOWN_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp", "Co", "Cn"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a title with what it means."""

    text: str
    """The printed characters, made harmless."""
    kind: PieceKind
    """mark: names the mark; odd: a sign in it that the mark does not have; word: speaks against the listing; plain:
    none of them."""


def shown(text: str) -> str:
    """Return printed text with signs that could disturb the mail replaced, and addresses that no program links."""
    signs = (
        "\ufffd" if sign in _DIRECTION or (sign not in "\n\t" and unicodedata.category(sign) in _UNSHOWN_CATEGORIES)
        else sign
        for sign in text
    )  # fmt: skip
    return " ".join("".join(signs).split(" ")).replace("\n", " ").replace("\t", " ").replace("://", ":⁄⁄")


def title_pieces(listing: Listing, evidence: Sequence[Evidence], mark: str = "") -> tuple[Piece, ...]:
    """Return the title in pieces whose joined text is the title as shown, cut at TITLE_LIMIT characters.

    With the mark's text, signs that an altered spelling has and the mark has not are pieces of their own.
    """
    title, kinds = listing.title, _kinds(listing.title, evidence, mark)
    pieces: list[Piece] = []
    start = 0
    limit = min(len(title), TITLE_LIMIT)
    for end in range(1, limit + 1):
        if end == limit or kinds[end] != kinds[start]:
            pieces.append(Piece(text=shown(title[start:end]), kind=kinds[start]))
            start = end
    if limit < len(title):
        pieces.append(Piece(text="…", kind="plain"))
    return tuple(pieces)


def _kinds(title: str, evidence: Sequence[Evidence], mark: str) -> list[PieceKind]:
    """Return what each sign of the title means."""
    kinds: list[PieceKind] = ["plain"] * len(title)
    # Words that speak against the listing come last, so that they win where they overlap with the mark.
    for wanted in ("mark", "word"):
        for finding in evidence:
            if finding.weight < SPEAKS_FROM or _kind_of(finding) != wanted:
                continue
            for span in finding.spans:
                if span.field == "title":
                    kinds[span.start : span.end] = [_kind_of(finding)] * (span.end - span.start)
                    for place in _odd_places(title, span.start, span.end, mark) if finding.signal in ALTERED else ():
                        kinds[place] = "odd"
    return kinds


def _odd_places(title: str, start: int, end: int, mark: str) -> tuple[int, ...]:
    """Return where signs stand that the mark does not have; none where it is written in another script altogether."""
    known = set(mark.casefold())
    odd = tuple(place for place in range(start, end) if known.isdisjoint(title[place].casefold()))
    is_other_script = len(odd) == end - start or any(unicodedata.east_asian_width(title[place]) == "W" for place in odd)
    return odd if known and not is_other_script else ()


def quotes(evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """Return the printed words that speak against the listing, strongest finding first, each once."""
    found: dict[str, None] = {}
    for finding in sorted(evidence, key=lambda one: -one.weight):
        if finding.weight >= SPEAKS_FROM:
            for span in finding.spans:
                if span.field not in UNQUOTED_FIELDS:
                    text = shown(span.text).strip()
                    found[text if len(text) <= QUOTE_LIMIT else text[:QUOTE_LIMIT] + "…"] = None
    return tuple(found)[:QUOTES]


def findings_of(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Return the findings that speak against the listing, strongest first, without any that is about its seller."""
    against = (
        finding
        for finding in evidence
        if finding.weight >= SPEAKS_FROM
        and finding.signal != "exact_mark"  # the line about the registration says it
        and not any(span.field == "seller_name" for span in finding.spans)
    )
    return tuple(sorted(against, key=lambda one: -one.weight))[:FINDINGS]


def plain_title(listing: Listing, limit: int = 80) -> str:
    """Return the title on one line, made harmless and cut."""
    title = listing.title
    return shown(title) if len(title) <= limit else shown(title[:limit]) + "…"


def _kind_of(finding: Evidence) -> PieceKind:
    # What a price finding points at in the title is the product's name.
    return "mark" if finding.signal.endswith("_mark") or finding.signal.startswith("price_") else "word"
