"""The queue of PostgreSQL (procrastinate): carries the ids of jobs to workers on any machine, at once.

The jobs table is the truth; a delivery is a hint. It is made in the transaction that asks for the job, so that there is
none without a job; one that got lost, or lies with a worker that was killed (procrastinate leaves it in `doing`), is
made again. On SQLite there is no queue and every function here does nothing.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.schema import SchemaManager
from procrastinate.types import JSONDict
from sqlalchemy import URL, Connection, exists, or_, select, text, update
from sqlalchemy.orm import Session

from storage.job_tables import jobs

QUEUE = "markwatch"
TASK = "markwatch.do_job"
# A delivery that nobody took for so long may be lost.
DELIVERED_AGAIN_AFTER = timedelta(seconds=30)
SWEPT_AT_ONCE = 500
# Its own log lines tell of every job twice over; ours tell once.
logging.getLogger("procrastinate").setLevel(logging.WARNING)

_others = jobs.alias("others")


def is_queued(session: Session) -> bool:
    """Return whether the database has a queue."""
    return session.get_bind().dialect.name == "postgresql"


def install(connection: Connection) -> None:
    """Make the queue's tables in a PostgreSQL database, in the open transaction; nothing where they are."""
    if connection.dialect.name != "postgresql":
        return
    if connection.scalar(text("SELECT to_regclass('procrastinate_jobs')")) is None:
        connection.connection.driver_connection.execute(SchemaManager.get_schema())  # type: ignore[union-attr]  # psycopg's


def conninfo(parsed: URL) -> str:
    """Return the address of a PostgreSQL database as its own library reads it."""
    return parsed.set(drivername="postgresql").render_as_string(hide_password=False)


def _deferring() -> App:
    """Return an app that only defers, on connections that it is given."""
    return App(connector=SyncPsycopgConnector(conninfo=""))


def deliver(session: Session, job_ids: Sequence[str], at: datetime) -> None:
    """Hand the ids to the queue, in the session's transaction."""
    if not job_ids or not is_queued(session):
        return
    connection = session.connection().connection.driver_connection
    deferrer = _deferring().configure_task(TASK, queue=QUEUE, connection=connection)
    given: list[JSONDict] = [{"job_id": job_id} for job_id in job_ids]
    for job_id, broker_id in zip(job_ids, deferrer.batch_defer(*given), strict=True):
        values = {"broker_id": broker_id, "delivered_at": at}
        session.execute(update(jobs).where(jobs.c.job_id == job_id).values(values))


def deliver_waiting(session: Session, at: datetime) -> int:
    """Deliver jobs that are due and that no worker will hear of otherwise; return how many those were."""
    if not is_queued(session):
        return 0
    stale = or_(jobs.c.delivered_at.is_(None), jobs.c.delivered_at < at - DELIVERED_AGAIN_AFTER)
    is_free = or_(jobs.c.lock.is_(None), ~exists().where(_others.c.lock == jobs.c.lock, _others.c.state == "running"))
    query = (
        select(jobs.c.job_id, jobs.c.broker_id)
        .where(jobs.c.state == "queued", jobs.c.due_at <= at, stale, is_free)
        .order_by(jobs.c.due_at, jobs.c.job_id)
        .limit(SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = session.execute(query).all()
    known = [row.broker_id for row in found if row.broker_id is not None]
    waiting = set(
        session.scalars(
            text("SELECT id FROM procrastinate_jobs WHERE id = ANY(:ids) AND status = 'todo'"), {"ids": known}
        )
    )
    lost = [row.job_id for row in found if row.broker_id not in waiting]
    deliver(session, lost, at)
    return len(lost)


def forget_delivery(session: Session, job_id: str) -> None:
    """Note that a delivery was taken in vain, because the job's lock was held: it is made again when that is free."""
    if is_queued(session):
        session.execute(update(jobs).where(jobs.c.job_id == job_id, jobs.c.state == "queued").values(delivered_at=None))


def load_broker_ids(session: Session, job_ids: Sequence[str]) -> tuple[int, ...]:
    """Return the queue's own ids of those jobs."""
    query = select(jobs.c.broker_id).where(jobs.c.job_id.in_(job_ids), jobs.c.broker_id.is_not(None))
    return tuple(session.scalars(query))


def return_deliveries(parsed: URL, broker_ids: Sequence[int], at: datetime) -> None:
    """Put deliveries that killed workers left in `doing` back, each by its id; one that is not there is no error."""
    if not broker_ids:
        return
    connector = SyncPsycopgConnector(conninfo=conninfo(parsed), min_size=1, max_size=1)
    with App(connector=connector).open() as app:
        for broker_id in broker_ids:
            try:
                app.job_manager.retry_job_by_id(broker_id, retry_at=at)
            except ConnectorException as problem:
                logging.getLogger(__name__).info("delivery %s needs no return: %s", broker_id, problem)


def sweep_finished(session: Session, before: datetime) -> int:
    """Delete jobs, and what the queue keeps of them, that ended before that time; return how many jobs those were."""
    ended = jobs.c.state.in_(("done", "failed", "cancelled"))
    old = jobs.delete().where(ended, jobs.c.finished_at < before).returning(jobs.c.job_id)
    deleted = len(session.execute(old).all())
    if is_queued(session):
        session.execute(
            text(
                "DELETE FROM procrastinate_jobs WHERE status IN ('succeeded', 'failed', 'cancelled', 'aborted')"
                " AND id IN (SELECT job_id FROM procrastinate_events GROUP BY job_id HAVING max(at) < :before)"
            ),
            {"before": before},
        )
    return deleted


def worker_app(parsed: URL, concurrency: int, do_job: Callable[[str], Any]) -> App:
    """Return the app of a worker: every delivered id is given to `do_job`, in a thread."""
    app = App(connector=PsycopgConnector(conninfo=conninfo(parsed), min_size=1, max_size=max(2, concurrency)))
    app.task(name=TASK, queue=QUEUE)(do_job)
    return app
