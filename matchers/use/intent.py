"""What the words of a listing admit or claim about the goods under a mark."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from matchers.mentions.mention import DOUBTFUL_CHANGES, HIDING_CHANGES, Mention
from matchers.text.characters import is_styled
from matchers.text.fold import View, fold_accented
from matchers.use.goods import sells_faked_goods
from matchers.use.intent_words import (
    DENIED_AFTER,
    DENIED_BEFORE,
    GENUINE,
    GUANGZHOU,
    HEDGE_AFTER,
    IMITATION,
    MATERIAL_AFTER,
    MATERIAL_BEFORE,
    ONE_TO_ONE,
    PRINTED_ON,
    SCALE,
)  # fmt: skip
from matchers.use.trades import makes_devices, trades_of_mark
from records.hit import Span
from records.listing import Listing

FIELDS = ("title", "description")
# In a description a word counts only this near to a mention of the mark.
NEAR = 80
# Marks of these trades are misspelt by accident: a character on goods of another maker.
NEVER_HIDDEN = frozenset({"character"})


@dataclass(frozen=True, slots=True)
class Found:
    """Words found, and what they are."""

    span: Span
    kind: str


def find_imitation(listing: Listing, mention: Mention) -> tuple[Found, ...]:
    """Return the words that admit an imitation of the mark, guarantees and materials set aside."""
    found: list[Found] = []
    faked = sells_faked_goods(listing)
    for field in FIELDS:
        text = listing.text_of(field)
        if not text or (field == "description" and mention.span.field != "description"):
            continue
        view = fold_accented(text)
        if field == "title":
            found += [
                Found(_span(listing, field, view, *where), "admits an imitation") for where in _admitted(view.text)
            ]
            if faked and not SCALE.search(view.text):
                found += _found(listing, field, view, ONE_TO_ONE, "a grade of copies")
            if faked and not makes_devices(mention.mark) and trades_of_mark(mention.mark) & {"fashion", "watch"}:
                found += _found(listing, field, view, GUANGZHOU, "goods of Guangzhou")
        else:
            at = mention.span.start
            found += [
                Found(span, "admits an imitation")
                for span in (_span(listing, field, view, *where) for where in _admitted(view.text))
                if abs(span.start - at) <= NEAR
            ]
    return tuple(found) + tuple(_beside(listing, mention))


def _admitted(text: str) -> Iterator[tuple[int, int]]:
    for match in IMITATION.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        if DENIED_BEFORE.search(before[-70:]) or DENIED_AFTER.match(after[:60]):
            continue
        if MATERIAL_AFTER.match(after) or MATERIAL_BEFORE.search(before[-12:]):
            continue
        yield match.start(), match.end()


def _beside(listing: Listing, mention: Mention) -> Iterator[Found]:
    """Yield hedges right after the mark, and words that say its name is printed on goods of no name."""
    field, start, end = mention.span.field, mention.span.start, mention.span.end
    if field not in FIELDS:
        return
    text = listing.text_of(field) or ""
    after = fold_accented(text[end : end + 40])
    hedge = HEDGE_AFTER.match(after.text)
    if hedge:
        first, last = after.original(hedge.start(), hedge.end())
        yield Found(Span.cut(listing, field, end + first, end + last), "copies the style of the mark")
    if field == "title" and trades_of_mark(mention.mark) & {"fashion", "watch", "sports"}:
        before = fold_accented(text[:start])
        printed = PRINTED_ON.search(before.text)
        if printed and printed.end() > printed.start():
            first, last = before.original(printed.start(), printed.end())
            yield Found(Span.cut(listing, field, first, last), "prints the mark on goods of no name")


def find_genuine_claims(listing: Listing) -> tuple[Found, ...]:
    """Return the words of the title that claim genuine goods."""
    view = fold_accented(listing.title)
    imitating = [match.span() for match in IMITATION.finditer(view.text)]
    return tuple(
        Found(_span(listing, "title", view, *match.span()), "claims genuine goods")
        for match in GENUINE.finditer(view.text)
        if not any(start < match.end() and match.start() < end for start, end in imitating)
    )


def hides_the_mark(listing: Listing, mention: Mention) -> bool:
    """Say whether the spelling keeps the mark from filters: always with signs or digits, on some goods with a slip."""
    if mention.change == "styled":
        return not _is_decoration(listing, mention)
    if mention.change in HIDING_CHANGES:
        return True
    return (
        mention.change in DOUBTFUL_CHANGES
        and sells_faked_goods(listing)
        and mention.span.field == "title"
        and not trades_of_mark(mention.mark) & NEVER_HIDDEN
    )


def _is_decoration(listing: Listing, mention: Mention) -> bool:
    """Say whether the styled letters run through the text and so hide nothing."""
    text = listing.text_of(mention.span.field) or ""
    rest = text[: mention.span.start] + text[mention.span.end :]
    words = [word for word in re.split(r"\s+", rest) if sum(map(is_styled, word)) >= 2]
    return len(words) >= 3


def _found(listing: Listing, field: str, view: View, pattern: re.Pattern[str], kind: str) -> list[Found]:
    return [
        Found(_span(listing, field, view, match.start(), match.end()), kind)
        for match in pattern.finditer(view.text)
        if not DENIED_BEFORE.search(view.text[max(0, match.start() - 70) : match.start()])
    ]


def _span(listing: Listing, field: str, view: View, start: int, end: int) -> Span:
    return Span.cut(listing, field, *view.original(start, end))
