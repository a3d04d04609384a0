"""What a job is given to work with, and how it says that it cannot go on."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from crawler.config import Settings
from crawler.jobs import Starter, start_process
from storage.database import Database, Session
from storage.jobs import Job, finish_job, require_job, save_progress


class JobStopped(Exception):
    """The worker is being stopped: the job goes back into the queue as far as it got."""


class JobLater(Exception):
    """The job cannot be done now, and nothing is wrong: it is tried again after a while."""

    def __init__(self, why: str, after: timedelta) -> None:
        super().__init__(why)
        self.after = after


@dataclass(slots=True, kw_only=True)
class JobContext:
    """A claimed job with its database, settings and clock."""

    database: Database
    settings: Settings
    job: Job
    """As it was claimed; `job.arguments` say what to do, `job.progress` how far an earlier attempt got."""
    clock: Callable[[], datetime]
    """The time now, aware UTC."""
    start_crawl: Starter = start_process
    """Starts the process of a crawl."""
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set when the worker is being stopped or the job was given up; a long job looks at it between two parts."""
    is_finished: bool = False

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session for the job's effects; raise JobLost where the job was given to somebody else."""
        with self.database.write() as session:
            require_job(session, self.job)
            yield session

    def save(self, session: Session, progress: Mapping[str, Any]) -> None:
        """Keep how far the job got, together with the effect of that part."""
        save_progress(session, self.job, progress, self.clock())

    def finish(self, session: Session, progress: Mapping[str, Any] | None = None) -> None:
        """End the job in the transaction of its effect: both are kept, or neither."""
        finish_job(session, self.job, self.clock(), progress)
        self.is_finished = True

    def pause_point(self) -> None:
        """Raise JobStopped when the worker is being stopped."""
        if self.stopping.is_set():
            raise JobStopped
