"""The same seller is cheap with several marks."""

from decimal import Decimal

from matchers.policy import WEIGHTS
from matchers.price.case import PriceCase
from records.hit import Evidence

CHEAP = Decimal("0.70")
"""Share of the owner's price up to which an offer counts as cheap: the bands very strong, strong and medium."""
FEWEST_MARKS = 3


def price_cheap_across_marks(case: PriceCase) -> Evidence | None:
    """The seller asks at most 70 % of the owner's price for products of at least three marks, this one included."""
    share = case.list_share or case.minimum_share
    if share is None or share > CHEAP or case.offer.is_authorised or not case.is_own_kind or case.is_allowed:
        return None
    cheap = {
        offer.mark_id
        for offer in case.of_seller
        if offer.kind == "new" and offer.share is not None and offer.share <= CHEAP and not offer.is_authorised
    } | {case.product.mark_id}
    if len(cheap) < FEWEST_MARKS:
        return None
    names = sorted(case.watchlist.mark_by_id[mark].text for mark in cheap if mark in case.watchlist.mark_by_id)
    return Evidence(
        signal="price_cheap_across_marks",
        weight=WEIGHTS["cheap_across_marks"],
        message="This seller asks at most 70 %% of the owner's price for products of %(count)s marks: %(marks)s.",
        facts={"count": str(len(cheap)), "marks": ", ".join(names)},
        spans=case.spans(),
    )
