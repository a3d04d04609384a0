"""Tables of the work queue: jobs of every kind, and leases that one process at a time holds."""

from sqlalchemy import CheckConstraint, Index, Table, UniqueConstraint
from sqlalchemy import text as sql

from storage.tables import document, metadata, moment, number, one_of, text

JOB_STATES = ("queued", "running", "done", "failed", "cancelled")

jobs = Table(
    "jobs", metadata,
    text("job_id", key=True), text("kind"), text("key"), text("lock", optional=True), document("arguments"),
    text("state"), moment("created_at"), text("created_by"), moment("due_at"),
    moment("started_at", optional=True), moment("heartbeat_at", optional=True), moment("finished_at", optional=True),
    text("worker", optional=True), number("token"), number("attempts"), number("returns"), document("progress"),
    text("problem", optional=True), number("broker_id", optional=True), moment("delivered_at", optional=True),
    UniqueConstraint("key"), one_of("state", JOB_STATES),
    CheckConstraint("(state = 'running') = (worker IS NOT NULL)", name="worker"),
    Index(None, "state", "due_at"), Index(None, "kind", "state"),
)  # fmt: skip
# At most one job of a lock is under way, whatever two workers believe.
Index(
    "uq_jobs_running_lock", jobs.c.lock, unique=True,
    sqlite_where=sql("state = 'running'"), postgresql_where=sql("state = 'running'"),
)  # fmt: skip
leases = Table(
    "leases", metadata,
    text("name", key=True), text("holder"), number("token"), moment("taken_at"), moment("renewed_at"),
    moment("expires_at"), document("facts"),
)  # fmt: skip
