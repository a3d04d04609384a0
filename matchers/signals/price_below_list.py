"""The offer is far cheaper than the owner's list price."""

from matchers.policy import WEIGHTS
from matchers.price.bands import BAND_WORDS
from matchers.price.case import PriceCase
from matchers.price.printed import percent
from records.hit import Evidence


def price_below_list(case: PriceCase) -> Evidence | None:
    """Per unit, the offer is far under the owner's list price of that day, and no promotion explains it.

    A price is no proof of a fake, and no price proves goods genuine.
    """
    band = case.band_of_list()
    if band is None or case.list_share is None or not case.is_own_kind or case.is_allowed or case.offer.is_authorised:
        return None
    return Evidence(
        signal="price_below_list",
        weight=WEIGHTS[band],
        message="%(product)s at %(share)s of the list price: a %(band)s price signal.",
        facts={"product": case.product.name, "share": percent(case.list_share), "band": BAND_WORDS[band]},
        spans=case.spans(),
    )
