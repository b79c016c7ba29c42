"""How Alembic runs a migration: on the connection it was given, in the transaction that is open."""

from alembic import context

from course.store.tables import Base

connection = context.config.attributes.get("connection")
if connection is None:
    raise RuntimeError("run migrations with `flask course upgrade`")
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
context.run_migrations()
