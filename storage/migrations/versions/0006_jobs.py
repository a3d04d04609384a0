"""Jobs and the leases that one process at a time holds."""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("job_id", types.PrintedText(), nullable=False),
        sa.Column("kind", types.PrintedText(), nullable=False),
        sa.Column("key", types.PrintedText(), nullable=False),
        sa.Column("lock", types.PrintedText(), nullable=True),
        sa.Column("arguments", types.Document(), nullable=False),
        sa.Column("state", types.PrintedText(), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("created_by", types.PrintedText(), nullable=False),
        sa.Column("due_at", types.Moment(), nullable=False),
        sa.Column("started_at", types.Moment(), nullable=True),
        sa.Column("heartbeat_at", types.Moment(), nullable=True),
        sa.Column("finished_at", types.Moment(), nullable=True),
        sa.Column("worker", types.PrintedText(), nullable=True),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("returns", sa.BigInteger(), nullable=False),
        sa.Column("progress", types.Document(), nullable=False),
        sa.Column("problem", types.PrintedText(), nullable=True),
        sa.Column("broker_id", sa.BigInteger(), nullable=True),
        sa.Column("delivered_at", types.Moment(), nullable=True),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_jobs_state")),
        sa.CheckConstraint("(state = 'running') = (worker IS NOT NULL)", name=op.f("ck_jobs_worker")),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("key", name=op.f("uq_jobs_key")),
    )
    op.create_index(op.f("ix_jobs_state_due_at"), "jobs", ["state", "due_at"])
    op.create_index(op.f("ix_jobs_kind_state"), "jobs", ["kind", "state"])
    running = sa.text("state = 'running'")
    op.create_index(
        "uq_jobs_running_lock", "jobs", ["lock"], unique=True, sqlite_where=running, postgresql_where=running
    )
    op.create_table(
        "leases",
        sa.Column("name", types.PrintedText(), nullable=False),
        sa.Column("holder", types.PrintedText(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", types.Moment(), nullable=False),
        sa.Column("renewed_at", types.Moment(), nullable=False),
        sa.Column("expires_at", types.Moment(), nullable=False),
        sa.Column("facts", types.Document(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
