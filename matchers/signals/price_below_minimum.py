"""The offer is cheaper than the owner's minimum price allows."""

from matchers.policy import WEIGHTS
from matchers.price.case import PriceCase
from matchers.price.printed import percent
from records.hit import Evidence


def price_below_minimum(case: PriceCase) -> Evidence | None:
    """Per unit, the offer is under the owner's minimum price of that day.

    Authorised sellers are held to it too. A price is no proof of a fake, and no price proves goods genuine.
    """
    share = case.minimum_share
    if share is None or share >= 1 or not case.is_own_kind or not case.offer.is_same_pack or case.is_allowed:
        return None
    return Evidence(
        signal="price_below_minimum",
        weight=WEIGHTS["below_minimum"],
        message="%(product)s at %(share)s of the owner's minimum price.",
        facts={"product": case.product.name, "share": percent(share)},
        spans=case.spans(),
    )
