"""The table of listings' small pictures."""

from sqlalchemy import Column, LargeBinary, Table

from storage.tables import metadata, moment, number, text

# One row per listing, also where the picture could not be had: then `problem` says why and `jpeg` is empty.
thumbnails = Table(
    "thumbnails", metadata,
    text("market", key=True), text("listing_id", key=True), text("image_url"), moment("fetched_at"),
    Column("jpeg", LargeBinary), text("sha256", optional=True), number("width"), number("height"),
    text("problem", optional=True),
)  # fmt: skip
