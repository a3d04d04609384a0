"""A listing knows the hash and time of its latest price observation."""

import json

import sqlalchemy as sa
from alembic import op

from storage import column_types as types
from storage.listing_rows import price_sha256

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

PARTS = ("price", "price_max", "original_price", "price_raw", "availability")
BATCH = 1_000


def upgrade() -> None:
    op.add_column("listings", sa.Column("observed", types.PrintedText(), nullable=True))
    op.add_column("listings", sa.Column("price_sha256", types.PrintedText(), nullable=True))
    op.add_column("listings", sa.Column("price_seen_at", types.Moment(), nullable=True))
    connection = op.get_bind()
    # The time of the latest observation; its prices are those of the listing as last seen, because an observation is
    # added whenever they differ.
    op.execute(
        "UPDATE listings SET price_seen_at = (SELECT max(o.seen_at) FROM price_observations AS o"
        " WHERE o.market = listings.market AND o.listing_id = listings.listing_id)"
    )
    after = ("", "")
    while True:
        rows = connection.execute(
            sa.text(
                "SELECT market, listing_id, document FROM listings WHERE (market, listing_id) > (:market, :listing_id)"
                " ORDER BY market, listing_id LIMIT :batch"
            ),
            {"market": after[0], "listing_id": after[1], "batch": BATCH},
        ).all()
        if not rows:
            return
        values = []
        for row in rows:
            document = json.loads(row.document)
            digest = price_sha256([document[name] for name in PARTS])
            values.append({"market": row.market, "listing_id": row.listing_id, "digest": digest})
        connection.execute(
            sa.text("UPDATE listings SET price_sha256 = :digest WHERE market = :market AND listing_id = :listing_id"),
            values,
        )
        after = (rows[-1].market, rows[-1].listing_id)
