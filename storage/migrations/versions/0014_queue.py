"""The queue that carries jobs to workers, on PostgreSQL; its tables are the library's own."""

from alembic import op

from storage.broker import install

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    install(op.get_bind())
