from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.money import Money, minor_digits, round_to_minor


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("108151.29684", "VND", "108151"),
        ("108151.5", "VND", "108152"),
        ("2.5", "JPY", "3"),
        ("3.5", "JPY", "4"),
        ("0.005", "USD", "0.01"),
        ("9.994", "USD", "9.99"),
        ("1.0005", "KWD", "1.001"),
    ],
)
def test_an_amount_is_rounded_half_up_to_the_minor_unit_of_its_currency(
    amount: str, currency: str, rounded: str
) -> None:
    assert Money.rounded(Decimal(amount), currency, amount).amount == Decimal(rounded)


def test_rounding_keeps_what_was_sent() -> None:
    assert Money.rounded(Decimal("108151.29684"), "VND", "10815129684").raw == "10815129684"


def test_a_currency_without_minor_unit_prints_no_decimals() -> None:
    assert str(round_to_minor(Decimal("129000.4"), "VND")) == "129000"
    assert str(round_to_minor(Decimal("1.29E+5"), "VND")) == "129000"


def test_an_unlisted_currency_has_two_minor_digits() -> None:
    assert [minor_digits(code) for code in ("VND", "JPY", "EUR", "KWD")] == [0, 0, 2, 3]


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity"])
def test_money_is_never_zero_negative_or_endless(amount: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        Money(amount=Decimal(amount), currency="VND", raw=amount)


def test_an_amount_that_rounds_to_zero_is_refused_instead_of_becoming_zero() -> None:
    with pytest.raises(ValueError, match="amount"):
        Money.rounded(Decimal("0.4"), "VND", "0.4")


def test_a_float_never_holds_money() -> None:
    with pytest.raises(TypeError, match="Decimal"):
        Money(amount=1.5, currency="USD", raw="1.5")  # type: ignore[arg-type] # what the record refuses


@pytest.mark.parametrize("currency", ["vnd", "VN", "DONG", "₫", "ＶＮＤ", ""])
def test_a_currency_is_an_iso_code_in_capitals(currency: str) -> None:
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(amount=Decimal(1), currency=currency, raw="1")


@given(amount=st.decimals(min_value=1, max_value=10**12, allow_nan=False, allow_infinity=False))
def test_rounding_twice_changes_nothing_and_moves_half_a_unit_at_most(amount: Decimal) -> None:
    once = round_to_minor(amount, "USD")
    assert round_to_minor(once, "USD") == once
    assert abs(once - amount) <= Decimal("0.005")
