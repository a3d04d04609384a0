"""Pages are compared by what is read from them."""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("page_states", sa.Column("fingerprint", types.PrintedText(), nullable=True))
