"""The offer stands apart below all comparable offers."""

from matchers.policy import WEIGHTS
from matchers.price.bands import BAND_WORDS, band_of
from matchers.price.case import PriceCase
from matchers.price.printed import percent
from records.hit import Evidence


def price_below_peers(case: PriceCase) -> Evidence | None:
    """Per unit, the offer lies far below the middle of at least five comparable offers of other sellers.

    Used goods, samples and refills are compared with their own kind. Where the owner's list price finds the offer
    ordinary, the distance to the others counts as weak: they may all be dear.
    """
    if case.peers is None or case.offer.is_authorised or not case.offer.is_same_pack or case.is_allowed:
        return None
    share = case.peers.share(case.unit_price)
    band = band_of(share)
    if band is None or not case.peers.is_outlier(case.unit_price):
        return None
    if case.is_own_kind and case.list_share is not None and case.band_of_list() is None:
        band = "weak"
    return Evidence(
        signal="price_below_peers",
        weight=WEIGHTS[band],
        message="%(product)s at %(share)s of the middle of %(count)s comparable offers: a %(band)s price signal.",
        facts={
            "product": case.product.name,
            "share": percent(share),
            "count": str(case.peers.count),
            "band": BAND_WORDS[band],
        },
        spans=case.spans(),
    )
