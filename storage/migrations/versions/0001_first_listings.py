"""What is watched and what was seen: watch list, sellers, listings, prices, captures."""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "owners",
        sa.Column("name", types.PrintedText(), nullable=False),
        sa.Column("emails", types.Document(), nullable=False),
        sa.Column("language", types.PrintedText(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_owners")),
    )
    op.create_table(
        "marks",
        sa.Column("mark_id", types.PrintedText(), nullable=False),
        sa.Column("text", types.PrintedText(), nullable=False),
        sa.Column("brand", types.PrintedText(), nullable=True),
        sa.Column("owner", types.PrintedText(), nullable=True),
        sa.Column("variants", types.Document(), nullable=False),
        sa.Column("registration_no", types.PrintedText(), nullable=True),
        sa.Column("office", types.PrintedText(), nullable=True),
        sa.Column("nice_classes", types.Document(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("ambiguous", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("mark_id", name=op.f("pk_marks")),
    )
    op.create_table(
        "products",
        sa.Column("product_id", types.PrintedText(), nullable=False),
        sa.Column("mark_id", types.PrintedText(), nullable=False),
        sa.Column("name", types.PrintedText(), nullable=False),
        sa.Column("gtin", types.PrintedText(), nullable=True),
        sa.Column("mpn", types.PrintedText(), nullable=True),
        sa.Column("list_price", types.Amount(), nullable=True),
        sa.Column("list_price_currency", types.PrintedText(), nullable=True),
        sa.Column("list_price_printed", types.PrintedText(), nullable=True),
        sa.Column("minimum_price", types.Amount(), nullable=True),
        sa.Column("minimum_price_currency", types.PrintedText(), nullable=True),
        sa.Column("minimum_price_printed", types.PrintedText(), nullable=True),
        sa.Column("unit_amount", types.PrintedText(), nullable=True),
        sa.Column("unit", types.PrintedText(), nullable=True),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["mark_id"], ["marks.mark_id"], name=op.f("fk_products_mark_id")),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_products")),
    )
    op.create_index(op.f("ix_products_mark_id"), "products", ["mark_id"])
    op.create_table(
        "authorised_sellers",
        sa.Column("permission_id", types.PrintedText(), nullable=False),
        sa.Column("mark_id", types.PrintedText(), nullable=False),
        sa.Column("market", types.PrintedText(), nullable=False),
        sa.Column("seller_id", types.PrintedText(), nullable=True),
        sa.Column("seller_name", types.PrintedText(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["mark_id"], ["marks.mark_id"], name=op.f("fk_authorised_sellers_mark_id")),
        sa.PrimaryKeyConstraint("permission_id", name=op.f("pk_authorised_sellers")),
    )
    op.create_index(op.f("ix_authorised_sellers_mark_id"), "authorised_sellers", ["mark_id"])
    op.create_table(
        "sellers",
        sa.Column("market", types.PrintedText(), nullable=False),
        sa.Column("seller_id", types.PrintedText(), nullable=False),
        sa.Column("name", types.PrintedText(), nullable=True),
        sa.Column("official", sa.Boolean(), nullable=True),
        sa.Column("location", types.PrintedText(), nullable=True),
        sa.Column("first_seen_at", types.Moment(), nullable=False),
        sa.Column("last_seen_at", types.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("market", "seller_id", name=op.f("pk_sellers")),
    )
    op.create_table(
        "listings",
        sa.Column("market", types.PrintedText(), nullable=False),
        sa.Column("listing_id", types.PrintedText(), nullable=False),
        sa.Column("title", types.PrintedText(), nullable=False),
        sa.Column("seller_id", types.PrintedText(), nullable=True),
        sa.Column("document", types.Document(), nullable=False),
        sa.Column("content_sha256", types.PrintedText(), nullable=False),
        sa.Column("run_id", types.PrintedText(), nullable=True),
        sa.Column("first_seen_at", types.Moment(), nullable=False),
        sa.Column("last_seen_at", types.Moment(), nullable=False),
        sa.Column("changed_at", types.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("market", "listing_id", name=op.f("pk_listings")),
    )
    op.create_index(op.f("ix_listings_last_seen_at"), "listings", ["last_seen_at"])
    op.create_index(op.f("ix_listings_market_seller_id"), "listings", ["market", "seller_id"])
    op.create_table(
        "price_observations",
        sa.Column("observation_id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("market", types.PrintedText(), nullable=False),
        sa.Column("listing_id", types.PrintedText(), nullable=False),
        sa.Column("seen_at", types.Moment(), nullable=False),
        sa.Column("price", types.Amount(), nullable=True),
        sa.Column("price_currency", types.PrintedText(), nullable=True),
        sa.Column("price_printed", types.PrintedText(), nullable=True),
        sa.Column("price_max", types.Amount(), nullable=True),
        sa.Column("price_max_currency", types.PrintedText(), nullable=True),
        sa.Column("price_max_printed", types.PrintedText(), nullable=True),
        sa.Column("original_price", types.Amount(), nullable=True),
        sa.Column("original_price_currency", types.PrintedText(), nullable=True),
        sa.Column("original_price_printed", types.PrintedText(), nullable=True),
        sa.Column("price_raw", types.PrintedText(), nullable=True),
        sa.Column("availability", types.PrintedText(), nullable=True),
        sa.Column("run_id", types.PrintedText(), nullable=True),
        sa.ForeignKeyConstraint(
            ["market", "listing_id"],
            ["listings.market", "listings.listing_id"],
            name=op.f("fk_price_observations_market_listing_id"),
        ),
        sa.PrimaryKeyConstraint("observation_id", name=op.f("pk_price_observations")),
        sa.UniqueConstraint(
            "market", "listing_id", "seen_at", name=op.f("uq_price_observations_market_listing_id_seen_at")
        ),
    )
    op.create_table(
        "captures",
        sa.Column("capture_id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("sha256", types.PrintedText(), nullable=False),
        sa.Column("url", types.PrintedText(), nullable=False),
        sa.Column("fetched_at", types.Moment(), nullable=False),
        sa.Column("byte_count", sa.BigInteger(), nullable=False),
        sa.Column("content_type", types.PrintedText(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=False),
        sa.Column("path", types.PrintedText(), nullable=False),
        sa.Column("run_id", types.PrintedText(), nullable=True),
        sa.PrimaryKeyConstraint("capture_id", name=op.f("pk_captures")),
        sa.UniqueConstraint("sha256", "url", "fetched_at", name=op.f("uq_captures_sha256_url_fetched_at")),
    )
    op.create_table(
        "capture_listings",
        sa.Column("capture_id", ROW_NUMBER, autoincrement=False, nullable=False),
        sa.Column("market", types.PrintedText(), nullable=False),
        sa.Column("listing_id", types.PrintedText(), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.capture_id"], name=op.f("fk_capture_listings_capture_id")),
        sa.PrimaryKeyConstraint("capture_id", "market", "listing_id", name=op.f("pk_capture_listings")),
    )
    op.create_index(op.f("ix_capture_listings_market_listing_id"), "capture_listings", ["market", "listing_id"])
