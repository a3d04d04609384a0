"""What comparable offers ask: the middle and the spread of their unit prices, safe against a few wild ones."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

FEWEST_PEERS = 5
"""Fewer comparable offers say nothing."""
NARROWEST = 0.10
"""Spread of the logarithm that is assumed at least: identical prices do not make a rebate an outlier."""
NORMAL = 1.4826
"""Median distances to standard deviations, for a normal spread."""
OUTLIER = -3.0
"""Standard deviations below the middle from which an offer stands apart."""


@dataclass(frozen=True, slots=True)
class PeerRange:
    """The middle and spread of the unit prices of comparable offers in one currency."""

    middle: Decimal
    """Median unit price."""
    spread: float
    """Standard deviation of the logarithm, estimated from the median distance."""
    count: int
    """Offers it was taken from."""

    @classmethod
    def of(cls, unit_prices: Sequence[Decimal]) -> "PeerRange | None":
        """Return the range of these unit prices; None where they are too few."""
        if len(unit_prices) < FEWEST_PEERS:
            return None
        middle = median(unit_prices)
        distances = [abs(math.log(price / middle)) for price in unit_prices]
        return cls(middle, max(NARROWEST, NORMAL * median(distances)), len(unit_prices))

    def share(self, unit_price: Decimal) -> Decimal:
        """Return a unit price as a share of the middle."""
        return unit_price / self.middle

    def deviations(self, unit_price: Decimal) -> float:
        """Return how many standard deviations of the logarithm a unit price lies above (or below) the middle."""
        return math.log(unit_price / self.middle) / self.spread

    def is_outlier(self, unit_price: Decimal) -> bool:
        """Say whether a unit price stands apart below the others."""
        return self.deviations(unit_price) <= OUTLIER
