"""The table of re-matches: how far each has come."""

from sqlalchemy import Table

from storage.tables import metadata, moment, number, text

# One row per re-match: the same rules, watch list and day judge the same listings the same way.
rematches = Table(
    "rematches", metadata,
    text("fingerprint", key=True), moment("started_at"), moment("finished_at", optional=True),
    text("phase"), text("after_market", optional=True), text("after_listing_id", optional=True), number("listings"),
)  # fmt: skip
