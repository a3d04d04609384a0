"""Tables of the price track: the owners' prices by date, exchange rates, and which listing offers which product."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, ForeignKeyConstraint, Index, Table

from storage.column_types import PrintedText
from storage.tables import metadata, moment, money, text

listed_prices = Table(
    "listed_prices", metadata,
    text("price_id", key=True), Column("product_id", PrintedText, ForeignKey("products.product_id"), nullable=False),
    *money("list_price"), *money("minimum_price"),
    Column("valid_from", Date), Column("valid_until", Date), text("market", optional=True),
    text("promotion", optional=True),
    Index(None, "product_id"),
)  # fmt: skip
exchange_rates = Table(
    "exchange_rates", metadata,
    text("currency", key=True), text("quote", key=True), Column("valid_on", Date, primary_key=True), text("rate"),
)  # fmt: skip
# Unit prices have more digits than money: they are kept as exact text.
product_offers = Table(
    "product_offers", metadata,
    text("market", key=True), text("listing_id", key=True), text("product_id", key=True), text("mark_id"),
    text("seller", optional=True), Column("is_authorised", Boolean, nullable=False), text("kind"),
    Column("is_same_pack", Boolean, nullable=False), text("unit_price"), text("unit"), text("currency"),
    text("share", optional=True), moment("seen_at"),
    ForeignKeyConstraint(["market", "listing_id"], ["listings.market", "listings.listing_id"]),
    ForeignKeyConstraint(["product_id"], ["products.product_id"]),
    Index(None, "product_id", "seen_at"), Index(None, "market", "seller"),
)  # fmt: skip
