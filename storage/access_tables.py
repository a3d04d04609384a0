"""The tables of the access register: who opened which way into a market, which hosts rest, what was removed by rule."""

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Table

from storage.tables import metadata, moment, one_of, row_number, text

WAYS = ("api", "pages", "import")
PURGED_PARTS = ("price", "details")
# Content of a listing that was emptied by rule: fits no digest, so that its next sighting is written whole.
PURGED = "purged"

access_grants = Table(
    "access_grants", metadata,
    row_number("grant_id"), text("market"), text("way"), text("ground"), moment("until"),
    text("allowed_by"), moment("allowed_at"),
    text("ended_by", optional=True), moment("ended_at", optional=True), text("end_reason", optional=True),
    one_of("way", WAYS), CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended"),
    Index(None, "market", "way"),
)  # fmt: skip
host_rests = Table(
    "host_rests", metadata,
    text("market", key=True), text("host", key=True), moment("since"), moment("until"), text("sign"),
    text("run_id", optional=True),
)  # fmt: skip
purged_listings = Table(
    "purged_listings", metadata,
    text("market", key=True), text("listing_id", key=True), text("part", key=True), moment("purged_at"),
    one_of("part", PURGED_PARTS),
    ForeignKeyConstraint(["market", "listing_id"], ["listings.market", "listings.listing_id"]),
)  # fmt: skip
