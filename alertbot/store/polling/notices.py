"""What admins are still to be told, as rows: written with the poll that saw it, gone when told."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import FeedId
from alertbot.ports import DueNotice, Event, Notice
from alertbot.store.engine import Database, unbroken
from alertbot.store.tables import notices


@unbroken
class NoticeRows:
    """What whoever tells the admins needs of the store: `ports.NoticeBook`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim_notices(self, now: datetime, lease: timedelta) -> tuple[DueNotice, ...]:
        """Lease all notices that nobody else is telling, oldest first."""
        untold = (
            select(notices)
            .where(or_(notices.c.lease_until.is_(None), notices.c.lease_until <= now))
            .order_by(notices.c.id)
            .with_for_update(skip_locked=True)
        )
        async with self._database.writing() as connection:
            rows = (await connection.execute(untold)).all()
            leased = update(notices).where(notices.c.id.in_([row.id for row in rows]))
            await connection.execute(leased.values(lease_until=now + lease))
        return tuple(
            DueNotice(
                id=row.id,
                notice=Notice(event=Event(row.event), feed=FeedId(row.feed_id), detail=row.detail),
            )
            for row in rows
        )

    async def told(self, ids: Collection[int]) -> None:
        """Forget notices that admins have been told."""
        async with self._database.writing() as connection:
            await connection.execute(delete(notices).where(notices.c.id.in_(ids)))


async def insert_notices(connection: AsyncConnection, made: Sequence[Notice]) -> None:
    """Store what admins are to be told."""
    for notice in made:
        row = {"event": notice.event, "feed_id": notice.feed, "detail": notice.detail}
        await connection.execute(insert(notices).values(row))
