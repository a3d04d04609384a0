"""Run the migrations on the connection that storage.schema hands over; there is no other way in."""

from alembic import context

from storage.all_tables import load_metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=load_metadata(), transactional_ddl=True
)
with context.begin_transaction():
    context.run_migrations()
