"""Run the state store's migrations on the connection that the store hands over."""

from alembic import context

from bridge.store.models import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    # The store has begun the one transaction that everything happens in.
    transactional_ddl=False,
)
context.run_migrations()
