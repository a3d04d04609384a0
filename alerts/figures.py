"""Dates, amounts and counts in the reader's manner."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_day_names
from babel.numbers import format_currency, format_decimal, format_percent

from records.mail import DEFAULT_PLACE, Language
from records.money import Money

__all__ = ["Figures", "Language"]

# Locale, and the forms of a full date, a short date and a month.
MANNERS: dict[Language, tuple[str, str, str, str]] = {
    "ja": ("ja", "y年M月d日（EEE）", "M/d", "y年M月"),
    "vi": ("vi", "EEEE, d/M/y", "d/M", "'tháng' M/y"),
    "en": ("en_GB", "EEEE, d MMMM y", "d MMM", "MMMM y"),
}
# How readers call the zones that recipients live in; another zone is called by its own name.
ZONES: dict[str, dict[Language, str]] = {
    "Asia/Tokyo": {"ja": "日本時間", "vi": "giờ Nhật Bản", "en": "Japan time"},
    "Asia/Ho_Chi_Minh": {"ja": "ベトナム時間", "vi": "giờ Việt Nam", "en": "Viet Nam time"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How readers of one language see figures."""

    language: Language
    zone: str = ""
    """IANA zone in which the reader's days begin; empty means the one usual for the language."""

    def day_of(self, moment: datetime) -> date:
        """Return the reader's calendar day of that moment."""
        return moment.astimezone(ZoneInfo(self.zone or DEFAULT_PLACE[self.language][0])).date()

    def start_of(self, day: date) -> datetime:
        """Return the moment at which the reader's day begins, aware UTC."""
        zone = ZoneInfo(self.zone or DEFAULT_PLACE[self.language][0])
        return datetime.combine(day, time(), zone).astimezone(UTC)

    def zone_name(self) -> str:
        """Return what the reader calls the zone."""
        zone = self.zone or DEFAULT_PLACE[self.language][0]
        return ZONES.get(zone, {}).get(self.language, zone)

    def weekday(self, number: int) -> str:
        """Return the name of a day of the week, 0 for Monday."""
        return str(get_day_names("wide", locale=MANNERS[self.language][0])[number])

    def month(self, day: date) -> str:
        """Return the month of a day with its year."""
        locale, _, _, form = MANNERS[self.language]
        return format_date(day, form, locale=locale)

    def full_day(self, day: date) -> str:
        """Return a date with its weekday and year."""
        locale, form, _, _ = MANNERS[self.language]
        return format_date(day, form, locale=locale)

    def short_day(self, day: date) -> str:
        """Return day and month."""
        locale, _, form, _ = MANNERS[self.language]
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
