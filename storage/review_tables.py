"""Tables of the review: counters, second looks, claims, bulk decisions, settled outcomes, what changed, saved views."""

from typing import get_args

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Table,
    UniqueConstraint,
)  # fmt: skip

from records.decision import Reason, Verdict
from records.hit import Tier, Track
from storage.column_types import PrintedText
from storage.tables import RowNumber, document, metadata, moment, number, one_of, row_number, text

LOOK_STATES = ("waiting", "agreed", "disputed", "closed", "withdrawn")
LOOK_MODES = ("none", "sampled", "always")
OPINION_STAGES = ("second", "senior", "undo")
LEDGER_OUTCOMES = ("open", "gone", "confirmed", "rejected", "unsure")
FACT_KINDS = ("name", "phone", "email", "image", "text")

# Counters beside hit_counts, kept by the same hand (storage/counts.py).
seller_counts = Table(
    "seller_counts", metadata,
    text("market", key=True), text("seller_id", key=True), text("brand", key=True), text("shelf", key=True),
    number("hits"),
)  # fmt: skip
ledger_counts = Table(
    "ledger_counts", metadata,
    text("signal", key=True), text("brand", key=True), text("market", key=True), text("outcome", key=True),
    number("hits"), one_of("outcome", LEDGER_OUTCOMES),
)  # fmt: skip

# The ground truth: one row per decision that became final, with what the rules had said at that revision.
outcomes = Table(
    "outcomes", metadata,
    Column("decision_id", RowNumber, ForeignKey("decisions.decision_id"), primary_key=True, autoincrement=False),
    Column("hit_id", PrintedText, ForeignKey("hits.hit_id"), nullable=False),
    text("mark_id"), text("brand"), text("market"), text("track"), Column("score", Double, nullable=False),
    text("tier"), Column("flagged", Boolean, nullable=False), text("rule_version"),
    text("verdict"), text("reason"), moment("settled_at"), moment("withdrawn_at", optional=True),
    one_of("verdict", get_args(Verdict)), one_of("reason", get_args(Reason)), one_of("track", get_args(Track)),
    one_of("tier", get_args(Tier)), Index(None, "brand", "settled_at"), Index(None, "hit_id"), Index(None, "mark_id"),
)  # fmt: skip
outcome_signals = Table(
    "outcome_signals", metadata,
    Column("decision_id", RowNumber, ForeignKey("outcomes.decision_id"), primary_key=True, autoincrement=False),
    text("signal", key=True),
)  # fmt: skip

# A second person looks at the same frozen revision.
look_policies = Table(
    "look_policies", metadata,
    text("brand", key=True), text("verdict", key=True), text("mode"), number("percent"), text("seed"),
    text("set_by"), moment("set_at"),
    one_of("mode", LOOK_MODES), one_of("verdict", get_args(Verdict)),
    CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
)  # fmt: skip
looks = Table(
    "looks", metadata,
    row_number("look_id"), Column("decision_id", RowNumber, ForeignKey("decisions.decision_id"), nullable=False),
    Column("hit_id", PrintedText, ForeignKey("hits.hit_id"), nullable=False),
    text("first_actor"), text("second_actor", optional=True), number("revision"), text("state"),
    moment("opened_at"), moment("closed_at", optional=True),
    UniqueConstraint("decision_id"), one_of("state", LOOK_STATES), Index(None, "hit_id"),
    Index(None, "first_actor", "state"),
)  # fmt: skip
opinions = Table(
    "opinions", metadata,
    row_number("opinion_id"), Column("look_id", RowNumber, ForeignKey("looks.look_id"), nullable=False),
    text("stage"), text("verdict", optional=True), text("reason", optional=True), text("actor"), moment("at"),
    text("note"), Column("undoes", RowNumber, ForeignKey("opinions.opinion_id")),
    one_of("stage", OPINION_STAGES), one_of("verdict", get_args(Verdict), optional=True),
    one_of("reason", get_args(Reason), optional=True), UniqueConstraint("undoes"), Index(None, "look_id"),
    Index(None, "actor", "opinion_id"),
    CheckConstraint("(stage = 'undo') = (undoes IS NOT NULL)", name="undo"),
    CheckConstraint("(stage = 'undo') = (verdict IS NULL)", name="complete"),
)  # fmt: skip

# Who is looking at a hit just now. A lease, not a lock: it ends by itself.
claims = Table(
    "claims", metadata,
    Column("hit_id", PrintedText, ForeignKey("hits.hit_id"), primary_key=True),
    text("actor"), moment("taken_at"), moment("until"), Index(None, "actor", "until"),
)  # fmt: skip
bulks = Table(
    "bulks", metadata,
    text("bulk_id", key=True), text("actor"), text("verdict"), text("reason"), text("note"), moment("made_at"),
    moment("undone_at", optional=True), one_of("verdict", get_args(Verdict)), one_of("reason", get_args(Reason)),
    Index(None, "actor", "made_at"),
)  # fmt: skip
bulk_decisions = Table(
    "bulk_decisions", metadata,
    Column("bulk_id", PrintedText, ForeignKey("bulks.bulk_id"), primary_key=True),
    Column("decision_id", RowNumber, ForeignKey("decisions.decision_id"), primary_key=True, autoincrement=False),
    UniqueConstraint("decision_id"),
)  # fmt: skip

# A flagged listing as it stood before it changed.
hit_versions = Table(
    "hit_versions", metadata,
    row_number("version_id"), Column("hit_id", PrintedText, ForeignKey("hits.hit_id"), nullable=False),
    moment("seen_at"), moment("replaced_at"), number("revision"), Column("score", Double, nullable=False),
    text("tier"), text("rule_version"), document("listing"), Index(None, "hit_id"),
)  # fmt: skip
# What sellers of flagged listings state or use; two sellers with exactly the same value may be one.
seller_facts = Table(
    "seller_facts", metadata,
    text("kind", key=True), text("value", key=True), text("market", key=True), text("seller_id", key=True),
    text("listing_id"), text("shown"), moment("seen_at"), one_of("kind", FACT_KINDS),
    Index(None, "market", "seller_id"),
)  # fmt: skip

# From which score on a brand's hits enter the queue; without a row, the tiers decide.
thresholds = Table(
    "thresholds", metadata,
    text("brand", key=True), text("track", key=True), Column("flag_from", Double, nullable=False),
    text("set_by"), moment("set_at"), one_of("track", get_args(Track)),
    CheckConstraint("flag_from BETWEEN 0 AND 1", name="flag_from"),
)  # fmt: skip
saved_views = Table(
    "saved_views", metadata,
    text("view_id", key=True), text("login"), text("name"), text("query"), moment("made_at"), Index(None, "login"),
)  # fmt: skip
own_keys = Table(
    "own_keys", metadata,
    text("login", key=True), document("keys"), Column("switched_on", Boolean, nullable=False),
)  # fmt: skip
