"""The mark index: every place where a text names a mark, found by look-up and then verified."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from matchers.mentions.batch import Batch, cut
from matchers.mentions.codes import DIGIT, KIND, LATIN, SIGN
from matchers.mentions.exact import ExactIndex
from matchers.mentions.form_table import FormTable
from matchers.mentions.masks import MaskIndex
from matchers.mentions.mention import CHANGE_WORDS, OTHER_LETTERS, Change, Mention
from matchers.mentions.misspelt import MisspeltIndex
from matchers.mentions.place import Place
from matchers.mentions.respelt import RespeltIndex
from matchers.mentions.runs import RunIndex
from matchers.use.goods import sells_faked_goods
from matchers.use.trades import home_of_mark, is_often_faked, trades_of_listing
from records.hit import Span
from records.listing import Listing
from records.watchlist import Mark

MOST_MENTIONS = 12
"""Places kept of one mark in one field; a title that repeats a mark hundreds of times says nothing more."""
# Marks of these trades are named on goods of any.
EVERYWHERE = frozenset({"character", "component"})
# Kinds of characters beside which a sign may stand for a letter.
SOLID = (LATIN, DIGIT)
# Changes after which the word may be another name.
ANOTHER_NAME = OTHER_LETTERS | {"doubled"}
# From this length a doubled letter changes no name into another.
SURE = 5
CHANGE_ORDER: dict[Change, int] = {change: order for order, change in enumerate(CHANGE_WORDS)}


class MarkIndex:
    """Finds mentions of a fixed set of marks. The work per text hardly grows with the number of marks."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        forms = FormTable(marks)
        self._exact = ExactIndex(forms)
        self._misspelt = MisspeltIndex(forms, self._exact)
        self._runs = RunIndex(forms)
        self._masks = MaskIndex(forms)
        self._respelt = RespeltIndex(forms)

    def find(self, texts: Sequence[str]) -> list[tuple[Place, ...]]:
        """Return the places of each text where a mark is named, in text order; no two of one mark overlap."""
        found: list[list[Place]] = [[] for _ in texts]
        batch = Batch.of(texts)
        pieces = cut(batch)
        for number, place in self._exact.find(batch, pieces):
            found[number].append(place)
        for number, place in self._exact.find_glued(batch, pieces):
            found[number].append(place)
        for number, place in self._misspelt.find(batch, pieces):
            found[number].append(place)
        for number, place in (*self._masks.find(batch), *self._respelt.find(batch)):
            found[number].append(place)
        self._find_with_signs(batch, found)
        for number in batch.texts_with(KIND[batch.codes] > DIGIT):
            found[number] += self._runs.find(batch.view(number))
        return [tuple(_without_overlaps(places)) if places else () for places in found]

    def _find_with_signs(self, batch: Batch, found: list[list[Place]]) -> None:
        """Look again at the texts that have a sign beside a letter, with the signs as letters."""
        signs = np.flatnonzero(SIGN[batch.codes])
        kinds = KIND[batch.codes[signs - 1]], KIND[batch.codes[np.minimum(signs + 1, len(batch.codes) - 1)]]
        beside = np.isin(kinds[0], SOLID) | np.isin(kinds[1], SOLID)
        numbers = np.unique(batch.text_at(signs[beside])).tolist()
        if not numbers:
            return
        again = Batch.of([batch.printed[number] for number in numbers])
        pieces = cut(again, with_signs=True)
        if pieces.has_signs:
            for at, place in self._exact.find(again, pieces):
                found[numbers[at]].append(place)


def mentions_of(listing: Listing, field: str, places: Iterable[Place]) -> Iterator[Mention]:
    """Yield the mentions that the places in one field of a listing are."""
    text = listing.text_of(field) or ""
    for place in places:
        if place.only_on_faked_goods and not (is_often_faked(place.form.mark) and sells_faked_goods(listing)):
            continue
        if place.is_near and place.change in ANOTHER_NAME and _is_of_another_trade(listing, place):
            continue
        start, end = place.start, place.end
        span = Span(field=field, start=start, end=end, text=text[start:end])
        yield Mention(place.form.mark, place.form.text, span, place.change)


def _is_of_another_trade(listing: Listing, place: Place) -> bool:
    """Say whether the goods are surely not of the mark's trade: a near word is another name then (Maxwell cat food).

    A word near a mark that is itself a word needs goods of the trade (SuperMe is no Supreme).
    """
    mark = place.form.mark
    ours = home_of_mark(mark)
    if not ours or ours & EVERYWHERE:
        return False
    theirs = trades_of_listing(listing)
    is_sure = place.change == "doubled" and len(place.form.letters) >= SURE
    return not is_sure and (bool(theirs) or mark.ambiguous) and not ours & theirs


def _plainness(place: Place) -> tuple[bool, bool, int, int, int]:
    """Return the sort key: the registered spelling, other letters of the mark, then near misses; longest first."""
    return place.change != "same", place.is_near, place.start - place.end, CHANGE_ORDER[place.change], place.start


def _where(place: Place) -> tuple[int, int, str]:
    return place.start, place.end, place.form.mark.mark_id


def _without_overlaps(places: list[Place]) -> list[Place]:
    """Keep, of overlapping places of one mark, the plainest spelling; of very many places the first few."""
    if len({place.form.mark.mark_id for place in places}) == len(places):
        return sorted(places, key=_where) if len(places) > 1 else places
    taken: defaultdict[str, set[int]] = defaultdict(set)
    kept: list[Place] = []
    for place in sorted(places, key=_plainness):
        covered = taken[place.form.mark.mark_id]
        if covered.isdisjoint(range(place.start, place.end)):
            covered.update(range(place.start, place.end))
            kept.append(place)
    counts: Counter[str] = Counter()
    first: list[Place] = []
    for place in sorted(kept, key=_where):
        counts[place.form.mark.mark_id] += 1
        if counts[place.form.mark.mark_id] <= MOST_MENTIONS:
            first.append(place)
    return first
