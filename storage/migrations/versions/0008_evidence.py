"""Evidence: page captures with their files, legal holds, tombstones."""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "legal_holds",
        sa.Column("hold_id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("market", types.PrintedText(), nullable=False),
        sa.Column("listing_id", types.PrintedText(), nullable=False),
        sa.Column("reason", types.PrintedText(), nullable=False),
        sa.Column("placed_by", types.PrintedText(), nullable=False),
        sa.Column("placed_at", types.Moment(timezone=True), nullable=False),
        sa.Column("released_by", types.PrintedText(), nullable=True),
        sa.Column("released_at", types.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("hold_id", name=op.f("pk_legal_holds")),
    )
    op.create_index(op.f("ix_legal_holds_market_listing_id"), "legal_holds", ["market", "listing_id"], unique=False)
    op.create_table(
        "page_captures",
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
        sa.CheckConstraint(
            "outcome IN ('seen', 'not_seen', 'blocked', 'failed')", name=op.f("ck_page_captures_outcome")
        ),
        sa.CheckConstraint("stamp_state IN ('none', 'pending', 'stamped')", name=op.f("ck_page_captures_stamp_state")),
        sa.PrimaryKeyConstraint("page_capture_id", name=op.f("pk_page_captures")),
        sa.UniqueConstraint("manifest_sha256", name=op.f("uq_page_captures_manifest_sha256")),
    )
    op.create_index(op.f("ix_page_captures_ended_at"), "page_captures", ["ended_at"], unique=False)
    op.create_index(op.f("ix_page_captures_market_listing_id"), "page_captures", ["market", "listing_id"], unique=False)
    op.create_index(
        op.f("ix_page_captures_stamp_state_stamp_due_at"),
        "page_captures",
        ["stamp_state", "stamp_due_at"],
        unique=False,
    )
    op.create_table(
        "tombstones",
        sa.Column("sha256", types.PrintedText(), nullable=False),
        sa.Column("kind", types.PrintedText(), nullable=False),
        sa.Column("removed_at", types.Moment(timezone=True), nullable=False),
        sa.Column("removed_by", types.PrintedText(), nullable=False),
        sa.Column("reason", types.PrintedText(), nullable=False),
        sa.Column("file_removed_at", types.Moment(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('answer', 'page', 'file')", name=op.f("ck_tombstones_kind")),
        sa.PrimaryKeyConstraint("sha256", "kind", name=op.f("pk_tombstones")),
    )
    op.create_index(op.f("ix_tombstones_file_removed_at"), "tombstones", ["file_removed_at"], unique=False)
    op.create_table(
        "page_capture_files",
        sa.Column("page_capture_id", ROW_NUMBER, autoincrement=False, nullable=False),
        sa.Column("name", types.PrintedText(), nullable=False),
        sa.Column("sha256", types.PrintedText(), nullable=False),
        sa.Column("byte_count", sa.BigInteger(), nullable=False),
        sa.Column("media_type", types.PrintedText(), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_capture_id"], ["page_captures.page_capture_id"], name=op.f("fk_page_capture_files_page_capture_id")
        ),
        sa.PrimaryKeyConstraint("page_capture_id", "name", name=op.f("pk_page_capture_files")),
    )
    op.create_index(op.f("ix_page_capture_files_sha256"), "page_capture_files", ["sha256"], unique=False)
