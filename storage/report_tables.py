"""The table of the hits that a monthly report lists."""

from sqlalchemy import Column, ForeignKey, Index, Table

from storage.tables import RowNumber, metadata, text

# Listed, but not told as news: the digests tell each hit once, whatever a report lists.
outbox_listed = Table(
    "outbox_listed", metadata,
    Column("mail_id", RowNumber, ForeignKey("outbox.mail_id"), primary_key=True, autoincrement=False),
    text("hit_id", key=True), Index(None, "hit_id"),
)  # fmt: skip
