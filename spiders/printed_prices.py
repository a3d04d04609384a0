"""Prices as pages print them, where the market states its decimal mark and what its currency signs mean."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from records.listing import Availability, Offer
from records.money import Money
from spiders.reading import MAX_PRICE

_NUMBER = re.compile(r"\d[\d.,\u00a0\u202f ]*")
_CODE = re.compile(r"(?<![A-Za-z])([A-Z]{3})(?![A-Za-z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceStyle:
    """How one market prints prices."""

    decimal_mark: Literal[".", ","]
    """The other one groups thousands."""
    signs: Mapping[str, str]
    """Currency sign as printed -> ISO 4217 code; longer signs win."""
    no_fraction: bool = False
    """True where no price has a fraction, so that either mark groups thousands."""
    has_codes: bool = False
    """Whether ISO 4217 codes stand in place of signs, too (IDR1,614,898.07)."""

    def amounts(self, printed: str) -> tuple[Decimal, ...]:
        """Return the numbers of a price text in the order in which they are printed."""
        return tuple(found for text in _NUMBER.findall(printed) if (found := self._number(text)) is not None)

    def currency(self, printed: str) -> str | None:
        """Return the currency that the text names, None where it names none that this market prints."""
        code = _CODE.search(printed) if self.has_codes else None
        if code is not None:
            return code.group(1)
        return next((self.signs[sign] for sign in sorted(self.signs, key=len, reverse=True) if sign in printed), None)

    def offer(self, printed: str | None, struck: str | None = None, availability: Availability | None = None) -> Offer:
        """Return the offer that a price text (one price, or a range) and a struck-through one make.

        A text without a readable price or currency stays in price_raw, unread.
        """
        if printed is None:
            return Offer(availability=availability)
        currency = self.currency(printed)
        found = [self._money(amount, currency, printed) for amount in self.amounts(printed)[:2]]
        prices = sorted((money for money in found if money is not None), key=lambda money: money.amount)
        if not prices:
            return Offer(price_raw=printed, availability=availability)
        price, top = prices[0], prices[-1]
        before = self.amounts(struck)[:1] if struck is not None else ()
        original = self._money(before[0], currency, struck or "") if before else None
        return Offer(
            price=price,
            price_max=top if top.amount > price.amount else None,
            original_price=original if original is not None and original.amount > price.amount else None,
            price_raw=printed,
            availability=availability,
        )

    def _number(self, text: str) -> Decimal | None:
        digits = re.sub(r"[\u00a0\u202f ]", "", text).strip(".,")
        if self.no_fraction:
            digits = re.sub(r"[.,]", "", digits)
        grouping = "," if self.decimal_mark == "." else "."
        plain = digits.replace(grouping, "").replace(self.decimal_mark, ".")
        return Decimal(plain) if re.fullmatch(r"\d+(?:\.\d+)?", plain) else None

    def _money(self, amount: Decimal, currency: str | None, raw: str) -> Money | None:
        if currency is None or not 0 < amount <= MAX_PRICE:
            return None
        try:
            return Money.rounded(amount, currency, raw)
        except ValueError:
            return None
