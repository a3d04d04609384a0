"""How a flagged listing stood before it changed, so that the change can be shown word by word."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from records.listing import Listing
from storage.documents import VOLATILE, listing_from_document
from storage.review_tables import hit_versions
from storage.tables import hit_documents

# What a reviewer would want to see changed; the rest of a page differs without meaning.
_COMPARED: Final = (
    "title", "description", "price", "price_max", "original_price", "seller_id", "seller_name", "images", "brand",
    "condition",
)  # fmt: skip
MAX_VERSIONS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A flagged listing as it stood for a while."""

    seen_at: datetime
    """When it was last seen so."""
    replaced_at: datetime
    """When it was first seen otherwise."""
    revision: int
    """The hit's revision at that time."""
    score: float
    tier: str
    rule_version: str
    listing: Listing


def keep_version(session: Session, before: Mapping[Any, Any], document: Mapping[str, Any], seen_at: datetime) -> None:
    """Keep how the listing stood before, where the new one says something else; a value that is missing is no news."""
    query = select(hit_documents.c.listing).where(hit_documents.c.hit_id == before["hit_id"])
    old = session.scalar(query)
    if old is None or not any(document[name] and old[name] and _said(document, name) != _said(old, name)
                              for name in _COMPARED):  # fmt: skip
        return
    session.execute(
        insert(hit_versions).values(
            hit_id=before["hit_id"], seen_at=before["last_seen_at"], replaced_at=seen_at, revision=before["revision"],
            score=before["score"], tier=before["tier"], rule_version=before["rule_version"],
            listing={**old, **dict.fromkeys(set(VOLATILE) - {"fetched_at", "page_copy"})},
        )
    )  # fmt: skip


def _said(document: Mapping[str, Any], name: str) -> Any:
    value = document[name]
    if name == "images":
        return sorted(value)
    # The same amount may be printed in another way.
    return [value["amount"], value["currency"]] if isinstance(value, dict) else value


def load_versions(session: Session, hit_id: str) -> tuple[Version, ...]:
    """Return the earlier versions of a hit's listing, the latest first."""
    query = select(hit_versions).where(hit_versions.c.hit_id == hit_id)
    rows = session.execute(query.order_by(hit_versions.c.version_id.desc()).limit(MAX_VERSIONS)).mappings()
    return tuple(
        Version(
            seen_at=row["seen_at"], replaced_at=row["replaced_at"], revision=row["revision"], score=row["score"],
            tier=row["tier"], rule_version=row["rule_version"], listing=listing_from_document(row["listing"]),
        )
        for row in rows
    )  # fmt: skip
