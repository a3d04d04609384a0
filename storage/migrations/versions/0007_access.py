"""The access register, hosts that rest after a block, and what was removed by a market's rules."""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "access_grants",
        sa.Column("grant_id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("market", types.PrintedText(), nullable=False),
        sa.Column("way", types.PrintedText(), nullable=False),
        sa.Column("ground", types.PrintedText(), nullable=False),
        sa.Column("until", types.Moment(), nullable=False),
        sa.Column("allowed_by", types.PrintedText(), nullable=False),
        sa.Column("allowed_at", types.Moment(), nullable=False),
        sa.Column("ended_by", types.PrintedText(), nullable=True),
        sa.Column("ended_at", types.Moment(), nullable=True),
        sa.Column("end_reason", types.PrintedText(), nullable=True),
        sa.CheckConstraint("way IN ('api', 'pages', 'import')", name=op.f("ck_access_grants_way")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_access_grants_ended")),
        sa.PrimaryKeyConstraint("grant_id", name=op.f("pk_access_grants")),
    )
    op.create_index(op.f("ix_access_grants_market_way"), "access_grants", ["market", "way"])
    op.create_table(
        "host_rests",
        sa.Column("market", types.PrintedText(), nullable=False),
        sa.Column("host", types.PrintedText(), nullable=False),
        sa.Column("since", types.Moment(), nullable=False),
        sa.Column("until", types.Moment(), nullable=False),
        sa.Column("sign", types.PrintedText(), nullable=False),
        sa.Column("run_id", types.PrintedText(), nullable=True),
        sa.PrimaryKeyConstraint("market", "host", name=op.f("pk_host_rests")),
    )
    op.create_table(
        "purged_listings",
        sa.Column("market", types.PrintedText(), nullable=False),
        sa.Column("listing_id", types.PrintedText(), nullable=False),
        sa.Column("part", types.PrintedText(), nullable=False),
        sa.Column("purged_at", types.Moment(), nullable=False),
        sa.CheckConstraint("part IN ('price', 'details')", name=op.f("ck_purged_listings_part")),
        sa.ForeignKeyConstraint(
            ["market", "listing_id"],
            ["listings.market", "listings.listing_id"],
            name=op.f("fk_purged_listings_market_listing_id"),
        ),
        sa.PrimaryKeyConstraint("market", "listing_id", "part", name=op.f("pk_purged_listings")),
    )
