"""Amounts, unit prices and shares as the chain and the findings print them."""

from decimal import ROUND_HALF_UP, Decimal

from records.money import minor_digits


def printed(amount: Decimal, currency: str) -> str:
    """Return an amount with its currency in the currency's minor digits."""
    return f"{amount:,.{minor_digits(currency)}f} {currency}"


def per_unit(amount: Decimal, currency: str) -> str:
    """Return a unit price with two digits more than the currency has."""
    return f"{amount:,.{minor_digits(currency) + 2}f} {currency}"


def percent(share: Decimal) -> str:
    """Return a share as a percentage with one digit."""
    return f"{(share * 100).quantize(Decimal('0.1'), ROUND_HALF_UP)} %"
