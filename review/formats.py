"""Numbers, money and times in the reader's manner, through Babel."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent

from records.money import Money
from review.languages import Language

# Babel's "en" writes months first; the console's English readers sit in Viet Nam and Japan.
# Parsed once: Babel parses a locale's name anew for every figure.
_BABEL: dict[Language, Locale] = {"vi": Locale("vi"), "ja": Locale("ja"), "en": Locale("en", "GB")}

SECOND = timedelta(seconds=1)

# A plain figure in a step of the price chain; digits inside a name (GA-2100, A4) are left alone.
_FIGURE = re.compile(
    r"(?<![\w.,-])(?P<sign>[-\u2212\u2013])?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![\w]*[.,]\d)(?=\s|$|[%/×x)])"
)
# The counted unit of the price chain, after a figure or a stroke.
_PIECE = re.compile(r"(?<=[\d/] )piece\b")
PIECE: dict[Language, str] = {"vi": "chiếc", "ja": "個", "en": "piece"}


@lru_cache(maxsize=4_096, typed=True)
def _decimal(value: float | Decimal, pattern: str | None, language: Language) -> str:
    """Return a figure; a page of the queue shows the same few hundred over and over."""
    return format_decimal(value, format=pattern, locale=_BABEL[language])


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
        return format_currency(money.amount, money.currency, locale=self._locale)

    def amount(self, value: Decimal, currency: str) -> str:
        """Return a calculated amount of a currency, in whole units where it is large."""
        return self.money(Money(amount=round(value, 0 if value >= 100 else 2), currency=currency, raw=""))

    def measured(self, text: str) -> str:
        """Return a figure with its unit (`-62 %`, `4333.33 VND/ml`) with the language's separators."""
        return _PIECE.sub(PIECE[self.language], _FIGURE.sub(self._figure, text).replace("VND", "₫"))

    def _figure(self, found: re.Match[str]) -> str:
        sign = "−" if found["sign"] else ""
        number = Decimal(found["number"].replace(",", ""))
        pattern = "#,##0.##" if abs(number) < 1000 else "#,##0"
        return sign + format_decimal(number, format=pattern, locale=self._locale)

    def date(self, value: date) -> str:
        """Return a calendar day."""
        return format_date(value, "yyyy/MM/dd" if self.language == "ja" else "dd/MM/yyyy", locale=self._locale)

    def moment(self, value: datetime | None) -> str:
        """Return date and time in the reader's zone, to the minute."""
        if value is None:
            return "–"
        if self.language == "ja":
            return format_datetime(value, "yyyy/MM/dd HH:mm", tzinfo=self.zone, locale=self._locale)
        return format_datetime(value, "dd/MM/yyyy HH:mm", tzinfo=self.zone, locale=self._locale)

    def clock(self, value: datetime | None) -> str:
        """Return the time of day in the reader's zone."""
        return "–" if value is None else format_datetime(value, "HH:mm", tzinfo=self.zone, locale=self._locale)

    def day(self, value: datetime | None) -> str:
        """Return day and month in the reader's zone."""
        if value is None:
            return "–"
        pattern = "MM/dd" if self.language == "ja" else "dd/MM"
        return format_datetime(value, pattern, tzinfo=self.zone, locale=self._locale)

    def ago(self, value: datetime | None) -> str:
        """Return the distance from now in words, such as 2 hours ago or in 3 hours."""
        if value is None:
            return "–"
        # What happened within this second lies in the past: nobody says "in 0 seconds".
        distance = value - self.now if abs(value - self.now) >= SECOND else -SECOND
        return format_timedelta(distance, add_direction=True, threshold=1.2, locale=self._locale)

    def midnight(self) -> datetime:
        """Return when the reader's day began."""
        return self.now.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)

    def iso(self, value: datetime | None) -> str:
        """Return the moment for a datetime attribute."""
        return "" if value is None else value.isoformat()
