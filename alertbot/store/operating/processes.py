"""The processes of the service as rows, and the roles that one of them at a time may have.

For the app, which runs any number of processes on one database.
"""

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.ports import ServiceProcess
from alertbot.store.engine import Database, unbroken
from alertbot.store.tables import processes, roles, upsert

#: a process that was killed is remembered so long
REMEMBERED = timedelta(days=1)


@unbroken
class ProcessRows:
    """Who is at work, and who may do what only one may."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def alive(self, process: ServiceProcess) -> None:
        """Note a sign of life, and forget the processes that have given none for a day."""
        row = asdict(process)
        long_ago = process.alive_at - REMEMBERED
        async with self._database.writing() as connection:
            await connection.execute(
                upsert(connection, processes)
                .values(row)
                .on_conflict_do_update(index_elements=["id"], set_=row)
            )
            await connection.execute(delete(processes).where(processes.c.alive_at < long_ago))

    async def ended(self, process: str) -> None:
        """Forget a process that has come to its end."""
        async with self._database.writing() as connection:
            await connection.execute(delete(processes).where(processes.c.id == process))

    async def processes(self) -> tuple[ServiceProcess, ...]:
        """Return every process that did not end well or at all, the longest at work first."""
        async with self._database.reading() as connection:
            return await load_processes(connection)

    async def take(self, role: str, token: str, now: datetime, lease: timedelta) -> bool:
        """Take a role until the lease ends, or keep it; False while another has it."""
        free = or_(roles.c.token.is_(None), roles.c.token == token, roles.c.lease_until <= now)
        held = {"token": token, "lease_until": now + lease}
        async with self._database.writing() as connection:
            statement = (
                upsert(connection, roles)
                .values(name=role, **held)
                .on_conflict_do_update(index_elements=["name"], set_=held, where=free)
                .returning(roles.c.name)
            )
            return (await connection.execute(statement)).first() is not None

    async def release(self, role: str, token: str) -> None:
        """Leave a role to whoever asks next."""
        mine = update(roles).where(roles.c.name == role, roles.c.token == token)
        async with self._database.writing() as connection:
            await connection.execute(mine.values(token=None, lease_until=None))

    async def recover(self) -> None:
        """Free every role, as at a start when no other process can have one."""
        async with self._database.writing() as connection:
            await connection.execute(update(roles).values(token=None, lease_until=None))
            await connection.execute(delete(processes))


async def load_processes(connection: AsyncConnection) -> tuple[ServiceProcess, ...]:
    """Return what `ProcessRows.processes` does, within a transaction of others."""
    statement = select(processes).order_by(processes.c.started_at, processes.c.id)
    rows = await connection.execute(statement)
    return tuple(ServiceProcess(**row._mapping) for row in rows)
