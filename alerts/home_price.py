"""A foreign price in the money that the reader thinks in, roughly, with the rate that was used. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from alerts.figures import Figures
from matchers.price.exchange import conversion
from records.mail import Language
from records.money import Money, minor_digits, round_to_minor
from records.watchlist import WatchList

# What readers reckon in: by where they live, else by their language.
BY_ZONE = {"Asia/Tokyo": "JPY", "Asia/Ho_Chi_Minh": "VND"}
BY_LANGUAGE: dict[Language, str] = {"ja": "JPY", "vi": "VND", "en": "USD"}
DIGITS = 3
"""A rate of some day is no better than that; more digits would claim a price that nobody asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePrice:
    """About how much a price is at home."""

    money: Money
    """Rounded to DIGITS digits; `raw` is the price as printed."""
    source: str
    """The rate with its day, such as 1 JPY = 168 VND (2026-11-21)."""


def home_price(price: Money | None, on: date, figures: Figures, watchlist: WatchList) -> HomePrice | None:
    """Return a foreign price in the reader's money by the latest rate of that day; None where no rate is known."""
    currency = BY_ZONE.get(figures.zone) or BY_LANGUAGE[figures.language]
    if price is None or price.currency == currency:
        return None
    found = conversion(price.currency, currency, on, watchlist)
    if found is None:
        return None
    amount = price.amount * found.rate
    place = max(amount.adjusted() - DIGITS + 1, -minor_digits(currency))
    rounded = round_to_minor(amount.quantize(Decimal(1).scaleb(place), ROUND_HALF_UP), currency)
    if not rounded:
        return None
    return HomePrice(money=Money(amount=rounded, currency=currency, raw=price.raw), source=found.source)
