"""Every table, its keys, its checks and the indices that serve the queries."""

from typing import Any, get_args

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
)  # fmt: skip

from records.decision import Reason, Verdict
from records.hit import Intent, Relation, Right, Spelling, Tier, Track
from records.run import Outcome
from storage.column_types import Amount, Document, Moment, PrintedText

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

# Closed sets of values that a column may hold; the ones with a noun in records/ follow it.
ROLES = ("reviewer", "senior", "operator", "brand_viewer", "administrator")
HIT_STATES = ("new", "confirmed", "rejected", "unsure", "lapsed", "second_look", "disputed")
# A hit in one of these has its decision; in the last two it is not final yet.
DECIDED_STATES = ("confirmed", "rejected", "unsure", "second_look", "disputed")
DECISION_ACTIONS = ("decide", "undo")
RowNumber = BigInteger().with_variant(Integer, "sqlite")


def one_of(column: str, values: tuple[str, ...], *, optional: bool = False) -> CheckConstraint:
    """Return the check that a column holds one of the values (or NULL)."""
    quoted = f'"{column}"' if column == "right" else column  # a reserved word on PostgreSQL
    rule = f"{quoted} IN ({', '.join(repr(value) for value in values)})"
    return CheckConstraint(f"{quoted} IS NULL OR {rule}" if optional else rule, name=column)


def text(name: str, *, optional: bool = False, key: bool = False) -> Column[Any]:
    """Return a text column."""
    return Column(name, PrintedText, nullable=optional, primary_key=key)


def moment(name: str, *, optional: bool = False) -> Column[Any]:
    """Return a time column."""
    return Column(name, Moment, nullable=optional)


def number(name: str, *, optional: bool = False) -> Column[Any]:
    """Return a whole-number column."""
    return Column(name, BigInteger, nullable=optional)


def document(name: str) -> Column[Any]:
    """Return a JSON column."""
    return Column(name, Document, nullable=False)


def row_number(name: str) -> Column[Any]:
    """Return the column that numbers the rows."""
    return Column(name, RowNumber, primary_key=True, autoincrement=True)


def money(name: str) -> tuple[Column[Any], Column[Any], Column[Any]]:
    """Return the three columns of a money value: amount, currency, text as printed."""
    return (
        Column(name, Amount, nullable=True),
        Column(f"{name}_currency", PrintedText, nullable=True),
        Column(f"{name}_printed", PrintedText, nullable=True),
    )


# What is watched.
owners = Table("owners", metadata, text("name", key=True), document("emails"), text("language"))
marks = Table(
    "marks", metadata,
    text("mark_id", key=True), text("text"), text("brand", optional=True), text("owner", optional=True),
    document("variants"), text("registration_no", optional=True), text("office", optional=True),
    document("nice_classes"), Column("valid_until", Date), Column("ambiguous", Boolean, nullable=False),
)  # fmt: skip
products = Table(
    "products", metadata,
    text("product_id", key=True), Column("mark_id", PrintedText, ForeignKey("marks.mark_id"), nullable=False),
    text("name"), text("gtin", optional=True), text("mpn", optional=True),
    *money("list_price"), *money("minimum_price"),
    text("unit_amount", optional=True), text("unit", optional=True), number("count"),
    Index(None, "mark_id"),
)  # fmt: skip
authorised_sellers = Table(
    "authorised_sellers", metadata,
    text("permission_id", key=True), Column("mark_id", PrintedText, ForeignKey("marks.mark_id"), nullable=False),
    text("market"), text("seller_id", optional=True), text("seller_name", optional=True),
    Column("valid_from", Date), Column("valid_until", Date),
    Index(None, "mark_id"),
)  # fmt: skip

# What was seen.
sellers = Table(
    "sellers", metadata,
    text("market", key=True), text("seller_id", key=True), text("name", optional=True), Column("official", Boolean),
    text("location", optional=True), moment("first_seen_at"), moment("last_seen_at"),
)  # fmt: skip
listings = Table(
    "listings", metadata,
    text("market", key=True), text("listing_id", key=True), text("title"), text("seller_id", optional=True),
    document("document"), text("content_sha256"), text("run_id", optional=True),
    moment("first_seen_at"), moment("last_seen_at"), moment("changed_at"),
    # What is compared at the next sighting: the parts whose change is noted, hash and time of the latest price.
    text("observed", optional=True), text("price_sha256", optional=True), moment("price_seen_at", optional=True),
    Index(None, "market", "seller_id"), Index(None, "last_seen_at"),
)  # fmt: skip
price_observations = Table(
    "price_observations", metadata,
    row_number("observation_id"), text("market"), text("listing_id"), moment("seen_at"),
    *money("price"), *money("price_max"), *money("original_price"),
    text("price_raw", optional=True), text("availability", optional=True), text("run_id", optional=True),
    UniqueConstraint("market", "listing_id", "seen_at"),
    ForeignKeyConstraint(["market", "listing_id"], ["listings.market", "listings.listing_id"]),
)  # fmt: skip
captures = Table(
    "captures", metadata,
    row_number("capture_id"), text("sha256"), text("url"), moment("fetched_at"), number("byte_count"),
    text("content_type"), number("status"), text("path"), text("run_id", optional=True),
    UniqueConstraint("sha256", "url", "fetched_at"),
)  # fmt: skip
capture_listings = Table(
    "capture_listings", metadata,
    Column("capture_id", RowNumber, ForeignKey("captures.capture_id"), primary_key=True, autoincrement=False),
    text("market", key=True), text("listing_id", key=True),
    Index(None, "market", "listing_id"),
)  # fmt: skip

# What was judged. The wide texts stand in tables of their own, so that the queue reads narrow rows.
hits = Table(
    "hits", metadata,
    text("hit_id", key=True), text("market"), text("listing_id"), text("track"), text("subject"),
    text("mark_id"), text("product_id", optional=True), text("brand"), text("owner", optional=True),
    text("seller_id", optional=True), text("search_text"),
    text("relation"), text("spelling"), text("intent"), text("right"), Column("score", Double, nullable=False),
    text("tier"), text("rule_version"), text("judgement_sha256"), document("content"),
    text("state"), text("shelf"), number("revision"), moment("revised_at"), text("revised_by"),
    text("reopened_because", optional=True), number("decision_id", optional=True),
    moment("first_seen_at"), moment("last_seen_at"), text("run_id", optional=True),
    # Whether tier or the brand's threshold sent it to the queue; its signals by name, with commas between; the key it
    # shares with near-identical hits; since when its decision is final.
    Column("flagged", Boolean, nullable=False), text("signals"), text("alike_key", optional=True),
    moment("settled_at", optional=True),
    UniqueConstraint("market", "listing_id", "track", "subject"),
    ForeignKeyConstraint(["market", "listing_id"], ["listings.market", "listings.listing_id"]),
    one_of("track", get_args(Track)), one_of("relation", get_args(Relation)), one_of("spelling", get_args(Spelling)),
    one_of("intent", get_args(Intent)), one_of("right", get_args(Right)), one_of("tier", get_args(Tier)),
    one_of("state", HIT_STATES), CheckConstraint("score BETWEEN 0 AND 1", name="score"),
    # A decided state always has its decision, an open one never.
    CheckConstraint(
        f"(state IN ({', '.join(map(repr, DECIDED_STATES))})) = (decision_id IS NOT NULL)", name="decided"
    ),

    Index(None, "mark_id"), Index(None, "owner", "state"),
)  # fmt: skip
# One index per way to page a view: the rows that have the view's shelf, in the order they are shown.
Index("ix_hits_all_score", hits.c.score.desc(), hits.c.hit_id)
Index("ix_hits_all_newest", hits.c.first_seen_at.desc(), hits.c.hit_id)
Index("ix_hits_shelf_score", hits.c.shelf, hits.c.score.desc(), hits.c.hit_id)
Index("ix_hits_shelf_newest", hits.c.shelf, hits.c.first_seen_at.desc(), hits.c.hit_id)
Index("ix_hits_brand_score", hits.c.shelf, hits.c.brand, hits.c.score.desc(), hits.c.hit_id)
Index("ix_hits_brand_newest", hits.c.shelf, hits.c.brand, hits.c.first_seen_at.desc(), hits.c.hit_id)
Index("ix_hits_market_score", hits.c.shelf, hits.c.market, hits.c.score.desc(), hits.c.hit_id)
Index("ix_hits_track_score", hits.c.shelf, hits.c.track, hits.c.spelling, hits.c.score.desc(), hits.c.hit_id)
# Groups of near-identical hits: the best of each stands for all.
Index("ix_hits_alike", hits.c.shelf, hits.c.alike_key, hits.c.score.desc(), hits.c.hit_id)
Index("ix_hits_shelf_oldest", hits.c.shelf, hits.c.first_seen_at, hits.c.hit_id)
Index("ix_hits_seller_score", hits.c.seller_id, hits.c.score.desc(), hits.c.hit_id)
hit_documents = Table(
    "hit_documents", metadata,
    Column("hit_id", PrintedText, ForeignKey("hits.hit_id"), primary_key=True), document("listing"), document("chain"),
)  # fmt: skip
hit_evidence = Table(
    "hit_evidence", metadata,
    Column("hit_id", PrintedText, ForeignKey("hits.hit_id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    text("signal"), Column("weight", Double, nullable=False), text("message"), document("facts"), document("spans"),
    Index(None, "signal", "hit_id"),
)  # fmt: skip
hit_counts = Table(
    "hit_counts", metadata,
    text("brand", key=True), text("owner", key=True), text("market", key=True), text("track", key=True),
    text("tier", key=True), text("state", key=True), text("spelling", key=True), text("shelf", key=True),
    number("hits"),
)  # fmt: skip
decisions = Table(
    "decisions", metadata,
    row_number("decision_id"), Column("hit_id", PrintedText, ForeignKey("hits.hit_id"), nullable=False),
    text("action"), text("verdict", optional=True), text("reason", optional=True), text("actor"), moment("at"),
    text("note"), number("revision"), document("judged"),
    Column("undoes", RowNumber, ForeignKey("decisions.decision_id")),
    UniqueConstraint("undoes"), Index(None, "hit_id"), Index(None, "actor", "decision_id"),
    one_of("action", DECISION_ACTIONS), one_of("verdict", get_args(Verdict), optional=True),
    one_of("reason", get_args(Reason), optional=True),
    CheckConstraint("(action = 'decide') = (verdict IS NOT NULL AND reason IS NOT NULL)", name="complete"),
    CheckConstraint("(action = 'undo') = (undoes IS NOT NULL)", name="undo"),
)  # fmt: skip
audit = Table(
    "audit", metadata,
    Column("sequence", RowNumber, primary_key=True, autoincrement=False), moment("at"), text("actor"), text("action"),
    text("subject"), document("data"), text("previous_sha256"), text("row_sha256"),
    UniqueConstraint("row_sha256"), UniqueConstraint("previous_sha256"), Index(None, "subject"),
)  # fmt: skip

# What runs and when.
schedules = Table(
    "schedules", metadata,
    text("schedule_id", key=True), text("market"), document("arguments"), text("cron"), text("zone"),
    moment("paused_until", optional=True), text("pause_reason", optional=True),
    text("created_by"), moment("created_at"), moment("removed_at", optional=True),
    number("jitter_minutes", optional=True), text("hours", optional=True), Column("tags", Document),
    moment("paused_at", optional=True), moment("counts_from", optional=True),
)  # fmt: skip
runs = Table(
    "runs", metadata,
    text("run_id", key=True), text("market"), document("arguments"), text("outcome"), moment("requested_at"),
    moment("started_at", optional=True), moment("heartbeat_at", optional=True), moment("finished_at", optional=True),
    document("counts"), document("failed_bounds"),
    Column("schedule_id", PrintedText, ForeignKey("schedules.schedule_id")), moment("slot", optional=True),
    text("requested_by"), number("process_id", optional=True),
    text("worker", optional=True), text("code_version", optional=True), text("retry_of", optional=True),
    moment("stop_requested_at", optional=True), text("stop_requested_by", optional=True), Column("stop_now", Boolean),
    UniqueConstraint("schedule_id", "slot"), one_of("outcome", get_args(Outcome)),
    Index(None, "market", "run_id"), Index(None, "outcome"),
)  # fmt: skip
run_events = Table(
    "run_events", metadata,
    row_number("event_id"), Column("run_id", PrintedText, ForeignKey("runs.run_id"), nullable=False),
    moment("at"), text("kind"), text("text"), Index(None, "run_id"),
)  # fmt: skip

# Who works with it.
users = Table(
    "users", metadata,
    text("login", key=True), text("name"), text("role"), text("language"), Column("active", Boolean, nullable=False),
    document("brands"), text("password_hash"), moment("created_at"), text("email", optional=True),
    one_of("role", ROLES), Index("ix_users_email", "email", unique=True),
)  # fmt: skip
sessions = Table(
    "sessions", metadata,
    text("token_sha256", key=True), Column("login", PrintedText, ForeignKey("users.login"), nullable=False),
    moment("opened_at"), moment("touched_at"), moment("expires_at"), moment("closed_at", optional=True),
    text("address", optional=True), text("agent", optional=True), text("means", optional=True), Index(None, "login"),
)  # fmt: skip
login_failures = Table(
    "login_failures", metadata,
    row_number("failure_id"), text("login"), text("address"), moment("at"),
    Index(None, "login", "at"), Index(None, "address", "at"),
)  # fmt: skip
