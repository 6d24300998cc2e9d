"""Alembic's entry: migrates over the connection that `service.store.database` hands in, in its transaction."""

from __future__ import annotations

from alembic import context

from service.store.models import Base

connection = context.config.attributes["connection"]
# SQLite cannot alter most of a table; batches make a new one and copy.
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    user_module_prefix="",
)
with context.begin_transaction():
    context.run_migrations()
