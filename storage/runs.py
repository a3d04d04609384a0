"""Crawl runs: asked for, started, alive, ended; and the events a person may want to read afterwards."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.orm import Session

from records.run import ENDED, Outcome, Run
from storage.errors import NotFound, StorageError
from storage.hit_content import encode
from storage.tables import run_events, runs
from storage.turns import take_turn
from storage.upsert import upsert

# The argument by which a run that reads saved files is told from a crawl: it asks nothing of the market.
IMPORTED_FILES = "files"
# What a run may lack of its own when it is done again: so often, and asked for no longer ago than this.
MOST_RETRIES = 2
# What was asked for longer before a moment has ended by then.
LONGEST_RUN = timedelta(days=3)
RETRIED_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEvent:
    """Something that happened during a run."""

    run_id: str
    """The run."""
    at: datetime
    """Aware UTC."""
    kind: str
    """A word such as blocked, throttled, page_changed."""
    text: str
    """What happened, for a person."""


def new_run_id(at: datetime) -> str:
    """Return an id for a run asked for at that time; ids sort by time, to the millisecond."""
    return encode(int(at.timestamp() * 1_000), 10) + encode(secrets.randbits(30), 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class StopWish:
    """Somebody wants a run to stop."""

    asked_at: datetime
    """Aware UTC."""
    asked_by: str
    """Log-in name or command."""
    at_once: bool
    """True: without waiting for the page under way."""


class AlreadyRunning(StorageError):
    """A run of that market waits or runs already; `run` is that run."""

    def __init__(self, run: Run) -> None:
        since = run.started_at or run.requested_at
        state = "is running" if run.outcome == "running" else "waits to start"
        super().__init__(
            f"{run.market}: run {run.run_id} {state} already since {since:%Y-%m-%d %H:%M:%S}Z"
            f" (asked for by {run.requested_by or 'nobody named'})"
        )
        self.run = run


def run_of(row: Mapping[Any, Any]) -> Run:
    """Return the run of a row of the table."""
    values = {name: row[name] for name in Run.__slots__}
    return Run(**values | {"failed_bounds": tuple(row["failed_bounds"])})


def open_run(
    session: Session,
    market: str,
    arguments: Mapping[str, str],
    requested_at: datetime,
    requested_by: str,
    schedule_id: str | None = None,
    slot: datetime | None = None,
    retry_of: str | None = None,
) -> Run:
    """Ask for a run and return it, queued; a schedule's due time that was asked for before returns its run."""
    run_id = new_run_id(requested_at)
    session.execute(
        upsert(session, runs)
        .values(
            run_id=run_id,
            market=market,
            arguments=dict(arguments),
            outcome="queued",
            requested_at=requested_at,
            counts={},
            failed_bounds=[],
            schedule_id=schedule_id,
            slot=slot,
            requested_by=requested_by,
            retry_of=retry_of,
        )
        .on_conflict_do_nothing(index_elements=["schedule_id", "slot"])
    )
    if schedule_id is None or slot is None:
        return load_run(session, run_id)
    query = select(runs).where(runs.c.schedule_id == schedule_id, runs.c.slot == slot)
    return run_of(session.execute(query).mappings().one())


def request_run(
    session: Session, market: str, arguments: Mapping[str, str], requested_at: datetime, requested_by: str
) -> Run:
    """Ask for a run now and return it, queued; raise AlreadyRunning where one of that market waits or runs.

    However many ask in the same moment, one gets the run and the others are told of it.
    """
    take_turn(session, f"market {market}")
    query = select(runs).where(runs.c.market == market, runs.c.outcome.in_(("queued", "running")))
    for row in session.execute(query.order_by(runs.c.run_id)).mappings():
        if IMPORTED_FILES not in row["arguments"]:
            raise AlreadyRunning(run_of(row))
    return open_run(session, market, arguments, requested_at, requested_by)


def _update(session: Session, run_id: str, outcomes: tuple[Outcome, ...], **values: Any) -> bool:
    """Change a run that is in one of the states; return whether it was."""
    query = update(runs).where(runs.c.run_id == run_id, runs.c.outcome.in_(outcomes)).values(values)
    return session.execute(query.returning(runs.c.run_id)).one_or_none() is not None


def start_run(
    session: Session,
    run_id: str,
    at: datetime,
    process_id: int,
    worker: str | None = None,
    code_version: str | None = None,
) -> bool:
    """Mark a queued run as running; False when it already started or ended, and the caller must not run it."""
    return _update(
        session,
        run_id,
        ("queued",),
        outcome="running",
        started_at=at,
        heartbeat_at=at,
        process_id=process_id,
        worker=worker,
        code_version=code_version,
    )


def ask_to_stop(session: Session, run_id: str, actor: str, at: datetime, *, at_once: bool = False) -> Run:
    """Ask a run to stop and return it: one that waits ends now, one that runs when its process hears of it."""
    if _update(session, run_id, ("queued",), outcome="stopped", finished_at=at):
        record_event(session, run_id, at, "stopped", f"stopped before it began by {actor}")
        return load_run(session, run_id)
    values = {"stop_requested_at": at, "stop_requested_by": actor, "stop_now": at_once}
    if _update(session, run_id, ("running",), **values):
        record_event(session, run_id, at, "stopping", f"{actor} asked it to stop{' at once' if at_once else ''}")
    return load_run(session, run_id)


def load_stop_wish(session: Session, run_id: str) -> StopWish | None:
    """Return who wants the run to stop, None where nobody does."""
    row = session.execute(select(runs).where(runs.c.run_id == run_id)).mappings().one()
    if row["stop_requested_at"] is None:
        return None
    return StopWish(asked_at=row["stop_requested_at"], asked_by=row["stop_requested_by"], at_once=bool(row["stop_now"]))


def record_heartbeat(session: Session, run_id: str, at: datetime, counts: Mapping[str, int] | None = None) -> bool:
    """Note a sign of life with the counts so far; False when the run ended or was given up, and should stop."""
    values: dict[str, Any] = {"heartbeat_at": at}
    if counts is not None:
        values["counts"] = dict(counts)
    return _update(session, run_id, ("running",), **values)


def close_run(
    session: Session,
    run_id: str,
    outcome: Outcome,
    at: datetime,
    counts: Mapping[str, int],
    failed_bounds: Sequence[str] = (),
) -> Run:
    """End a run and return it. A run that ended before keeps its first end, also when it was marked lost."""
    if outcome not in ENDED:
        raise ValueError(f"outcome {outcome!r} does not end a run")
    _update(
        session,
        run_id,
        ("queued", "running"),
        outcome=outcome,
        finished_at=at,
        counts=dict(counts),
        failed_bounds=list(failed_bounds),
    )
    return load_run(session, run_id)


def load_run(session: Session, run_id: str) -> Run:
    """Return the run; raise NotFound."""
    row = session.execute(select(runs).where(runs.c.run_id == run_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no run {run_id!r}")
    return run_of(row)


def load_runs(
    session: Session,
    limit: int = 50,
    market: str | None = None,
    *,
    outcome: str | None = None,
    ended_since: datetime | None = None,
) -> tuple[Run, ...]:
    """Return the latest runs, newest first; with `ended_since` those that ended since then or have not ended."""
    query = select(runs).order_by(runs.c.run_id.desc()).limit(limit)
    if market is not None:
        query = query.where(runs.c.market == market)
    if outcome is not None:
        query = query.where(runs.c.outcome == outcome)
    if ended_since is not None:
        query = query.where(or_(runs.c.finished_at.is_(None), runs.c.finished_at >= ended_since))
    return tuple(run_of(row) for row in session.execute(query).mappings())


def load_ended_runs(session: Session, since: datetime, until: datetime) -> tuple[Run, ...]:
    """Return every run that ended after `since` and by `until`, oldest first; a lost run ended when last heard of."""
    ended_at = func.coalesce(runs.c.finished_at, runs.c.heartbeat_at, runs.c.requested_at)
    # The bound on the asking time serves the index of ids, which sort by it; no run lasts for days.
    query = select(runs).where(
        runs.c.outcome.in_(tuple(ENDED)), ended_at > since, ended_at <= until,
        runs.c.run_id >= new_run_id(since - LONGEST_RUN)[:10],
    )  # fmt: skip
    return tuple(run_of(row) for row in session.execute(query.order_by(runs.c.run_id)).mappings())


def load_runs_in(session: Session, outcomes: Sequence[Outcome]) -> tuple[Run, ...]:
    """Return every run in one of those states, oldest first."""
    query = select(runs).where(runs.c.outcome.in_(outcomes)).order_by(runs.c.run_id)
    return tuple(run_of(row) for row in session.execute(query).mappings())


def load_scheduled_runs(session: Session, since: datetime, schedule_id: str | None = None) -> tuple[Run, ...]:
    """Return the runs of schedules' due times since then (of one schedule or all), oldest first."""
    query = select(runs).where(runs.c.schedule_id.is_not(None), runs.c.slot >= since).order_by(runs.c.slot)
    if schedule_id is not None:
        query = query.where(runs.c.schedule_id == schedule_id)
    return tuple(run_of(row) for row in session.execute(query).mappings())


def load_open_run(session: Session, schedule_id: str) -> Run | None:
    """Return the run of a schedule that waits or runs, None where none does."""
    query = select(runs).where(runs.c.schedule_id == schedule_id, runs.c.outcome.in_(("queued", "running"))).limit(1)
    row = session.execute(query).mappings().one_or_none()
    return None if row is None else run_of(row)


def record_event(session: Session, run_id: str, at: datetime, kind: str, text: str) -> RunEvent:
    """Note something that happened during a run."""
    event = RunEvent(run_id=run_id, at=at, kind=kind, text=text)
    session.execute(insert(run_events).values({name: getattr(event, name) for name in RunEvent.__slots__}))
    return event


def load_events(session: Session, run_id: str, limit: int = 1_000) -> tuple[RunEvent, ...]:
    """Return the first events of a run, oldest first."""
    query = select(run_events).where(run_events.c.run_id == run_id).order_by(run_events.c.event_id).limit(limit)
    rows = session.execute(query).mappings()
    return tuple(RunEvent(**{name: row[name] for name in RunEvent.__slots__}) for row in rows)
