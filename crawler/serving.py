"""The processes that keep running: the scheduler and the worker, until SIGTERM or Ctrl-C."""

import signal
import threading
from collections.abc import Callable
from types import FrameType

from crawler.config import Settings
from crawler.logs import configure_logs
from crawler.queue_worker import run_queued
from crawler.schedule import ScheduleRunner
from crawler.working import Worker, run_embedded
from storage.database import Database, parse_url


def _stop_on_signals(stop: Callable[[], None]) -> None:
    def handle(_signal: int, _frame: FrameType | None) -> None:
        # In a thread: a handler that waited for a lock that the main thread holds would wait for ever.
        threading.Thread(target=stop, name="stop").start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handle)


def run_jobs(worker: Worker) -> None:
    """Do jobs until the worker is stopped: delivered by the queue of PostgreSQL, or polled from the table of SQLite."""
    if parse_url(worker.database.url).get_backend_name() == "postgresql":
        run_queued(worker)
    else:
        run_embedded(worker)


def serve_schedules(database: Database, settings: Settings, say: Callable[[str], None], jobs: int) -> None:
    """Run the scheduler, and do up to so many jobs at a time here; with 0 they are left to `markwatch worker`."""
    configure_logs()
    runner = ScheduleRunner(database, settings)
    worker = Worker(database, settings, concurrency=max(jobs, 1))
    _stop_on_signals(worker.stop)
    runner.start()
    say("scheduler runs (stop with Ctrl-C)")
    try:
        if jobs:
            run_jobs(worker)
        else:
            worker.stopping.wait()
    finally:
        say("stopping")
        runner.stop()


def serve_jobs(database: Database, settings: Settings, say: Callable[[str], None], jobs: int) -> None:
    """Do jobs, up to so many at a time, until stopped."""
    configure_logs()
    worker = Worker(database, settings, concurrency=jobs)
    _stop_on_signals(worker.stop)
    say(f"worker {worker.name} takes jobs (stop with Ctrl-C)")
    run_jobs(worker)
    say("stopped")
