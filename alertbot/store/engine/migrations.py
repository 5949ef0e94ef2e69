"""The schema in a database, and the steps that bring it up to date."""

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from alertbot.errors import StoreError


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Take every step that is missing up to a revision.

    Raises CommandError if the schema is of the future, StoreError if a row were left without the
    one it refers to, which SQLite does not watch while tables are rebuilt.
    """
    present, newest = revisions(connection)
    if present == newest:
        return
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    if connection.dialect.name == "sqlite":
        stray = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if stray is not None:
            raise StoreError(f"a row of {stray[0]} refers to a row of {stray[2]} that is not there")


def revisions(connection: Connection) -> tuple[str | None, str | None]:
    """Return the revision of the schema, None if there is none, and the newest we know."""
    present = MigrationContext.configure(connection).get_current_revision()
    return present, _newest()


@cache
def _newest() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "alertbot.store:migrations")
    return config
