"""Runs without a sign of life: called lost, and gone on with by the rule."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from records.run import Run
from storage.runs import load_run, load_stop_wish, open_run, record_event, run_of
from storage.tables import runs

# A running run without a sign of life for this long is lost.
LOST_AFTER = timedelta(seconds=60)
# A lost run is gone on with so often, and when it was asked for no longer ago than this.
MOST_RETRIES = 2
RETRIED_WITHIN = timedelta(hours=24)


def mark_lost_runs(session: Session, now: datetime) -> tuple[Run, ...]:
    """Mark running runs whose last sign of life is too old as lost, and return them."""
    query = (
        update(runs)
        .where(runs.c.outcome == "running", runs.c.heartbeat_at < now - LOST_AFTER)
        .values(outcome="lost", finished_at=now)
        .returning(runs.c.run_id)
    )
    return tuple(load_run(session, run_id) for run_id in sorted(session.scalars(query).all()))


def retry_lost_run(session: Session, run: Run, at: datetime) -> Run | None:
    """Ask for a lost or interrupted run once more, if the rule allows it; None where it does not.

    Rule: not what a person started by hand or stopped, asked for within a day, and at most two retries in a row. The
    new run takes over the queue of pages (see adopt_run_pages) and the counts: what was fetched and stored is not
    fetched again.
    """
    if run.worker is None or load_stop_wish(session, run.run_id) is not None or at - run.requested_at > RETRIED_WITHIN:
        return None
    failed = 1 + len(load_retry_line(session, run))
    if failed > MOST_RETRIES:
        record_event(session, run.run_id, at, "given_up", f"not done again: it failed {failed} times")
        return None
    query = select(runs).where(runs.c.retry_of == run.run_id)
    known = session.execute(query).mappings().one_or_none()
    if known is not None:
        return run_of(known)
    again = open_run(
        session, run.market, run.arguments, at, run.requested_by, schedule_id=run.schedule_id, retry_of=run.run_id
    )
    record_event(session, again.run_id, at, "queued", f"goes on with run {run.run_id}, which was {run.outcome}")
    record_event(session, run.run_id, at, "retried", f"run {again.run_id} goes on with it")
    return again


def load_retry_line(session: Session, run: Run) -> tuple[str, ...]:
    """Return the runs that this one goes on with: the lost one, the one before that, and so on to the first."""
    line: list[str] = []
    while run.retry_of is not None:
        line.append(run.retry_of)
        run = load_run(session, run.retry_of)
    return tuple(line)
