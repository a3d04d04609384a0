"""The one process that starts what is due: APScheduler keeps the time, the schedule table says what."""

import signal
import subprocess
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Protocol

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from crawler.config import Settings
from crawler.cron import last_due, trigger_of
from crawler.errors import BadInput
from crawler.jobs import CrawlRequest, check_request, log_path, request_of, start_process
from records.run import Run
from storage.database import Database
from storage.errors import StorageError
from storage.runs import close_run, load_runs_in, mark_lost_runs, open_run, record_event, start_run
from storage.schedules import Schedule, load_schedules

log = structlog.get_logger()

# How often the table is read again, queued runs are looked for, and dead runs are marked lost.
TICK_SECONDS = 10
# How long crawls may take to end by themselves when the scheduler is stopped.
STOP_SECONDS = 30


class Starter(Protocol):
    """Starts the process of one crawl."""

    def __call__(
        self, request: CrawlRequest, settings: Settings, *, run_id: str, database_url: str, log: Path
    ) -> "subprocess.Popen[bytes]":
        """Start it and return at once."""


def now() -> datetime:
    """Return the time now, aware UTC: the scheduler's one clock."""
    return datetime.now(UTC)


class ScheduleRunner:
    """Opens a run for every due slot and starts queued runs, one at a time per market.

    The library's job store lives in memory and is rebuilt from the table; a run is unique by (schedule, slot), so
    that a slot seen twice (by its trigger and by the tick that catches up) is one run.
    """

    def __init__(self, database: Database, settings: Settings, start: Starter = start_process) -> None:
        self.database = database
        self.settings = settings
        self.start_crawl = start
        self.scheduler = BackgroundScheduler(timezone=UTC)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.lock = threading.Lock()

    def start(self) -> None:
        """Begin: one tick at once, then by the clock."""
        self.tick()
        self.scheduler.add_job(
            self.tick, IntervalTrigger(seconds=TICK_SECONDS, timezone=UTC), id="tick", coalesce=True, max_instances=1
        )
        self.scheduler.start()

    def stop(self) -> None:
        """End: start nothing more, ask running crawls to end, wait, then end them."""
        if self.scheduler.running:
            self.scheduler.shutdown(wait=True)
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def tick(self) -> None:
        """Bring jobs and runs in line with the table. A database that is away is waited for, not died of."""
        with self.lock:
            try:
                self._reconcile(now())
            except StorageError as problem:
                log.warning("database away, trying again", problem=str(problem))

    def _reconcile(self, at: datetime) -> None:
        self._reap()
        with self.database.write() as session:
            for run in mark_lost_runs(session, at):
                log.warning("run lost: no heartbeat", run=run.run_id, market=run.market)
            schedules = load_schedules(session)
        self._rebuild_jobs(schedules)
        for schedule in schedules:
            self._open_due(schedule, at)
        self._start_queued(at)

    def _rebuild_jobs(self, schedules: tuple[Schedule, ...]) -> None:
        """Make the library's jobs those of the table: the tick is enough for correctness, they for punctuality."""
        wanted = {f"{schedule.schedule_id} {schedule.cron} {schedule.zone}": schedule for schedule in schedules}
        for job in self.scheduler.get_jobs():
            if job.id != "tick" and job.id not in wanted:
                job.remove()
        known = {job.id for job in self.scheduler.get_jobs()}
        for job_id, schedule in wanted.items():
            if job_id not in known:
                self.scheduler.add_job(
                    self.tick,
                    trigger_of(schedule.cron, schedule.zone),
                    id=job_id,
                    coalesce=True,
                    max_instances=1,
                    misfire_grace_time=None,
                )

    def _open_due(self, schedule: Schedule, at: datetime) -> None:
        """Open the run of the latest due slot; several slots missed while nothing ran count as one."""
        if schedule.paused_until is not None and schedule.paused_until > at:
            return
        slot = last_due(schedule, max(schedule.created_at, schedule.paused_until or schedule.created_at), at)
        if slot is None:
            return
        with self.database.write() as session:
            run = open_run(
                session,
                market=schedule.market,
                arguments=schedule.arguments,
                requested_at=at,
                requested_by=f"schedule {schedule.schedule_id}",
                schedule_id=schedule.schedule_id,
                slot=slot,
            )
            if run.requested_at == at:
                late = (at - slot).total_seconds()
                record_event(session, run.run_id, at, "queued", f"due {slot:%Y-%m-%d %H:%M}Z, late by {late:.0f} s")
                log.info("run queued", run=run.run_id, market=run.market, late_seconds=round(late))

    def _start_queued(self, at: datetime) -> None:
        with self.database.read() as session:
            busy = {run.market for run in load_runs_in(session, ("running",))}
            queued = load_runs_in(session, ("queued",))
        for run in queued:
            if run.market in busy:
                continue
            busy.add(run.market)
            self._start(run, at)

    def _start(self, run: Run, at: datetime) -> None:
        request = request_of(run)
        try:
            check_request(request, self.database)
        except BadInput as problem:
            with self.database.write() as session:
                record_event(session, run.run_id, at, "refused", str(problem))
                close_run(session, run.run_id, "failed", at, {}, (str(problem),))
            return
        process = self.start_crawl(
            request,
            self.settings,
            run_id=run.run_id,
            database_url=self.database.url,
            log=log_path(self.settings, run),
        )
        with self.database.write() as session:
            start_run(session, run.run_id, at, process.pid)
        self.processes[run.run_id] = process
        log.info("run started", run=run.run_id, market=run.market, process=process.pid)

    def _reap(self) -> None:
        for run_id, process in list(self.processes.items()):
            if process.poll() is not None:
                del self.processes[run_id]
                log.info("run ended", run=run_id, exit_code=process.returncode)


def serve_schedules(database: Database, settings: Settings, say: Callable[[str], None]) -> None:
    """Run the scheduler until SIGTERM or Ctrl-C."""
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    runner = ScheduleRunner(database, settings)
    runner.start()
    say("scheduler runs (stop with Ctrl-C)")
    stopping.wait()
    say("stopping")
    runner.stop()
