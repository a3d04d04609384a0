"""Tables of what is kept as evidence: page captures with their files, legal holds, tombstones of what was removed."""

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from storage.tables import RowNumber, document, metadata, moment, number, one_of, row_number, text

CAPTURE_OUTCOMES = ("seen", "not_seen", "blocked", "failed", "no_room")
STAMP_STATES = ("none", "pending", "stamped")
TOMBSTONE_KINDS = ("answer", "page", "file")

# One attempt to capture a listing's page; a failed one has no manifest.
page_captures = Table(
    "page_captures", metadata,
    row_number("page_capture_id"), text("manifest_sha256", optional=True), text("market"), text("listing_id"),
    text("url"), document("hit_ids"), text("cause"), text("requested_by"), text("outcome"), text("detail"),
    moment("started_at"), moment("ended_at"), number("byte_count"),
    text("stamp_state"), moment("stamped_at", optional=True), moment("stamp_due_at", optional=True),
    number("stamp_tries"), text("stamp_problem", optional=True),
    UniqueConstraint("manifest_sha256"), one_of("outcome", CAPTURE_OUTCOMES), one_of("stamp_state", STAMP_STATES),
    Index(None, "market", "listing_id"), Index(None, "stamp_state", "stamp_due_at"), Index(None, "ended_at"),
)  # fmt: skip
page_capture_files = Table(
    "page_capture_files", metadata,
    Column(
        "page_capture_id", RowNumber, ForeignKey("page_captures.page_capture_id"), primary_key=True, autoincrement=False
    ),
    text("name", key=True), text("sha256"), number("byte_count"), text("media_type"), Index(None, "sha256"),
)  # fmt: skip
# What a listing's case holds may not be removed while one of these is in force.
legal_holds = Table(
    "legal_holds", metadata,
    row_number("hold_id"), text("market"), text("listing_id"), text("reason"), text("placed_by"), moment("placed_at"),
    text("released_by", optional=True), moment("released_at", optional=True), Index(None, "market", "listing_id"),
)  # fmt: skip
# What was removed from the store; the audit row of the removal names the same hash.
tombstones = Table(
    "tombstones", metadata,
    text("sha256", key=True), text("kind", key=True), moment("removed_at"), text("removed_by"), text("reason"),
    moment("file_removed_at", optional=True), one_of("kind", TOMBSTONE_KINDS), Index(None, "file_removed_at"),
)  # fmt: skip
