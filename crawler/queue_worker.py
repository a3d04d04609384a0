"""A worker on PostgreSQL: jobs come by the queue the moment they are asked for; crawler/working.py does them."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import structlog

from crawler.working import Worker
from storage.broker import QUEUE, worker_app
from storage.database import parse_url
from storage.errors import StorageError

log = structlog.get_logger()

LONGEST_PAUSE_SECONDS = 10.0
# How long a stopped worker waits for its jobs; a crawl gets two minutes to end its page.
STOP_SECONDS = 180.0
LOOK_SECONDS = 0.5


def run_queued(worker: Worker) -> None:
    """Do delivered jobs until the worker is stopped; a database that is away is waited for."""
    worker.start_heart()
    pause = 0.5
    while not worker.stopping.is_set():
        try:
            asyncio.run(_serve(worker))
            pause = 0.5
        except Exception as problem:  # noqa: BLE001 - the queue's library has many ways to say that the server is away
            log.warning("the queue is away, trying again", problem=f"{type(problem).__name__}: {problem}")
            worker.stopping.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
    worker.end()


async def _serve(worker: Worker) -> None:
    loop = asyncio.get_running_loop()
    # One thread a job, one that waits for the end, one to spare.
    loop.set_default_executor(ThreadPoolExecutor(worker.concurrency + 2, thread_name_prefix="job"))

    def do_job(job_id: str) -> None:
        try:
            worker.perform(job_id)
        except StorageError as problem:
            # The row stays queued and is delivered again.
            log.warning("a job could not be begun", job=job_id, problem=str(problem))

    app = worker_app(parse_url(worker.database.url), worker.concurrency, do_job)
    async with app.open_async():
        serving = asyncio.create_task(
            app.run_worker_async(
                queues=[QUEUE],
                name=worker.name,
                concurrency=worker.concurrency,
                install_signal_handlers=False,
                shutdown_graceful_timeout=STOP_SECONDS,
                delete_jobs="successful",
            )
        )
        ending = asyncio.create_task(_end_of(worker))
        done, _ = await asyncio.wait({serving, ending}, return_when=asyncio.FIRST_COMPLETED)
        if serving in done:
            await serving
            return
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def _end_of(worker: Worker) -> None:
    """Wait until the worker is stopped; no thread waits longer than a moment, so that a loop without a server ends."""
    while not await asyncio.to_thread(worker.stopping.wait, LOOK_SECONDS):
        pass
