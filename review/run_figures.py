"""A run beside its earlier ones: field coverage against the median of the last good runs, and its pace."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, Literal

from records.run import Run
from records.run_report import MISSING, RunReport, report_of
from review.formats import Formats

GOOD: Final = frozenset({"finished", "finished_with_warnings"})
BASELINE_RUNS: Final = 10
# Percentage points below the median at which a field is watched, and at which it fell.
WATCHED_POINTS: Final = 2.0
FALLEN_POINTS: Final = 5.0
# With fewer listings a share says nothing.
ENOUGH_LISTINGS: Final = 10

Verdict = Literal["usual", "watched", "fell", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """How many listings of a run have a field, beside the usual share."""

    field: str
    share: float
    """Percent of this run's listings."""
    usual: float | None
    """Median percent of the last good runs; None where there are none."""
    verdict: Verdict

    @property
    def change(self) -> float | None:
        """Percentage points above the usual share."""
        return None if self.usual is None else self.share - self.usual


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFigures:
    """Everything that the run page counts."""

    report: RunReport
    fields: tuple[FieldRow, ...]
    baseline: int
    """Good runs that it is compared with."""
    listings_change: float | None
    """Percent above the median of the baseline; None without one."""
    pages_a_minute: float | None
    """Pace so far."""


def baseline_of(run: Run, earlier: Sequence[Run]) -> tuple[Run, ...]:
    """Return the last good runs before this one: of its schedule where it has one, else of its arguments."""
    alike = [
        one
        for one in earlier
        if one.run_id < run.run_id
        and one.outcome in GOOD
        and one.counts.get("listings", 0) >= ENOUGH_LISTINGS
        and (one.schedule_id == run.schedule_id if run.schedule_id else dict(one.arguments) == dict(run.arguments))
    ]
    return tuple(alike[:BASELINE_RUNS])


def share_of(run: Run, field: str) -> float:
    """Return the percent of the run's listings that have a field."""
    listings = run.counts.get("listings", 0)
    return 100.0 * max(listings - run.counts.get(MISSING + field, 0), 0) / listings if listings else 0.0


def figures_of(run: Run, earlier: Sequence[Run], formats: Formats) -> RunFigures:
    """Return the figures of a run as they are now."""
    report, baseline = report_of(run, formats.now), baseline_of(run, earlier)
    names = {name.removeprefix(MISSING) for one in (run, *baseline) for name in one.counts if name.startswith(MISSING)}
    rows = [_row(run, name, baseline) for name in sorted(names)] if run.counts.get("listings", 0) else []
    usual = median(one.counts.get("listings", 0) for one in baseline) if baseline else 0
    minutes = (report.seconds or 0) / 60
    return RunFigures(
        report=report,
        fields=tuple(sorted(rows, key=lambda row: (row.change or 0, row.field))),
        baseline=len(baseline),
        listings_change=100.0 * (run.counts.get("listings", 0) - usual) / usual if usual else None,
        pages_a_minute=report.pages / minutes if minutes >= 0.1 else None,
    )


def _row(run: Run, name: str, baseline: Sequence[Run]) -> FieldRow:
    share = share_of(run, name)
    usual = median(share_of(one, name) for one in baseline) if baseline else None
    return FieldRow(field=name, share=share, usual=usual, verdict=_verdict(run, share, usual))


def _verdict(run: Run, share: float, usual: float | None) -> Verdict:
    if usual is None or run.counts.get("listings", 0) < ENOUGH_LISTINGS:
        return "unknown"
    if share < usual - FALLEN_POINTS:
        return "fell"
    return "watched" if share < usual - WATCHED_POINTS else "usual"
