"""How far a re-match of the stored listings has come."""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rematches",
        sa.Column("fingerprint", types.PrintedText(), nullable=False),
        sa.Column("started_at", types.Moment(), nullable=False),
        sa.Column("finished_at", types.Moment(), nullable=True),
        sa.Column("phase", types.PrintedText(), nullable=False),
        sa.Column("after_market", types.PrintedText(), nullable=True),
        sa.Column("after_listing_id", types.PrintedText(), nullable=True),
        sa.Column("listings", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_rematches")),
    )
