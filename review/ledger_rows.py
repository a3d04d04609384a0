"""The precision ledger as rows of a page and of an export."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from review.export import Row
from storage.ledger import ENOUGH, LedgerRow

# Below this share of right flags a signal costs more trust than it brings.
TARGET: Final = 0.8
LEFT, RIGHT = 6, 294


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLedgerRow:
    """One row with the places of its dot and its interval, 0 to 300."""

    row: LedgerRow
    dot: float | None
    low: float
    high: float
    verdict: str
    """above, below or open: where the interval lies against the target; few: too few decided."""

    @property
    def missing(self) -> int:
        """How many more decisions are needed."""
        return max(0, ENOUGH - self.row.decided)


def place(share: float) -> float:
    """Return where a share lies in the drawing."""
    return round(LEFT + share * (RIGHT - LEFT), 1)


def ledger_rows(rows: Sequence[LedgerRow]) -> tuple[ShownLedgerRow, ...]:
    """Return the rows ready to be drawn."""
    found = []
    for row in rows:
        low, high = row.interval
        verdict = "few" if not row.is_enough else "above" if low >= TARGET else "below" if high < TARGET else "open"
        dot = None if row.precision is None else place(row.precision)
        found.append(ShownLedgerRow(row=row, dot=dot, low=place(low), high=place(high), verdict=verdict))
    return tuple(found)


def export_row(row: LedgerRow) -> Row:
    """Return a row for the export: shares with four decimals, empty where nothing was decided."""
    low, high = row.interval
    share = row.precision
    return {
        "signal": row.signal, "brand": row.brand, "market": row.market, "flagged": row.flagged, "open": row.open,
        "gone": row.gone, "confirmed": row.confirmed, "rejected": row.rejected, "unsure": row.unsure,
        "precision": "" if share is None else f"{share:.4f}", "interval_low": "" if share is None else f"{low:.4f}",
        "interval_high": "" if share is None else f"{high:.4f}", "enough": "yes" if row.is_enough else "no",
    }  # fmt: skip
