"""Rows of the hit tables turned into StoredHit records, a page at a time."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from records.decision import Decision
from records.hit import Evidence, Hit, HitKey
from storage.documents import (
    chain_from_document,
    chain_to_document,
    evidence_from_document,
    evidence_to_document,
    listing_from_document,
    listing_to_document,
)  # fmt: skip
from storage.hit_records import StoredDecision, StoredHit
from storage.tables import captures, decisions, hit_documents, hit_evidence, hits

_JUDGED = ("mark_id", "product_id", "track", "relation", "spelling", "intent", "right", "score", "tier", "rule_version")
_KEPT = (
    "state", "revision", "brand", "owner", "first_seen_at", "last_seen_at", "reopened_because", "settled_at",
    "alike_key", "flagged",
)  # fmt: skip
# What stored_hits() asks of a row; the words that are searched and the compared content are long.
COLUMNS = tuple(hits.c[name] for name in ("hit_id", "decision_id", *_JUDGED, *_KEPT))
_undo = decisions.alias("undo")

Row = Mapping[Any, Any]


def decision_query() -> Select[Any]:
    """Return the query for decisions with their undo and the key of their hit."""
    return (
        select(
            decisions,
            _undo.c.at.label("undone_at"),
            _undo.c.actor.label("undone_by"),
            hits.c.market,
            hits.c.listing_id,
            hits.c.track,
            hits.c.subject,
        )
        .join(hits, hits.c.hit_id == decisions.c.hit_id)
        .outerjoin(_undo, _undo.c.undoes == decisions.c.decision_id)
        .where(decisions.c.action == "decide")
    )


def decision_of(row: Row) -> StoredDecision:
    """Return the decision of a row of decision_query."""
    key = HitKey(market=row["market"], listing_id=row["listing_id"], track=row["track"], subject=row["subject"])
    return StoredDecision(
        decision_id=row["decision_id"],
        hit_id=row["hit_id"],
        decision=Decision(
            hit=key,
            verdict=row["verdict"],
            reason=row["reason"],
            actor=row["actor"],
            decided_at=row["at"],
            note=row["note"],
        ),
        revision=row["revision"],
        undone_at=row["undone_at"],
        undone_by=row["undone_by"],
    )


def stored_hits(session: Session, rows: Sequence[Row]) -> tuple[StoredHit, ...]:
    """Return the hits of those rows of the hits table, in their order, with four queries for the whole page."""
    if not rows:
        return ()
    ids = [row["hit_id"] for row in rows]
    documents = {
        row["hit_id"]: row
        for row in session.execute(select(hit_documents).where(hit_documents.c.hit_id.in_(ids))).mappings()
    }
    evidence: dict[str, list[Evidence]] = {hit_id: [] for hit_id in ids}
    query = select(hit_evidence).where(hit_evidence.c.hit_id.in_(ids)).order_by(hit_evidence.c.position)
    for row in session.execute(query).mappings():
        evidence[row["hit_id"]].append(evidence_from_document(row))
    in_force = [row["decision_id"] for row in rows if row["decision_id"] is not None]
    decided: dict[int, StoredDecision] = {}
    if in_force:
        found = session.execute(decision_query().where(decisions.c.decision_id.in_(in_force))).mappings()
        decided = {row["decision_id"]: decision_of(row) for row in found}
    pages = {hit_id: (row["listing"]["page_copy"] or {}).get("sha256") for hit_id, row in documents.items()}
    kept = set(session.scalars(select(captures.c.sha256).where(captures.c.sha256.in_(set(pages.values()) - {None}))))
    return tuple(
        StoredHit(
            hit_id=row["hit_id"],
            hit=Hit(
                listing=listing_from_document(documents[row["hit_id"]]["listing"]),
                evidence=tuple(evidence[row["hit_id"]]),
                chain=chain_from_document(documents[row["hit_id"]]["chain"]),
                **{name: row[name] for name in _JUDGED},
            ),
            decision=decided.get(row["decision_id"]),
            capture_sha256=pages[row["hit_id"]] if pages[row["hit_id"]] in kept else None,
            **{name: row[name] for name in _KEPT},
        )
        for row in rows
    )


def judged_to_document(stored: StoredHit) -> dict[str, Any]:
    """Return a hit as the document that a decision keeps: what the person looked at."""
    return {
        "listing": listing_to_document(stored.hit.listing),
        "evidence": [evidence_to_document(part) for part in stored.hit.evidence],
        "chain": chain_to_document(stored.hit.chain),
        **{name: getattr(stored.hit, name) for name in _JUDGED},
    }


def judged_from_document(document: Mapping[str, Any]) -> Hit:
    """Return the hit of such a document."""
    return Hit(
        listing=listing_from_document(document["listing"]),
        evidence=tuple(evidence_from_document(part) for part in document["evidence"]),
        chain=chain_from_document(document["chain"]),
        **{name: document[name] for name in _JUDGED},
    )
