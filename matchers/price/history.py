"""A listing's own earlier prices: whether it fell suddenly, and whether its struck-through price was ever asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from records.money import Money
from records.offers import PastPrice

FEWEST_DAYS = 3
"""Days with a price below which the past says nothing."""
SHORTEST = timedelta(days=7)
"""Time that the past must span."""
DROP = Decimal("0.6")
"""An offer at or under this share of its own middle price has fallen suddenly."""
LONG_ENOUGH = timedelta(days=14)
"""Time over which a price that was really asked would have been seen."""
ABOVE = Decimal("1.1")
"""A struck-through price must lie so far above every price asked."""
CLAIM = Decimal("0.8")
"""A discount smaller than this share promises little and is not looked into."""


@dataclass(frozen=True, slots=True)
class OwnPast:
    """The prices of one listing before the present one, in one currency, one a day."""

    middle: Decimal
    """Median of the days' prices."""
    highest: Decimal
    """Highest price asked."""
    days: int
    """Days with a price."""
    since: date
    """First of them."""
    span: timedelta
    """From the first to the last."""

    @classmethod
    def of(cls, past: Iterable[PastPrice], currency: str) -> "OwnPast | None":
        """Return the past in that currency; None where it is too short to say anything."""
        by_day = {one.seen_at.date(): one.price.amount for one in past if one.price.currency == currency}
        if len(by_day) < FEWEST_DAYS:
            return None
        first, last = min(by_day), max(by_day)
        if last - first < SHORTEST:
            return None
        prices = list(by_day.values())
        return cls(median(prices), max(prices), len(prices), first, last - first)

    def has_dropped_to(self, price: Money) -> bool:
        """Say whether a price lies far under the listing's own middle."""
        return price.amount <= DROP * self.middle

    def never_asked(self, struck: Money, price: Money) -> bool:
        """Say whether a struck-through price that promises a real discount lies above every price that was asked."""
        return (
            self.span >= LONG_ENOUGH
            and price.amount <= CLAIM * struck.amount
            and struck.amount > ABOVE * max(self.highest, price.amount)
        )
