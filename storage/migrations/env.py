"""Run the migrations on the connection that storage.schema hands over; there is no other way in."""

from alembic import context

from storage import thumbnail_tables  # noqa: F401 - registers its tables
from storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
