"""Exact money: a decimal amount in major units with its ISO 4217 currency and the text it was read from."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# Minor-unit digits of ISO 4217 where they are not two. VND and JPY are traded in whole units.
MINOR_DIGITS: dict[str, int] = {
    "BHD": 3, "CLP": 0, "ISK": 0, "JOD": 3, "JPY": 0, "KRW": 0, "KWD": 3, "OMR": 3,
    "PYG": 0, "TND": 3, "UGX": 0, "VND": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}  # fmt: skip


def minor_digits(currency: str) -> int:
    """Return how many digits after the decimal mark the currency has (VND 0, USD 2)."""
    return MINOR_DIGITS.get(currency, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An exact, positive amount in one currency. An unknown price is None, never a zero amount."""

    amount: Decimal
    """Major units, at most the currency's minor digits; finite and greater than zero."""
    currency: str
    """ISO 4217 code in capitals, such as VND."""
    raw: str
    """The price as the page or file printed it."""

    def __post_init__(self) -> None:
        """Refuse an amount that no price can be."""
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"amount: {self.amount!r} is not a Decimal")
        if not self.amount.is_finite() or self.amount <= 0:
            raise ValueError(f"amount: {self.amount} is not a positive finite number")
        if not (len(self.currency) == 3 and self.currency.isascii() and self.currency.isupper()):
            raise ValueError(f"currency: {self.currency!r} is not an ISO 4217 code")

    @classmethod
    def rounded(cls, amount: Decimal, currency: str, raw: str) -> "Money":
        """Return the amount rounded half up to the currency's minor unit; `raw` keeps what was sent."""
        return cls(amount=round_to_minor(amount, currency), currency=currency, raw=raw)


def round_to_minor(amount: Decimal, currency: str) -> Decimal:
    """Round half up to the currency's minor unit; the result prints without an exponent."""
    return amount.quantize(Decimal(1).scaleb(-minor_digits(currency)), rounding=ROUND_HALF_UP)
