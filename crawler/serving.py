"""The processes that keep running: the scheduler and the worker, until SIGTERM or Ctrl-C."""

import signal
from collections.abc import Callable
from types import FrameType

from crawler.config import Settings
from crawler.schedule import ScheduleRunner
from crawler.working import Worker, run_embedded
from storage.database import Database


def _stop_on_signals(stop: Callable[[], None]) -> None:
    def handle(_signal: int, _frame: FrameType | None) -> None:
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handle)


def serve_schedules(database: Database, settings: Settings, say: Callable[[str], None], jobs: int) -> None:
    """Run the scheduler, and do up to so many jobs at a time here; with 0 they are left to `markwatch worker`."""
    runner = ScheduleRunner(database, settings)
    worker = Worker(database, settings, concurrency=max(jobs, 1))
    _stop_on_signals(worker.stop)
    runner.start()
    say("scheduler runs (stop with Ctrl-C)")
    try:
        if jobs:
            run_embedded(worker)
        else:
            worker.stopping.wait()
    finally:
        say("stopping")
        runner.stop()


def serve_jobs(database: Database, settings: Settings, say: Callable[[str], None], jobs: int) -> None:
    """Do jobs, up to so many at a time, until stopped."""
    worker = Worker(database, settings, concurrency=jobs)
    _stop_on_signals(worker.stop)
    say(f"worker {worker.name} takes jobs (stop with Ctrl-C)")
    run_embedded(worker)
    say("stopped")
