"""The precision ledger: how often each signal was right once a person had decided, by brand and marketplace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from typing import Any, Final, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.counts import write_counts
from storage.review_tables import ledger_counts, outcomes

# The 97.5 % point of the normal distribution: a two-sided interval of 95 %.
Z_95: Final = 1.959963984540054
# With fewer decisions a share says too little to be shown without a warning.
ENOUGH: Final = 30
BUCKETS: Final = 20

Part = Literal["brand", "market"]


def wilson(confirmed: int, decided: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share (Wilson 1927); (0, 1) where nothing was decided.

    Unlike the plain interval it stays within 0 and 1 and holds for small numbers and shares near 1.
    """
    if decided == 0:
        return 0.0, 1.0
    share, square = confirmed / decided, Z_95**2
    centre = (share + square / (2 * decided)) / (1 + square / decided)
    half = Z_95 * sqrt(share * (1 - share) / decided + square / (4 * decided**2)) / (1 + square / decided)
    return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """What became of the hits that a signal helped to flag. A part that was summed over is None."""

    signal: str
    brand: str | None
    market: str | None
    open: int
    """Waiting for a decision, or for a second look."""
    gone: int
    """No longer found and never decided."""
    confirmed: int
    """Final: a violation."""
    rejected: int
    """Final: not a violation. A rejection still counts after its listing changed and was put back."""
    unsure: int

    @property
    def flagged(self) -> int:
        """All of them."""
        return self.open + self.gone + self.confirmed + self.rejected + self.unsure

    @property
    def decided(self) -> int:
        """Those that were found to be a violation or not."""
        return self.confirmed + self.rejected

    @property
    def precision(self) -> float | None:
        """Share of the decided that were a violation; None where nothing was decided."""
        return self.confirmed / self.decided if self.decided else None

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the precision."""
        return wilson(self.confirmed, self.decided)

    @property
    def is_enough(self) -> bool:
        """Whether enough was decided to rely on the share."""
        return self.decided >= ENOUGH


def load_ledger(
    session: Session,
    by: Sequence[Part] = ("brand", "market"),
    *,
    brand: str | None = None,
    market: str | None = None,
    brands: tuple[str, ...] | None = None,
) -> tuple[LedgerRow, ...]:
    """Return the ledger by signal and the parts of `by`, summed over the others; the most decided rows first.

    A hit with several signals counts under each of them, so rows of different signals are not to be added up.
    """
    write_counts(session)
    names = ("signal", *by)
    columns = [ledger_counts.c[name] for name in names]
    query = select(*columns, ledger_counts.c.outcome, func.sum(ledger_counts.c.hits).label("hits"))
    for column, value in ((ledger_counts.c.brand, brand), (ledger_counts.c.market, market)):
        if value is not None:
            query = query.where(column == value)
    if brands is not None:
        query = query.where(ledger_counts.c.brand.in_(brands))
    found: dict[tuple[Any, ...], dict[str, int]] = {}
    for row in session.execute(query.group_by(*columns, ledger_counts.c.outcome)).mappings():
        counts = found.setdefault(tuple(row[name] for name in names), {})
        counts[row["outcome"]] = int(row["hits"])
    rows = [_row_of(dict(zip(names, key, strict=True)), counts) for key, counts in found.items()]
    rows = [row for row in rows if row.flagged]
    rows.sort(key=lambda row: (-row.decided, -row.flagged, row.signal, row.brand or "", row.market or ""))
    return tuple(rows)


def _row_of(parts: Mapping[Any, str], counts: Mapping[str, int]) -> LedgerRow:
    return LedgerRow(
        signal=parts["signal"],
        brand=parts.get("brand"),
        market=parts.get("market"),
        **{name: counts.get(name, 0) for name in ("open", "gone", "confirmed", "rejected", "unsure")},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreBucket:
    """Decided hits whose score lies in one twentieth."""

    floor: float
    confirmed: int
    rejected: int


def load_histogram(session: Session, brand: str, track: str, since: datetime) -> tuple[ScoreBucket, ...]:
    """Return the brand's hits finally decided since then by score, flagged or not, in BUCKETS equal steps."""
    query = select(outcomes.c.score, outcomes.c.verdict).where(
        outcomes.c.brand == brand,
        outcomes.c.settled_at >= since,
        outcomes.c.track == track,
        outcomes.c.withdrawn_at.is_(None),
        outcomes.c.verdict != "unsure",
    )
    confirmed, rejected = [0] * BUCKETS, [0] * BUCKETS
    for score, verdict in session.execute(query):
        bucket = min(int(score * BUCKETS + 1e-9), BUCKETS - 1)
        (confirmed if verdict == "violation" else rejected)[bucket] += 1
    return tuple(
        ScoreBucket(floor=index / BUCKETS, confirmed=confirmed[index], rejected=rejected[index])
        for index in range(BUCKETS)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """How often the flagged hits of a brand were violations, each hit counted once."""

    confirmed: int
    rejected: int
    unsure: int

    @property
    def decided(self) -> int:
        """Those that were found to be a violation or not."""
        return self.confirmed + self.rejected

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the share confirmed."""
        return wilson(self.confirmed, self.decided)


def load_precision(session: Session, brand: str, since: datetime | None = None) -> Precision:
    """Return what became of a brand's flagged hits, for pages and alert mails; the signals are not told apart."""
    query = select(outcomes.c.verdict, func.count()).where(
        outcomes.c.brand == brand, outcomes.c.flagged, outcomes.c.withdrawn_at.is_(None)
    )
    if since is not None:
        query = query.where(outcomes.c.settled_at >= since)
    counts = {verdict: int(count) for verdict, count in session.execute(query.group_by(outcomes.c.verdict))}
    return Precision(
        confirmed=counts.get("violation", 0), rejected=counts.get("no_violation", 0), unsure=counts.get("unsure", 0)
    )
