"""What was judged and decided: hits, evidence, counters, decisions, audit trail."""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Tables whose rows are only ever added, on both databases.
APPEND_ONLY = ("decisions", "audit")


def forbid_changes(table: str) -> None:
    """Refuse UPDATE and DELETE (and TRUNCATE, which SQLite does not have) on a table."""
    problem = f"rows of {table} are only ever added"
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{problem}'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_no_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{problem}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_no_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_no_change()"
    )


def upgrade() -> None:
    op.create_table(
        "hits",
        sa.Column("hit_id", types.PrintedText(), nullable=False),
        sa.Column("market", types.PrintedText(), nullable=False),
        sa.Column("listing_id", types.PrintedText(), nullable=False),
        sa.Column("track", types.PrintedText(), nullable=False),
        sa.Column("subject", types.PrintedText(), nullable=False),
        sa.Column("mark_id", types.PrintedText(), nullable=False),
        sa.Column("product_id", types.PrintedText(), nullable=True),
        sa.Column("brand", types.PrintedText(), nullable=False),
        sa.Column("owner", types.PrintedText(), nullable=True),
        sa.Column("seller_id", types.PrintedText(), nullable=True),
        sa.Column("search_text", types.PrintedText(), nullable=False),
        sa.Column("relation", types.PrintedText(), nullable=False),
        sa.Column("spelling", types.PrintedText(), nullable=False),
        sa.Column("intent", types.PrintedText(), nullable=False),
        sa.Column("right", types.PrintedText(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("tier", types.PrintedText(), nullable=False),
        sa.Column("rule_version", types.PrintedText(), nullable=False),
        sa.Column("judgement_sha256", types.PrintedText(), nullable=False),
        sa.Column("content", types.Document(), nullable=False),
        sa.Column("state", types.PrintedText(), nullable=False),
        sa.Column("shelf", types.PrintedText(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("revised_at", types.Moment(), nullable=False),
        sa.Column("revised_by", types.PrintedText(), nullable=False),
        sa.Column("reopened_because", types.PrintedText(), nullable=True),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.Column("first_seen_at", types.Moment(), nullable=False),
        sa.Column("last_seen_at", types.Moment(), nullable=False),
        sa.Column("run_id", types.PrintedText(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('confirmed', 'rejected', 'unsure')) = (decision_id IS NOT NULL)", name=op.f("ck_hits_decided")
        ),
        sa.CheckConstraint("intent IN ('imitation', 'genuine_claim', 'neutral')", name=op.f("ck_hits_intent")),
        sa.CheckConstraint("relation IN ('brand', 'theme', 'compatible', 'homonym')", name=op.f("ck_hits_relation")),
        sa.CheckConstraint("\"right\" IN ('valid', 'expired', 'other_class', 'unknown')", name=op.f("ck_hits_right")),
        sa.CheckConstraint("spelling IN ('exact', 'altered')", name=op.f("ck_hits_spelling")),
        sa.CheckConstraint("state IN ('new', 'confirmed', 'rejected', 'unsure', 'lapsed')", name=op.f("ck_hits_state")),
        sa.CheckConstraint("tier IN ('high', 'medium', 'low', 'none')", name=op.f("ck_hits_tier")),
        sa.CheckConstraint("track IN ('ip', 'price')", name=op.f("ck_hits_track")),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name=op.f("ck_hits_score")),
        sa.ForeignKeyConstraint(
            ["market", "listing_id"], ["listings.market", "listings.listing_id"], name=op.f("fk_hits_market_listing_id")
        ),
        sa.PrimaryKeyConstraint("hit_id", name=op.f("pk_hits")),
        sa.UniqueConstraint(
            "market", "listing_id", "track", "subject", name=op.f("uq_hits_market_listing_id_track_subject")
        ),
    )
    op.create_index("ix_hits_all_newest", "hits", [sa.literal_column("first_seen_at DESC"), "hit_id"])
    op.create_index("ix_hits_all_score", "hits", [sa.literal_column("score DESC"), "hit_id"])
    op.create_index("ix_hits_brand_score", "hits", ["shelf", "brand", sa.literal_column("score DESC"), "hit_id"])
    op.create_index(op.f("ix_hits_mark_id"), "hits", ["mark_id"])
    op.create_index("ix_hits_market_score", "hits", ["shelf", "market", sa.literal_column("score DESC"), "hit_id"])
    op.create_index(op.f("ix_hits_owner_state"), "hits", ["owner", "state"])
    op.create_index("ix_hits_seller_score", "hits", ["seller_id", sa.literal_column("score DESC"), "hit_id"])
    op.create_index("ix_hits_shelf_newest", "hits", ["shelf", sa.literal_column("first_seen_at DESC"), "hit_id"])
    op.create_index("ix_hits_shelf_score", "hits", ["shelf", sa.literal_column("score DESC"), "hit_id"])
    op.create_index(
        "ix_hits_track_score", "hits", ["shelf", "track", "spelling", sa.literal_column("score DESC"), "hit_id"]
    )
    op.create_table(
        "hit_documents",
        sa.Column("hit_id", types.PrintedText(), nullable=False),
        sa.Column("listing", types.Document(), nullable=False),
        sa.Column("chain", types.Document(), nullable=False),
        sa.ForeignKeyConstraint(["hit_id"], ["hits.hit_id"], name=op.f("fk_hit_documents_hit_id")),
        sa.PrimaryKeyConstraint("hit_id", name=op.f("pk_hit_documents")),
    )
    op.create_table(
        "hit_evidence",
        sa.Column("hit_id", types.PrintedText(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("signal", types.PrintedText(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("message", types.PrintedText(), nullable=False),
        sa.Column("facts", types.Document(), nullable=False),
        sa.Column("spans", types.Document(), nullable=False),
        sa.ForeignKeyConstraint(["hit_id"], ["hits.hit_id"], name=op.f("fk_hit_evidence_hit_id")),
        sa.PrimaryKeyConstraint("hit_id", "position", name=op.f("pk_hit_evidence")),
    )
    op.create_index(op.f("ix_hit_evidence_signal_hit_id"), "hit_evidence", ["signal", "hit_id"])
    op.create_table(
        "hit_counts",
        sa.Column("brand", types.PrintedText(), nullable=False),
        sa.Column("owner", types.PrintedText(), nullable=False),
        sa.Column("market", types.PrintedText(), nullable=False),
        sa.Column("track", types.PrintedText(), nullable=False),
        sa.Column("tier", types.PrintedText(), nullable=False),
        sa.Column("state", types.PrintedText(), nullable=False),
        sa.Column("spelling", types.PrintedText(), nullable=False),
        sa.Column("hits", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "brand", "owner", "market", "track", "tier", "state", "spelling", name=op.f("pk_hit_counts")
        ),
    )
    op.create_table(
        "decisions",
        sa.Column("decision_id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("hit_id", types.PrintedText(), nullable=False),
        sa.Column("action", types.PrintedText(), nullable=False),
        sa.Column("verdict", types.PrintedText(), nullable=True),
        sa.Column("reason", types.PrintedText(), nullable=True),
        sa.Column("actor", types.PrintedText(), nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.Column("note", types.PrintedText(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("judged", types.Document(), nullable=False),
        sa.Column("undoes", ROW_NUMBER, nullable=True),
        sa.CheckConstraint(
            "(action = 'decide') = (verdict IS NOT NULL AND reason IS NOT NULL)", name=op.f("ck_decisions_complete")
        ),
        sa.CheckConstraint("(action = 'undo') = (undoes IS NOT NULL)", name=op.f("ck_decisions_undo")),
        sa.CheckConstraint("action IN ('decide', 'undo')", name=op.f("ck_decisions_action")),
        sa.CheckConstraint(
            "reason IS NULL OR reason IN ('counterfeit', 'imitation_wording', 'unauthorised_mark_use', "
            "'below_minimum_price', 'genuine', 'compatible', 'homonym', 'authorised', 'wrong_product', "
            "'needs_test_buy', 'needs_owner')",
            name=op.f("ck_decisions_reason"),
        ),
        sa.CheckConstraint(
            "verdict IS NULL OR verdict IN ('violation', 'no_violation', 'unsure')", name=op.f("ck_decisions_verdict")
        ),
        sa.ForeignKeyConstraint(["hit_id"], ["hits.hit_id"], name=op.f("fk_decisions_hit_id")),
        sa.ForeignKeyConstraint(["undoes"], ["decisions.decision_id"], name=op.f("fk_decisions_undoes")),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("undoes", name=op.f("uq_decisions_undoes")),
    )
    op.create_index(op.f("ix_decisions_actor_decision_id"), "decisions", ["actor", "decision_id"])
    op.create_index(op.f("ix_decisions_hit_id"), "decisions", ["hit_id"])
    op.create_table(
        "audit",
        sa.Column("sequence", ROW_NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.Column("actor", types.PrintedText(), nullable=False),
        sa.Column("action", types.PrintedText(), nullable=False),
        sa.Column("subject", types.PrintedText(), nullable=False),
        sa.Column("data", types.Document(), nullable=False),
        sa.Column("previous_sha256", types.PrintedText(), nullable=False),
        sa.Column("row_sha256", types.PrintedText(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit")),
        sa.UniqueConstraint("previous_sha256", name=op.f("uq_audit_previous_sha256")),
        sa.UniqueConstraint("row_sha256", name=op.f("uq_audit_row_sha256")),
    )
    op.create_index(op.f("ix_audit_subject"), "audit", ["subject"])
    for table in APPEND_ONLY:
        forbid_changes(table)
