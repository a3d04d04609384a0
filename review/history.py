"""A hit's history as sentences, and its prices as a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from records.money import Money
from review import wording
from review.console import Reading
from review.languages import message as _
from storage.hit_records import StoredDecision, StoredHit
from storage.listings import PriceObservation

FIRST_SEEN: Final = _("First seen by a crawl")
DECIDED: Final = _("%(actor)s: %(verdict)s, %(reason)s")
UNDONE: Final = _("%(actor)s took back: %(verdict)s")
REOPENED: Final = _("Put back into the queue because the listing changed")

# Drawing area of the chart: left, right, top, bottom.
_LEFT, _RIGHT, _TOP, _BOTTOM = 90, 680, 14, 124


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of a hit's history."""

    at: datetime
    message: str
    actor: str = ""
    verdict: str = ""
    reason: str = ""
    note: str = ""

    def sentence(self, reading: Reading) -> str:
        """The event in the reader's language."""
        facts = {
            "actor": self.actor,
            "verdict": reading.translate(self.verdict),
            "reason": reading.translate(self.reason),
        }
        return reading.translate(self.message) % facts


def history_of(stored: StoredHit, decisions: Sequence[StoredDecision]) -> tuple[Event, ...]:
    """Return what happened to the hit, the latest first."""
    events = [Event(at=stored.first_seen_at, message=FIRST_SEEN)]
    for decision in decisions:
        made = decision.decision
        verdict, reason = wording.VERDICTS[made.verdict], wording.REASON_WORDS[made.reason]
        events.append(
            Event(
                at=made.decided_at, message=DECIDED, actor=made.actor, verdict=verdict, reason=reason, note=made.note
            )
        )  # fmt: skip
        if decision.undone_at is not None:
            who = decision.undone_by or made.actor
            events.append(Event(at=decision.undone_at, message=UNDONE, actor=who, verdict=verdict))
    if stored.reopened_because:
        events.append(Event(at=stored.last_seen_at, message=REOPENED))
    return tuple(sorted(events, key=lambda event: event.at, reverse=True))


@dataclass(frozen=True, slots=True)
class GridLine:
    """A horizontal line of the chart."""

    y: float
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChart:
    """The price over time as the points of a step line."""

    points: str
    end: tuple[float, float]
    grid: tuple[GridLine, ...]
    low: Money
    high: Money
    last: Money
    first_at: datetime
    last_at: datetime


def chart_of(observations: Sequence[PriceObservation]) -> PriceChart | None:
    """Return the chart of at least two known prices of one currency, else None."""
    seen = sorted(((one.seen_at, one.price) for one in observations if one.price is not None), key=lambda pair: pair[0])
    if len(seen) < 2 or len({price.currency for _at, price in seen}) != 1 or seen[0][0] == seen[-1][0]:
        return None
    low = min((price for _at, price in seen), key=lambda price: price.amount)
    high = max((price for _at, price in seen), key=lambda price: price.amount)
    first_at, last_at = seen[0][0], seen[-1][0]
    floor, top = low.amount * Decimal("0.9"), high.amount * Decimal("1.05")

    def x_of(at: datetime) -> float:
        return round(_LEFT + (at - first_at) / (last_at - first_at) * (_RIGHT - _LEFT), 1)

    def y_of(amount: Decimal) -> float:
        return round(_BOTTOM - float((amount - floor) / (top - floor)) * (_BOTTOM - _TOP), 1)

    points: list[tuple[float, float]] = []
    for at, price in seen:
        if points:
            points.append((x_of(at), points[-1][1]))
        points.append((x_of(at), y_of(price.amount)))
    return PriceChart(
        points=" ".join(f"{x},{y}" for x, y in points),
        end=points[-1],
        grid=tuple(GridLine(y_of(amount), amount) for amount in dict.fromkeys((low.amount, high.amount))),
        low=low,
        high=high,
        last=seen[-1][1],
        first_at=first_at,
        last_at=last_at,
    )
