"""Figures of an installation at one moment, for Prometheus and `markwatch doctor`: kept counters, not counted rows."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from storage.jobs import count_jobs, oldest_waiting
from storage.leases import load_lease, load_leases
from storage.mail_tables import outbox
from storage.tables import hit_counts, runs

DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is there and what happened within a day."""

    runs: Mapping[tuple[str, str], int]
    """Runs by (market, outcome): waiting, running, or ended within a day."""
    counted: Mapping[tuple[str, str], int]
    """Sums of (market, count) over the runs that ended within a day: pages, listings, errors, hits."""
    heartbeat_seconds: float
    """Age of the oldest heartbeat of a running run; 0 where none runs."""
    jobs: Mapping[tuple[str, str], int]
    """Jobs by (kind, state)."""
    lag_seconds: float
    """How long the oldest job that is due has waited."""
    hits: Mapping[tuple[str, str, str], int]
    """Hits by (track, tier, state), from the kept counters."""
    mails: Mapping[str, int]
    """Mails by state."""
    workers: int
    """Workers that gave a sign of life within a minute."""
    scheduler_seconds: float | None
    """Since the scheduler's last sign of life; None where none is at work."""


def load_figures(session: Session, at: datetime) -> Figures:
    """Return the figures at that time."""
    found: Counter[tuple[str, str]] = Counter()
    counted: Counter[tuple[str, str]] = Counter()
    oldest = at
    query = select(runs.c.market, runs.c.outcome, runs.c.counts, runs.c.heartbeat_at).where(
        (runs.c.outcome.in_(("queued", "running"))) | (runs.c.finished_at >= at - DAY)
    )
    for row in session.execute(query):
        found[row.market, row.outcome] += 1
        for name in ("pages", "listings", "errors", "hits"):
            counted[row.market, name] += int(row.counts.get(name, 0))
        if row.outcome == "running" and row.heartbeat_at is not None:
            oldest = min(oldest, row.heartbeat_at)
    names = (hit_counts.c.track, hit_counts.c.tier, hit_counts.c.state)
    hits = {tuple(row[:3]): int(row[3]) for row in session.execute(
        select(*names, func.sum(hit_counts.c.hits)).group_by(*names))}  # fmt: skip
    by_state = select(outbox.c.state, func.count()).group_by(outbox.c.state)
    since = oldest_waiting(session, at)
    scheduler = load_lease(session, "scheduler")
    is_alive = scheduler is not None and scheduler.expires_at > at
    return Figures(
        runs=found,
        counted=counted,
        heartbeat_seconds=(at - oldest).total_seconds(),
        jobs=count_jobs(session),
        lag_seconds=0.0 if since is None else (at - since).total_seconds(),
        hits={(track, tier, state): number for (track, tier, state), number in hits.items()},
        mails={str(state): int(number) for state, number in session.execute(by_state)},
        workers=sum(lease.expires_at > at for lease in load_leases(session, "worker:")),
        scheduler_seconds=(at - scheduler.renewed_at).total_seconds() if is_alive and scheduler else None,
    )


def load_database_time(session: Session) -> datetime:
    """Return what time it is by the database's clock, aware UTC."""
    if session.get_bind().dialect.name == "sqlite":
        seconds = float(session.scalar(text("SELECT (julianday('now') - 2440587.5) * 86400.0")) or 0)
        return datetime.fromtimestamp(seconds, UTC)
    moment: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return moment.astimezone(UTC)
