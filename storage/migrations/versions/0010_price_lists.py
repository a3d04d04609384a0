"""The owners' prices by date, exchange rates, and which listing offers which product."""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "listed_prices",
        sa.Column("price_id", types.PrintedText(), nullable=False),
        sa.Column("product_id", types.PrintedText(), nullable=False),
        sa.Column("list_price", types.Amount(), nullable=True),
        sa.Column("list_price_currency", types.PrintedText(), nullable=True),
        sa.Column("list_price_printed", types.PrintedText(), nullable=True),
        sa.Column("minimum_price", types.Amount(), nullable=True),
        sa.Column("minimum_price_currency", types.PrintedText(), nullable=True),
        sa.Column("minimum_price_printed", types.PrintedText(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("market", types.PrintedText(), nullable=True),
        sa.Column("promotion", types.PrintedText(), nullable=True),
        sa.ForeignKeyConstraint(["product_id"], ["products.product_id"], name=op.f("fk_listed_prices_product_id")),
        sa.PrimaryKeyConstraint("price_id", name=op.f("pk_listed_prices")),
    )
    op.create_index(op.f("ix_listed_prices_product_id"), "listed_prices", ["product_id"])
    op.create_table(
        "exchange_rates",
        sa.Column("currency", types.PrintedText(), nullable=False),
        sa.Column("quote", types.PrintedText(), nullable=False),
        sa.Column("valid_on", sa.Date(), nullable=False),
        sa.Column("rate", types.PrintedText(), nullable=False),
        sa.PrimaryKeyConstraint("currency", "quote", "valid_on", name=op.f("pk_exchange_rates")),
    )
    op.create_table(
        "product_offers",
        sa.Column("market", types.PrintedText(), nullable=False),
        sa.Column("listing_id", types.PrintedText(), nullable=False),
        sa.Column("product_id", types.PrintedText(), nullable=False),
        sa.Column("mark_id", types.PrintedText(), nullable=False),
        sa.Column("seller", types.PrintedText(), nullable=True),
        sa.Column("is_authorised", sa.Boolean(), nullable=False),
        sa.Column("kind", types.PrintedText(), nullable=False),
        sa.Column("is_same_pack", sa.Boolean(), nullable=False),
        sa.Column("unit_price", types.PrintedText(), nullable=False),
        sa.Column("unit", types.PrintedText(), nullable=False),
        sa.Column("currency", types.PrintedText(), nullable=False),
        sa.Column("share", types.PrintedText(), nullable=True),
        sa.Column("seen_at", types.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["market", "listing_id"],
            ["listings.market", "listings.listing_id"],
            name=op.f("fk_product_offers_market_listing_id"),
        ),
        sa.ForeignKeyConstraint(["product_id"], ["products.product_id"], name=op.f("fk_product_offers_product_id")),
        sa.PrimaryKeyConstraint("market", "listing_id", "product_id", name=op.f("pk_product_offers")),
    )
    op.create_index(op.f("ix_product_offers_product_id_seen_at"), "product_offers", ["product_id", "seen_at"])
    op.create_index(op.f("ix_product_offers_market_seller"), "product_offers", ["market", "seller"])
