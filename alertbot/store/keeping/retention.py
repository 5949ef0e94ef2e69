"""What is deleted, by age or on demand, and the counts that stay of it.

For the service, which deletes what is too old, and for `chats`, where somebody leaves. Nothing that
is still to be sent is deleted by age, and a brief that is deleted leaves its key behind.
"""

from collections import Counter
from collections.abc import AsyncGenerator, Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.ports import Retention, Stage
from alertbot.store.engine import Database, unbroken
from alertbot.store.keeping.watches import forget_watches_of
from alertbot.store.tables import (
    KEPT,
    TO_BE_SENT,
    acts,
    alerts,
    briefs,
    broadcasts,
    chats,
    deliveries,
    digest_key,
    feedback,
    messages,
    metadata,
    past_deliveries,
    upsert,
    watches,
)
from alertbot.store.words import drop_words

#: rows in one transaction: so few that a claim meanwhile waits no longer than it does anyway
BATCH = 100
#: a chat brings its deliveries with it
CHATS_AT_ONCE = 20
#: how long a watch may be proposed and not decided upon
PROPOSED = timedelta(days=1)

#: the columns by which rows are parts of an alert, and go with it
_PARTS = [
    key.parent
    for table in metadata.sorted_tables
    for key in table.foreign_keys
    if key.references(alerts) and table is not deliveries
]


@unbroken
class RetentionRows:
    """Deletes what is too old."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def prune(self, retention: Retention, now: datetime) -> AsyncGenerator[int]:
        """Delete what is too old, and yield how many rows went with each short transaction.

        Deliveries are as old as they were made, briefs as they were first seen. A brief goes with
        its alert, and only once no delivery needs them. Whoever iterates may rest between two
        transactions, and stop after any; several processes may do this at a time.
        """
        looked_at: int | None = 0
        while looked_at is not None:
            deleted, looked_at = await self._prune_deliveries(now - retention.deliveries, looked_at)
            yield deleted
        await self._note_lost(now)
        while deleted := await self._prune_lost_chats(now - retention.lost_chats):
            yield deleted
        yield await self._prune_proposals(now - PROPOSED)
        while deleted := await self._prune_briefs(now - retention.briefs):
            yield deleted
        while deleted := await self._prune_acts(now - retention.acts):
            yield deleted

    async def _prune_deliveries(self, before: datetime, after: int) -> tuple[int, int | None]:
        """Return how many were deleted, and the row to go on after; None when all were seen.

        Rows are made in the order of their numbers, so the old ones come first.
        """
        batch = (
            select(deliveries.c.id, deliveries.c.made_at)
            .where(deliveries.c.id > after)
            .order_by(deliveries.c.id)
            .limit(BATCH)
        )
        async with self._database.writing() as connection:
            rows = (await connection.execute(batch)).all()
            old = [row.id for row in rows if row.made_at < before]
            over = select(deliveries.c.id).where(
                deliveries.c.id.in_(old), deliveries.c.state.not_in(TO_BE_SENT)
            )
            found = (await connection.execute(_locking(over))).scalars().all()
            deleted = await drop_deliveries(connection, deliveries.c.id.in_(found))
            return deleted, rows[-1].id if old else None

    async def _note_lost(self, now: datetime) -> None:
        newly = (chats.c.gone_reason.is_not(None), chats.c.gone_since.is_(None))
        async with self._database.writing() as connection:
            await connection.execute(update(chats).where(*newly).values(gone_since=now))

    async def _prune_lost_chats(self, before: datetime) -> int:
        lost = select(chats.c.id).where(chats.c.gone_since < before).limit(CHATS_AT_ONCE)
        async with self._database.writing() as connection:
            found = (await connection.execute(_locking(lost))).scalars().all()
            await forget_chats(connection, found)
            return len(found)

    async def _prune_proposals(self, before: datetime) -> int:
        old = delete(watches).where(~watches.c.saved, watches.c.since < before)
        async with self._database.writing() as connection:
            return len((await connection.execute(old.returning(watches.c.number))).all())

    async def _prune_briefs(self, before: datetime) -> int:
        needed = exists().where(
            alerts.c.brief_id == briefs.c.id, deliveries.c.alert_id == alerts.c.id
        )
        old = (
            select(briefs.c.id)
            .where(KEPT, briefs.c.seen_at < before, ~needed)
            .order_by(briefs.c.seen_at)
            .limit(BATCH)
        )
        async with self._database.writing() as connection:
            found = (await connection.execute(_locking(old))).scalars().all()
            await _empty(connection, found)
            return len(found)

    async def _prune_acts(self, before: datetime) -> int:
        """Delete what admins did, and what they told all chats once no delivery needs it."""
        under_way = broadcasts.c.stage == Stage.UNDER_WAY.value
        needed = exists().where(deliveries.c.broadcast_id == broadcasts.c.id)
        deleted = 0
        async with self._database.writing() as connection:
            for table, of in (
                (acts, [acts.c.at < before]),
                (broadcasts, [broadcasts.c.made_at < before, ~under_way, ~needed]),
            ):
                old = select(table.c.id).where(*of).order_by(table.c.id).limit(BATCH)
                found = (await connection.execute(_locking(old))).scalars().all()
                await connection.execute(delete(table).where(table.c.id.in_(found)))
                deleted += len(found)
        return deleted


async def forget_chats(connection: AsyncConnection, which: Collection[int]) -> None:
    """Delete all that is known of the chats; what they voted stays, but not that it was they."""
    await drop_deliveries(connection, deliveries.c.chat_id.in_(which))
    await forget_watches_of(connection, which)
    await connection.execute(
        update(feedback).where(feedback.c.chat_id.in_(which)).values(chat_id=None, user_id=None)
    )
    # what else is theirs goes with them: its foreign keys cascade
    await connection.execute(delete(chats).where(chats.c.id.in_(which)))


async def drop_deliveries(connection: AsyncConnection, *which: ColumnElement[bool]) -> int:
    """Delete deliveries and return how many; those that had come to an end are still counted.

    The messages of digests go with them: they are no other chat's.
    """
    of = deliveries.c
    statement = (
        delete(deliveries)
        .where(*which)
        .returning(of.id, of.alert_id, of.state, of.maybe_repeat, of.carrier)
    )
    dropped = (await connection.execute(statement)).all()
    if digests := [(row.alert_id, digest_key(row.id)) for row in dropped if row.carrier]:
        key = tuple_(messages.c.alert_id, messages.c.topics)
        await connection.execute(delete(messages).where(key.in_(digests)))
    ended = [row for row in dropped if row.state not in TO_BE_SENT]
    repeated = Counter(row.state for row in ended if row.maybe_repeat)
    past = past_deliveries.c
    for state, count in sorted(Counter(row.state for row in ended).items()):
        values = {"number": count, "repeated": repeated[state]}
        added = {"number": past.number + count, "repeated": past.repeated + repeated[state]}
        await connection.execute(
            upsert(connection, past_deliveries)
            .values(state=state, **values)
            .on_conflict_do_update(index_elements=["state"], set_=added)
        )
    return len(dropped)


async def _empty(connection: AsyncConnection, which: Collection[int]) -> None:
    """Leave of the briefs nothing but their keys."""
    of_them = alerts.c.brief_id.in_(which)
    for part in _PARTS:
        await connection.execute(
            delete(part.table).where(part.in_(select(alerts.c.id).where(of_them)))
        )
    await connection.execute(delete(alerts).where(of_them))
    await drop_words(connection, which)
    await connection.execute(update(briefs).where(briefs.c.id.in_(which)).values(document=""))


def _locking(rows: Select[Any]) -> Select[Any]:
    """Leave out what another process is deleting; SQLite has one writer at a time anyway."""
    return rows.with_for_update(skip_locked=True)
