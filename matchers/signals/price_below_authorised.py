"""The offer is cheaper than what the owner's authorised sellers ask."""

from matchers.policy import WEIGHTS
from matchers.price.bands import BAND_WORDS, band_of, share_of
from matchers.price.case import PriceCase
from matchers.price.printed import percent
from records.hit import Evidence


def price_below_authorised(case: PriceCase) -> Evidence | None:
    """Per unit, the offer is far under the lowest price of the sellers that the owner authorised.

    A price is no proof of a fake, and no price proves goods genuine.
    """
    if case.authorised is None or case.offer.is_authorised or not case.offer.is_same_pack or case.is_allowed:
        return None
    share = share_of(case.unit_price, case.authorised.lowest)
    band = band_of(share)
    if band is None:
        return None
    return Evidence(
        signal="price_below_authorised",
        weight=WEIGHTS[band],
        message="%(product)s at %(share)s of the lowest authorised price (of %(count)s): a %(band)s price signal.",
        facts={
            "product": case.product.name,
            "share": percent(share),
            "count": str(case.authorised.sellers),
            "band": BAND_WORDS[band],
        },
        spans=case.spans(),
    )
