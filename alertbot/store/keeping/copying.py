"""All that one database holds, put into another: from a SQLite file to PostgreSQL, or back."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Column, Table, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.errors import StoreError
from alertbot.store.engine import Database
from alertbot.store.tables import briefs, chats, feeds, metadata, processes

BATCH = 1_000
#: signs of life come every 30 seconds
AT_WORK = timedelta(minutes=2)


async def copy_all(source: Database, target: Database) -> dict[str, int]:
    """Copy every row, in one transaction, and return how many each table has.

    Both have the present schema and are open for writing, which of a SQLite file only one process
    has. Raises StoreError, and then the target is as it was: if the service is at work on the
    source, if the target holds anything already, if a row is missing in the end.
    """
    async with source.reading() as old:
        await _require_rest(source, old)
        async with target.writing() as new:
            await _require_empty(target, new)
            for table in reversed(metadata.sorted_tables):
                await new.execute(delete(table))  # what a migration may have put there
            for table in metadata.sorted_tables:
                await _copy(table, old, new)
            return {
                table.name: await _checked_count(table, old, new)
                for table in metadata.sorted_tables
            }


async def _require_rest(source: Database, connection: AsyncConnection) -> None:
    """Raise StoreError if a process works on the source, which a SQLite file's lock rules out."""
    if not source.shared:
        return
    since = datetime.now(UTC) + await source.clock_lead() - AT_WORK
    at_work = select(processes.c.host, processes.c.pid).where(processes.c.alive_at > since)
    if found := (await connection.execute(at_work)).first():
        raise StoreError(
            f"{source.name}: a service is at work on it ({found.host}, process {found.pid}); "
            "stop it first. One that was killed counts for two minutes"
        )


async def _require_empty(target: Database, connection: AsyncConnection) -> None:
    for table in (feeds, briefs, chats):
        if (await connection.execute(select(table).limit(1))).first():
            raise StoreError(f"{target.name}: not empty ({table.name}); nothing is copied")


async def _copy(table: Table, old: AsyncConnection, new: AsyncConnection) -> None:
    rows = await old.stream(select(table))
    async for batch in rows.mappings().partitions(BATCH):
        await new.execute(insert(table), [dict(row) for row in batch])
    numbered = table.autoincrement_column
    if numbered is not None and new.dialect.name == "postgresql":
        await _number_on(numbered, new)


async def _number_on(column: Column[int], connection: AsyncConnection) -> None:
    """Have PostgreSQL number the next row after the last one there is, as SQLite does."""
    last = await connection.scalar(select(func.max(column)))
    if last is not None:
        sequence = func.pg_get_serial_sequence(column.table.name, column.name)
        await connection.execute(select(func.setval(sequence, last)))


async def _checked_count(table: Table, old: AsyncConnection, new: AsyncConnection) -> int:
    count = select(func.count()).select_from(table)
    there, here = [(await one.execute(count)).scalar_one() for one in (old, new)]
    if there != here:
        raise StoreError(f"{table.name}: {here} of {there} rows arrived; nothing is copied")
    return here
