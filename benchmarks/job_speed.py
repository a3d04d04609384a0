"""How fast jobs are done by 1, 2 and 4 worker processes on PostgreSQL, and whether any is lost or doubled by kills.

Each job waits as long as a few polite page fetches take, then stores a listing and counts itself, in one transaction
with its end. The waits overlap (they are politeness, not computing), so more workers do more until the
processors are full.

    python -m benchmarks.job_speed [--jobs 2000] [--kills 10] [--workers 1,2,4]
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.config import Settings
from crawler.job_context import JobContext
from crawler.job_kinds import JobKind
from crawler.logs import configure_logs
from crawler.schedule import ScheduleRunner
from crawler.serving import run_jobs
from crawler.working import Worker
from storage.database import Database, open_database, upgrade
from storage.jobs import count_jobs, open_job
from storage.listings import save_listing
from storage.runs import load_events, open_run, record_event, start_run
from tests.storage.factories import make_listing
from tests.storage.servers import make_database, postgres_server

KINDS: Mapping[str, JobKind] = {"page": JobKind(does="benchmarks.job_speed:perform_page")}
BEAT_SECONDS = 0.5
SILENCE = timedelta(seconds=5)


def now() -> datetime:
    """Return the time now, aware UTC."""
    return datetime.now(UTC)


def perform_page(context: JobContext) -> Mapping[str, object]:
    """Job: wait for the pages, then store one listing and count the job, with its end."""
    given = context.job.arguments
    for _ in range(int(given["pages"])):
        time.sleep(float(given["latency_seconds"]))
    listing = make_listing(context.job.key)
    with context.write() as session:
        save_listing(session, listing, None, context.clock())
        record_event(session, given["run_id"], context.clock(), "done", context.job.key)
        context.finish(session)
    return {}


def serve(url: str, concurrency: int) -> None:
    """Be one worker until SIGTERM."""
    configure_logs(Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - open as long as the process lives
    database = open_database(url)
    worker = Worker(database, Settings(), concurrency=concurrency, kinds=KINDS, beat_seconds=BEAT_SECONDS)
    signal.signal(signal.SIGTERM, lambda _signal, _frame: worker.stop())
    run_jobs(worker)
    database.close()


def start_worker(url: str, concurrency: int) -> "subprocess.Popen[bytes]":
    """Start a worker process, in a network of its own where this machine allows it: it shares the database only."""
    command = [sys.executable, "-m", "benchmarks.job_speed", "--serve", url, "--concurrency", str(concurrency)]
    if can_separate():
        command = ["unshare", "--net", *command]
    return subprocess.Popen(command, env=dict(os.environ))


def can_separate() -> bool:
    """Return whether processes get network namespaces of their own here."""
    unshare = shutil.which("unshare")
    return (
        unshare is not None
        and subprocess.run([unshare, "--net", "true"], check=False, capture_output=True).returncode == 0
    )


def ask(database: Database, run_id: str, name: str, jobs: int, pages: int, latency_seconds: float) -> None:
    """Ask for the jobs, a hundred in a transaction."""
    arguments = {"run_id": run_id, "pages": str(pages), "latency_seconds": str(latency_seconds)}
    for start in range(0, jobs, 100):
        with database.write() as session:
            for number in range(start, min(start + 100, jobs)):
                open_job(session, "page", f"{name}-{number}", now(), created_by="benchmark", arguments=arguments)


def undone(database: Database) -> int:
    """Return how many of the benchmark's jobs are not done; the scheduler asks for others, which nobody does here."""
    with database.read() as session:
        found = count_jobs(session).items()
    return sum(number for (kind, state), number in found if kind in KINDS and state != "done")


def do_all(
    url: str, *, jobs: int, workers: int, concurrency: int, pages: int, latency_seconds: float, kills: int
) -> dict[str, float]:
    """Do the jobs with that many workers, killing one now and then, and return what came of it."""
    database = open_database(url)
    with database.write() as session:
        run_id = open_run(session, "benchmark", {}, now(), "benchmark").run_id
        start_run(session, run_id, now(), os.getpid())
    runner = ScheduleRunner(database, Settings(), silence=SILENCE)
    choose = random.Random(11)
    processes = [start_worker(url, concurrency) for _ in range(workers)]
    time.sleep(6 if not kills else 3)  # started and listening: what is measured is work, not the start of Python
    name = f"w{workers}k{kills}"
    began = time.monotonic()
    ask(database, run_id, name, jobs, pages, latency_seconds)
    killed = 0
    next_kill = time.monotonic() + 2
    while undone(database) and time.monotonic() - began < 900:
        runner.tick()
        if killed < kills and time.monotonic() > next_kill:
            victim = choose.randrange(workers)
            processes[victim].send_signal(signal.SIGKILL)
            processes[victim].wait()
            processes[victim] = start_worker(url, concurrency)
            killed += 1
            next_kill = time.monotonic() + choose.uniform(0.5, 2.5)
        time.sleep(0.1)
    seconds = time.monotonic() - began
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait()
    with database.read() as session:
        # The run itself, which beats for nobody, is called lost after a minute; that is no job's event.
        done = [event.text for event in load_events(session, run_id, limit=10 * jobs) if event.kind == "done"]
    runner.stop()
    database.close()
    return {
        "jobs": jobs, "workers": workers, "kills": killed, "seconds": round(seconds, 1),
        "jobs_per_second": round(jobs / seconds, 1),
        "lost": jobs - len(set(done)), "doubled": len(done) - len(set(done)),
    }  # fmt: skip


def main(given: Sequence[str] | None = None) -> None:
    """Print a table and one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=2_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--workers", default="1,2,4")
    parser.add_argument("--concurrency", type=int, default=4)
    parser.add_argument("--pages", type=int, default=4, help="page fetches that each job waits for")
    parser.add_argument("--latency-seconds", type=float, default=0.25, help="of each of them")
    parser.add_argument("--serve", metavar="URL", help=argparse.SUPPRESS)
    arguments = parser.parse_args(given)
    if arguments.serve:
        serve(arguments.serve, arguments.concurrency)
        return
    rows: list[dict[str, float]] = []
    configure_logs(Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - as above
    with postgres_server() as server:
        plan = [(int(workers), 0) for workers in arguments.workers.split(",")] + [(4, arguments.kills)]
        for workers, kills in plan:
            url = make_database(server, "markwatch_jobs")
            upgrade(url)
            jobs = arguments.jobs if kills else min(arguments.jobs, 160 * workers)
            row = do_all(
                url, jobs=jobs, workers=workers, concurrency=arguments.concurrency, pages=arguments.pages,
                latency_seconds=arguments.latency_seconds, kills=kills,
            )  # fmt: skip
            rows.append(row)
            print("  ".join(f"{name} {value:g}" for name, value in row.items()), flush=True)
    separate = can_separate()
    print(
        f"each job waits {arguments.pages} x {arguments.latency_seconds} s; {arguments.concurrency} at a time a worker;"
    )
    print(f"workers in network namespaces of their own: {'yes' if separate else 'no'}; {os.cpu_count()} processors")
    killed = rows[-1]
    print(
        json.dumps({
            "jobs_per_second": {str(int(row["workers"])): row["jobs_per_second"] for row in rows[:-1]},
            "killed": killed["kills"], "jobs": killed["jobs"], "lost": killed["lost"], "doubled": killed["doubled"],
            "network_namespaces": separate,
        })
    )  # fmt: skip


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    main()
