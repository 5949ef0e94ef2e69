"""How all is doing, read from the rows in one glance.

For `alertbot status` and the health page.
"""

from collections import Counter
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
    past_deliveries,
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
        dead = deliveries.c.state == State.DEAD
        oldest_due = select(func.min(deliveries.c.made_at)).where(
            deliveries.c.state == State.PENDING
        )
        async with self._database.reading() as connection:
            counts, repeated = await _counts(connection)
            return Status(
                feeds=await _feeds(connection),
                chats=await _count(connection, chats.c.id),
                unreachable=await _count(connection, chats.c.gone_reason),
                subscriptions=await _count(connection, subscriptions.c.chat_id),
                subscribers=await count_subscribers(connection),
                deliveries=counts,
                repeated=repeated,
                dead_reasons=await _count_by(connection, deliveries.c.reason, dead),
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


async def _counts(connection: AsyncConnection) -> tuple[dict[str, int], int]:
    """Return the deliveries by state and the repeats among the sent, with those of the past."""
    state = deliveries.c.state
    counts = Counter(dict.fromkeys(map(str, State), 0))
    counts.update(await _count_by(connection, state))
    repeated = await _count(connection, state, state == State.SENT, deliveries.c.maybe_repeat)
    for row in await connection.execute(select(past_deliveries)):
        counts[row.state] += row.number
        repeated += row.repeated if row.state == State.SENT else 0
    return dict(counts), repeated


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
