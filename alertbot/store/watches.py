"""Watches as rows: rules that chats wrote for themselves, proposed and saved.

For the chat commands, and for whoever matches them. A saved watch is a topic with one subscription.
"""

from collections.abc import AsyncIterator, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import ChatId, watch_topic
from alertbot.ports import ArchivedBrief, Saving, Watch
from alertbot.store.alerts import load_briefs
from alertbot.store.chats import cancel_topic, remember_chat
from alertbot.store.engine import Database, unbroken
from alertbot.store.keeping.watches import count_change, forget_watches
from alertbot.store.tables import (
    NO_THREAD,
    briefs,
    chats,
    deliveries,
    subscriptions,
    watch_changes,
    watches,
)

#: proposals of a chat that are remembered
PROPOSALS = 5
#: PostgreSQL takes 32,767 parameters in a statement
NUMBERS_AT_ONCE = 10_000
#: briefs in memory at a time
BATCH = 200


@unbroken
class WatchRows:
    """What watching needs of the store: `ports.WatchBook` and `ports.WatchSource`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def watches(self, chat: ChatId) -> tuple[Watch, ...]:
        """Return what the chat watches, the oldest first."""
        statement = select(watches).where(watches.c.chat_id == chat, watches.c.saved)
        async with self._database.reading() as connection:
            rows = await connection.execute(statement.order_by(watches.c.since, watches.c.number))
            return tuple(_watch(row) for row in rows)

    async def propose(self, chat: ChatId, rule: str, now: datetime) -> int:
        """Remember a rule that the chat may save, opening the chat if need be; return its number.

        Only the newest few of a chat are remembered.
        """
        mine = (watches.c.chat_id == chat, ~watches.c.saved)
        newest = (
            select(watches.c.number).where(*mine).order_by(watches.c.number.desc()).limit(PROPOSALS)
        )
        async with self._database.writing() as connection:
            await remember_chat(connection, chat, now)
            number = await count_change(connection)
            row = {"number": number, "chat_id": chat, "rule": rule, "since": now, "saved": False}
            await connection.execute(insert(watches).values(row))
            kept = (await connection.execute(newest)).scalars().all()
            await connection.execute(delete(watches).where(*mine, watches.c.number.not_in(kept)))
            return number

    async def save(
        self, chat: ChatId, number: int, now: datetime, limit: int, thread: int | None = None
    ) -> Saving:
        """Watch by a rule that was proposed to this chat, which may have `limit` watches.

        Saving what is saved already does no harm. thread: the forum thread that is told.
        """
        mine = (watches.c.number == number, watches.c.chat_id == chat)
        async with self._database.writing() as connection:
            await connection.execute(_alone_with(chat))
            proposed = (await connection.execute(select(watches).where(*mine))).one_or_none()
            if proposed is None:
                return Saving.GONE
            if proposed.saved:
                return Saving.SAVED
            theirs = select(watches.c.rule).where(watches.c.chat_id == chat, watches.c.saved)
            rules = (await connection.execute(theirs)).scalars().all()
            if proposed.rule in rules:
                return Saving.KNOWN
            if len(rules) >= limit:
                return Saving.FULL
            await connection.execute(update(watches).where(*mine).values(saved=True, since=now))
            topic = {"chat_id": chat, "topic_id": watch_topic(number), "since": now}
            await connection.execute(
                insert(subscriptions).values(**topic, thread=thread or NO_THREAD)
            )
            await count_change(connection)
            return Saving.SAVED

    async def discard(self, chat: ChatId, number: int) -> None:
        """Forget a proposal."""
        mine = (watches.c.number == number, watches.c.chat_id == chat, ~watches.c.saved)
        async with self._database.writing() as connection:
            await connection.execute(delete(watches).where(*mine))

    async def end(self, chat: ChatId, number: int) -> Watch | None:
        """Forget a watch with all that was told of it; None if the chat has none of this number.

        What is still to be sent on it alone is not sent.
        """
        mine = (watches.c.number == number, watches.c.chat_id == chat, watches.c.saved)
        topic = watch_topic(number)
        async with self._database.writing() as connection:
            row = (await connection.execute(select(watches).where(*mine))).one_or_none()
            if row is None:
                return None
            await connection.execute(
                delete(subscriptions).where(
                    subscriptions.c.chat_id == chat, subscriptions.c.topic_id == topic
                )
            )
            await cancel_topic(connection, topic, deliveries.c.chat_id == chat)
            # a message that names it and is just being kept has to be there by then, or not at all
            await connection.execute(_alone_with(chat))
            await forget_watches(connection, [number])
            return _watch(row)

    async def stories(self, since: datetime, most: int) -> AsyncIterator[tuple[ArchivedBrief, ...]]:
        """Yield the briefs seen since then, the newest first, in batches; `most` of them at most.

        Of those that tell the same, the first.
        """
        before: int | None = None
        for start in range(0, most, BATCH):
            read, before = await self._stories(before, since, min(BATCH, most - start))
            yield read
            if before is None:
                return

    async def _stories(
        self, before: int | None, since: datetime, limit: int
    ) -> tuple[tuple[ArchivedBrief, ...], int | None]:
        first = briefs.c.same_as.is_(None)
        async with self._database.reading() as connection:
            return await load_briefs(connection, first, before=before, since=since, limit=limit)

    async def changes(self) -> int:
        """Return a number that grows whenever any watch comes or goes."""
        async with self._database.reading() as connection:
            return await connection.scalar(select(watch_changes.c.number)) or 0

    async def numbers(self) -> frozenset[int]:
        """Return the numbers of all watches."""
        async with self._database.reading() as connection:
            return await _numbers(connection, watches.c.saved)

    async def paused(self) -> frozenset[int]:
        """Return the watches of which their chats were told that they are paused."""
        async with self._database.reading() as connection:
            return await _numbers(connection, watches.c.saved, watches.c.mistake.is_not(None))

    async def load(self, numbers: Collection[int]) -> tuple[Watch, ...]:
        """Return those of these watches that there are."""
        wanted = sorted(numbers)
        found: list[Watch] = []
        async with self._database.reading() as connection:
            for start in range(0, len(wanted), NUMBERS_AT_ONCE):
                some = watches.c.number.in_(wanted[start : start + NUMBERS_AT_ONCE])
                rows = await connection.execute(select(watches).where(some, watches.c.saved))
                found += [_watch(row) for row in rows]
        return tuple(found)

    async def note_paused(self, number: int, mistake: str | None) -> None:
        """Note that the chat was told why a watch is paused; None: it is not paused any more."""
        mine = update(watches).where(watches.c.number == number)
        async with self._database.writing() as connection:
            await connection.execute(mine.values(mistake=mistake))


def _alone_with(chat: ChatId) -> Select[Any]:
    """Return what has others wait who change the watches of a chat, or keep what names them."""
    return select(chats.c.id).where(chats.c.id == chat).with_for_update()


async def _numbers(connection: AsyncConnection, *where: ColumnElement[bool]) -> frozenset[int]:
    found = await connection.execute(select(watches.c.number).where(*where))
    return frozenset(found.scalars())


def _watch(row: Row[Any]) -> Watch:
    return Watch(
        number=row.number,
        chat=ChatId(row.chat_id),
        rule=row.rule,
        since=row.since,
        mistake=row.mistake,
    )
