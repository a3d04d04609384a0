"""The listing's own price fell suddenly."""

from matchers.policy import WEIGHTS
from matchers.price.case import PriceCase
from matchers.price.printed import percent, printed
from records.hit import Evidence


def price_dropped(case: PriceCase) -> Evidence | None:
    """The listing asks at most 60 % of the middle of its own prices of three months, outside of a promotion."""
    past = case.past
    if past is None or case.is_allowed or not past.has_dropped_to(case.price):
        return None
    return Evidence(
        signal="price_dropped",
        weight=WEIGHTS["dropped"],
        message="The price fell to %(share)s of %(before)s, the middle of its prices on %(days)s days since %(since)s.",
        facts={
            "share": percent(case.price.amount / past.middle),
            "before": printed(past.middle, case.price.currency),
            "days": str(past.days),
            "since": past.since.isoformat(),
        },
        spans=case.spans(),
    )
