"""How all is doing, read from the rows in one glance.

For `alertbot status` and the health page.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import FeedId
from alertbot.ports import FeedStatus, Status
from alertbot.store.chats import count_subscribers
from alertbot.store.engine import Database, unbroken
from alertbot.store.tables import (
    State,
    briefs,
    chats,
    deliveries,
    feeds,
    heartbeat,
    pace,
    subscriptions,
    upsert,
)

SERVICE = "service"


@unbroken
class StatusRows:
    """What the operator's view needs of the store: `ports.StatusBook`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def status(self) -> Status:
        """Return how all is doing: the feeds of the config, all chats, all deliveries."""
        state = deliveries.c.state
        oldest_due = select(func.min(deliveries.c.made_at)).where(state == State.PENDING)
        async with self._database.reading() as connection:
            return Status(
                feeds=await _feeds(connection),
                chats=await _count(connection, chats.c.id),
                unreachable=await _count(connection, chats.c.gone_reason),
                subscriptions=await _count(connection, subscriptions.c.chat_id),
                subscribers=await count_subscribers(connection),
                deliveries=dict.fromkeys(map(str, State), 0) | await _count_by(connection, state),
                repeated=await _count(
                    connection, deliveries.c.id, state == State.SENT, deliveries.c.maybe_repeat
                ),
                dead_reasons=await _count_by(connection, deliveries.c.reason, state == State.DEAD),
                oldest_due=await connection.scalar(oldest_due),
                paused_until=await connection.scalar(select(pace.c.paused_until)),
                alive_at=await connection.scalar(select(heartbeat.c.alive_at)),
            )

    async def alive(self, now: datetime) -> None:
        """Note a sign of life."""
        async with self._database.writing() as connection:
            statement = (
                upsert(connection, heartbeat)
                .values(scope=SERVICE, alive_at=now)
                .on_conflict_do_update(index_elements=["scope"], set_={"alive_at": now})
            )
            await connection.execute(statement)


async def _feeds(connection: AsyncConnection) -> tuple[FeedStatus, ...]:
    count = select(func.count()).where(briefs.c.feed_id == feeds.c.id).scalar_subquery()
    statement = select(feeds, count.label("briefs")).where(feeds.c.active).order_by(feeds.c.id)
    return tuple(
        FeedStatus(
            feed=FeedId(row.id),
            last_ok_at=row.last_ok_at,
            last_new_at=row.last_new_at,
            next_poll_at=row.next_poll_at,
            briefs=row.briefs,
            errors_in_row=row.errors_in_row,
            error=row.error,
            gone=row.gone,
        )
        for row in await connection.execute(statement)
    )


async def _count(
    connection: AsyncConnection, column: ColumnElement[Any], *where: ColumnElement[bool]
) -> int:
    statement = select(func.count(column)).where(*where)
    return (await connection.execute(statement)).scalar_one()


async def _count_by(
    connection: AsyncConnection, column: ColumnElement[Any], *where: ColumnElement[bool]
) -> dict[str, int]:
    statement = select(column, func.count()).where(*where).group_by(column)
    return {row[0]: row[1] for row in await connection.execute(statement)}
