"""What comparable offers ask: the middle and the spread of their unit prices, safe against a few wild ones."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from matchers.price.bands import share_of
from records.offers import ProductOffer

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
        return share_of(unit_price, self.middle)

    def deviations(self, unit_price: Decimal) -> float:
        """Return how many standard deviations of the logarithm a unit price lies above (or below) the middle."""
        return math.log(unit_price / self.middle) / self.spread

    def is_outlier(self, unit_price: Decimal) -> bool:
        """Say whether a unit price stands apart below the others."""
        return self.deviations(unit_price) <= OUTLIER


@dataclass(frozen=True, slots=True)
class AuthorisedRange:
    """What the owner's authorised sellers ask per unit, in one currency."""

    lowest: Decimal
    """Lowest unit price."""
    highest: Decimal
    """Highest unit price."""
    sellers: int
    """Sellers it was taken from."""


def comparable(offer: ProductOffer, others: Iterable[ProductOffer]) -> tuple[ProductOffer, ...]:
    """Return the offers of other sellers that an offer can be compared with: own kind, same unit pack, same currency.

    Each seller counts once, with its lowest price, so that one shop with many listings does not make the market.
    """
    by_seller: dict[tuple[str, str], ProductOffer] = {}
    own = (offer.market, offer.seller)
    for other in others:
        if (
            other.key == offer.key
            or (other.seller is not None and (other.market, other.seller) == own)
            or other.kind != offer.kind
            or not other.is_same_pack
            or other.unit != offer.unit
            or other.currency != offer.currency
        ):
            continue
        seller = (other.market, other.seller or f"listing {other.listing_id}")
        known = by_seller.get(seller)
        if known is None or other.unit_price < known.unit_price:
            by_seller[seller] = other
    return tuple(by_seller.values())


def authorised_range(offers: Iterable[ProductOffer]) -> AuthorisedRange | None:
    """Return the range of the authorised sellers among comparable offers; None where there is none."""
    prices = [offer.unit_price for offer in offers if offer.is_authorised]
    return AuthorisedRange(min(prices), max(prices), len(prices)) if prices else None
