"""What a run came to, as figures that people compare: time, error budget, field coverage, answers by status."""

from dataclasses import dataclass
from datetime import datetime

from records.run import WARNING_ERROR_SHARE, Run

STATUS = "status."
MISSING = "missing."
SKIP = "skip."


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldCoverage:
    """How many of a run's listings have a field."""

    field: str
    """Such as price or seller."""
    present: int
    """Listings with it."""
    listings: int
    """All listings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """Figures of one run."""

    seconds: float | None
    """How long it took, or has taken so far; None before it began."""
    heartbeat_seconds: float | None
    """Since the last sign of life; None where it is not running."""
    pages: int
    """Pages read."""
    errors: int
    """Pages that failed."""
    error_budget: int
    """Pages that may fail before the run ends with warnings."""
    coverage: tuple[FieldCoverage, ...]
    """Fields that some listings lacked, the least covered first."""
    answers: tuple[tuple[int, int], ...]
    """(HTTP status, how many), by status."""
    skips: tuple[tuple[str, int], ...]
    """(reason, how many), most first."""


def report_of(run: Run, at: datetime) -> RunReport:
    """Return the figures of a run as it is at that time."""
    counts = run.counts
    listings, pages, errors = counts.get("listings", 0), counts.get("pages", 0), counts.get("errors", 0)
    seconds = None if run.started_at is None else ((run.finished_at or at) - run.started_at).total_seconds()
    silent = run.heartbeat_at if run.outcome == "running" else None
    coverage = [
        FieldCoverage(field=name.removeprefix(MISSING), present=max(listings - number, 0), listings=listings)
        for name, number in counts.items()
        if name.startswith(MISSING)
    ]
    return RunReport(
        seconds=seconds,
        heartbeat_seconds=None if silent is None else (at - silent).total_seconds(),
        pages=pages,
        errors=errors,
        error_budget=int(max(pages, errors) * WARNING_ERROR_SHARE),
        coverage=tuple(sorted(coverage, key=lambda one: (one.present, one.field))),
        answers=tuple(
            sorted(
                (int(name.removeprefix(STATUS)), number)
                for name, number in counts.items()
                if name.startswith(STATUS) and name.removeprefix(STATUS).isdigit()
            )
        ),
        skips=tuple(
            sorted(
                ((name.removeprefix(SKIP), number) for name, number in counts.items() if name.startswith(SKIP)),
                key=lambda one: (-one[1], one[0]),
            )
        ),
    )
