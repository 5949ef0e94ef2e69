"""What admins tell all chats, as rows: drafts, and the deliveries made of those approved.

Deliveries of a broadcast are made a handful at a time and only while nothing is due, so that alerts
go first; how far that is stands in its row, in the same commit, so that a crash repeats none.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import Message
from alertbot.ports import Act, Broadcast, BroadcastId, Progress, Stage
from alertbot.store.acting.acts import write_act
from alertbot.store.engine import Database, unbroken
from alertbot.store.tables import (
    UNDER_WAY,
    State,
    broadcasts,
    chats,
    deliveries,
    in_state,
    upsert,
)

#: what a second takes off the queue
HANDFUL = 30


@unbroken
class BroadcastRows:
    """What broadcasts need of the store: `ports.BroadcastBook`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reachable(self) -> int:
        """Return how many chats a broadcast would go to now."""
        async with self._database.reading() as connection:
            return await _count(connection, chats.c.gone_reason.is_(None))

    async def draft(self, message: Message, act: Act) -> BroadcastId:
        """Keep what is to be told, for somebody to approve."""
        statement = (
            insert(broadcasts)
            .values(html=message.html, text=message.text, stage=Stage.DRAFT.value, made_at=act.at)
            .returning(broadcasts.c.id)
        )
        async with self._database.writing() as connection:
            await write_act(connection, act)
            return BroadcastId((await connection.execute(statement)).scalar_one())

    async def find(self, id_: BroadcastId) -> Broadcast | None:
        """Return a broadcast; None if it is not kept any more."""
        statement = select(broadcasts).where(broadcasts.c.id == id_)
        async with self._database.reading() as connection:
            row = (await connection.execute(statement)).first()
        if row is None:
            return None
        return Broadcast(id=id_, message=_message(row), stage=Stage(row.stage), made_at=row.made_at)

    async def approve(self, id_: BroadcastId, act: Act) -> bool:
        """Have a draft sent to every chat that can be reached now; False if it is none any more."""
        return await self._decide(id_, act, stage=Stage.UNDER_WAY.value, approved_at=act.at)

    async def cancel(self, id_: BroadcastId, act: Act) -> bool:
        """Have a draft never sent; False if it is none any more."""
        return await self._decide(id_, act, stage=Stage.CANCELLED.value)

    async def _decide(self, id_: BroadcastId, act: Act, **values: Any) -> bool:
        draft = (broadcasts.c.id == id_, broadcasts.c.stage == Stage.DRAFT.value)
        async with self._database.writing() as connection:
            decided = await connection.execute(update(broadcasts).where(*draft).values(**values))
            if not decided.rowcount:
                return False
            await write_act(connection, act)
            return True

    async def latest(self) -> Progress | None:
        """Return what has become of the newest broadcast that was approved."""
        approved = broadcasts.c.approved_at.is_not(None)
        newest = select(broadcasts).where(approved).order_by(broadcasts.c.id.desc()).limit(1)
        async with self._database.reading() as connection:
            row = (await connection.execute(newest)).first()
            if row is None:
                return None
            counts = (
                select(deliveries.c.state, func.count())
                .where(deliveries.c.broadcast_id == row.id)
                .group_by(deliveries.c.state)
            )
            under_way = row.stage == Stage.UNDER_WAY
            return Progress(
                approved_at=row.approved_at,
                left=await _count(connection, *_to_reach(row)) if under_way else 0,
                deliveries={row[0]: row[1] for row in await connection.execute(counts)},
            )

    async def go_on(self, now: datetime) -> int | None:
        """Make a handful of deliveries of a broadcast, unless something is due: alerts go first.

        Returns how many were made; None when no broadcast is under way.
        """
        first = select(broadcasts).where(UNDER_WAY).order_by(broadcasts.c.id).limit(1)
        async with self._database.reading() as connection:
            if (await connection.execute(first)).first() is None:
                return None
        async with self._database.writing() as connection:
            row = (await connection.execute(first.with_for_update(skip_locked=True))).first()
            if row is None or await _something_is_due(connection, now):
                return 0
            return await _make_some(connection, row, now)


async def load_broadcasts(
    connection: AsyncConnection, which: Collection[int]
) -> dict[int, Message]:
    """Return what broadcasts say, by their ids."""
    statement = select(broadcasts).where(broadcasts.c.id.in_(which))
    return {row.id: _message(row) for row in await connection.execute(statement)}


async def _something_is_due(connection: AsyncConnection, now: datetime) -> bool:
    due = [
        exists().where(
            in_state(State.PENDING), deliveries.c.urgent == urgent, deliveries.c.turn_at <= now
        )
        for urgent in (True, False)
    ]
    return any((await connection.execute(select(*due))).one())


async def _make_some(connection: AsyncConnection, row: Row[Any], now: datetime) -> int:
    """Make the next deliveries, and note how far that is.

    The highest ids come first: a group that gets a new id while this goes on gets a lower one, and
    is reached by one of the two or, as there is but one delivery of a broadcast to a chat, by both.
    """
    some = select(chats.c.id).where(*_to_reach(row)).order_by(chats.c.id.desc()).limit(HANDFUL)
    ids = (await connection.execute(some)).scalars().all()
    of = broadcasts.c.id == row.id
    if not ids:
        made = {"stage": Stage.MADE.value, "reached": None}
        await connection.execute(update(broadcasts).where(of).values(made))
        return 0
    values = {
        "broadcast_id": row.id,
        "topics": "",
        "state": State.PENDING.value,
        "attempt": 0,
        "maybe_repeat": False,
        "made_at": now,
        "urgent": False,
        "at_most_once": False,
        "due_at": now,
        "turn_at": now,
    }
    await connection.execute(
        upsert(connection, deliveries).on_conflict_do_nothing(),
        [{"chat_id": chat, **values} for chat in ids],
    )
    await connection.execute(update(broadcasts).where(of).values(reached=ids[-1]))
    return len(ids)


def _to_reach(row: Row[Any]) -> list[ColumnElement[bool]]:
    """Return which chats a broadcast is still to be queued for: those there were when approved."""
    wanted = [chats.c.gone_reason.is_(None), chats.c.opened_at <= row.approved_at]
    return wanted if row.reached is None else [*wanted, chats.c.id < row.reached]


def _message(row: Row[Any]) -> Message:
    return Message(html=row.html, text=row.text)


async def _count(connection: AsyncConnection, *where: ColumnElement[bool]) -> int:
    statement = select(func.count()).select_from(chats).where(*where)
    return (await connection.execute(statement)).scalar_one()
