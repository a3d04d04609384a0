"""The scheduler: one process at a time, by a lease, opens what is due, returns what died and asks for the jobs.

APScheduler keeps the time and the schedule table says what; a tick every few seconds makes it right whatever the
library, the machine or another scheduler did. Everything written here is written under the lease's token.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from crawler.config import Settings
from crawler.crawl_job import open_crawl_job
from crawler.due_times import GRACE, due_slot, expected_runs, next_starts, start_of
from crawler.job_kinds import KINDS
from crawler.versions import code_version
from crawler.working import worker_name
from storage.broker import deliver_waiting, load_broker_ids, return_deliveries
from storage.database import Database, Session, parse_url
from storage.errors import StorageError
from storage.jobs import RETURNED_AFTER, open_job, return_silent_jobs
from storage.leases import Lease, LeaseLost, forget_leases, load_lease, release_lease, require_lease, take_lease
from storage.lost_runs import mark_lost_runs, retry_lost_run
from storage.runs import load_open_run, load_runs_in, load_scheduled_runs, open_run, record_event
from storage.schedules import Schedule, load_schedules

log = structlog.get_logger()

# How often the table is read again, the lease renewed and dead work returned. With the lease's 60 s, another
# scheduler has taken over 65 s after this one died.
TICK_SECONDS = 5
LEASE = "scheduler"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """Return the time now, aware UTC: the scheduler's one clock."""
    return datetime.now(UTC)


class ScheduleTrigger(BaseTrigger):  # type: ignore[misc]  # the library has no types
    """Tells the library when a schedule starts next: from our reckoning, not from its own."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule

    def get_next_fire_time(self, _previous: datetime | None, at: datetime) -> datetime | None:
        """Return the next start after that moment."""
        return next(iter(next_starts(self.schedule, at, 1)), None)


class ScheduleRunner:
    """Keeps runs and jobs in line with the tables while it holds the lease; without it, it only waits for it.

    The library's job store lives in memory and is rebuilt from the table; a run is unique by (schedule, slot), so
    that a slot seen twice (by its trigger and by the tick that catches up) is one run.
    """

    def __init__(
        self,
        database: Database,
        settings: Settings,
        clock: Callable[[], datetime] = now,
        silence: timedelta = RETURNED_AFTER,
    ) -> None:
        self.database = database
        self.settings = settings
        self.clock = clock
        self.silence = silence
        self.name = worker_name()
        self.lease: Lease | None = None
        self.scheduler = BackgroundScheduler(timezone=UTC)
        self.lock = threading.Lock()
        self.is_stopping = False

    def start(self) -> None:
        """Begin: one tick at once, then by the clock."""
        self.tick()
        self.scheduler.add_job(
            self.tick, IntervalTrigger(seconds=TICK_SECONDS, timezone=UTC), id="tick", coalesce=True, max_instances=1
        )
        self.scheduler.start()

    def stop(self) -> None:
        """End: open nothing more, and give the lease back, so that another scheduler takes over at once."""
        self.is_stopping = True
        if self.scheduler.running:
            # Not waited for here: the library holds its locks meanwhile, and a tick under way needs them.
            self.scheduler.shutdown(wait=False)
        with self.lock:
            lease, self.lease = self.lease, None
        if lease is None:
            return
        try:
            with self.database.write() as session:
                release_lease(session, lease)
        except StorageError as problem:
            log.warning("the scheduler's lease cannot be given back; it runs out by itself", problem=str(problem))

    def tick(self) -> None:
        """Bring runs and jobs in line with the tables. A database that is away is waited for, not died of."""
        with self.lock:
            if self.is_stopping:
                return
            try:
                if self._hold_lease(self.clock()):
                    self._reconcile(self.clock())
            except LeaseLost as lost:
                log.warning("another scheduler took over", problem=str(lost))
                self.lease = None
            except StorageError as problem:
                log.warning("database away, trying again", problem=str(problem))

    def _hold_lease(self, at: datetime) -> bool:
        before = self.lease
        with self.database.write() as session:
            self.lease = take_lease(session, LEASE, self.name, at, facts={"version": code_version()})
            holder = load_lease(session, LEASE)
        if self.lease is not None and (before is None or before.token != self.lease.token):
            log.info("this scheduler is at work", holder=self.name, token=self.lease.token)
        if self.lease is None and (before is not None or not self.scheduler.running):
            log.info("another scheduler is at work; this one waits", holder=holder.holder if holder else "")
        return self.lease is not None

    @contextmanager
    def _write(self) -> Iterator[Session]:
        """Give a session whose changes are refused where another scheduler took over meanwhile."""
        if self.lease is None:
            raise LeaseLost(LEASE, "nobody")
        with self.database.write() as session:
            require_lease(session, self.lease)
            yield session

    def _reconcile(self, at: datetime) -> None:
        self._return_the_dead(at)
        with self.database.read() as session:
            schedules = load_schedules(session)
        self._rebuild_jobs(schedules)
        for schedule in schedules:
            self._open_due(schedule, at)
        with self._write() as session:
            for run in load_runs_in(session, ("queued",)):
                open_crawl_job(session, run, at)
            for name, kind in KINDS.items():
                if kind.every is not None:
                    slot = at - (at - EPOCH) % kind.every
                    open_job(session, name, f"{name} {slot.isoformat()}", at, created_by="scheduler")
            deliver_waiting(session, at)
            forget_leases(session, "worker:", at - GRACE)

    def _return_the_dead(self, at: datetime) -> None:
        with self._write() as session:
            for run in mark_lost_runs(session, at):
                record_event(session, run.run_id, at, "lost", "no sign of life for a minute")
                log.warning("run lost: no heartbeat", run=run.run_id, market=run.market)
                retry_lost_run(session, run, at)
            returned = return_silent_jobs(session, at, self.silence)
            deliveries = load_broker_ids(session, [job.job_id for job in returned])
        for job in returned:
            log.warning("job returned: no heartbeat", job=job.job_id, kind=job.kind, state=job.state)
        return_deliveries(parse_url(self.database.url), deliveries, at)

    def _rebuild_jobs(self, schedules: tuple[Schedule, ...]) -> None:
        """Make the library's jobs those of the table: the tick is enough for correctness, they for punctuality."""
        wanted = {f"{schedule.schedule_id} {hash(_timing(schedule))}": schedule for schedule in schedules}
        for job in self.scheduler.get_jobs():
            if job.id != "tick" and job.id not in wanted:
                job.remove()
        known = {job.id for job in self.scheduler.get_jobs()}
        for job_id, schedule in wanted.items():
            if job_id not in known:
                self.scheduler.add_job(
                    self.tick,
                    ScheduleTrigger(schedule),
                    id=job_id,
                    coalesce=True,
                    max_instances=1,
                    misfire_grace_time=None,
                )

    def _open_due(self, schedule: Schedule, at: datetime) -> None:
        """Open the run of the latest due slot; several slots missed while nothing ran count as one."""
        slot = due_slot(schedule, at)
        if slot is None:
            return
        with self._write() as session:
            if load_open_run(session, schedule.schedule_id) is not None:
                return  # the run before is still at it; the slot stays due
            known = load_scheduled_runs(session, slot, schedule.schedule_id)
            if known:
                return
            run = open_run(
                session,
                market=schedule.market,
                arguments=schedule.arguments,
                requested_at=at,
                requested_by=f"schedule {schedule.schedule_id}",
                schedule_id=schedule.schedule_id,
                slot=slot,
            )
            late = (at - start_of(schedule, slot)).total_seconds()
            missed = _missed_before(session, schedule, slot, at)
            text = f"due {slot:%Y-%m-%d %H:%M}Z, late by {late:.0f} s"
            if missed:
                text += f"; {missed} earlier due times had no run, this one stands for them"
            record_event(session, run.run_id, at, "queued", text)
        log.info("run queued", run=run.run_id, market=run.market, late_seconds=round(late), missed=missed)


def _timing(schedule: Schedule) -> tuple[object, ...]:
    return (
        schedule.cron,
        schedule.zone,
        schedule.jitter_minutes,
        schedule.hours,
        schedule.paused_until,
        schedule.counts_from,
    )


def _missed_before(session: Session, schedule: Schedule, slot: datetime, at: datetime) -> int:
    """Return how many due times since the last run had none and are now covered by this one."""
    runs = load_scheduled_runs(session, datetime.min.replace(tzinfo=UTC), schedule.schedule_id)
    earlier = [run.slot for run in runs if run.slot is not None and run.slot < slot]
    since = max(earlier, default=schedule.counts_from)
    return sum(one.state == "covered" and one.slot > since for one in expected_runs([schedule], runs, since, at))
