"""A listing's price over time against its reference and other listings of the same product, as one drawing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from records.hit import ChainStep
from records.money import Money
from storage.listings import PriceObservation

# Drawing area: left, right, top, bottom.
LEFT, RIGHT, TOP, BOTTOM = 90, 640, 16, 152
# A shorter history is drawn over this time, so that one day does not fill the whole width.
MIN_SPAN: Final = timedelta(days=14)
_AMOUNT: Final = re.compile(r"(?P<number>\d[\d,]*(?:\.\d+)?) (?P<currency>[A-Z]{3})(?: / (?P<unit>.+))?")


@dataclass(frozen=True, slots=True)
class GridLine:
    """A horizontal line with its amount."""

    y: float
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChart:
    """The lines of the drawing; amounts per unit of goods where a pack could be read."""

    own: str
    """Points of the listing's own line."""
    peers: tuple[tuple[str, tuple[float, float]], ...]
    """Points and end of the lines of other listings of the same product."""
    end: tuple[float, float]
    grid: tuple[GridLine, ...]
    reference: GridLine | None
    """The owner's list or minimum price."""
    unit: str
    """What the amounts are for (ml, piece), empty for the whole offer."""
    currency: str
    low: Money
    high: Money
    last: Money
    first_at: datetime
    last_at: datetime

    @property
    def left(self) -> int:
        """Where the drawing begins."""
        return LEFT

    @property
    def right(self) -> int:
        """Where it ends; labels stand behind."""
        return RIGHT


Series = Sequence[tuple[datetime, Decimal]]


def _step(chain: Sequence[ChainStep], name: str) -> re.Match[str] | None:
    value = next((step.value for step in chain if step.name == name), "")
    return _AMOUNT.fullmatch(value)


def _number(found: re.Match[str]) -> Decimal:
    return Decimal(found["number"].replace(",", ""))


def unit_factor(chain: Sequence[ChainStep]) -> tuple[Decimal, str] | None:
    """Return by what an offer's price is multiplied to get its unit price, and the unit; None where none was read."""
    amount, unit_price = _step(chain, "amount"), _step(chain, "unit_price")
    if amount is None or unit_price is None or not unit_price["unit"] or not _number(amount):
        return None
    return _number(unit_price) / _number(amount), unit_price["unit"]


def _series(observations: Sequence[PriceObservation], currency: str, factor: Decimal) -> Series:
    seen = [(one.seen_at, one.price.amount * factor) for one in observations
            if one.price is not None and one.price.currency == currency]  # fmt: skip
    return sorted(seen)


def chart_of(
    observations: Sequence[PriceObservation],
    chain: Sequence[ChainStep] = (),
    peers: Sequence[tuple[Sequence[PriceObservation], Sequence[ChainStep]]] = (),
    until: datetime | None = None,
) -> PriceChart | None:
    """Return the drawing, or None where there is nothing to compare: one price, no reference, no peers."""
    currencies = {one.price.currency for one in observations if one.price is not None}
    if len(currencies) != 1:
        return None
    currency = currencies.pop()
    factor, unit = unit_factor(chain) or (Decimal(1), "")
    own = _series(observations, currency, factor)
    reference = _step(chain, "reference")
    if reference is not None and ((reference["unit"] or "") != unit or reference["currency"] != currency):
        reference = None
    others = [_series(seen, currency, each[0]) for seen, steps in peers
              if (each := unit_factor(steps)) is not None and each[1] == unit]  # fmt: skip
    others = [series for series in others if series]
    if len(own) < 2 and reference is None and not others:
        return None
    return _drawn(own, others, None if reference is None else _number(reference), unit, currency, until)


def _drawn(
    own: Series, others: Sequence[Series], reference: Decimal | None, unit: str, currency: str, until: datetime | None
) -> PriceChart:
    last_at = max(own[-1][0], until or own[-1][0])
    first_at = min(own[0][0], last_at - MIN_SPAN)
    amounts = [amount for series in (own, *others) for _at, amount in series] + ([reference] if reference else [])
    floor, top = min(amounts) * Decimal("0.85"), max(amounts) * Decimal("1.08")

    def x_of(at: datetime) -> float:
        return round(LEFT + (max(at, first_at) - first_at) / (last_at - first_at) * (RIGHT - LEFT), 1)

    def y_of(amount: Decimal) -> float:
        return round(BOTTOM - float((amount - floor) / (top - floor)) * (BOTTOM - TOP), 1)

    def points(series: Series) -> list[tuple[float, float]]:
        drawn: list[tuple[float, float]] = []
        for at, amount in series:
            if drawn:
                drawn.append((x_of(at), drawn[-1][1]))
            drawn.append((x_of(at), y_of(amount)))
        return [*drawn, (x_of(last_at), drawn[-1][1])]

    def joined(series: Series) -> str:
        return " ".join(f"{x},{y}" for x, y in points(series))

    def money(amount: Decimal) -> Money:
        return Money(
            amount=amount.quantize(Decimal(1)) if amount > 100 else round(amount, 2), currency=currency, raw=""
        )

    return PriceChart(
        own=joined(own), peers=tuple((joined(series), points(series)[-1]) for series in others), end=points(own)[-1],
        grid=tuple(GridLine(y_of(amount), amount) for amount in _ticks(floor, top)),
        reference=None if reference is None else GridLine(y_of(reference), reference), unit=unit, currency=currency,
        low=money(min(amount for _at, amount in own)), high=money(max(amount for _at, amount in own)),
        last=money(own[-1][1]), first_at=first_at, last_at=last_at,
    )  # fmt: skip


def _ticks(floor: Decimal, top: Decimal) -> list[Decimal]:
    """Return three to six round amounts between two."""
    step = Decimal(10) ** ((top - floor).adjusted())
    for part in (Decimal(1), Decimal("0.5"), Decimal("0.25"), Decimal("0.2")):
        first = (floor / (step * part)).to_integral_value(rounding="ROUND_CEILING")
        ticks = [(first + index) * step * part for index in range(7) if (first + index) * step * part <= top]
        if len(ticks) >= 3:
            return ticks[:6]
    return [floor, top]
