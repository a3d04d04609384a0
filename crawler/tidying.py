"""Clears away what nobody needs any more: ended jobs and old log files."""

from collections.abc import Mapping
from datetime import timedelta

from crawler.job_context import JobContext
from storage.broker import sweep_finished

JOBS_KEPT = timedelta(days=30)
LOGS_KEPT = timedelta(days=90)


def perform_tidy(context: JobContext) -> Mapping[str, object]:
    """Job: delete jobs that ended a month ago and logs of runs of a quarter ago."""
    at = context.clock()
    with context.write() as session:
        deleted = sweep_finished(session, at - JOBS_KEPT)
    logs = 0
    folder = context.settings.logs_dir
    for path in folder.glob("*.log") if folder.is_dir() else ():
        if path.stat().st_mtime < (at - LOGS_KEPT).timestamp():
            path.unlink(missing_ok=True)
            logs += 1
    return {"jobs": deleted, "logs": logs}
