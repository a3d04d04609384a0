"""What the owner asks on which day, and what currencies were worth: price lists, promotions and exchange rates."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from records.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPrice:
    """The owner's prices of one pack of a product from one day to another. At least one of the two prices is set."""

    product_id: str
    """The product."""
    list_price: Money | None = None
    """List price; of a promotion the price that is asked while it runs."""
    minimum_price: Money | None = None
    """Price below which an offer is reported in that time."""
    valid_from: date | None = None
    """First day in the marketplace's own time; None means always."""
    valid_until: date | None = None
    """Last day; None means until further notice."""
    market: str | None = None
    """Spider name of the only marketplace it holds for; None means all."""
    promotion: str | None = None
    """Name of the promotion; None for an entry of the ordinary price list."""

    def __post_init__(self) -> None:
        """Refuse an entry that says no price or ends before it begins."""
        if self.list_price is None and self.minimum_price is None:
            raise ValueError(f"product {self.product_id!r}: neither a list price nor a minimum price")
        if self.valid_from is not None and self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError(f"product {self.product_id!r}: valid until {self.valid_until}, before {self.valid_from}")

    def holds(self, day: date | None, market: str) -> bool:
        """Say whether the entry holds on that day in that marketplace; on an unknown day only one without days does."""
        if self.market not in {None, market}:
            return False
        if day is None:
            return self.valid_from is None and self.valid_until is None
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRate:
    """What one unit of a currency was worth in another on one day."""

    currency: str
    """ISO 4217 code of the currency that is priced."""
    quote: str
    """ISO 4217 code of the currency it is priced in."""
    rate: Decimal
    """Units of `quote` for one unit of `currency`; above zero."""
    valid_on: date
    """The day of the rate."""

    def __post_init__(self) -> None:
        """Refuse a rate that converts nothing."""
        if not self.rate.is_finite() or self.rate <= 0:
            raise ValueError(f"rate: {self.rate} is not a positive finite number")
        for code in (self.currency, self.quote):
            if not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):
                raise ValueError(f"currency: {code!r} is not an ISO 4217 code")
        if self.currency == self.quote:
            raise ValueError(f"currency: {self.currency} is priced in itself")
