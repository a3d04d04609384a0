"""The price track: products that a listing offers, and what their prices say. It never becomes an IP claim."""

from collections.abc import Sequence

from matchers.policy import RULE_VERSION, combine_prices, price_tier_of
from matchers.price.case import case_of
from matchers.price.chain import chain_of
from matchers.price.offer_reading import OfferReading, read_offer
from matchers.price.product_line import PairModel
from matchers.price.product_match import ProductIndex
from matchers.registry import PRICE_SIGNALS
from matchers.right import right_of
from records.hit import ChainStep, Evidence, Hit
from records.listing import Listing
from records.offers import NO_CONTEXT, PriceContext
from records.watchlist import WatchList

# Signals that measure the same price against a reference.
REFERENCE_SIGNALS = frozenset(
    {"price_below_list", "price_below_minimum", "price_below_authorised", "price_below_peers"}
)


class PriceTrack:
    """Judges the prices of the products of one watch list."""

    def __init__(self, watchlist: WatchList, model: PairModel | None = None) -> None:
        self._watchlist = watchlist
        self._products = ProductIndex(watchlist, model)

    def read(self, listing: Listing, ip_hits: Sequence[Hit]) -> tuple[OfferReading, ...]:
        """Return the listing as an offer of each product it offers, given what it does with the marks."""
        if not self._watchlist.products:
            return ()
        offered = [hit.mark_id for hit in ip_hits if hit.track == "ip" and hit.relation == "brand"]
        found = self._products.find(listing, offered)
        return tuple(read_offer(listing, matched, self._watchlist) for matched in found)

    def judge(
        self,
        listing: Listing,
        ip_hits: Sequence[Hit],
        readings: Sequence[OfferReading],
        context: PriceContext = NO_CONTEXT,
    ) -> list[Hit]:
        """Return the price hits of a listing's offers, seen beside what is known around them."""
        by_mark = {hit.mark_id: hit for hit in ip_hits if hit.track == "ip"}
        judged = (
            self._judge_one(listing, reading, by_mark.get(reading.product.mark_id), context) for reading in readings
        )
        return [hit for hit in judged if hit is not None]

    def chain(
        self, listing: Listing, reading: OfferReading, context: PriceContext = NO_CONTEXT
    ) -> tuple[ChainStep, ...]:
        """Return every step of an offer, found suspicious or not; a problem ends it."""
        case = case_of(listing, reading, self._watchlist, context)
        return reading.chain if case is None else chain_of(case)

    def _judge_one(
        self, listing: Listing, reading: OfferReading, ip_hit: Hit | None, context: PriceContext
    ) -> Hit | None:
        case = case_of(listing, reading, self._watchlist, context)
        if case is None:
            return None
        found = (signal(case) for signal in PRICE_SIGNALS.values())
        evidence: tuple[Evidence, ...] = tuple(
            sorted((one for one in found if one is not None), key=lambda finding: -finding.weight)
        )
        if not evidence:
            return None
        product, score = reading.product, combine_prices(evidence)
        return Hit(
            listing=listing,
            mark_id=product.mark_id,
            product_id=product.product_id,
            track="price",
            relation="brand",
            spelling=ip_hit.spelling if ip_hit else "exact",
            intent=ip_hit.intent if ip_hit else "neutral",
            right=right_of(listing, self._watchlist.mark_by_id[product.mark_id], self._watchlist),
            score=score,
            tier=price_tier_of(score, has_other_signal=_is_suspicious(ip_hit) or _has_another(evidence)),
            rule_version=RULE_VERSION,
            evidence=evidence,
            chain=chain_of(case),
        )


def _has_another(evidence: Sequence[Evidence]) -> bool:
    """Say whether something speaks beside the distance to a reference: two references are one fact seen twice."""
    signals = {finding.signal for finding in evidence}
    return len(signals) > 1 and bool(signals - REFERENCE_SIGNALS)


def _is_suspicious(hit: Hit | None) -> bool:
    return hit is not None and hit.tier in {"high", "medium"}
