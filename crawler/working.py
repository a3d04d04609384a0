"""Does jobs: claims one, does it in a thread, beats its heart meanwhile, and keeps its end.

The same code does them wherever they come from: polled from the table by the embedded runner, or delivered by the
queue of PostgreSQL. The table is the truth; a delivery is a hint that may come twice or never.
"""

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import structlog

from crawler.config import Settings
from crawler.errors import BadInput
from crawler.job_context import JobContext, JobLater, JobStopped
from crawler.job_kinds import KINDS, RETRY_WAITS, JobKind
from crawler.jobs import Starter, start_process
from crawler.versions import code_version
from storage.broker import deliver_waiting, forget_delivery
from storage.database import Database, Session
from storage.errors import NotFound, NotSupported, StorageError
from storage.jobs import JobLost, LockTaken, beat_job, claim_job, finish_job, next_due, requeue_job
from storage.leases import release_lease, take_lease

log = structlog.get_logger()

BEAT_SECONDS = 10.0
POLL_SECONDS = 1.0
# How long the end of a job waits for a database that is away.
SETTLE_SECONDS = 600.0
# The last beat of a stopped worker: one that the database holds up is not waited for longer.
LAST_BEAT_SECONDS = 30.0
# How often a stopped worker looks whether its last job has ended.
WINDING_UP_SECONDS = 0.1
WORKER = "worker:"
# A kind that this program does not know may be one of a newer worker beside it: the job is left for that one.
UNKNOWN = JobKind(does="crawler.working:perform_unknown", tries=10)


def now() -> datetime:
    """Return the time now, aware UTC: the workers' one clock."""
    return datetime.now(UTC)


def worker_name() -> str:
    """Return a name that no other process has or ever had."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"


def perform_unknown(context: JobContext) -> Mapping[str, object]:
    """Job: refuse what this program does not know."""
    raise NotSupported(f"this program ({code_version()}) knows no job of the kind {context.job.kind!r}")


class Worker:
    """Does jobs in threads, up to `concurrency` at a time."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        *,
        concurrency: int = 4,
        kinds: Mapping[str, JobKind] = KINDS,
        clock: Callable[[], datetime] = now,
        beat_seconds: float = BEAT_SECONDS,
        start_crawl: Starter = start_process,
    ) -> None:
        self.database = database
        self.settings = settings
        self.concurrency = concurrency
        self.kinds = kinds
        self.clock = clock
        self.beat_seconds = beat_seconds
        self.start_crawl = start_crawl
        self.name = worker_name()
        self.stopping = threading.Event()
        self.at_work: dict[str, JobContext] = {}
        self.lock = threading.Lock()
        self.heart: threading.Thread | None = None

    def start_heart(self) -> None:
        """Begin to beat, for this worker and for every job that it is at."""
        self.heart = threading.Thread(target=self._beat_for_ever, name="heart", daemon=True)
        self.heart.start()

    def stop(self) -> None:
        """Ask every job that is under way to end, and take no more."""
        self.stopping.set()
        with self.lock:
            for context in self.at_work.values():
                context.stopping.set()

    def perform(self, job_id: str) -> bool:
        """Do the job if it is there to be done; return whether it was begun. Never raises for what the job did."""
        try:
            with self.database.write() as session:
                job = claim_job(session, job_id, self.name, self.clock())
        except (LockTaken, NotFound):
            job = None
        if job is None:
            with self.database.write() as session:
                forget_delivery(session, job_id)
            return False
        context = JobContext(
            database=self.database, settings=self.settings, job=job, clock=self.clock, start_crawl=self.start_crawl
        )
        with self.lock:
            self.at_work[job_id] = context
            if self.stopping.is_set():
                context.stopping.set()
        try:
            self._do(context)
        finally:
            with self.lock:
                del self.at_work[job_id]
        return True

    def _do(self, context: JobContext) -> None:
        job = context.job
        bound = log.bind(job=job.job_id, kind=job.kind, attempt=job.attempts, worker=self.name)
        kind = self.kinds.get(job.kind)
        began = time.monotonic()
        try:
            done = (kind or UNKNOWN).load()(context)
            if not context.is_finished:
                self._settle(context, lambda session: finish_job(session, job, self.clock(), done))
            bound.info("job done", seconds=round(time.monotonic() - began, 1))
        except JobLost as lost:
            bound.warning("job lost", problem=str(lost))
        except JobStopped:
            self._put_back(context, self.clock(), "its worker was stopped")
        except JobLater as later:
            self._put_back(context, self.clock() + later.after, str(later))
        except Exception as error:  # noqa: BLE001 - the job boundary: one job's failure is its own
            self._fail(context, kind, error)

    def _put_back(self, context: JobContext, due: datetime, why: str) -> None:
        self._settle(context, lambda session: requeue_job(session, context.job, due, why, is_fault=False))

    def _fail(self, context: JobContext, kind: JobKind | None, error: Exception) -> None:
        job = context.job
        problem = f"{type(error).__name__}: {error}"
        is_over = isinstance(error, BadInput) or job.attempts >= (kind or UNKNOWN).tries
        log.error("job failed", job=job.job_id, kind=job.kind, problem=problem, given_up=is_over, exc_info=not is_over)
        if is_over:
            self._settle(context, lambda session: finish_job(session, job, self.clock(), problem=problem))
        else:
            due = self.clock() + RETRY_WAITS[min(job.attempts, len(RETRY_WAITS)) - 1]
            self._settle(context, lambda session: requeue_job(session, job, due, problem))

    def _settle(self, context: JobContext, end: Callable[[Session], None]) -> None:
        """Keep the end of a job, patiently: a database that is away is waited for."""
        deadline = time.monotonic() + SETTLE_SECONDS
        pause = 0.2
        while True:
            try:
                with self.database.write() as session:
                    end(session)
                if context.job.lock is not None:
                    with self.database.write() as session:
                        deliver_waiting(session, self.clock())  # those that waited for this one's lock
            except JobLost as lost:
                log.warning("job lost", job=context.job.job_id, problem=str(lost))
            except StorageError as problem:
                if time.monotonic() < deadline:
                    time.sleep(pause)
                    pause = min(pause * 2, 10.0)
                    continue
                log.exception("the end of a job cannot be kept", job=context.job.job_id, problem=str(problem))
            return

    def beat(self) -> None:
        """Note a sign of life of the worker and of every job it is at; stop those that were given up."""
        with self.lock:
            contexts = list(self.at_work.values())
        at = self.clock()
        facts = {"version": code_version(), "jobs": str(len(contexts)), "concurrency": str(self.concurrency)}
        with self.database.write() as session:
            take_lease(session, WORKER + self.name, self.name, at, facts=facts)
            deliver_waiting(session, at)
            lost = [
                context for context in contexts if not context.is_finished and not beat_job(session, context.job, at)
            ]
        for context in lost:
            context.stopping.set()

    def _beat_for_ever(self) -> None:
        while self.at_work or not self.stopping.is_set():
            try:
                self.beat()
            except Exception as problem:  # noqa: BLE001 - a heart that stops would lose every job; it tries again
                log.warning("a heartbeat failed", worker=self.name, problem=str(problem))
            next_beat = time.monotonic() + self.beat_seconds
            if self.stopping.wait(self.beat_seconds):
                while self.at_work and time.monotonic() < next_beat:
                    time.sleep(WINDING_UP_SECONDS)

    def end(self) -> None:
        """Take no more, let the heart beat out, and say that this worker is gone, so that nobody waits for it.

        Only then may its database be closed: a beat under way would leave a connection open, and one that came after
        the farewell would announce a worker that is gone.
        """
        self.stop()
        if self.heart is not None:
            self.heart.join(LAST_BEAT_SECONDS)
        try:
            with self.database.write() as session:
                lease = take_lease(session, WORKER + self.name, self.name, self.clock(), timedelta(seconds=1))
                if lease is not None:
                    release_lease(session, lease)
        except StorageError as problem:
            log.warning("a worker cannot sign off", worker=self.name, problem=str(problem))


def run_embedded(worker: Worker, *, until_empty: bool = False) -> None:
    """Take due jobs from the table until the worker is stopped, or until none is left."""
    worker.start_heart()
    under_way: set[Future[bool]] = set()
    with ThreadPoolExecutor(worker.concurrency, thread_name_prefix="job") as pool:
        while not worker.stopping.is_set():
            under_way = {future for future in under_way if not future.done()}
            free = worker.concurrency - len(under_way)
            ids = _due(worker, free) if free else ()
            under_way |= {pool.submit(worker.perform, job_id) for job_id in ids}
            if until_empty and not under_way:
                worker.stop()
            elif not ids:
                worker.stopping.wait(POLL_SECONDS if not until_empty else 0.05)
    worker.end()


def _due(worker: Worker, limit: int) -> tuple[str, ...]:
    try:
        with worker.database.read() as session:
            due = next_due(session, worker.clock(), tuple(worker.kinds), limit + len(worker.at_work))
    except StorageError as problem:
        log.warning("database away, trying again", problem=str(problem))
        return ()
    return tuple(job_id for job_id in due if job_id not in worker.at_work)[:limit]
