"""Run the migrations on the connection that `alertbot.store.engine` hands over.

There is no ini file: `alertbot db upgrade`, `alertbot run` and the tests all come through there.
"""

from alembic import context

from alertbot.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
