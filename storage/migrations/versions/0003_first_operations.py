"""What runs, what is mailed, who works: schedules, runs, outbox, users."""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "schedules",
        sa.Column("schedule_id", types.PrintedText(), nullable=False),
        sa.Column("market", types.PrintedText(), nullable=False),
        sa.Column("arguments", types.Document(), nullable=False),
        sa.Column("cron", types.PrintedText(), nullable=False),
        sa.Column("zone", types.PrintedText(), nullable=False),
        sa.Column("paused_until", types.Moment(), nullable=True),
        sa.Column("pause_reason", types.PrintedText(), nullable=True),
        sa.Column("created_by", types.PrintedText(), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("removed_at", types.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("schedule_id", name=op.f("pk_schedules")),
    )
    op.create_table(
        "runs",
        sa.Column("run_id", types.PrintedText(), nullable=False),
        sa.Column("market", types.PrintedText(), nullable=False),
        sa.Column("arguments", types.Document(), nullable=False),
        sa.Column("outcome", types.PrintedText(), nullable=False),
        sa.Column("requested_at", types.Moment(), nullable=False),
        sa.Column("started_at", types.Moment(), nullable=True),
        sa.Column("heartbeat_at", types.Moment(), nullable=True),
        sa.Column("finished_at", types.Moment(), nullable=True),
        sa.Column("counts", types.Document(), nullable=False),
        sa.Column("failed_bounds", types.Document(), nullable=False),
        sa.Column("schedule_id", types.PrintedText(), nullable=True),
        sa.Column("slot", types.Moment(), nullable=True),
        sa.Column("requested_by", types.PrintedText(), nullable=False),
        sa.Column("process_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('queued', 'running', 'finished', 'finished_with_warnings', 'suspicious', 'blocked', "
            "'failed', 'stopped', 'lost')",
            name=op.f("ck_runs_outcome"),
        ),
        sa.ForeignKeyConstraint(["schedule_id"], ["schedules.schedule_id"], name=op.f("fk_runs_schedule_id")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_runs")),
        sa.UniqueConstraint("schedule_id", "slot", name=op.f("uq_runs_schedule_id_slot")),
    )
    op.create_index(op.f("ix_runs_market_run_id"), "runs", ["market", "run_id"])
    op.create_index(op.f("ix_runs_outcome"), "runs", ["outcome"])
    op.create_table(
        "run_events",
        sa.Column("event_id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("run_id", types.PrintedText(), nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.Column("kind", types.PrintedText(), nullable=False),
        sa.Column("text", types.PrintedText(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_run_events_run_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_run_events")),
    )
    op.create_index(op.f("ix_run_events_run_id"), "run_events", ["run_id"])
    op.create_table(
        "mails",
        sa.Column("mail_id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("key", types.PrintedText(), nullable=False),
        sa.Column("recipient", types.PrintedText(), nullable=False),
        sa.Column("owner", types.PrintedText(), nullable=False),
        sa.Column("kind", types.PrintedText(), nullable=False),
        sa.Column("subject", types.PrintedText(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.Column("state", types.PrintedText(), nullable=False),
        sa.Column("queued_at", types.Moment(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("due_at", types.Moment(), nullable=False),
        sa.Column("leased_until", types.Moment(), nullable=True),
        sa.Column("sent_at", types.Moment(), nullable=True),
        sa.Column("problem", types.PrintedText(), nullable=True),
        sa.CheckConstraint("state IN ('new', 'sending', 'sent', 'failed')", name=op.f("ck_mails_state")),
        sa.PrimaryKeyConstraint("mail_id", name=op.f("pk_mails")),
        sa.UniqueConstraint("key", name=op.f("uq_mails_key")),
    )
    op.create_index(op.f("ix_mails_owner"), "mails", ["owner"])
    op.create_index(op.f("ix_mails_state_due_at"), "mails", ["state", "due_at"])
    op.create_table(
        "mail_hits",
        sa.Column("mail_id", ROW_NUMBER, autoincrement=False, nullable=False),
        sa.Column("hit_id", types.PrintedText(), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.mail_id"], name=op.f("fk_mail_hits_mail_id")),
        sa.PrimaryKeyConstraint("mail_id", "hit_id", name=op.f("pk_mail_hits")),
    )
    op.create_table(
        "users",
        sa.Column("login", types.PrintedText(), nullable=False),
        sa.Column("name", types.PrintedText(), nullable=False),
        sa.Column("role", types.PrintedText(), nullable=False),
        sa.Column("language", types.PrintedText(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("brands", types.Document(), nullable=False),
        sa.Column("password_hash", types.PrintedText(), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.CheckConstraint(
            "role IN ('reviewer', 'senior', 'operator', 'brand_viewer', 'administrator')", name=op.f("ck_users_role")
        ),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_users")),
    )
    op.create_table(
        "sessions",
        sa.Column("token_sha256", types.PrintedText(), nullable=False),
        sa.Column("login", types.PrintedText(), nullable=False),
        sa.Column("opened_at", types.Moment(), nullable=False),
        sa.Column("touched_at", types.Moment(), nullable=False),
        sa.Column("expires_at", types.Moment(), nullable=False),
        sa.Column("closed_at", types.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["login"], ["users.login"], name=op.f("fk_sessions_login")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_login"), "sessions", ["login"])
    op.create_table(
        "login_failures",
        sa.Column("failure_id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("login", types.PrintedText(), nullable=False),
        sa.Column("address", types.PrintedText(), nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("failure_id", name=op.f("pk_login_failures")),
    )
    op.create_index(op.f("ix_login_failures_address_at"), "login_failures", ["address", "at"])
    op.create_index(op.f("ix_login_failures_login_at"), "login_failures", ["login", "at"])
