"""Small pictures of flagged listings."""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "thumbnails",
        sa.Column("market", types.PrintedText(), nullable=False),
        sa.Column("listing_id", types.PrintedText(), nullable=False),
        sa.Column("image_url", types.PrintedText(), nullable=False),
        sa.Column("fetched_at", types.Moment(), nullable=False),
        sa.Column("jpeg", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", types.PrintedText(), nullable=True),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("problem", types.PrintedText(), nullable=True),
        sa.PrimaryKeyConstraint("market", "listing_id", name=op.f("pk_thumbnails")),
    )
