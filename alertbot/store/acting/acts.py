"""What admins did, and what they paused, as rows.

For the admins' commands; the broadcasts' rows use `write_act`, the status `load_pauses`.
"""

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.ports import Act, Pausable, Pause
from alertbot.store.engine import Database, unbroken
from alertbot.store.tables import acts, feeds, pauses, upsert


@unbroken
class ActRows:
    """What admins need of the store: `ports.ActBook`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, act: Act) -> None:
        """Write down an act that changes nothing here."""
        async with self._database.writing() as connection:
            await write_act(connection, act)

    async def acts(self, limit: int) -> tuple[Act, ...]:
        """Return the latest acts, newest first."""
        latest = select(acts).order_by(acts.c.id.desc()).limit(limit)
        async with self._database.reading() as connection:
            return tuple(
                Act(at=row.at, user=row.user_id, what=row.what, detail=row.detail)
                for row in await connection.execute(latest)
            )

    async def pauses(self) -> tuple[Pause, ...]:
        """Return what is paused, feeds first, then by id."""
        async with self._database.reading() as connection:
            return await load_pauses(connection)

    async def pause(self, kind: Pausable, id_: str, act: Act) -> bool:
        """Pause for every process, from the next poll or alert on; False if it is paused."""
        async with self._database.writing() as connection:
            statement = (
                upsert(connection, pauses)
                .values(kind=kind.value, id=id_, since=act.at)
                .on_conflict_do_nothing()
                .returning(pauses.c.id)
            )
            if (await connection.execute(statement)).first() is None:
                return False
            await write_act(connection, act)
            return True

    async def resume(self, kind: Pausable, id_: str, act: Act) -> bool:
        """End a pause; False if there is none.

        A feed is asked now, if it should have been asked meanwhile: nobody has missed its turn.
        """
        ended = delete(pauses).where(pauses.c.kind == kind.value, pauses.c.id == id_)
        async with self._database.writing() as connection:
            if not (await connection.execute(ended)).rowcount:
                return False
            if kind is Pausable.FEED:
                late = (feeds.c.id == id_, feeds.c.next_poll_at < act.at)
                await connection.execute(update(feeds).where(*late).values(next_poll_at=act.at))
            await write_act(connection, act)
            return True


async def write_act(connection: AsyncConnection, act: Act) -> None:
    """Write down what an admin did."""
    row = insert(acts).values(at=act.at, user_id=act.user, what=act.what, detail=act.detail)
    await connection.execute(row)


async def load_pauses(connection: AsyncConnection) -> tuple[Pause, ...]:
    """Return what `ActRows.pauses` does, within a transaction of others."""
    rows = await connection.execute(select(pauses).order_by(pauses.c.kind, pauses.c.id))
    return tuple(Pause(kind=Pausable(row.kind), id=row.id, since=row.since) for row in rows)
