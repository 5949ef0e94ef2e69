"""The database behind the rows: a SQLite file or PostgreSQL, opened by its URL."""

from alertbot.store.engine.postgresql import PostgresDatabase, is_postgresql
from alertbot.store.engine.shared import Database, unbroken
from alertbot.store.engine.sqlite import SqliteDatabase, database_path
from alertbot.store.engine.together import Together

__all__ = ["Database", "Together", "open_database", "unbroken"]


def open_database(url: str, password: str | None, *, writable: bool) -> Database:
    """Return the database that a URL names, its schema not looked at yet.

    password: for PostgreSQL; None leaves it to PGPASSWORD or the password file, as for psql.
    Raises StoreLocked if another process has the file open for writing, StoreError.
    """
    if is_postgresql(url):
        return PostgresDatabase(url, password, writable=writable)
    return SqliteDatabase(database_path(url), writable=writable)
