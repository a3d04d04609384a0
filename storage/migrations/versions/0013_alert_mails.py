"""Mails per recipient, brand and kind: outbox, recipients, preferences, rules, answers; earlier mails move over."""

import hashlib
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = "'new', 'sending', 'sent', 'maybe_sent', 'failed', 'suppressed'"
KINDS = "'urgent', 'digest', 'monthly', 'account'"


def text(name: str, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, types.PrintedText(), nullable=optional)


def moment(name: str, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, types.Moment(), nullable=optional)


def number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def row_number(name: str) -> sa.Column[Any]:
    return sa.Column(name, ROW_NUMBER, autoincrement=True, nullable=False)


def upgrade() -> None:
    _create_outbox()
    _create_recipients()
    _create_answers()
    _move_mails()
    op.drop_table("mail_hits")
    op.drop_table("mails")


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        row_number("mail_id"), text("key"), text("address_id"), text("recipient"), text("owner"), text("brand"),
        text("kind"), text("message_id"), text("subject"), sa.Column("message", sa.LargeBinary(), nullable=False),
        text("state"), moment("queued_at"), number("attempts"), moment("due_at"),
        moment("leased_until", optional=True), moment("sent_at", optional=True), moment("closed_at", optional=True),
        text("problem", optional=True),
        sa.PrimaryKeyConstraint("mail_id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_outbox_state")),
    )  # fmt: skip
    for columns in (["state", "due_at"], ["address_id", "brand"], ["message_id"], ["queued_at"]):
        op.create_index(op.f(f"ix_outbox_{'_'.join(columns)}"), "outbox", columns)
    op.create_table(
        "outbox_items",
        sa.Column("mail_id", ROW_NUMBER, autoincrement=False, nullable=False), text("hit_id"), text("change"),
        sa.ForeignKeyConstraint(["mail_id"], ["outbox.mail_id"], name=op.f("fk_outbox_items_mail_id")),
        sa.PrimaryKeyConstraint("mail_id", "hit_id", "change", name=op.f("pk_outbox_items")),
        sa.CheckConstraint(
            "change IN ('new', 'unreviewed', 'price', 'not_seen', 'seen_again', 'answered')",
            name=op.f("ck_outbox_items_change"),
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_outbox_items_hit_id"), "outbox_items", ["hit_id"])


def _create_recipients() -> None:
    op.create_table(
        "mail_addresses",
        text("address_id"), text("address"), moment("met_at"), moment("suppressed_at", optional=True),
        text("suppressed_because", optional=True),
        sa.PrimaryKeyConstraint("address_id", name=op.f("pk_mail_addresses")),
    )  # fmt: skip
    op.create_table(
        "mail_members",
        text("address_id"), text("owner"), moment("joined_at"), moment("left_at", optional=True),
        sa.ForeignKeyConstraint(
            ["address_id"], ["mail_addresses.address_id"], name=op.f("fk_mail_members_address_id")
        ),
        sa.PrimaryKeyConstraint("address_id", "owner", name=op.f("pk_mail_members")),
    )  # fmt: skip
    op.create_table(
        "mail_preferences",
        text("address_id"), text("owner"), text("brand"), text("kind"), text("frequency"), number("hour"), text("zone"),
        text("holidays"), number("weekday"), text("language"), text("minimum_tier"),
        sa.Column("markets", types.Document(), nullable=False), moment("since"), moment("changed_at"),
        text("changed_by"),
        sa.ForeignKeyConstraint(
            ["address_id"], ["mail_addresses.address_id"], name=op.f("fk_mail_preferences_address_id")
        ),
        sa.PrimaryKeyConstraint("address_id", "owner", "brand", "kind", name=op.f("pk_mail_preferences")),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_mail_preferences_kind")),
        sa.CheckConstraint(
            "frequency IN ('never', 'as_it_happens', 'daily', 'weekly', 'monthly')",
            name=op.f("ck_mail_preferences_frequency"),
        ),
    )  # fmt: skip
    op.create_table(
        "mail_slots",
        text("address_id"),
        text("owner"),
        text("brand"),
        text("kind"),
        moment("slot_at"),
        sa.ForeignKeyConstraint(["address_id"], ["mail_addresses.address_id"], name=op.f("fk_mail_slots_address_id")),
        sa.PrimaryKeyConstraint("address_id", "owner", "brand", "kind", name=op.f("pk_mail_slots")),
    )
    op.create_table(
        "mail_rules",
        text("owner"), text("brand"), text("urgent_tier", optional=True),
        sa.Column("urgent_score", sa.Double(), nullable=False),
        sa.Column("urgent_reasons", types.Document(), nullable=False),
        sa.Column("has_pictures", sa.Boolean(), nullable=False), sa.Column("unreviewed_until", sa.Date()),
        text("agreed_by"), text("recorded_by"), moment("changed_at"),
        sa.PrimaryKeyConstraint("owner", "brand", name=op.f("pk_mail_rules")),
    )  # fmt: skip
    op.create_table(
        "mail_events",
        row_number("event_id"), moment("at"), text("kind"), text("subject"), text("text"),
        moment("told_at", optional=True), sa.PrimaryKeyConstraint("event_id", name=op.f("pk_mail_events")),
    )  # fmt: skip
    op.create_index(op.f("ix_mail_events_told_at"), "mail_events", ["told_at"])
    op.create_table(
        "mail_facts", text("name"), text("value"), moment("at"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mail_facts")),
    )  # fmt: skip


def _create_answers() -> None:
    op.create_table(
        "owner_answers",
        row_number("answer_id"), text("hit_id"), text("address_id"), text("owner"), text("brand"), text("answer"),
        moment("at"), sa.Column("decision_id", ROW_NUMBER),
        sa.ForeignKeyConstraint(["hit_id"], ["hits.hit_id"], name=op.f("fk_owner_answers_hit_id")),
        sa.ForeignKeyConstraint(
            ["address_id"], ["mail_addresses.address_id"], name=op.f("fk_owner_answers_address_id")
        ),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_owner_answers")),
        sa.CheckConstraint(
            "answer IN ('genuine', 'fake', 'authorised_seller', 'ours_grey', 'test_buy')",
            name=op.f("ck_owner_answers_answer"),
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_owner_answers_hit_id"), "owner_answers", ["hit_id"])
    op.create_index(op.f("ix_owner_answers_owner_brand"), "owner_answers", ["owner", "brand"])
    op.create_table(
        "seller_suggestions",
        row_number("suggestion_id"), sa.Column("answer_id", ROW_NUMBER, nullable=False), text("mark_id"),
        text("market"), text("seller_id", optional=True), text("seller_name", optional=True), text("state"),
        text("decided_by", optional=True), moment("decided_at", optional=True),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["owner_answers.answer_id"], name=op.f("fk_seller_suggestions_answer_id")
        ),
        sa.PrimaryKeyConstraint("suggestion_id", name=op.f("pk_seller_suggestions")),
        sa.UniqueConstraint("answer_id", name=op.f("uq_seller_suggestions_answer_id")),
        sa.CheckConstraint("state IN ('open', 'accepted', 'declined')", name=op.f("ck_seller_suggestions_state")),
    )  # fmt: skip
    op.create_index(op.f("ix_seller_suggestions_state"), "seller_suggestions", ["state"])


def _move_mails() -> None:
    """Keep every earlier mail and what it reported, and its recipient as one who is known already."""
    connection = op.get_bind()
    tables = sa.MetaData()
    old = sa.Table("mails", tables, autoload_with=connection)
    mails, hits = old, sa.Table("mail_hits", tables, autoload_with=connection)
    outbox = sa.Table("outbox", tables, autoload_with=connection)
    people = sa.Table("mail_addresses", tables, autoload_with=connection)
    members = sa.Table("mail_members", tables, autoload_with=connection)
    met: dict[str, str] = {}
    for row in connection.execute(sa.select(mails).order_by(mails.c.mail_id)).mappings().all():
        address_id = hashlib.sha256(row["recipient"].lower().encode()).hexdigest()[:16]
        values = {name: row[name] for name in row if name in outbox.c}
        closed = row["sent_at"] or row["due_at"] if row["state"] in {"sent", "failed"} else None
        connection.execute(
            outbox.insert(), {**values, "address_id": address_id, "brand": "", "message_id": "", "closed_at": closed}
        )
        if address_id not in met:
            met[address_id] = row["recipient"]
            connection.execute(
                people.insert(), {"address_id": address_id, "address": row["recipient"], "met_at": row["queued_at"]}
            )
        known = sa.select(members.c.owner).where(members.c.address_id == address_id, members.c.owner == row["owner"])
        if connection.scalar(known) is None:
            connection.execute(
                members.insert(), {"address_id": address_id, "owner": row["owner"], "joined_at": row["queued_at"]}
            )
    items = sa.Table("outbox_items", tables, autoload_with=connection)
    connection.execute(
        items.insert().from_select(
            ["mail_id", "hit_id", "change"], sa.select(hits.c.mail_id, hits.c.hit_id, sa.literal("new"))
        )
    )
    if connection.dialect.name == "postgresql":
        connection.execute(
            sa.text(
                "SELECT setval(pg_get_serial_sequence('outbox', 'mail_id'), (SELECT coalesce(max(mail_id), 0) + 1 "
                "FROM outbox), false)"
            )
        )
