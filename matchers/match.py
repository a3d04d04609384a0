"""The one door to judgement: a matcher for one watch list."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from matchers.explanation import Explanation, FieldViews, SeenMention, SeenOffer
from matchers.judgement import FIELD_ORDER, judge
from matchers.mentions.index import MarkIndex, mentions_of
from matchers.mentions.mention import CHANGE_WORDS, Mention
from matchers.price.judgement import PriceTrack
from matchers.price.offer_reading import OfferReading
from matchers.price.product_line import PairModel
from matchers.text.fold import fold_accented, fold_plain
from matchers.use.relation import use_of
from records.hit import Hit
from records.listing import Listing
from records.offers import NO_CONTEXT, PriceContext, ProductOffer
from records.watchlist import WatchList

# Listings, and letters of their titles and descriptions, that are looked up at once.
MOST_LISTINGS = 2_000
MOST_LETTERS = 400_000
# Marks judged of one listing, those of the title first: who names hundreds fills a page with words for searches.
MOST_MARKS = 100


class Reading(NamedTuple):
    """What one listing says for itself: its marks, and the products it offers. `Matcher.judge` makes hits of it."""

    listing: Listing
    """The listing."""
    ip_hits: tuple[Hit, ...]
    """What it does with the marks, innocent uses that concern a price included."""
    offers: tuple[OfferReading, ...]
    """The products it offers, comparable or not."""

    @property
    def product_offers(self) -> tuple[ProductOffer, ...]:
        """Its comparable offers, as other listings are compared with them."""
        return tuple(one.offer for one in self.offers if one.offer is not None)


class Matcher:
    """Judges listings by one frozen watch list. Pure: the same listing always gives the same hits.

    Prices are judged beside a `PriceContext` (other offers, earlier prices) that the caller knows. Two steps, so that
    it can be looked up in between: `read_many` says which products are offered, `judge` gives the hits.
    """

    def __init__(self, watchlist: WatchList, product_model: PairModel | None = None) -> None:
        self.watchlist = watchlist
        self._index = MarkIndex(watchlist.marks)
        self._price_track = PriceTrack(watchlist, product_model)

    def match(
        self, listing: Listing, *, everything: bool = False, context: PriceContext = NO_CONTEXT
    ) -> tuple[Hit, ...]:
        """Return the listing's hits, strongest first; with `everything` the innocent mentions (tier none) as well."""
        return next(self.match_many((listing,), everything=everything, context=context))

    def match_many(
        self, listings: Iterable[Listing], *, everything: bool = False, context: PriceContext = NO_CONTEXT
    ) -> Iterator[tuple[Hit, ...]]:
        """Yield the hits of each listing in order. Listings are taken and looked up some hundreds at a time."""
        for reading in self.read_many(listings, everything=everything):
            yield self.judge(reading, everything=everything, context=context)

    def read_many(self, listings: Iterable[Listing], *, everything: bool = False) -> Iterator[Reading]:
        """Yield for each listing in order its marks and the products it offers."""
        for group in _groups(listings):
            for listing, mentions in zip(group, self._mentions(group), strict=True):
                yield self._read(listing, mentions, everything=everything)

    def judge(
        self, reading: Reading, *, everything: bool = False, context: PriceContext = NO_CONTEXT
    ) -> tuple[Hit, ...]:
        """Return the hits of a reading, its offers seen beside the context, strongest first."""
        if not reading.ip_hits and not reading.offers:
            return ()
        hits = [*reading.ip_hits]
        if reading.offers:
            hits += self._price_track.judge(reading.listing, reading.ip_hits, reading.offers, context)
        kept = [hit for hit in hits if everything or hit.tier != "none"]
        return tuple(sorted(kept, key=lambda hit: (-hit.score, hit.track, hit.mark_id, hit.product_id or "")))

    def _read(self, listing: Listing, mentions: list[Mention], *, everything: bool) -> Reading:
        if not mentions and not (listing.gtin and self.watchlist.products):
            return Reading(listing, (), ())
        if len(mentions) == 1:
            named: Iterable[list[Mention]] = (mentions,)
        else:
            by_mark: dict[str, list[Mention]] = {}
            for mention in mentions:
                by_mark.setdefault(mention.mark.mark_id, []).append(mention)
            named = islice(by_mark.values(), MOST_MARKS)
        judged = [judge(listing, found, self.watchlist, everything=everything) for found in named]
        hits = tuple([hit for hit in judged if hit is not None])
        return Reading(listing, hits, self._price_track.read(listing, hits))

    def explain(self, listing: Listing, *, context: PriceContext = NO_CONTEXT) -> Explanation:
        """Return everything the judgement rests on: folded views, mentions, hits with signals, every price step."""
        fields = [(field, listing.text_of(field)) for field in FIELD_ORDER]
        reading = next(self.read_many((listing,), everything=True))
        return Explanation(
            views=tuple(
                FieldViews(field=field, printed=text, accented=fold_accented(text).text, plain=fold_plain(text).text)
                for field, text in fields
                if text
            ),
            mentions=tuple(_seen(listing, mention) for mention in self._mentions([listing])[0]),
            hits=self.judge(reading, everything=True, context=context),
            offers=tuple(
                SeenOffer(
                    product_id=offer.product.product_id,
                    problem=offer.problem,
                    chain=self._price_track.chain(listing, offer, context),
                )
                for offer in reading.offers
            ),
        )

    def _mentions(self, listings: Sequence[Listing]) -> list[list[Mention]]:
        """Return the mentions of each listing, field by field; a text that several listings share is read once."""
        numbers: dict[str, int] = {}
        number_of = numbers.setdefault
        fields = [
            [(field, number_of(text, len(numbers))) for field, text in _texts_of(listing) if text]
            for listing in listings
        ]
        places = self._index.find(tuple(numbers))
        return [
            [mention for field, at in named if places[at] for mention in mentions_of(listing, field, places[at])]
            for listing, named in zip(listings, fields, strict=True)
        ]


def _texts_of(listing: Listing) -> tuple[tuple[str, str | None], ...]:
    """Return the texts of FIELD_ORDER with their names."""
    return (
        ("title", listing.title),
        ("brand", listing.brand),
        ("description", listing.description),
        ("seller_name", listing.seller.name),
    )


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
