"""The mark index: every place where a text names a mark, found by look-up and then verified."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from matchers.mentions.forms import Form, forms_of
from matchers.mentions.mention import CHANGE_WORDS, Change, Mention
from matchers.mentions.pieces import Piece, cut_pieces, cut_pieces_with_signs
from matchers.mentions.runs import find_runs
from matchers.mentions.spelling import change_of
from matchers.mentions.windows import find_windows
from matchers.text.fold import fold_plain
from records.hit import Span
from records.listing import Listing
from records.watchlist import Mark

CHANGE_ORDER: dict[Change, int] = {change: order for order, change in enumerate(CHANGE_WORDS)}


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

    def find(self, listing: Listing, field: str) -> tuple[Mention, ...]:
        """Return the mentions in one field of a listing, in text order; no two of one mark overlap."""
        printed = listing.text_of(field)
        if not printed:
            return ()
        found = [
            Mention(mark=form.mark, form=form.text, span=Span.cut(listing, field, start, end), change=change)
            for form, start, end, change in self._places(printed)
        ]
        return _without_overlaps(found) if found else ()

    def _places(self, printed: str) -> Iterator[tuple[Form, int, int, Change]]:
        view = fold_plain(printed)
        groups = [cut_pieces(view, printed), cut_pieces_with_signs(view, printed)]
        for pieces in groups:
            for window in find_windows(pieces, self._by_skeleton, self._prefixes, self._longest):
                change = change_of(window.form, window.pieces, view, printed)
                if change is not None:
                    yield window.form, *_printed(view.original, window.pieces), change
        for run in find_runs(view, self._by_start):
            start, end = view.original(run.start, run.end)
            yield run.form, start, end, "signs" if run.is_split else "same"


def _printed(original: Callable[[int, int], tuple[int, int]], pieces: tuple[Piece, ...]) -> tuple[int, int]:
    return original(pieces[0].start, pieces[-1].end)


def _without_overlaps(found: list[Mention]) -> tuple[Mention, ...]:
    """Keep, of overlapping mentions of one mark, the plainest spelling, then the longest."""
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda one: (CHANGE_ORDER[one.change], one.span.start - one.span.end)):
        if not any(
            other.mark.mark_id == mention.mark.mark_id
            and other.span.start < mention.span.end
            and mention.span.start < other.span.end
            for other in kept
        ):
            kept.append(mention)
    return tuple(sorted(kept, key=lambda one: (one.span.start, one.span.end, one.mark.mark_id)))
