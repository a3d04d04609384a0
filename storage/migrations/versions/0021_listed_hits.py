"""A monthly report lists hits without telling them as news; what it lists is checked again before it leaves."""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "outbox_listed",
        sa.Column("mail_id", ROW_NUMBER, autoincrement=False, nullable=False),
        sa.Column("hit_id", types.PrintedText(), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["outbox.mail_id"], name=op.f("fk_outbox_listed_mail_id")),
        sa.PrimaryKeyConstraint("mail_id", "hit_id", name=op.f("pk_outbox_listed")),
    )
    op.create_index(op.f("ix_outbox_listed_hit_id"), "outbox_listed", ["hit_id"])
