"""A capture that a quota or the free-space floor refused is a row of its own kind."""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OUTCOMES = "outcome IN ('seen', 'not_seen', 'blocked', 'failed', 'no_room')"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _captures_anew()
    else:
        op.drop_constraint(op.f("ck_page_captures_outcome"), "page_captures", type_="check")
        op.create_check_constraint(op.f("ck_page_captures_outcome"), "page_captures", OUTCOMES)


def _captures_anew() -> None:
    """SQLite cannot change a check: the table is written anew under its own name, which its files point at."""
    op.create_table(
        "page_captures_new",
        sa.Column("page_capture_id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("manifest_sha256", types.PrintedText(), nullable=True),
        sa.Column("market", types.PrintedText(), nullable=False),
        sa.Column("listing_id", types.PrintedText(), nullable=False),
        sa.Column("url", types.PrintedText(), nullable=False),
        sa.Column("hit_ids", types.Document(), nullable=False),
        sa.Column("cause", types.PrintedText(), nullable=False),
        sa.Column("requested_by", types.PrintedText(), nullable=False),
        sa.Column("outcome", types.PrintedText(), nullable=False),
        sa.Column("detail", types.PrintedText(), nullable=False),
        sa.Column("started_at", types.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", types.Moment(timezone=True), nullable=False),
        sa.Column("byte_count", sa.BigInteger(), nullable=False),
        sa.Column("stamp_state", types.PrintedText(), nullable=False),
        sa.Column("stamped_at", types.Moment(timezone=True), nullable=True),
        sa.Column("stamp_due_at", types.Moment(timezone=True), nullable=True),
        sa.Column("stamp_tries", sa.BigInteger(), nullable=False),
        sa.Column("stamp_problem", types.PrintedText(), nullable=True),
        sa.CheckConstraint(OUTCOMES, name=op.f("ck_page_captures_outcome")),
        sa.CheckConstraint("stamp_state IN ('none', 'pending', 'stamped')", name=op.f("ck_page_captures_stamp_state")),
        sa.PrimaryKeyConstraint("page_capture_id", name=op.f("pk_page_captures")),
        sa.UniqueConstraint("manifest_sha256", name=op.f("uq_page_captures_manifest_sha256")),
    )
    op.execute("INSERT INTO page_captures_new SELECT * FROM page_captures")
    op.drop_table("page_captures")
    op.rename_table("page_captures_new", "page_captures")
    op.create_index(op.f("ix_page_captures_ended_at"), "page_captures", ["ended_at"])
    op.create_index(op.f("ix_page_captures_market_listing_id"), "page_captures", ["market", "listing_id"])
    op.create_index(op.f("ix_page_captures_stamp_state_stamp_due_at"), "page_captures", ["stamp_state", "stamp_due_at"])
