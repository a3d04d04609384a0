"""What the words of a listing admit or claim about the goods under a mark."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from matchers.mentions.mention import DOUBTFUL_CHANGES, HIDING_CHANGES, Mention
from matchers.text.characters import is_styled
from matchers.text.fold import accented_view
from matchers.use.goods import is_on_faked_goods
from matchers.use.intent_words import (
    DENIED_AFTER,
    DENIED_BEFORE,
    FISHING,
    GRADES_OF_WORN,
    GUANGZHOU,
    HEDGE_AFTER,
    MATERIAL_AFTER,
    MATERIAL_BEFORE,
    NO_GRADE_AFTER,
    NO_GRADE_BEFORE,
    NOT_THE_MARK_BEFORE,
    OTHER_GUARANTEE,
    PRINTED_AFTER,
    PRINTED_ON,
    RACING,
    SCALE,
)  # fmt: skip
from matchers.use.lexicon import LEXICON
from matchers.use.surroundings import surroundings
from matchers.use.trades import letters_of, makes_devices, trades_of_mark
from records.hit import Span
from records.listing import Listing

Places = tuple[tuple[int, int], ...]

FIELDS = ("title", "description")
# In a description a word counts only this near to a mention of the mark.
NEAR = 80
# Characters before and after a phrase in which it may be denied.
BEFORE = 70
AFTER = 60
# Characters after a mark in which a hedge stands.
HEDGE_REACH = 40
# Characters before a mark in which a word stands that says it is none.
NEGATION_REACH = 12
# Texts whose findings are kept: the mentions of one listing are read one after the other.
KEPT = 256
# Names that sellers of copies use so that filters do not find the mark: D家, a迪达斯.
CODE_NAME = re.compile(r"[A-Za-z\u4e00-\u9fff]家|(?=[^A-Za-z]*[A-Za-z])(?=.*[\u4e00-\u9fff])[A-Za-z\u4e00-\u9fff]{2,5}")
# What is said of one phrase, said of several.
SEVERAL: Mapping[str, str] = MappingProxyType({
    "admits an imitation": "admit an imitation",
    "is a grade of copies": "are grades of copies",
    "stands for goods of Guangzhou": "stand for goods of Guangzhou",
    "copies the style of the mark": "copy the style of the mark",
    "prints the mark on goods of no name": "print the mark on goods of no name",
    "claims genuine goods": "claim genuine goods",
})  # fmt: skip
# Trades of goods that are graded as copies.
WORN = frozenset({"fashion", "watch"})
# Trades whose names are printed on goods of no name.
PRINTED = frozenset({"fashion", "watch", "sports"})
# Marks of these trades are misspelt by accident: a character on goods of another maker.
NEVER_HIDDEN = frozenset({"character"})


@dataclass(frozen=True, slots=True)
class Found:
    """Words found, and what they are."""

    span: Span
    kind: str


def find_imitation(listing: Listing, mention: Mention) -> tuple[Found, ...]:
    """Return the words that admit an imitation of the mark, guarantees and materials set aside, none overlapping."""
    found: list[Found] = []
    field = mention.span.field
    if field == "description":
        admissions, start = _admissions(listing.description or ""), mention.span.start
        first, last = bisect_left(admissions, (start - NEAR, 0)), bisect_left(admissions, (start + NEAR + 1, 0))
        found += [Found(Span.cut(listing, field, at, end), "admits an imitation") for at, end in admissions[first:last]]
    title = accented_view(listing.title).text
    admitted, graded = _words_of_title(title)
    if admitted:
        found += [Found(_in_title(listing, where), "admits an imitation") for where in admitted]
    grades = [(where, "is a grade of copies") for where in graded]
    if trades_of_mark(mention.mark) & WORN and not makes_devices(mention.mark):
        grades += [(where, "is a grade of copies") for where in _worn_grades(title)]
        grades += [(where, "stands for goods of Guangzhou") for where in _guangzhou(title)]
    if grades and is_on_faked_goods(listing, mention.mark):
        found += [Found(_in_title(listing, where), kind) for where, kind in grades]
    found += _beside(listing, mention)
    return tuple(_without_overlaps(found)) if len(found) > 1 else tuple(found)


@lru_cache(maxsize=KEPT)
def _words_of_title(text: str) -> tuple[Places, Places]:
    """Return where a title admits an imitation, and where it names a grade."""
    return _admitted(text), _graded(text)


def in_words(found: Sequence[Found]) -> tuple[str, str]:
    """Return the phrases of the strongest kind for a sentence, and what they are, in the right number."""
    kind = found[0].kind
    words = dict.fromkeys(one.span.text.strip() for one in found if one.kind == kind)
    return "”, “".join(words), _of_several(kind) if len(words) > 1 else kind


def _of_several(kind: str) -> str:
    """Return the same said of several phrases."""
    return SEVERAL[kind]


def _without_overlaps(found: Sequence[Found]) -> Iterator[Found]:
    """Yield, of phrases that overlap, the longest (“rep 1:1”, not “1:1”), in their order."""
    kept: list[Span] = []
    for one in sorted(found, key=lambda one: one.span.start - one.span.end):
        span = one.span
        if not any(span.field == at.field and span.start < at.end and at.start < span.end for at in kept):
            kept.append(span)
    yield from (one for one in found if one.span in kept)


@lru_cache(maxsize=KEPT)
def _imitating(text: str) -> Places:
    """Return where an accented text has words of imitation, denied or not."""
    return tuple(match.span() for match in LEXICON.find("imitation", text))


@lru_cache(maxsize=KEPT)
def _admitted(text: str) -> Places:
    """Return where an accented text admits an imitation, denials, guarantees and materials set aside."""
    found = []
    for start, end in _imitating(text):
        if text[start:end] == "nhái" and FISHING.search(text):
            continue
        before, after = text[max(0, start - BEFORE) : start], text[end : end + AFTER]
        if DENIED_BEFORE.search(before) or _is_denied_after(after):
            continue
        if not (MATERIAL_AFTER.match(after) or MATERIAL_BEFORE.search(before[-12:])):
            found.append((start, end))
    return tuple(found)


@lru_cache(maxsize=8)
def _admissions(text: str) -> Sequence[tuple[int, int]]:
    """Return where a printed description admits an imitation, in text order."""
    view = accented_view(text)
    return sorted(view.original(*where) for where in _admitted(view.text))


def _is_denied_after(after: str) -> bool:
    """Say whether the words after a phrase deny it or promise against it."""
    denial = DENIED_AFTER.match(after)
    return denial is not None and not OTHER_GUARANTEE.search(denial[0])


def _graded(text: str) -> Places:
    """Return where a title of often faked goods names a grade of copies, unless it speaks of a scale."""
    found = _undenied(LEXICON.find("grade", text), text)
    if not found or SCALE.search(text) or RACING.search(text):
        return ()
    return tuple((start, end) for start, end in found if not NO_GRADE_BEFORE.search(text[:start]))


def _worn_grades(text: str) -> Places:
    return _undenied(GRADES_OF_WORN.finditer(text), text)


def _guangzhou(text: str) -> Places:
    return _undenied(GUANGZHOU.finditer(text), text)


def _undenied(matches: Iterable[re.Match[str]], text: str) -> Places:
    return tuple(
        match.span()
        for match in matches
        if not DENIED_BEFORE.search(text[max(0, match.start() - BEFORE) : match.start()])
        and not NO_GRADE_AFTER.match(text[match.end() :])
    )


def _beside(listing: Listing, mention: Mention) -> Iterator[Found]:
    """Yield hedges right after the mark, and words that say its name is printed on goods of no name."""
    field = mention.span.field
    if field not in FIELDS:
        return
    around = surroundings(listing, mention)
    after = around.after[:HEDGE_REACH]
    hedge = HEDGE_AFTER.match(after)
    if hedge and not DENIED_AFTER.match(after[hedge.end() :]):
        yield _found(listing, field, around.end, hedge, "copies the style of the mark")
    printed = PRINTED_AFTER.match(after)
    if printed and field == "title" and trades_of_mark(mention.mark) & PRINTED:
        yield _found(listing, field, around.end, printed, "prints the mark on goods of no name")
    if "not the mark" in around.cues:
        near = around.before[-NEGATION_REACH:]
        denied = NOT_THE_MARK_BEFORE.search(near)
        if denied:
            yield _found(listing, field, around.start - len(near), denied, "admits an imitation")
    if "printed on" in around.cues and field == "title" and trades_of_mark(mention.mark) & PRINTED:
        printed = PRINTED_ON.search(around.before)
        if printed and printed.end() > printed.start():
            begin = around.start - len(around.before)
            yield _found(listing, field, begin, printed, "prints the mark on goods of no name")


def _found(listing: Listing, field: str, begin: int, words: re.Match[str], kind: str) -> Found:
    """Return what was found in a part of the accented view that begins there."""
    view = accented_view(listing.text_of(field) or "")
    return Found(Span.cut(listing, field, *view.original(begin + words.start(), begin + words.end())), kind)


def find_genuine_claims(listing: Listing) -> tuple[Found, ...]:
    """Return the words of the title that claim genuine goods."""
    claimed = _claimed(accented_view(listing.title).text)
    return tuple([Found(_in_title(listing, where), "claims genuine goods") for where in claimed]) if claimed else ()


@lru_cache(maxsize=KEPT)
def _claimed(text: str) -> Places:
    imitating = _imitating(text)
    claims = (match.span() for match in LEXICON.find("genuine", text))
    return tuple(
        (first, last) for first, last in claims if not any(start < last and first < end for start, end in imitating)
    )


def hides_the_mark(listing: Listing, mention: Mention) -> bool:
    """Say whether the spelling keeps the mark from filters: always with signs or digits, on some goods with a slip."""
    if mention.change == "styled":
        return not _is_decoration(listing, mention)
    if mention.change in HIDING_CHANGES:
        return True
    if mention.change == "nickname":
        return bool(CODE_NAME.fullmatch(mention.form)) and is_on_faked_goods(listing, mention.mark)
    return (
        mention.change in DOUBTFUL_CHANGES
        and is_on_faked_goods(listing, mention.mark)
        and mention.span.field == "title"
        and not _is_named_openly(listing, mention)
        and not trades_of_mark(mention.mark) & NEVER_HIDDEN
    )


def _is_named_openly(listing: Listing, mention: Mention) -> bool:
    """Say whether the brand field names the mark as registered: a slip in the title hides nothing then."""
    return bool(listing.brand) and letters_of(listing.brand or "") == letters_of(mention.mark.text)


def _is_decoration(listing: Listing, mention: Mention) -> bool:
    """Say whether the styled letters run through the text and so hide nothing."""
    text = listing.text_of(mention.span.field) or ""
    rest = text[: mention.span.start] + text[mention.span.end :]
    words = [word for word in re.split(r"\s+", rest) if sum(map(is_styled, word)) >= 2]
    return len(words) >= 3


def _in_title(listing: Listing, where: tuple[int, int]) -> Span:
    return Span.cut(listing, "title", *accented_view(listing.title).original(*where))
