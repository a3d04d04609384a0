"""What schedules and runs know beyond their first form: spread, hours, tags, worker, version, stop, retry."""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("jitter_minutes", sa.BigInteger(), nullable=True),
        sa.Column("hours", types.PrintedText(), nullable=True),
        sa.Column("tags", types.Document(), nullable=True),
        sa.Column("paused_at", types.Moment(), nullable=True),
        sa.Column("counts_from", types.Moment(), nullable=True),
    ):
        op.add_column("schedules", column)
    for column in (
        sa.Column("worker", types.PrintedText(), nullable=True),
        sa.Column("code_version", types.PrintedText(), nullable=True),
        sa.Column("retry_of", types.PrintedText(), nullable=True),
        sa.Column("stop_requested_at", types.Moment(), nullable=True),
        sa.Column("stop_requested_by", types.PrintedText(), nullable=True),
        sa.Column("stop_now", sa.Boolean(), nullable=True),
    ):
        op.add_column("runs", column)
