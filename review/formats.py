"""Numbers, money and times in the reader's manner, through Babel."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent

from records.money import Money
from review.languages import Language

# Babel's "en" writes months first; the console's English readers sit in Viet Nam and Japan.
# Parsed once: Babel parses a locale's name anew for every figure.
_BABEL: dict[Language, Locale] = {"vi": Locale("vi"), "ja": Locale("ja"), "en": Locale("en", "GB")}

SECOND = timedelta(seconds=1)
Unit = Literal["year", "month", "week", "day", "hour", "minute", "second"]
# The longest first, in seconds, as Babel reckons them.
UNITS: dict[Unit, int] = {
    "year": 365 * 86_400, "month": 30 * 86_400, "week": 7 * 86_400, "day": 86_400, "hour": 3_600, "minute": 60,
    "second": 1,
}  # fmt: skip

# A plain figure in a step of the price chain; digits inside a name (GA-2100, A4) are left alone.
_FIGURE = re.compile(
    r"(?<![\w.,-])(?P<sign>[-\u2212\u2013])?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![\w]*[.,]\d)(?=\s|$|[%/×x)])"
)
# The counted unit of the price chain, after a figure or a stroke.
_PIECE = re.compile(r"(?<=[\d/] )piece\b")
PIECE: dict[Language, str] = {"vi": "chiếc", "ja": "個", "en": "piece"}


# What lies further away than this many of a unit is said in the unit.
AGO_THRESHOLD = 1.2


# A page of the queue shows the same few hundred figures over and over, and Babel is slow.
@lru_cache(maxsize=4_096, typed=True)
def _decimal(value: float | Decimal, pattern: str | None, language: Language) -> str:
    return format_decimal(value, format=pattern, locale=_BABEL[language])


@lru_cache(maxsize=4_096)
def _currency(amount: Decimal, currency: str, language: Language) -> str:
    return format_currency(amount, currency, locale=_BABEL[language])


@lru_cache(maxsize=1_024)
def _ago(count: int, unit: Unit, language: Language) -> str:
    """Return a distance of whole units in words; negative ones lie in the past."""
    distance = timedelta(seconds=count * UNITS[unit])
    # The unit is chosen already: a threshold of two leaves Babel none above it.
    return format_timedelta(distance, granularity=unit, threshold=2, add_direction=True, locale=_BABEL[language])


@lru_cache(maxsize=4_096)
def _measured(text: str, language: Language) -> str:
    figures = _FIGURE.sub(lambda found: _figure(found, language), text)
    return _PIECE.sub(PIECE[language], figures.replace("VND", "₫"))


def _figure(found: re.Match[str], language: Language) -> str:
    sign = "−" if found["sign"] else ""
    number = Decimal(found["number"].replace(",", ""))
    return sign + _decimal(number, "#,##0.##" if abs(number) < 1000 else "#,##0", language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Formats:
    """How one reader sees figures: a language and a time zone."""

    language: Language
    zone: ZoneInfo
    now: datetime

    @property
    def _locale(self) -> Locale:
        return _BABEL[self.language]

    def number(self, value: int | Decimal) -> str:
        """Return a number with the language's separators."""
        return _decimal(value, None, self.language)

    def score(self, value: float) -> str:
        """Return a score with two decimals, rounded down so that no score looks higher than it is."""
        return _decimal(int(value * 100 + 1e-9) / 100, "0.00", self.language)

    def weight(self, value: float) -> str:
        """Return a signal's weight with its sign."""
        return format_decimal(value, format="+0.00;−0.00", locale=self._locale)

    def percent(self, value: float) -> str:
        """Return a share in whole percent."""
        return format_percent(value, format="#,##0\u00a0%", locale=self._locale)

    def share(self, percent: float) -> str:
        """Return a share that is given in percent, with one decimal."""
        return format_decimal(percent, format="0.0", locale=self._locale) + "\u00a0%"

    def signed(self, value: float) -> str:
        """Return a difference with its sign and one decimal."""
        return format_decimal(value, format="+0.0;−0.0", locale=self._locale)

    def money(self, money: Money | None) -> str:
        """Return an amount with its currency; the caller says what is shown for an unknown price."""
        if money is None:
            return ""
        if money.currency == "VND":  # every reader here knows the sign after the figure, as it is printed in shops
            return f"{self.number(money.amount)}\u00a0₫"
        return _currency(money.amount, money.currency, self.language)

    def amount(self, value: Decimal, currency: str) -> str:
        """Return a calculated amount of a currency, in whole units where it is large."""
        return self.money(Money(amount=round(value, 0 if value >= 100 else 2), currency=currency, raw=""))

    def measured(self, text: str) -> str:
        """Return a figure with its unit (`-62 %`, `4333.33 VND/ml`) with the language's separators."""
        return _measured(text, self.language)

    def date(self, value: date) -> str:
        """Return a calendar day."""
        return value.strftime("%Y/%m/%d" if self.language == "ja" else "%d/%m/%Y")

    def moment(self, value: datetime | None) -> str:
        """Return date and time in the reader's zone, to the minute."""
        if value is None:
            return "–"
        return value.astimezone(self.zone).strftime("%Y/%m/%d %H:%M" if self.language == "ja" else "%d/%m/%Y %H:%M")

    def clock(self, value: datetime | None) -> str:
        """Return the time of day in the reader's zone."""
        return "–" if value is None else value.astimezone(self.zone).strftime("%H:%M")

    def day(self, value: datetime | None) -> str:
        """Return day and month in the reader's zone."""
        if value is None:
            return "–"
        return value.astimezone(self.zone).strftime("%m/%d" if self.language == "ja" else "%d/%m")

    def ago(self, value: datetime | None) -> str:
        """Return the distance from now in words, such as 2 hours ago or in 3 hours."""
        if value is None:
            return "–"
        # What happened within this second lies in the past: nobody says "in 0 seconds".
        distance = value - self.now if abs(value - self.now) >= SECOND else -SECOND
        seconds = distance.days * 86_400 + distance.seconds
        for unit, length in UNITS.items():
            if abs(seconds) >= length * AGO_THRESHOLD or unit == "second":
                count = max(1, round(abs(seconds) / length))
                return _ago(count if seconds > 0 else -count, unit, self.language)
        raise AssertionError(distance)  # the last unit takes every distance

    def midnight(self) -> datetime:
        """Return when the reader's day began."""
        return self.now.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)

    def iso(self, value: datetime | None) -> str:
        """Return the moment for a datetime attribute."""
        return "" if value is None else value.isoformat()
