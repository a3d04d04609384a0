"""The price track: products that a listing offers, and what their prices say. It never becomes an IP claim."""

from collections.abc import Sequence

from matchers.policy import RULE_VERSION, combine, price_tier_of
from matchers.price.comparison import compare
from matchers.price.product_match import Matched, ProductIndex
from matchers.registry import PRODUCT_SIGNALS
from matchers.right import right_of
from records.hit import Evidence, Hit
from records.listing import Listing
from records.watchlist import WatchList


class PriceTrack:
    """Judges the prices of the products of one watch list."""

    def __init__(self, watchlist: WatchList) -> None:
        self._watchlist = watchlist
        self._products = ProductIndex(watchlist)

    def judge(self, listing: Listing, ip_hits: Sequence[Hit]) -> list[Hit]:
        """Return the price hits of a listing, given what it does with the marks."""
        if not self._watchlist.products:
            return []
        offered = {hit.mark_id: hit for hit in ip_hits if hit.relation == "brand"}
        return [
            hit
            for matched in self._products.find(listing, offered)
            if (hit := self._judge_one(listing, matched, offered.get(matched.product.mark_id))) is not None
        ]

    def _judge_one(self, listing: Listing, matched: Matched, ip_hit: Hit | None) -> Hit | None:
        product = matched.product
        compared = compare(listing, product, matched.how)
        found = (signal(listing, product, self._watchlist) for signal in PRODUCT_SIGNALS.values())
        evidence: tuple[Evidence, ...] = tuple(one for one in found if one is not None)
        if compared is None or not evidence:
            return None
        score = combine(evidence)
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
            tier=price_tier_of(score, has_other_signal=len(evidence) > 1 or _is_suspicious(ip_hit)),
            rule_version=RULE_VERSION,
            evidence=evidence,
            chain=compared.chain,
        )


def _is_suspicious(hit: Hit | None) -> bool:
    return hit is not None and hit.tier in {"high", "medium"}
