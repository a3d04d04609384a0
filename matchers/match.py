"""The one door to judgement: a matcher for one watch list."""

from collections.abc import Iterable, Iterator

from matchers.explanation import Explanation, FieldViews, SeenMention
from matchers.mentions.index import MarkIndex
from matchers.text.fold import fold_accented, fold_plain
from matchers.policy import RULE_VERSION
from records.hit import Evidence, Hit
from records.listing import Listing
from records.watchlist import WatchList


class Matcher:
    """Judges listings by one frozen watch list. Pure: the same listing always gives the same hits."""

    def __init__(self, watchlist: WatchList) -> None:
        self.watchlist = watchlist
        self._index = MarkIndex(watchlist.marks)

    def match(self, listing: Listing, *, everything: bool = False) -> tuple[Hit, ...]:
        """Return the listing's hits, strongest first; with `everything` the innocent mentions (tier none) as well."""
        hits = {}
        for field in ("title", "brand"):
            for mention in self._index.find(listing, field):
                hits.setdefault(mention.mark.mark_id, Hit(
                    listing=listing, mark_id=mention.mark.mark_id, track="ip", relation="brand",
                    spelling=mention.spelling, intent="neutral", right="unknown", score=0.3, tier="low",
                    rule_version=RULE_VERSION,
                    evidence=(Evidence(signal="exact_mark", weight=0.3, message="The listing names the mark.", spans=(mention.span,)),),
                ))
        return tuple(hits.values())

    def match_many(self, listings: Iterable[Listing], *, everything: bool = False) -> Iterator[tuple[Hit, ...]]:
        """Yield the hits of each listing in order."""
        for listing in listings:
            yield self.match(listing, everything=everything)

    def explain(self, listing: Listing) -> Explanation:
        """Return everything the judgement rests on: folded views, mentions, hits with signals and price steps."""
        fields = [(field, listing.text_of(field)) for field in ("title", "brand", "seller_name", "description")]
        return Explanation(
            views=tuple(
                FieldViews(field=field, printed=text, accented=fold_accented(text).text, plain=fold_plain(text).text)
                for field, text in fields if text
            ),
            mentions=(),
            hits=self.match(listing, everything=True),
        )
