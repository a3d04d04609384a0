"""Sellers' telephone numbers and addresses are kept as keyed hashes; who saw them in full is written down.

The plain hashes that stood here are undone in seconds: they go. `markwatch db upgrade` makes keyed ones from the stored
listings afterwards, because the key is no part of the database. Stored openings of descriptions may hold numbers, too.
"""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COPY = """INSERT INTO seller_facts (kind, value, market, seller_id, listing_id, shown, seen_at)
SELECT kind, value, market, seller_id, listing_id, shown, seen_at FROM seller_facts_before"""
KINDS = "kind IN ('name', 'phone', 'email', 'image', 'text')"


def upgrade() -> None:
    op.execute("DELETE FROM seller_facts WHERE kind IN ('phone', 'text')")
    if op.get_bind().dialect.name == "sqlite":
        _facts_anew()
    else:
        op.drop_constraint(op.f("ck_seller_facts_kind"), "seller_facts", type_="check")
        op.create_check_constraint(op.f("ck_seller_facts_kind"), "seller_facts", KINDS)
    op.create_table(
        "contact_keys",
        sa.Column("fingerprint", types.PrintedText(), nullable=False),
        sa.Column("used_at", types.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_contact_keys")),
    )
    op.create_table(
        "contact_unlocks",
        sa.Column("unlock_id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("market", types.PrintedText(), nullable=False),
        sa.Column("seller", types.PrintedText(), nullable=False),
        sa.Column("login", types.PrintedText(), nullable=False),
        sa.Column("reason", types.PrintedText(), nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.Column("ends_at", types.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("unlock_id", name=op.f("pk_contact_unlocks")),
    )
    op.create_index(op.f("ix_contact_unlocks_market_seller_login"), "contact_unlocks", ["market", "seller", "login"])


def _facts_anew() -> None:
    """SQLite cannot change a check: the table is written anew."""
    op.rename_table("seller_facts", "seller_facts_before")
    op.drop_index(op.f("ix_seller_facts_market_seller_id"), "seller_facts_before")
    op.create_table(
        "seller_facts",
        sa.Column("kind", types.PrintedText(), nullable=False),
        sa.Column("value", types.PrintedText(), nullable=False),
        sa.Column("market", types.PrintedText(), nullable=False),
        sa.Column("seller_id", types.PrintedText(), nullable=False),
        sa.Column("listing_id", types.PrintedText(), nullable=False),
        sa.Column("shown", types.PrintedText(), nullable=False),
        sa.Column("seen_at", types.Moment(), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_seller_facts_kind")),
        sa.PrimaryKeyConstraint("kind", "value", "market", "seller_id", name=op.f("pk_seller_facts")),
    )
    op.execute(COPY)
    op.drop_table("seller_facts_before")
    op.create_index(op.f("ix_seller_facts_market_seller_id"), "seller_facts", ["market", "seller_id"])
