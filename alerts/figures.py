"""Dates, amounts and counts in the reader's manner."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

from records.money import Money

Language = Literal["ja", "vi", "en"]

# Locale, zone of the reader's day, and the forms of a full and a short date.
MANNERS: dict[Language, tuple[str, str, str, str]] = {
    "ja": ("ja", "Asia/Tokyo", "y年M月d日（EEE）", "M/d"),
    "vi": ("vi", "Asia/Ho_Chi_Minh", "EEEE, d/M/y", "d/M"),
    "en": ("en_GB", "UTC", "EEEE, d MMMM y", "d MMM"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How readers of one language see figures."""

    language: Language

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the reader's days begin."""
        return ZoneInfo(MANNERS[self.language][1])

    def day_of(self, moment: datetime) -> date:
        """Return the reader's calendar day of that moment."""
        return moment.astimezone(self.zone).date()

    def full_day(self, day: date) -> str:
        """Return a date with its weekday and year."""
        locale, _, form, _ = MANNERS[self.language]
        return format_date(day, form, locale=locale)

    def short_day(self, day: date) -> str:
        """Return day and month."""
        locale, _, _, form = MANNERS[self.language]
        return format_date(day, form, locale=locale)

    def count(self, number: int) -> str:
        """Return a whole number with the language's separators."""
        return format_decimal(number, locale=MANNERS[self.language][0])

    def percent(self, percent: Decimal) -> str:
        """Return a share with at most one decimal; 41.3 is 41.3 %."""
        return format_percent(percent / 100, format="0.#\u00a0%", locale=MANNERS[self.language][0])

    def money(self, money: Money) -> str:
        """Return an amount with its currency, with the currency's minor digits."""
        locale = MANNERS[self.language][0]
        if money.currency == "VND":
            # The sign after the figure, as shops print it and as every reader here knows it.
            return f"{format_decimal(money.amount, locale=locale)}\u00a0₫"
        return format_currency(money.amount, money.currency, locale=locale)
