"""The one door to judgement: a matcher for one watch list."""

from collections.abc import Iterable, Iterator

from matchers.explanation import Explanation, FieldViews, SeenMention
from matchers.judgement import FIELD_ORDER, judge
from matchers.mentions.index import MarkIndex
from matchers.mentions.mention import CHANGE_WORDS, Mention
from matchers.price.judgement import PriceTrack
from matchers.text.fold import fold_accented, fold_plain
from matchers.use.relation import use_of
from records.hit import Hit
from records.listing import Listing
from records.watchlist import WatchList


class Matcher:
    """Judges listings by one frozen watch list. Pure: the same listing always gives the same hits."""

    def __init__(self, watchlist: WatchList) -> None:
        self.watchlist = watchlist
        self._index = MarkIndex(watchlist.marks)
        self._price_track = PriceTrack(watchlist)

    def match(self, listing: Listing, *, everything: bool = False) -> tuple[Hit, ...]:
        """Return the listing's hits, strongest first; with `everything` the innocent mentions (tier none) as well."""
        mentions = self._mentions(listing)
        if not mentions and not (listing.gtin and self.watchlist.products):
            return ()
        by_mark: dict[str, list[Mention]] = {}
        for mention in mentions:
            by_mark.setdefault(mention.mark.mark_id, []).append(mention)
        hits = [judge(listing, found, self.watchlist) for found in by_mark.values()]
        hits += self._price_track.judge(listing, hits)
        kept = [hit for hit in hits if everything or hit.tier != "none"]
        return tuple(sorted(kept, key=lambda hit: (-hit.score, hit.track, hit.mark_id, hit.product_id or "")))

    def match_many(self, listings: Iterable[Listing], *, everything: bool = False) -> Iterator[tuple[Hit, ...]]:
        """Yield the hits of each listing in order."""
        for listing in listings:
            yield self.match(listing, everything=everything)

    def explain(self, listing: Listing) -> Explanation:
        """Return everything the judgement rests on: folded views, mentions, hits with signals and price steps."""
        fields = [(field, listing.text_of(field)) for field in FIELD_ORDER]
        return Explanation(
            views=tuple(
                FieldViews(field=field, printed=text, accented=fold_accented(text).text, plain=fold_plain(text).text)
                for field, text in fields
                if text
            ),
            mentions=tuple(_seen(listing, mention) for mention in self._mentions(listing)),
            hits=self.match(listing, everything=True),
        )

    def _mentions(self, listing: Listing) -> list[Mention]:
        return [mention for field in FIELD_ORDER for mention in self._index.find(listing, field)]


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
