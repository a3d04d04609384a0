"""Jobs: work asked for once, done by one worker at a time, its effect kept exactly once.

A claim gives a token. Whatever the work writes, it writes after `require_job` in the same transaction: a worker that
was given up meanwhile is refused. `finish_job` in the transaction of the effect makes both one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storage.errors import NotFound, StorageError
from storage.job_tables import jobs
from storage.runs import new_run_id
from storage.upsert import upsert

JobState = Literal["queued", "running", "done", "failed", "cancelled"]

# A running job without a sign of life for this long goes back into the queue.
RETURNED_AFTER = timedelta(seconds=60)
# A job whose workers died so often takes its worker with it; it is not tried again.
MOST_RETURNS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of work."""

    job_id: str
    """Identifies the job; sorts by time."""
    kind: str
    """Name of its kind, see crawler/job_kinds.py."""
    key: str
    """Says what it is about; there is at most one job of a key."""
    lock: str | None
    """Jobs of one lock are done one after the other; None: no lock."""
    arguments: Mapping[str, str]
    """What the kind needs to know."""
    state: JobState
    """queued, running, done, failed (given up) or cancelled."""
    created_at: datetime
    """When it was asked for, aware UTC."""
    created_by: str
    """Log-in name, command or schedule."""
    due_at: datetime
    """Not begun before."""
    started_at: datetime | None
    """When the latest attempt began."""
    heartbeat_at: datetime | None
    """Last sign of life of the latest attempt."""
    finished_at: datetime | None
    """When it ended for good."""
    worker: str | None
    """Who is at it."""
    token: int
    """Fencing token: grows with every claim and every return."""
    attempts: int
    """How often it was begun."""
    returns: int
    """How often its worker died."""
    progress: Mapping[str, Any]
    """How far it got, for the next attempt and for people."""
    problem: str | None
    """What went wrong last."""


class JobLost(StorageError):
    """The job was given to somebody else; what the caller was about to write must not be written."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"job {job_id} was given up while its worker was silent")
        self.job_id = job_id


class LockTaken(StorageError):
    """Two jobs of one lock were claimed at the same moment; the other one got it. The transaction is over."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"job {job_id} waits: another job of its lock began at this very moment")


def _job_of(row: Mapping[Any, Any]) -> Job:
    return Job(**{name: row[name] for name in Job.__slots__})


def open_job(
    session: Session,
    kind: str,
    key: str,
    at: datetime,
    *,
    created_by: str,
    arguments: Mapping[str, str] | None = None,
    lock: str | None = None,
    due_at: datetime | None = None,
) -> Job:
    """Ask for a job and return it; a key that was asked for before returns its job, whatever its state."""
    row = _new_row(kind, key, at, created_by=created_by, arguments=arguments, lock=lock, due_at=due_at)
    _add(session, [row], at)
    return _job_of(session.execute(select(jobs).where(jobs.c.key == key)).mappings().one())


def open_jobs(
    session: Session, kind: str, asked: Mapping[str, Mapping[str, str]], at: datetime, *, created_by: str
) -> int:
    """Ask for many jobs at once (key to arguments) and return how many are new."""
    return _add(
        session, [_new_row(kind, key, at, created_by=created_by, arguments=one) for key, one in asked.items()], at
    )


def _new_row(
    kind: str,
    key: str,
    at: datetime,
    *,
    created_by: str,
    arguments: Mapping[str, str] | None = None,
    lock: str | None = None,
    due_at: datetime | None = None,
) -> dict[str, Any]:
    return {
        "job_id": new_run_id(at),
        "kind": kind,
        "key": key,
        "lock": lock,
        "arguments": dict(arguments or {}),
        "state": "queued",
        "created_at": at,
        "created_by": created_by,
        "due_at": due_at or at,
        "token": 0,
        "attempts": 0,
        "returns": 0,
        "progress": {},
    }


def _add(session: Session, rows: Sequence[Mapping[str, Any]], at: datetime) -> int:
    """Write the rows whose keys are new, and have those that are due delivered; return how many are new."""
    if not rows:
        return 0
    statement = upsert(session, jobs).on_conflict_do_nothing(index_elements=["key"])
    # Given as rows and not as values: the statement is then compiled once, however many they are.
    added = session.execute(statement.returning(jobs.c.job_id, jobs.c.due_at), list(rows)).all()
    from storage.broker import deliver  # noqa: PLC0415 - brings a queue and a driver that a crawl's process never needs

    deliver(session, [row.job_id for row in added if row.due_at <= at], at)
    return len(added)


def load_job(session: Session, job_id: str) -> Job:
    """Return the job; raise NotFound."""
    row = session.execute(select(jobs).where(jobs.c.job_id == job_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no job {job_id!r}")
    return _job_of(row)


def load_job_of_key(session: Session, key: str) -> Job | None:
    """Return the job of a key, None where there is none."""
    row = session.execute(select(jobs).where(jobs.c.key == key)).mappings().one_or_none()
    return None if row is None else _job_of(row)


def load_jobs(
    session: Session, states: Sequence[JobState] | None = None, kind: str | None = None, limit: int = 100
) -> tuple[Job, ...]:
    """Return the latest jobs, newest first."""
    query = select(jobs).order_by(jobs.c.job_id.desc()).limit(limit)
    if states is not None:
        query = query.where(jobs.c.state.in_(states))
    if kind is not None:
        query = query.where(jobs.c.kind == kind)
    return tuple(_job_of(row) for row in session.execute(query).mappings())


def count_jobs(session: Session) -> Mapping[tuple[str, str], int]:
    """Return how many jobs each (kind, state) has."""
    query = select(jobs.c.kind, jobs.c.state, func.count()).group_by(jobs.c.kind, jobs.c.state)
    return {(kind, state): int(number) for kind, state, number in session.execute(query)}


def oldest_waiting(session: Session, at: datetime) -> datetime | None:
    """Return since when the oldest job that is due waits, None where none does."""
    query = select(jobs.c.due_at).where(jobs.c.state == "queued", jobs.c.due_at <= at).order_by(jobs.c.due_at).limit(1)
    due: datetime | None = session.scalar(query)
    return due


_others = jobs.alias("others")
_lock_is_free = or_(
    jobs.c.lock.is_(None), ~exists().where(_others.c.lock == jobs.c.lock, _others.c.state == "running")
)  # fmt: skip


def next_due(session: Session, at: datetime, kinds: Sequence[str], limit: int = 1) -> tuple[str, ...]:
    """Return the ids of the oldest jobs that are due and whose lock is free."""
    query = (
        select(jobs.c.job_id)
        .where(jobs.c.state == "queued", jobs.c.due_at <= at, jobs.c.kind.in_(kinds), _lock_is_free)
        .order_by(jobs.c.due_at, jobs.c.job_id)
        .limit(limit)
    )
    return tuple(session.scalars(query))


def claim_job(session: Session, job_id: str, worker: str, at: datetime) -> Job | None:
    """Begin a queued job and return it with its new token; None when it is not due, taken, over or its lock is held.

    Raises LockTaken when another job of the lock is begun in the same moment.
    """
    free = and_(jobs.c.job_id == job_id, jobs.c.state == "queued", jobs.c.due_at <= at, _lock_is_free)
    values = {
        "state": "running",
        "worker": worker,
        "token": jobs.c.token + 1,
        "attempts": jobs.c.attempts + 1,
        "started_at": at,
        "heartbeat_at": at,
    }
    try:
        claimed = session.execute(update(jobs).where(free).values(values).returning(jobs.c.job_id)).one_or_none()
    except IntegrityError as error:
        raise LockTaken(job_id) from error
    return None if claimed is None else load_job(session, job_id)


def _mine(job: Job) -> Any:
    return and_(jobs.c.job_id == job.job_id, jobs.c.token == job.token, jobs.c.state == "running")


def beat_job(session: Session, job: Job, at: datetime) -> bool:
    """Note a sign of life; False when the job was given up and its worker must stop."""
    beat = update(jobs).where(_mine(job)).values(heartbeat_at=at).returning(jobs.c.job_id)
    return session.execute(beat).one_or_none() is not None


def require_job(session: Session, job: Job) -> None:
    """Raise JobLost unless the claim is still good; it then stays so until the transaction ends."""
    if session.execute(select(jobs.c.job_id).where(_mine(job)).with_for_update()).one_or_none() is None:
        raise JobLost(job.job_id)


def save_progress(session: Session, job: Job, progress: Mapping[str, Any], at: datetime) -> None:
    """Keep how far the job got, with the effect of that part; raise JobLost."""
    values = {"progress": dict(progress), "heartbeat_at": at}
    if session.execute(update(jobs).where(_mine(job)).values(values).returning(jobs.c.job_id)).one_or_none() is None:
        raise JobLost(job.job_id)


def finish_job(
    session: Session, job: Job, at: datetime, progress: Mapping[str, Any] | None = None, problem: str | None = None
) -> None:
    """End a job for good: done, or failed where a problem is given; raise JobLost."""
    values: dict[str, Any] = {
        "state": "done" if problem is None else "failed",
        "finished_at": at,
        "worker": None,
        "problem": problem,
    }
    if progress is not None:
        values["progress"] = dict(progress)
    if session.execute(update(jobs).where(_mine(job)).values(values).returning(jobs.c.job_id)).one_or_none() is None:
        raise JobLost(job.job_id)


def requeue_job(session: Session, job: Job, due_at: datetime, problem: str | None, *, is_fault: bool = True) -> None:
    """Put a job back into the queue, for a later attempt; raise JobLost. Without a fault the attempt does not count."""
    values: dict[str, Any] = {
        "state": "queued",
        "due_at": due_at,
        "worker": None,
        "problem": problem,
        "delivered_at": None,
    }
    if not is_fault:
        values["attempts"] = jobs.c.attempts - 1
    if session.execute(update(jobs).where(_mine(job)).values(values).returning(jobs.c.job_id)).one_or_none() is None:
        raise JobLost(job.job_id)


def cancel_job(session: Session, job_id: str, at: datetime) -> bool:
    """Take a job that nobody began out of the queue; False when somebody did."""
    statement = (
        update(jobs)
        .where(jobs.c.job_id == job_id, jobs.c.state == "queued")
        .values(state="cancelled", finished_at=at)
        .returning(jobs.c.job_id)
    )
    return session.execute(statement).one_or_none() is not None


def return_silent_jobs(session: Session, now: datetime, after: timedelta = RETURNED_AFTER) -> tuple[Job, ...]:
    """Put running jobs without a sign of life back into the queue under a new token, and return them.

    The old worker, should it wake, is refused by the token. Doing it twice changes nothing. A job whose workers died
    too often fails instead.
    """
    silent = and_(jobs.c.state == "running", jobs.c.heartbeat_at < now - after)
    found = session.execute(select(jobs.c.job_id, jobs.c.returns).where(silent).with_for_update(skip_locked=True)).all()
    for row in found:
        values: dict[str, Any] = {
            "token": jobs.c.token + 1,
            "returns": row.returns + 1,
            "worker": None,
            "delivered_at": None,
            "problem": "its worker gave no sign of life",
        }
        is_over = row.returns + 1 > MOST_RETURNS
        values |= {"state": "failed", "finished_at": now} if is_over else {"state": "queued", "due_at": now}
        session.execute(update(jobs).where(jobs.c.job_id == row.job_id).values(values))
    return tuple(load_job(session, row.job_id) for row in sorted(found))
