"""The struck-through price was never asked."""

from decimal import Decimal

from matchers.policy import WEIGHTS
from matchers.price.bands import share_of
from matchers.price.case import PriceCase
from matchers.price.printed import printed
from records.hit import Evidence
from records.money import Money

NEARLY = Decimal("1e-6")
HONEST = 1
"""A struck-through price up to the owner's list price names that price, whatever the listing asked before."""


def price_fake_discount(case: PriceCase) -> Evidence | None:
    """The struck-through price beside the offer lies above every price that the listing asked in the last three months.

    A struck-through price up to the owner's list price of the offered pack is no fake discount.
    """
    struck, past = case.listing.offer.original_price, case.past
    if struck is None or past is None or struck.currency != case.price.currency or _names_the_list_price(case, struck):
        return None
    if not past.never_asked(struck, case.price):
        return None
    return Evidence(
        signal="price_fake_discount",
        weight=WEIGHTS["fake_discount"],
        message="Struck-through %(struck)s: on %(days)s days since %(since)s at most %(highest)s was asked.",
        facts={
            "struck": printed(struck.amount, struck.currency),
            "days": str(past.days),
            "since": past.since.isoformat(),
            "highest": printed(past.highest, case.price.currency),
        },
        spans=case.spans(),
    )


def _names_the_list_price(case: PriceCase, struck: Money) -> bool:
    share = case.list_share
    return share is not None and share_of(struck.amount * share, case.price.amount).quantize(NEARLY) <= HONEST
