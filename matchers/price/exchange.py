"""Money of one currency in another, by the dated rates of the watch list."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext

from records.prices import ExchangeRate
from records.watchlist import WatchList

OLDEST_RATE = timedelta(days=31)
"""A rate older than this on the day of the price converts nothing: the price stays unknown in that currency."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """What one unit of a currency is worth, and where that was taken from."""

    rate: Decimal
    """Units of the wanted currency for one unit of the given one."""
    source: str
    """The rates used with their days, such as 1 USD = 25400 VND (2026-11-20)."""


def conversion(currency: str, wanted: str, day: date | None, watchlist: WatchList) -> Conversion | None:
    """Return the conversion by the latest rates up to that day: direct, turned round, or through a third currency."""
    if day is None:
        return None
    known = watchlist.rates_by_pair
    direct = _latest(known.get((currency, wanted), ()), day)
    if direct is not None:
        return Conversion(direct.rate, _said(direct))
    turned = _latest(known.get((wanted, currency), ()), day)
    if turned is not None:
        return Conversion(_inverse(turned.rate), _said(turned))
    for third in sorted({code for pair in known for code in pair} - {currency, wanted}):
        there, back = _leg(currency, third, day, watchlist), _leg(third, wanted, day, watchlist)
        if there is not None and back is not None:
            return Conversion(there.rate * back.rate, f"{there.source}, {back.source}")
    return None


def _leg(currency: str, wanted: str, day: date, watchlist: WatchList) -> Conversion | None:
    known = watchlist.rates_by_pair
    direct, turned = _latest(known.get((currency, wanted), ()), day), _latest(known.get((wanted, currency), ()), day)
    if direct is not None:
        return Conversion(direct.rate, _said(direct))
    return None if turned is None else Conversion(_inverse(turned.rate), _said(turned))


def _latest(rates: tuple[ExchangeRate, ...], day: date) -> ExchangeRate | None:
    """Return the newest rate up to the day; None where there is none or it is too old."""
    found = next((one for one in reversed(rates) if one.valid_on <= day), None)
    return found if found is not None and day - found.valid_on <= OLDEST_RATE else None


def _inverse(rate: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = 28
        return 1 / rate


def _said(rate: ExchangeRate) -> str:
    return f"1 {rate.currency} = {rate.rate.normalize():f} {rate.quote} ({rate.valid_on.isoformat()})"
