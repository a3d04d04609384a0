"""The tables of crawling itself: turns at hosts, requests per day, what a run has open, what pages said before."""

from sqlalchemy import Boolean, Column, Date, Index, Integer, Table

from storage.tables import document, metadata, moment, number, one_of, row_number, text

PAGE_STATES = ("waiting", "done")
OBSERVED_FIELDS = ("title", "price", "seller", "image", "availability")
NOTICE_KINDS = ("broken", "recovered")

# One row per host that was ever asked: every fetcher of every process takes it before a request.
host_turns = Table(
    "host_turns", metadata,
    text("host", key=True), moment("next_allowed_at"), text("holder", optional=True),
    moment("held_until", optional=True),
)  # fmt: skip
market_days = Table(
    "market_days", metadata,
    text("market", key=True), Column("day", Date, primary_key=True), number("requests"),
)  # fmt: skip
# The pages of a run that is under way; gone when it has ended.
run_pages = Table(
    "run_pages", metadata,
    text("run_id", key=True), text("page_key", key=True), text("url"), text("start"), text("state"),
    Column("priority", Integer, nullable=False), Column("depth", Integer, nullable=False),
    Column("detail", Boolean, nullable=False), number("position"),
    one_of("state", PAGE_STATES), Index(None, "run_id", "state", "position"),
)  # fmt: skip
# What is known of a page from its last visit.
page_states = Table(
    "page_states", metadata,
    text("market", key=True), text("url", key=True), text("etag", optional=True), text("last_modified", optional=True),
    moment("fetched_at"), moment("changed_at"), number("visits"), number("changes"),
    document("listing_ids"), document("links"), text("fingerprint", optional=True),
)  # fmt: skip
# Which listings a search, category or sitemap showed, and since when it no longer does.
pass_listings = Table(
    "pass_listings", metadata,
    text("market", key=True), text("start", key=True), text("listing_id", key=True), moment("last_seen_at"),
    moment("not_seen_since", optional=True), Index(None, "market", "listing_id"),
)  # fmt: skip
listing_observations = Table(
    "listing_observations", metadata,
    row_number("observation_id"), text("market"), text("listing_id"), moment("seen_at"), text("field"),
    text("before", optional=True), text("after", optional=True), text("run_id", optional=True),
    one_of("field", OBSERVED_FIELDS), Index(None, "market", "listing_id", "seen_at"),
)  # fmt: skip
# What operators must hear: once when a schedule's crawl broke, once when it works again.
operator_notices = Table(
    "operator_notices", metadata,
    row_number("notice_id"), text("subject"), text("kind"), moment("at"), text("run_id"), number("bad_runs"),
    document("sentences"), moment("sent_at", optional=True),
    one_of("kind", NOTICE_KINDS), Index(None, "subject", "notice_id"), Index(None, "sent_at"),
)  # fmt: skip
