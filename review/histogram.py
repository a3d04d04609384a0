"""Decided hits by score as bars, with the threshold between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from storage.ledger import ScoreBucket, wilson

LEFT, RIGHT, TOP, BOTTOM = 36, 806, 30, 204
BAR_GAP: Final = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One twentieth of the scores."""

    x: float
    width: float
    yes_y: float
    yes_height: float
    no_y: float
    no_height: float
    bucket: ScoreBucket


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """The drawing and the figures beside it."""

    bars: tuple[Bar, ...]
    grid: tuple[tuple[float, int], ...]
    line_x: float | None
    """Place of the threshold; None where the levels decide."""
    above: tuple[int, int]
    """Confirmed and rejected from the threshold on."""
    below: tuple[int, int]
    interval: tuple[float, float]
    """95 % interval of the share confirmed above."""

    @property
    def total(self) -> int:
        """Decided hits in all."""
        return sum(self.above) + sum(self.below)

    @property
    def kept(self) -> float | None:
        """Share of the confirmed that lie above."""
        confirmed = self.above[0] + self.below[0]
        return self.above[0] / confirmed if confirmed else None


def histogram_of(buckets: Sequence[ScoreBucket], threshold: float | None) -> Histogram:
    """Return the drawing; a bucket is above the threshold when it begins there or later."""
    step = (RIGHT - LEFT) / len(buckets)
    top = max((bucket.confirmed + bucket.rejected for bucket in buckets), default=0)
    scale = (BOTTOM - TOP) / max(top, 1)
    bars = []
    for index, bucket in enumerate(buckets):
        yes, no = bucket.confirmed * scale, bucket.rejected * scale
        bars.append(
            Bar(
                x=round(LEFT + index * step + BAR_GAP / 2, 1), width=round(step - BAR_GAP, 1),
                yes_y=round(BOTTOM - yes, 1), yes_height=round(yes, 1),
                no_y=round(BOTTOM - yes - no, 1), no_height=round(no, 1), bucket=bucket,
            )
        )  # fmt: skip
    limit = 0.0 if threshold is None else threshold
    over = [bucket for bucket in buckets if bucket.floor + 1e-9 >= limit]
    under = [bucket for bucket in buckets if bucket.floor + 1e-9 < limit]
    above = sum(one.confirmed for one in over), sum(one.rejected for one in over)
    below = sum(one.confirmed for one in under), sum(one.rejected for one in under)
    marks = sorted({0, top // 2, top})
    return Histogram(
        bars=tuple(bars),
        grid=tuple((round(BOTTOM - mark * scale, 1), mark) for mark in marks),
        line_x=None if threshold is None else round(LEFT + threshold * (RIGHT - LEFT), 1),
        above=above,
        below=below,
        interval=wilson(above[0], sum(above)),
    )
