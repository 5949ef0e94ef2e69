"""What must outlive the process: feeds, briefs, alerts, chats and deliveries, in one database.

That is a SQLite file of one process, or PostgreSQL, which any number of processes share.
`open_store` gives each worker its part, as the protocols in `ports` describe it.
"""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime

from alertbot.store.acting.acts import ActRows
from alertbot.store.acting.broadcasts import BroadcastRows
from alertbot.store.archive import ArchiveRows
from alertbot.store.chats import ChatRows
from alertbot.store.engine import Database, open_database
from alertbot.store.keeping.copying import copy_all
from alertbot.store.keeping.retention import RetentionRows
from alertbot.store.operating.processes import ProcessRows
from alertbot.store.operating.status import StatusRows
from alertbot.store.outbox import HoldRows, OutboxRows
from alertbot.store.polling.feeds import FeedRows
from alertbot.store.polling.notices import NoticeRows
from alertbot.store.polling.websub import OrderRows
from alertbot.store.watches import WatchRows

__all__ = ["Store", "copy_store", "open_store", "open_store_readonly", "upgrade"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """An open database, one object for each of those who use it."""

    feeds: FeedRows
    orders: OrderRows
    outbox: OutboxRows
    holds: HoldRows
    chats: ChatRows
    archive: ArchiveRows
    status: StatusRows
    retention: RetentionRows
    processes: ProcessRows
    notices: NoticeRows
    watches: WatchRows
    acts: ActRows
    broadcasts: BroadcastRows
    database: Database

    async def recover(self, now: datetime) -> None:
        """Take up what ended processes left: at once if none other can run, else as leases lapse.

        What a clock that was ahead has planned too far off is brought back.
        """
        alone = not self.database.shared
        await self.feeds.recover(now, everything=alone)
        await self.outbox.recover(now, everything=alone)
        if alone:
            await self.processes.recover()

    async def close(self) -> None:
        """Close the connections and let go of the lock."""
        await self.database.close()


async def open_store(url: str, password: str | None = None) -> Store:
    """Open the database for work, made or migrated as need be; a SQLite file for us alone.

    password: for PostgreSQL; None leaves it to PGPASSWORD or the password file, as for psql.
    Raises StoreLocked if another process has the file open, StoreError if it cannot be used.
    """
    database = open_database(url, password, writable=True)
    try:
        await database.migrate()
    except BaseException:
        await database.close()
        raise
    return _store(database)


async def open_store_readonly(url: str, password: str | None = None) -> Store:
    """Open the database for looking only, whoever else has it open; raises StoreError."""
    database = open_database(url, password, writable=False)
    try:
        await database.require_schema()
    except BaseException:
        await database.close()
        raise
    return _store(database)


async def upgrade(url: str, password: str | None = None) -> None:
    """Bring the schema up to date; raises as `open_store` does."""
    store = await open_store(url, password)
    await store.close()


async def copy_store(
    source: tuple[str, str | None], target: tuple[str, str | None]
) -> dict[str, int]:
    """Copy all from one database to an empty one, each an address and a password or None.

    Returns the number of rows by table. Raises StoreLocked if the service has the source open,
    StoreError if it cannot be done; then the target holds nothing.
    """
    looked_at = await open_store_readonly(*source)  # to open it for writing would make a file
    await looked_at.close()
    async with AsyncExitStack() as opened:
        databases = []
        for url, password in (source, target):
            store = await open_store(url, password)
            opened.push_async_callback(store.close)
            databases.append(store.database)
        return await copy_all(*databases)


def _store(database: Database) -> Store:
    return Store(
        feeds=FeedRows(database),
        orders=OrderRows(database),
        outbox=OutboxRows(database),
        holds=HoldRows(database),
        chats=ChatRows(database),
        archive=ArchiveRows(database),
        status=StatusRows(database),
        retention=RetentionRows(database),
        processes=ProcessRows(database),
        notices=NoticeRows(database),
        watches=WatchRows(database),
        acts=ActRows(database),
        broadcasts=BroadcastRows(database),
        database=database,
    )
