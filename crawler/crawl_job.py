"""The job that crawls: one run, one child process, watched until it ends."""

import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

from crawler.errors import BadInput
from crawler.job_context import JobContext, JobLater
from crawler.jobs import check_request, log_path, request_of, terms_sentence
from crawler.versions import code_version
from records.run import ENDED, Run
from storage.database import Database, Session
from storage.errors import StorageError
from storage.jobs import Job, open_job
from storage.lost_runs import retry_lost_run
from storage.runs import (
    IMPORTED_FILES,
    StopWish,
    close_run,
    load_run,
    load_runs_in,
    load_stop_wish,
    record_event,
    start_run,
)

log = structlog.get_logger()

LOOK_SECONDS = 1.0
# How long a crawl that was asked to stop may take to end its page and store what it has.
GRACE_SECONDS = 120.0
# When a run whose market is busy is looked at again.
BUSY = timedelta(seconds=10)
RETRY_PAUSE = timedelta(minutes=1)


def open_crawl_job(session: Session, run: Run, at: datetime) -> Job:
    """Ask for the job of a queued run; asking twice gives the same one. One run of a market at a time.

    What is done again waits a minute: a crawl that kills its process should not do so as fast as it can.
    """
    return open_job(
        session,
        "crawl",
        f"crawl {run.run_id}",
        at,
        created_by=run.requested_by,
        arguments={"run_id": run.run_id},
        lock=f"market {run.market}",
        due_at=run.requested_at + (RETRY_PAUSE if run.retry_of else timedelta()),
    )


def perform_crawl(context: JobContext) -> Mapping[str, object]:
    """Job: crawl one run in a child process; a run whose process died is done again by the rule of retry_lost_run."""
    run_id = context.job.arguments["run_id"]
    with context.database.read() as session:
        run = load_run(session, run_id)
        others = [one for one in load_runs_in(session, ("running",)) if one.market == run.market]
    if run.outcome in ENDED:
        return {"outcome": run.outcome}
    if run.outcome == "running":
        raise JobLater("the run is at work in another process", BUSY)
    if any(IMPORTED_FILES not in other.arguments for other in others):
        raise JobLater(f"{run.market}: run {others[0].run_id} is still running", BUSY)
    asked = request_of(run)
    try:
        request = check_request(asked, context.database)
    except BadInput as problem:
        with context.write() as session:
            record_event(session, run_id, context.clock(), "refused", str(problem))
            close_run(session, run_id, "failed", context.clock(), {}, (str(problem),))
            context.finish(session, {"outcome": "failed", "problem": str(problem)})
        return {}
    with context.write() as session:
        worker = context.job.worker
        if not start_run(session, run_id, context.clock(), 0, worker=worker, code_version=code_version()):
            raise JobLater("the run was started by somebody else", BUSY)
        sentence = terms_sentence(asked, request)
        if sentence is not None:
            record_event(session, run_id, context.clock(), "terms", sentence)
    process = context.start_crawl(
        request,
        context.settings,
        run_id=run_id,
        database_url=context.database.url,
        log=log_path(context.settings, run),
    )
    code = watch_crawl(process, context.database, run_id, context.stopping)
    return {"outcome": settle_run(context.database, run_id, code, context.clock()).outcome, "exit_code": code}


def settle_run(database: Database, run_id: str, code: int, at: datetime) -> Run:
    """Return the run whose process ended; close it where the process could not, and ask for it again by the rule."""
    with database.write() as session:
        run = load_run(session, run_id)
        if run.outcome not in ENDED:
            is_wanted = load_stop_wish(session, run_id) is not None
            sentence = f"its process ended with code {code} before it could say how the run ended"
            bounds = () if is_wanted else (sentence,)
            run = close_run(session, run_id, "stopped" if is_wanted else "lost", at, run.counts, bounds)
        if run.outcome in {"lost", "stopped"}:
            retry_lost_run(session, run, at)
    return run


def watch_crawl(
    process: "subprocess.Popen[bytes]",
    database: Database,
    run_id: str,
    stopping: threading.Event,
    show: Callable[[Run], None] | None = None,
) -> int:
    """Wait for the crawl's process and return its exit code; end it when the run or this process is asked to stop.

    First it may end its page and store what it has; after GRACE_SECONDS, or when it should stop at once, it is killed.
    """
    deadline: float | None = None
    while True:
        try:
            return process.wait(LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        run, wish = _look(database, run_id)
        if run is not None and show is not None:
            show(run)
        if deadline is None and (stopping.is_set() or wish is not None):
            process.terminate()
            deadline = time.monotonic() + GRACE_SECONDS
        if deadline is not None and (time.monotonic() > deadline or (wish is not None and wish.at_once)):
            process.kill()


def _look(database: Database, run_id: str) -> tuple[Run | None, StopWish | None]:
    """Return the run as it is now and who wants it to stop; nothing while the database is away: the crawl waits too."""
    try:
        with database.read() as session:
            return load_run(session, run_id), load_stop_wish(session, run_id)
    except StorageError as problem:
        log.warning("database away, trying again", run=run_id, problem=str(problem))
        return None, None
