"""The mark index: every place where a text names a mark, found by look-up and then verified."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from matchers.mentions.closeness import still_names
from matchers.mentions.forms import Form, forms_of
from matchers.mentions.mention import CHANGE_WORDS, Change, Mention
from matchers.mentions.misspelt import misspelt_windows
from matchers.mentions.neighbours import Neighbourhood
from matchers.mentions.pieces import cut_pieces, cut_pieces_with_signs
from matchers.mentions.runs import find_runs
from matchers.mentions.spelling import change_of
from matchers.mentions.windows import find_windows
from matchers.text.fold import fold_plain
from matchers.use.goods import sells_faked_goods
from matchers.use.trades import is_often_faked
from records.hit import Span
from records.listing import Listing
from records.watchlist import Mark

MOST_MENTIONS = 12
"""Places kept of one mark in one field; a title that repeats a mark hundreds of times says nothing more."""
CHANGE_ORDER: dict[Change, int] = {change: order for order, change in enumerate(CHANGE_WORDS)}


@dataclass(frozen=True, slots=True)
class Place:
    """A form found in a printed text, before it is tied to a listing."""

    form: Form
    start: int
    end: int
    change: Change
    is_near: bool = False
    """True where the letters are not the form's own."""


class MarkIndex:
    """Finds mentions of a fixed set of marks. The work per text does not grow with the number of marks."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        by_skeleton: defaultdict[str, list[Form]] = defaultdict(list)
        by_start: defaultdict[str, list[Form]] = defaultdict(list)
        for mark in marks:
            for form in forms_of(mark):
                if form.is_latin:
                    by_skeleton[form.skeleton].append(form)
                else:
                    by_start[form.letters[:2]].append(form)
        self._by_skeleton = {key: tuple(forms) for key, forms in by_skeleton.items()}
        self._by_start = {key: tuple(forms) for key, forms in by_start.items()}
        self._prefixes = frozenset(key[:2] for key in self._by_skeleton)
        self._longest = max(map(len, self._by_skeleton), default=0)
        self._neighbourhood = Neighbourhood(form for forms in self._by_skeleton.values() for form in forms)

    def find(self, listing: Listing, field: str) -> tuple[Mention, ...]:
        """Return the mentions in one field of a listing, in text order; no two of one mark overlap."""
        printed = listing.text_of(field)
        if not printed:
            return ()
        places = list(self._places(printed, listing))
        if not places:
            return ()
        return tuple(
            Mention(
                mark=place.form.mark,
                form=place.form.text,
                span=Span.cut(listing, field, place.start, place.end),
                change=place.change,
            )
            for place in _without_overlaps(places)
        )

    def _places(self, printed: str, listing: Listing) -> Iterator[Place]:
        """Yield every place where a mark is named, in any order, overlaps included."""
        view = fold_plain(printed)
        pieces = cut_pieces(view, printed)
        for group in (pieces, cut_pieces_with_signs(view, printed)):
            for window in find_windows(group, self._by_skeleton, self._prefixes, self._longest):
                change = change_of(window.form, window.pieces, view, printed)
                if change is not None:
                    yield Place(window.form, *view.original(window.pieces[0].start, window.pieces[-1].end), change)
        for near in misspelt_windows(pieces, view, printed, self._neighbourhood):
            length = len(near.form.letters)
            if still_names(near.difference, length, on_faked_goods=False) or (
                still_names(near.difference, length, on_faked_goods=True)
                and sells_faked_goods(listing)
                and is_often_faked(near.form.mark)
            ):
                yield Place(near.form, *view.original(near.start, near.end), near.change, is_near=True)
        for run in find_runs(view, self._by_start):
            yield Place(run.form, *view.original(run.start, run.end), "signs" if run.is_split else "same")


def _plainness(place: Place) -> tuple[bool, bool, int, int, int]:
    """Return the sort key: the registered spelling, other letters of the mark, then near misses; longest first."""
    return place.change != "same", place.is_near, place.start - place.end, CHANGE_ORDER[place.change], place.start


def _without_overlaps(places: list[Place]) -> list[Place]:
    """Keep, of overlapping places of one mark, the plainest spelling; of very many places the first few."""
    taken: defaultdict[str, set[int]] = defaultdict(set)
    kept: list[Place] = []
    for place in sorted(places, key=_plainness):
        covered = taken[place.form.mark.mark_id]
        if covered.isdisjoint(range(place.start, place.end)):
            covered.update(range(place.start, place.end))
            kept.append(place)
    counts: Counter[str] = Counter()
    first: list[Place] = []
    for place in sorted(kept, key=lambda one: (one.start, one.end, one.form.mark.mark_id)):
        counts[place.form.mark.mark_id] += 1
        if counts[place.form.mark.mark_id] <= MOST_MENTIONS:
            first.append(place)
    return first
