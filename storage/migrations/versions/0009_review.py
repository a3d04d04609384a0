"""The review's own tables: second looks, claims, bulks, settled outcomes, what changed; hits know their group."""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

REASON_CHECK = (
    "reason IN ('counterfeit', 'imitation_wording', 'unauthorised_mark_use', 'below_minimum_price', 'genuine', "
    "'compatible', 'homonym', 'authorised', 'wrong_product', 'needs_test_buy', 'needs_owner')"
)
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OLD_COLUMNS = (
    "hit_id, market, listing_id, track, subject, mark_id, product_id, brand, owner, seller_id, search_text, relation, "
    'spelling, intent, "right", score, tier, rule_version, judgement_sha256, content, state, shelf, revision, '
    "revised_at, revised_by, reopened_because, decision_id, first_seen_at, last_seen_at, run_id"
)
FLAGGED = "tier IN ('high', 'medium')"
SETTLED = "(SELECT decisions.at FROM decisions WHERE decisions.decision_id = hits.decision_id)"
SIGNALS = {
    "sqlite": "SELECT group_concat(signal, ',') FROM (SELECT DISTINCT signal FROM hit_evidence "
    "WHERE hit_evidence.hit_id = hits.hit_id ORDER BY signal)",
    "postgresql": "SELECT string_agg(DISTINCT signal, ',' ORDER BY signal) FROM hit_evidence "
    "WHERE hit_evidence.hit_id = hits.hit_id",
}
DECIDED_CHECK = "(state IN ('confirmed', 'rejected', 'unsure', 'second_look', 'disputed')) = (decision_id IS NOT NULL)"
STATE_CHECK = "state IN ('new', 'confirmed', 'rejected', 'unsure', 'lapsed', 'second_look', 'disputed')"
OUTCOME = "CASE WHEN hits.shelf IN ('unreviewed', 'second_look', 'disputed') THEN 'open' ELSE 'gone' END"
VERDICT_OUTCOME = (
    "CASE outcomes.verdict WHEN 'violation' THEN 'confirmed' WHEN 'no_violation' THEN 'rejected' ELSE 'unsure' END"
)


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        _rebuild_hits()
    else:
        _alter_hits()
    _add_tables()
    _refill_hit_counts()
    _settle_decisions()
    _fill_counters()
    _forbid_changes()


def _rebuild_hits() -> None:
    """SQLite changes no check of a table; the table is written anew (https://www.sqlite.org/lang_altertable.html)."""
    op.create_table(
        "hits_new",
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
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("signals", types.PrintedText(), nullable=False),
        sa.Column("alike_key", types.PrintedText(), nullable=True),
        sa.Column("settled_at", types.Moment(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('confirmed', 'rejected', 'unsure', 'second_look', 'disputed')) = (decision_id IS NOT NULL)",
            name=op.f("ck_hits_decided"),
        ),
        sa.CheckConstraint("intent IN ('imitation', 'genuine_claim', 'neutral')", name=op.f("ck_hits_intent")),
        sa.CheckConstraint("relation IN ('brand', 'theme', 'compatible', 'homonym')", name=op.f("ck_hits_relation")),
        sa.CheckConstraint("spelling IN ('exact', 'altered')", name=op.f("ck_hits_spelling")),
        sa.CheckConstraint(
            "state IN ('new', 'confirmed', 'rejected', 'unsure', 'lapsed', 'second_look', 'disputed')",
            name=op.f("ck_hits_state"),
        ),
        sa.CheckConstraint("tier IN ('high', 'medium', 'low', 'none')", name=op.f("ck_hits_tier")),
        sa.CheckConstraint("track IN ('ip', 'price')", name=op.f("ck_hits_track")),
        sa.CheckConstraint("\"right\" IN ('valid', 'expired', 'other_class', 'unknown')", name=op.f("ck_hits_right")),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name=op.f("ck_hits_score")),
        sa.ForeignKeyConstraint(
            ["market", "listing_id"], ["listings.market", "listings.listing_id"], name=op.f("fk_hits_market_listing_id")
        ),
        sa.PrimaryKeyConstraint("hit_id", name=op.f("pk_hits")),
        sa.UniqueConstraint(
            "market", "listing_id", "track", "subject", name=op.f("uq_hits_market_listing_id_track_subject")
        ),
    )
    op.execute(
        f"INSERT INTO hits_new ({OLD_COLUMNS}, flagged, signals, alike_key, settled_at) SELECT {OLD_COLUMNS}, "  # noqa: S608 - own constants only
        f"{FLAGGED}, coalesce(({SIGNALS['sqlite']}), ''), NULL, {SETTLED} FROM hits"
    )
    op.drop_table("hits")
    op.rename_table("hits_new", "hits")
    op.create_index("ix_hits_alike", "hits", ["shelf", "alike_key", sa.literal_column("score DESC"), "hit_id"])
    op.create_index("ix_hits_all_newest", "hits", [sa.literal_column("first_seen_at DESC"), "hit_id"])
    op.create_index("ix_hits_all_score", "hits", [sa.literal_column("score DESC"), "hit_id"])
    op.create_index("ix_hits_brand_score", "hits", ["shelf", "brand", sa.literal_column("score DESC"), "hit_id"])
    op.create_index(op.f("ix_hits_mark_id"), "hits", ["mark_id"])
    op.create_index("ix_hits_market_score", "hits", ["shelf", "market", sa.literal_column("score DESC"), "hit_id"])
    op.create_index(op.f("ix_hits_owner_state"), "hits", ["owner", "state"])
    op.create_index("ix_hits_seller_score", "hits", ["seller_id", sa.literal_column("score DESC"), "hit_id"])
    op.create_index("ix_hits_shelf_newest", "hits", ["shelf", sa.literal_column("first_seen_at DESC"), "hit_id"])
    op.create_index("ix_hits_shelf_oldest", "hits", ["shelf", "first_seen_at", "hit_id"])
    op.create_index("ix_hits_shelf_score", "hits", ["shelf", sa.literal_column("score DESC"), "hit_id"])
    op.create_index(
        "ix_hits_track_score", "hits", ["shelf", "track", "spelling", sa.literal_column("score DESC"), "hit_id"]
    )


def _alter_hits() -> None:
    op.add_column("hits", sa.Column("flagged", sa.Boolean(), nullable=True))
    op.add_column("hits", sa.Column("signals", types.PrintedText(), nullable=True))
    op.add_column("hits", sa.Column("alike_key", types.PrintedText(), nullable=True))
    op.add_column("hits", sa.Column("settled_at", types.Moment(), nullable=True))
    op.execute(
        f"UPDATE hits SET flagged = ({FLAGGED}), signals = coalesce(({SIGNALS['postgresql']}), ''), "  # noqa: S608 - own constants only
        f"settled_at = {SETTLED}"
    )
    op.alter_column("hits", "flagged", nullable=False)
    op.alter_column("hits", "signals", nullable=False)
    op.drop_constraint(op.f("ck_hits_decided"), "hits")
    op.drop_constraint(op.f("ck_hits_state"), "hits")
    op.create_check_constraint(op.f("ck_hits_decided"), "hits", DECIDED_CHECK)
    op.create_check_constraint(op.f("ck_hits_state"), "hits", STATE_CHECK)
    op.create_index("ix_hits_alike", "hits", ["shelf", "alike_key", sa.literal_column("score DESC"), "hit_id"])
    op.create_index("ix_hits_shelf_oldest", "hits", ["shelf", "first_seen_at", "hit_id"])


def _refill_hit_counts() -> None:
    op.drop_table("hit_counts")
    op.create_table(
        "hit_counts",
        sa.Column("brand", types.PrintedText(), nullable=False),
        sa.Column("owner", types.PrintedText(), nullable=False),
        sa.Column("market", types.PrintedText(), nullable=False),
        sa.Column("track", types.PrintedText(), nullable=False),
        sa.Column("tier", types.PrintedText(), nullable=False),
        sa.Column("state", types.PrintedText(), nullable=False),
        sa.Column("spelling", types.PrintedText(), nullable=False),
        sa.Column("shelf", types.PrintedText(), nullable=False),
        sa.Column("hits", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "brand", "owner", "market", "track", "tier", "state", "spelling", "shelf", name=op.f("pk_hit_counts")
        ),
    )
    op.execute(
        "INSERT INTO hit_counts (brand, owner, market, track, tier, state, spelling, shelf, hits) "
        "SELECT brand, coalesce(owner, ''), market, track, tier, state, spelling, shelf, count(*) FROM hits "
        "GROUP BY brand, coalesce(owner, ''), market, track, tier, state, spelling, shelf"
    )


def _settle_decisions() -> None:
    """Every decision in force was final: there were no second looks."""
    op.execute(
        "INSERT INTO outcomes (decision_id, hit_id, mark_id, brand, market, track, score, tier, flagged, rule_version, "
        "verdict, reason, settled_at, withdrawn_at) SELECT decisions.decision_id, hits.hit_id, hits.mark_id, "
        "hits.brand, hits.market, hits.track, hits.score, hits.tier, hits.flagged, hits.rule_version, decisions.verdict, "  # noqa: E501
        "decisions.reason, decisions.at, NULL FROM hits JOIN decisions ON decisions.decision_id = hits.decision_id"
    )
    op.execute(
        "INSERT INTO outcome_signals (decision_id, signal) SELECT DISTINCT outcomes.decision_id, hit_evidence.signal "
        "FROM outcomes JOIN hit_evidence ON hit_evidence.hit_id = outcomes.hit_id"
    )


def _fill_counters() -> None:
    op.execute(
        "INSERT INTO seller_counts (market, seller_id, brand, shelf, hits) SELECT market, seller_id, brand, shelf, "
        "count(*) FROM hits WHERE seller_id IS NOT NULL GROUP BY market, seller_id, brand, shelf"
    )
    op.execute(
        f"INSERT INTO ledger_counts (signal, brand, market, outcome, hits) SELECT fired.signal, hits.brand, "  # noqa: S608 - own constants only
        f"hits.market, {OUTCOME}, count(*) FROM (SELECT DISTINCT hit_id, signal FROM hit_evidence) AS fired JOIN hits ON "  # noqa: E501
        f"hits.hit_id = fired.hit_id WHERE hits.flagged AND hits.decision_id IS NULL "
        f"GROUP BY fired.signal, hits.brand, hits.market, {OUTCOME}"
    )
    op.execute(
        f"INSERT INTO ledger_counts (signal, brand, market, outcome, hits) SELECT fired.signal, outcomes.brand, "  # noqa: S608 - own constants only
        f"outcomes.market, {VERDICT_OUTCOME}, count(*) FROM outcome_signals AS fired JOIN outcomes ON "
        f"outcomes.decision_id = fired.decision_id WHERE outcomes.flagged "
        f"GROUP BY fired.signal, outcomes.brand, outcomes.market, {VERDICT_OUTCOME}"
    )


def _forbid_changes() -> None:
    """Opinions are rows that are only ever added."""
    problem = "rows of opinions are only ever added"
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER opinions_no_{act.lower()} BEFORE {act} ON opinions "
                f"BEGIN SELECT RAISE(ABORT, '{problem}'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION opinions_no_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{problem}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER opinions_no_change BEFORE UPDATE OR DELETE ON opinions "
        "FOR EACH ROW EXECUTE FUNCTION opinions_no_change()"
    )
    op.execute(
        "CREATE TRIGGER opinions_no_truncate BEFORE TRUNCATE ON opinions "
        "FOR EACH STATEMENT EXECUTE FUNCTION opinions_no_change()"
    )


def _add_tables() -> None:
    op.create_table(
        "seller_counts",
        sa.Column("market", types.PrintedText(), nullable=False),
        sa.Column("seller_id", types.PrintedText(), nullable=False),
        sa.Column("brand", types.PrintedText(), nullable=False),
        sa.Column("shelf", types.PrintedText(), nullable=False),
        sa.Column("hits", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("market", "seller_id", "brand", "shelf", name=op.f("pk_seller_counts")),
    )
    op.create_table(
        "ledger_counts",
        sa.Column("signal", types.PrintedText(), nullable=False),
        sa.Column("brand", types.PrintedText(), nullable=False),
        sa.Column("market", types.PrintedText(), nullable=False),
        sa.Column("outcome", types.PrintedText(), nullable=False),
        sa.Column("hits", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('open', 'gone', 'confirmed', 'rejected', 'unsure')", name=op.f("ck_ledger_counts_outcome")
        ),
        sa.PrimaryKeyConstraint("signal", "brand", "market", "outcome", name=op.f("pk_ledger_counts")),
    )
    op.create_table(
        "outcomes",
        sa.Column("decision_id", ROW_NUMBER, autoincrement=False, nullable=False),
        sa.Column("hit_id", types.PrintedText(), nullable=False),
        sa.Column("mark_id", types.PrintedText(), nullable=False),
        sa.Column("brand", types.PrintedText(), nullable=False),
        sa.Column("market", types.PrintedText(), nullable=False),
        sa.Column("track", types.PrintedText(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("tier", types.PrintedText(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("rule_version", types.PrintedText(), nullable=False),
        sa.Column("verdict", types.PrintedText(), nullable=False),
        sa.Column("reason", types.PrintedText(), nullable=False),
        sa.Column("settled_at", types.Moment(), nullable=False),
        sa.Column("withdrawn_at", types.Moment(), nullable=True),
        sa.CheckConstraint(
            REASON_CHECK,
            name=op.f("ck_outcomes_reason"),
        ),
        sa.CheckConstraint("tier IN ('high', 'medium', 'low', 'none')", name=op.f("ck_outcomes_tier")),
        sa.CheckConstraint("track IN ('ip', 'price')", name=op.f("ck_outcomes_track")),
        sa.CheckConstraint("verdict IN ('violation', 'no_violation', 'unsure')", name=op.f("ck_outcomes_verdict")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.decision_id"], name=op.f("fk_outcomes_decision_id")),
        sa.ForeignKeyConstraint(["hit_id"], ["hits.hit_id"], name=op.f("fk_outcomes_hit_id")),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_outcomes")),
    )
    op.create_index(op.f("ix_outcomes_brand_settled_at"), "outcomes", ["brand", "settled_at"])
    op.create_index(op.f("ix_outcomes_hit_id"), "outcomes", ["hit_id"])
    op.create_index(op.f("ix_outcomes_mark_id"), "outcomes", ["mark_id"])
    op.create_table(
        "outcome_signals",
        sa.Column("decision_id", ROW_NUMBER, autoincrement=False, nullable=False),
        sa.Column("signal", types.PrintedText(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["outcomes.decision_id"], name=op.f("fk_outcome_signals_decision_id")),
        sa.PrimaryKeyConstraint("decision_id", "signal", name=op.f("pk_outcome_signals")),
    )

    op.create_table(
        "look_policies",
        sa.Column("brand", types.PrintedText(), nullable=False),
        sa.Column("verdict", types.PrintedText(), nullable=False),
        sa.Column("mode", types.PrintedText(), nullable=False),
        sa.Column("percent", sa.BigInteger(), nullable=False),
        sa.Column("seed", types.PrintedText(), nullable=False),
        sa.Column("set_by", types.PrintedText(), nullable=False),
        sa.Column("set_at", types.Moment(), nullable=False),
        sa.CheckConstraint("mode IN ('none', 'sampled', 'always')", name=op.f("ck_look_policies_mode")),
        sa.CheckConstraint("verdict IN ('violation', 'no_violation', 'unsure')", name=op.f("ck_look_policies_verdict")),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_look_policies_percent")),
        sa.PrimaryKeyConstraint("brand", "verdict", name=op.f("pk_look_policies")),
    )
    op.create_table(
        "looks",
        sa.Column("look_id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("decision_id", ROW_NUMBER, nullable=False),
        sa.Column("hit_id", types.PrintedText(), nullable=False),
        sa.Column("first_actor", types.PrintedText(), nullable=False),
        sa.Column("second_actor", types.PrintedText(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("state", types.PrintedText(), nullable=False),
        sa.Column("opened_at", types.Moment(), nullable=False),
        sa.Column("closed_at", types.Moment(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'agreed', 'disputed', 'closed', 'withdrawn')", name=op.f("ck_looks_state")
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.decision_id"], name=op.f("fk_looks_decision_id")),
        sa.ForeignKeyConstraint(["hit_id"], ["hits.hit_id"], name=op.f("fk_looks_hit_id")),
        sa.PrimaryKeyConstraint("look_id", name=op.f("pk_looks")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_looks_decision_id")),
    )
    op.create_index(op.f("ix_looks_first_actor_state"), "looks", ["first_actor", "state"])
    op.create_index(op.f("ix_looks_hit_id"), "looks", ["hit_id"])
    op.create_table(
        "opinions",
        sa.Column("opinion_id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("look_id", ROW_NUMBER, nullable=False),
        sa.Column("stage", types.PrintedText(), nullable=False),
        sa.Column("verdict", types.PrintedText(), nullable=True),
        sa.Column("reason", types.PrintedText(), nullable=True),
        sa.Column("actor", types.PrintedText(), nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.Column("note", types.PrintedText(), nullable=False),
        sa.Column("undoes", ROW_NUMBER, nullable=True),
        sa.CheckConstraint("(stage = 'undo') = (undoes IS NOT NULL)", name=op.f("ck_opinions_undo")),
        sa.CheckConstraint("(stage = 'undo') = (verdict IS NULL)", name=op.f("ck_opinions_complete")),
        sa.CheckConstraint(
            f"reason IS NULL OR {REASON_CHECK}",
            name=op.f("ck_opinions_reason"),
        ),
        sa.CheckConstraint("stage IN ('second', 'senior', 'undo')", name=op.f("ck_opinions_stage")),
        sa.CheckConstraint(
            "verdict IS NULL OR verdict IN ('violation', 'no_violation', 'unsure')", name=op.f("ck_opinions_verdict")
        ),
        sa.ForeignKeyConstraint(["look_id"], ["looks.look_id"], name=op.f("fk_opinions_look_id")),
        sa.ForeignKeyConstraint(["undoes"], ["opinions.opinion_id"], name=op.f("fk_opinions_undoes")),
        sa.PrimaryKeyConstraint("opinion_id", name=op.f("pk_opinions")),
        sa.UniqueConstraint("undoes", name=op.f("uq_opinions_undoes")),
    )
    op.create_index(op.f("ix_opinions_actor_opinion_id"), "opinions", ["actor", "opinion_id"])
    op.create_index(op.f("ix_opinions_look_id"), "opinions", ["look_id"])
    op.create_table(
        "claims",
        sa.Column("hit_id", types.PrintedText(), nullable=False),
        sa.Column("actor", types.PrintedText(), nullable=False),
        sa.Column("taken_at", types.Moment(), nullable=False),
        sa.Column("until", types.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["hit_id"], ["hits.hit_id"], name=op.f("fk_claims_hit_id")),
        sa.PrimaryKeyConstraint("hit_id", name=op.f("pk_claims")),
    )
    op.create_index(op.f("ix_claims_actor_until"), "claims", ["actor", "until"])
    op.create_table(
        "bulks",
        sa.Column("bulk_id", types.PrintedText(), nullable=False),
        sa.Column("actor", types.PrintedText(), nullable=False),
        sa.Column("verdict", types.PrintedText(), nullable=False),
        sa.Column("reason", types.PrintedText(), nullable=False),
        sa.Column("note", types.PrintedText(), nullable=False),
        sa.Column("made_at", types.Moment(), nullable=False),
        sa.Column("undone_at", types.Moment(), nullable=True),
        sa.CheckConstraint(
            REASON_CHECK,
            name=op.f("ck_bulks_reason"),
        ),
        sa.CheckConstraint("verdict IN ('violation', 'no_violation', 'unsure')", name=op.f("ck_bulks_verdict")),
        sa.PrimaryKeyConstraint("bulk_id", name=op.f("pk_bulks")),
    )
    op.create_index(op.f("ix_bulks_actor_made_at"), "bulks", ["actor", "made_at"])
    op.create_table(
        "bulk_decisions",
        sa.Column("bulk_id", types.PrintedText(), nullable=False),
        sa.Column("decision_id", ROW_NUMBER, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["bulk_id"], ["bulks.bulk_id"], name=op.f("fk_bulk_decisions_bulk_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.decision_id"], name=op.f("fk_bulk_decisions_decision_id")),
        sa.PrimaryKeyConstraint("bulk_id", "decision_id", name=op.f("pk_bulk_decisions")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_bulk_decisions_decision_id")),
    )
    op.create_table(
        "hit_versions",
        sa.Column("version_id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("hit_id", types.PrintedText(), nullable=False),
        sa.Column("seen_at", types.Moment(), nullable=False),
        sa.Column("replaced_at", types.Moment(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("tier", types.PrintedText(), nullable=False),
        sa.Column("rule_version", types.PrintedText(), nullable=False),
        sa.Column("listing", types.Document(), nullable=False),
        sa.ForeignKeyConstraint(["hit_id"], ["hits.hit_id"], name=op.f("fk_hit_versions_hit_id")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_hit_versions")),
    )
    op.create_index(op.f("ix_hit_versions_hit_id"), "hit_versions", ["hit_id"])
    op.create_table(
        "seller_facts",
        sa.Column("kind", types.PrintedText(), nullable=False),
        sa.Column("value", types.PrintedText(), nullable=False),
        sa.Column("market", types.PrintedText(), nullable=False),
        sa.Column("seller_id", types.PrintedText(), nullable=False),
        sa.Column("listing_id", types.PrintedText(), nullable=False),
        sa.Column("shown", types.PrintedText(), nullable=False),
        sa.Column("seen_at", types.Moment(), nullable=False),
        sa.CheckConstraint("kind IN ('name', 'phone', 'image', 'text')", name=op.f("ck_seller_facts_kind")),
        sa.PrimaryKeyConstraint("kind", "value", "market", "seller_id", name=op.f("pk_seller_facts")),
    )
    op.create_index(op.f("ix_seller_facts_market_seller_id"), "seller_facts", ["market", "seller_id"])
    op.create_table(
        "thresholds",
        sa.Column("brand", types.PrintedText(), nullable=False),
        sa.Column("track", types.PrintedText(), nullable=False),
        sa.Column("flag_from", sa.Double(), nullable=False),
        sa.Column("set_by", types.PrintedText(), nullable=False),
        sa.Column("set_at", types.Moment(), nullable=False),
        sa.CheckConstraint("track IN ('ip', 'price')", name=op.f("ck_thresholds_track")),
        sa.CheckConstraint("flag_from BETWEEN 0 AND 1", name=op.f("ck_thresholds_flag_from")),
        sa.PrimaryKeyConstraint("brand", "track", name=op.f("pk_thresholds")),
    )
    op.create_table(
        "saved_views",
        sa.Column("view_id", types.PrintedText(), nullable=False),
        sa.Column("login", types.PrintedText(), nullable=False),
        sa.Column("name", types.PrintedText(), nullable=False),
        sa.Column("query", types.PrintedText(), nullable=False),
        sa.Column("made_at", types.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("view_id", name=op.f("pk_saved_views")),
    )
    op.create_index(op.f("ix_saved_views_login"), "saved_views", ["login"])
    op.create_table(
        "own_keys",
        sa.Column("login", types.PrintedText(), nullable=False),
        sa.Column("keys", types.Document(), nullable=False),
        sa.Column("switched_on", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_own_keys")),
    )
