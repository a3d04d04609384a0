"""How marks were written to hide them, in listings that people confirmed as violations: words worth searching for."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import hit_evidence, hits

MAX_ROWS = 2_000
# Fields whose words sellers choose; a category's are the market's own.
SEARCHED_FIELDS = frozenset({"title", "description", "seller_name", "brand"})


def load_confirmed_disguises(session: Session, signals: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Return (mark id, words as printed) of the evidence of those signals in confirmed hits, newest hits first."""
    query = (
        select(hits.c.mark_id, hit_evidence.c.spans)
        .join(hit_evidence, hit_evidence.c.hit_id == hits.c.hit_id)
        .where(hits.c.state == "confirmed", hit_evidence.c.signal.in_(sorted(signals)))
        .order_by(hits.c.last_seen_at.desc(), hits.c.hit_id, hit_evidence.c.position)
        .limit(MAX_ROWS)
    )
    found: dict[tuple[str, str], None] = {}
    for mark_id, spans in session.execute(query).all():
        for span in spans:
            if span["field"] in SEARCHED_FIELDS and span["text"].strip():
                found[mark_id, " ".join(span["text"].split())] = None
    return tuple(found)
