"""What must outlive the process: feeds, briefs, alerts, chats and deliveries, in one SQLite file.

`open_store` gives each worker its part, as the protocols in `ports` describe it.
"""

from dataclasses import dataclass

from alertbot.errors import StoreError
from alertbot.store.chats import ChatRows
from alertbot.store.deliveries import DeliveryRows
from alertbot.store.engine import Database, database_path
from alertbot.store.feeds import FeedRows
from alertbot.store.status import StatusRows

__all__ = ["Store", "open_store", "open_store_readonly", "upgrade"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """An open database, one object for each of those who use it."""

    feeds: FeedRows
    outbox: DeliveryRows
    chats: ChatRows
    status: StatusRows
    database: Database

    async def close(self) -> None:
        """Close the connections and let go of the lock."""
        await self.database.close()


async def open_store(url: str) -> Store:
    """Open the database for this process alone, made or migrated as need be.

    Raises StoreLocked if another process has it open, StoreError if it cannot be used.
    """
    database = Database(database_path(url), writable=True)
    try:
        await database.migrate()
    except BaseException:
        await database.close()
        raise
    return _store(database)


async def open_store_readonly(url: str) -> Store:
    """Open the database for looking only, whoever else has it open; raises StoreError."""
    path = database_path(url)
    if not path.exists():
        raise StoreError(f"{path}: no such file; `alertbot run` makes it")
    database = Database(path, writable=False)
    try:
        await database.require_schema()
    except BaseException:
        await database.close()
        raise
    return _store(database)


async def upgrade(url: str) -> None:
    """Bring the schema up to date; raises as `open_store` does."""
    store = await open_store(url)
    await store.close()


def _store(database: Database) -> Store:
    return Store(
        feeds=FeedRows(database),
        outbox=DeliveryRows(database),
        chats=ChatRows(database),
        status=StatusRows(database),
        database=database,
    )
