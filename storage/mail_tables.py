"""The tables of the alert mails: outbox, recipients and their choices, brand rules, answers, events."""

from typing import get_args

from sqlalchemy import Boolean, Column, Date, Double, ForeignKey, Index, LargeBinary, Table, UniqueConstraint

from records.mail import Answer, Frequency, Kind
from storage.column_types import PrintedText
from storage.tables import RowNumber, document, metadata, moment, number, one_of, row_number, text

MAIL_STATES = ("new", "sending", "sent", "maybe_sent", "failed", "suppressed")
# What a mail can say about a hit; "new" is said once, the others each time something changed.
CHANGES = ("new", "unreviewed", "price", "not_seen", "seen_again", "answered")
SUGGESTION_STATES = ("open", "accepted", "declined")

outbox = Table(
    "outbox", metadata,
    row_number("mail_id"), text("key"), text("address_id"), text("recipient"), text("owner"), text("brand"),
    text("kind"), text("message_id"), text("subject"), Column("message", LargeBinary, nullable=False),
    text("state"), moment("queued_at"), number("attempts"), moment("due_at"), moment("leased_until", optional=True),
    moment("sent_at", optional=True), moment("closed_at", optional=True), text("problem", optional=True),
    UniqueConstraint("key"), one_of("state", MAIL_STATES),
    Index(None, "state", "due_at"), Index(None, "address_id", "brand"), Index(None, "message_id"),
    Index(None, "queued_at"),
)  # fmt: skip
outbox_items = Table(
    "outbox_items", metadata,
    Column("mail_id", RowNumber, ForeignKey("outbox.mail_id"), primary_key=True, autoincrement=False),
    text("hit_id", key=True), text("change", key=True),
    one_of("change", CHANGES), Index(None, "hit_id"),
)  # fmt: skip

# Who receives mails, as the owners' address lists were met; an address keeps its id for ever.
mail_addresses = Table(
    "mail_addresses", metadata,
    text("address_id", key=True), text("address"), moment("met_at"),
    moment("suppressed_at", optional=True), text("suppressed_because", optional=True),
)  # fmt: skip
mail_members = Table(
    "mail_members", metadata,
    Column("address_id", PrintedText, ForeignKey("mail_addresses.address_id"), primary_key=True),
    text("owner", key=True), moment("joined_at"), moment("left_at", optional=True),
)  # fmt: skip
mail_preferences = Table(
    "mail_preferences", metadata,
    Column("address_id", PrintedText, ForeignKey("mail_addresses.address_id"), primary_key=True),
    text("owner", key=True), text("brand", key=True), text("kind", key=True),
    text("frequency"), number("hour"), text("zone"), text("holidays"), number("weekday"), text("language"),
    text("minimum_tier"), document("markets"), moment("since"), moment("changed_at"), text("changed_by"),
    one_of("kind", get_args(Kind)), one_of("frequency", get_args(Frequency)),
)  # fmt: skip
# The last time at which a regular mail was made, or found not to be needed.
mail_slots = Table(
    "mail_slots", metadata,
    Column("address_id", PrintedText, ForeignKey("mail_addresses.address_id"), primary_key=True),
    text("owner", key=True), text("brand", key=True), text("kind", key=True), moment("slot_at"),
)  # fmt: skip
mail_rules = Table(
    "mail_rules", metadata,
    text("owner", key=True), text("brand", key=True), text("urgent_tier", optional=True),
    Column("urgent_score", Double, nullable=False), document("urgent_reasons"),
    Column("has_pictures", Boolean, nullable=False), Column("unreviewed_until", Date),
    text("agreed_by"), text("recorded_by"), moment("changed_at"),
)  # fmt: skip
mail_events = Table(
    "mail_events", metadata,
    row_number("event_id"), moment("at"), text("kind"), text("subject"), text("text"),
    moment("told_at", optional=True), Index(None, "told_at"),
)  # fmt: skip
# One value a name: the key of signed links, and why the stream is paused.
mail_facts = Table("mail_facts", metadata, text("name", key=True), text("value"), moment("at"))

owner_answers = Table(
    "owner_answers", metadata,
    row_number("answer_id"), Column("hit_id", PrintedText, ForeignKey("hits.hit_id"), nullable=False),
    Column("address_id", PrintedText, ForeignKey("mail_addresses.address_id"), nullable=False),
    text("owner"), text("brand"), text("answer"), moment("at"), Column("decision_id", RowNumber),
    one_of("answer", get_args(Answer)), Index(None, "hit_id"), Index(None, "owner", "brand"),
)  # fmt: skip
seller_suggestions = Table(
    "seller_suggestions", metadata,
    row_number("suggestion_id"),
    Column("answer_id", RowNumber, ForeignKey("owner_answers.answer_id"), nullable=False),
    text("mark_id"), text("market"), text("seller_id", optional=True), text("seller_name", optional=True),
    text("state"), text("decided_by", optional=True), moment("decided_at", optional=True),
    UniqueConstraint("answer_id"), one_of("state", SUGGESTION_STATES), Index(None, "state"),
)  # fmt: skip
