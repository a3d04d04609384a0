"""The one door to judgement: a matcher for one watch list."""

from collections.abc import Iterable, Iterator, Sequence

from matchers.explanation import Explanation, FieldViews, SeenMention
from matchers.judgement import FIELD_ORDER, judge
from matchers.mentions.index import MarkIndex, mentions_of
from matchers.mentions.mention import CHANGE_WORDS, Mention
from matchers.price.judgement import PriceTrack
from matchers.text.fold import fold_accented, fold_plain
from matchers.use.relation import use_of
from records.hit import Hit
from records.listing import Listing
from records.watchlist import WatchList

# Listings, and letters of their titles and descriptions, that are looked up at once.
MOST_LISTINGS = 1_000
MOST_LETTERS = 200_000


class Matcher:
    """Judges listings by one frozen watch list. Pure: the same listing always gives the same hits."""

    def __init__(self, watchlist: WatchList) -> None:
        self.watchlist = watchlist
        self._index = MarkIndex(watchlist.marks)
        self._price_track = PriceTrack(watchlist)

    def match(self, listing: Listing, *, everything: bool = False) -> tuple[Hit, ...]:
        """Return the listing's hits, strongest first; with `everything` the innocent mentions (tier none) as well."""
        return next(self.match_many((listing,), everything=everything))

    def match_many(self, listings: Iterable[Listing], *, everything: bool = False) -> Iterator[tuple[Hit, ...]]:
        """Yield the hits of each listing in order. Listings are taken and looked up some hundreds at a time."""
        for group in _groups(listings):
            for listing, mentions in zip(group, self._mentions(group), strict=True):
                yield self._judged(listing, mentions, everything=everything)

    def _judged(self, listing: Listing, mentions: list[Mention], *, everything: bool) -> tuple[Hit, ...]:
        if not mentions and not (listing.gtin and self.watchlist.products):
            return ()
        by_mark: dict[str, list[Mention]] = {}
        for mention in mentions:
            by_mark.setdefault(mention.mark.mark_id, []).append(mention)
        judged = (judge(listing, found, self.watchlist, everything=everything) for found in by_mark.values())
        hits = [hit for hit in judged if hit is not None]
        hits += self._price_track.judge(listing, hits)
        kept = [hit for hit in hits if everything or hit.tier != "none"]
        return tuple(sorted(kept, key=lambda hit: (-hit.score, hit.track, hit.mark_id, hit.product_id or "")))

    def explain(self, listing: Listing) -> Explanation:
        """Return everything the judgement rests on: folded views, mentions, hits with signals and price steps."""
        fields = [(field, listing.text_of(field)) for field in FIELD_ORDER]
        return Explanation(
            views=tuple(
                FieldViews(field=field, printed=text, accented=fold_accented(text).text, plain=fold_plain(text).text)
                for field, text in fields
                if text
            ),
            mentions=tuple(_seen(listing, mention) for mention in self._mentions([listing])[0]),
            hits=self.match(listing, everything=True),
        )

    def _mentions(self, listings: Sequence[Listing]) -> list[list[Mention]]:
        """Return the mentions of each listing, field by field; a text that several listings share is read once."""
        numbers: dict[str, int] = {}
        fields: list[list[tuple[str, int]]] = []
        for listing in listings:
            texts = zip(FIELD_ORDER, _texts_of(listing), strict=True)
            fields.append([(field, numbers.setdefault(text, len(numbers))) for field, text in texts if text])
        places = self._index.find(tuple(numbers))
        return [
            [mention for field, at in named if places[at] for mention in mentions_of(listing, field, places[at])]
            for listing, named in zip(listings, fields, strict=True)
        ]


def _texts_of(listing: Listing) -> tuple[str | None, ...]:
    """Return the texts of FIELD_ORDER."""
    return listing.title, listing.brand, listing.description, listing.seller.name


def _groups(listings: Iterable[Listing]) -> Iterator[list[Listing]]:
    """Yield the listings in groups of bounded size."""
    group: list[Listing] = []
    letters = 0
    for listing in listings:
        group.append(listing)
        letters += len(listing.title) + len(listing.description or "")
        if len(group) >= MOST_LISTINGS or letters >= MOST_LETTERS:
            yield group
            group, letters = [], 0
    if group:
        yield group


def _seen(listing: Listing, mention: Mention) -> SeenMention:
    use = use_of(listing, mention)
    return SeenMention(
        mark_id=mention.mark.mark_id,
        form=mention.form,
        field=mention.span.field,
        start=mention.span.start,
        end=mention.span.end,
        text=mention.span.text,
        change=CHANGE_WORDS[mention.change],
        relation=use.relation,
        because=use.because,
    )
