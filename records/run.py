"""One crawl run: what was asked, what came of it, and which expectations it missed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

Outcome = Literal[
    "queued", "running", "finished", "finished_with_warnings", "suspicious", "blocked", "failed", "stopped", "lost"
]
# Outcomes after which nothing more happens to a run.
ENDED: tuple[Outcome, ...] = (
    "finished", "finished_with_warnings", "suspicious", "blocked", "failed", "stopped", "lost"
)  # fmt: skip
# More pages than this share failed: the run ended with warnings.
WARNING_ERROR_SHARE = 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A crawl of one marketplace, from its request to its end."""

    run_id: str
    """Identifies the run; sorts by time."""
    market: str
    """Spider name."""
    arguments: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Spider arguments and the hosts opened for this run, as given."""
    outcome: Outcome = "queued"
    """State now, or how it ended."""
    requested_at: datetime
    """When it was asked for, aware UTC."""
    started_at: datetime | None = None
    """When its process began."""
    heartbeat_at: datetime | None = None
    """Last sign of life; older than 60 s while running means lost."""
    finished_at: datetime | None = None
    """When it ended."""
    counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """pages, listings, hits, errors, skips by reason (skip.robots, …), answers by status (status.200, …)."""
    failed_bounds: tuple[str, ...] = ()
    """Sentences naming each expectation that was missed."""
    schedule_id: str | None = None
    """The schedule that asked for it; None when a person did."""
    slot: datetime | None = None
    """The schedule's due time; (schedule_id, slot) is unique."""
    requested_by: str = ""
    """Log-in name or command that asked."""
    worker: str | None = None
    """The worker that crawls; None where a person started it by hand."""
    code_version: str | None = None
    """Version of the program that crawled."""
    retry_of: str | None = None
    """The lost run that this one goes on with."""
