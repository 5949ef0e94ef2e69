"""Chats and their subscriptions as rows, and what happens to a chat's queue when it changes.

For the chat commands; the deliveries' rows use `mark_gone` and `move_chat`, the status
`count_subscribers`.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Column, ColumnElement, delete, exists, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import ChatId, TopicId
from alertbot.ports import ChatData, ChatLanguage, ToldAlert
from alertbot.store.alerts import load_alerts
from alertbot.store.engine import Database, unbroken
from alertbot.store.keeping.retention import drop_deliveries, forget_chats
from alertbot.store.queue import bring_all_forward
from alertbot.store.tables import (
    TO_BE_SENT,
    State,
    alert_topics,
    chats,
    deliveries,
    left_alone,
    metadata,
    subscriptions,
    upsert,
)

#: why it is not known what became of one that is sent at most once
TWO_IDS = "the group got a new id while it was being sent"
#: the columns that name a chat, so that a table is known here as soon as it has one
_OF_A_CHAT = [
    chats.c.id,
    *(
        key.parent
        for table in metadata.sorted_tables
        for key in table.foreign_keys
        if key.references(chats)
    ),
]
_REACHABLE = {"gone_reason": None, "gone_since": None}


@unbroken
class ChatRows:
    """What chat commands need of the store: `ports.ChatBook`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open_chat(self, chat: ChatId, now: datetime, spoken: str | None = None) -> None:
        """Remember the chat; one that was unreachable is reachable again.

        spoken: the language that the person's app is set to; None if we do not know.
        """
        async with self._database.writing() as connection:
            await _open(connection, chat, now, **({"spoken": spoken} if spoken else {}))

    async def language(self, chat: ChatId) -> ChatLanguage:
        """Return in which language the chat is told, and why."""
        statement = select(chats.c.language, chats.c.spoken).where(chats.c.id == chat)
        async with self._database.reading() as connection:
            row = (await connection.execute(statement)).first()
        return ChatLanguage(chosen=row.language, spoken=row.spoken) if row else ChatLanguage()

    async def choose_language(self, chat: ChatId, language: str | None, now: datetime) -> None:
        """Keep to the language, opening the chat if need be; None: that of the person's app."""
        async with self._database.writing() as connection:
            await _open(connection, chat, now, language=language)

    async def subscribe(self, chat: ChatId, topic: TopicId, now: datetime) -> bool:
        """Subscribe, opening the chat if need be; False if it already was."""
        async with self._database.writing() as connection:
            await _open(connection, chat, now)
            statement = (
                upsert(connection, subscriptions)
                .values(chat_id=chat, topic_id=topic, since=now)
                .on_conflict_do_nothing()
                .returning(subscriptions.c.topic_id)
            )
            return (await connection.execute(statement)).first() is not None

    async def unsubscribe(self, chat: ChatId, topic: TopicId) -> bool:
        """Unsubscribe and cancel what is due for it alone; False if it was not subscribed."""
        statement = (
            delete(subscriptions)
            .where(subscriptions.c.chat_id == chat, subscriptions.c.topic_id == topic)
            .returning(subscriptions.c.topic_id)
        )
        async with self._database.writing() as connection:
            if (await connection.execute(statement)).first() is None:
                return False
            await _drop_topic(connection, topic, deliveries.c.chat_id == chat)
            return True

    async def subscriptions(self, chat: ChatId) -> frozenset[TopicId]:
        """Return the topics the chat follows."""
        statement = select(subscriptions.c.topic_id).where(subscriptions.c.chat_id == chat)
        async with self._database.reading() as connection:
            return frozenset(map(TopicId, (await connection.execute(statement)).scalars()))

    async def subscribers(self) -> Mapping[TopicId, int]:
        """Return how many chats follow each topic, those that are no longer offered too."""
        async with self._database.reading() as connection:
            return await count_subscribers(connection)

    async def drop_topic(self, topic: TopicId) -> int:
        """End every subscription to a topic, as `unsubscribe` does; return how many there were."""
        statement = (
            delete(subscriptions)
            .where(subscriptions.c.topic_id == topic)
            .returning(subscriptions.c.chat_id)
        )
        async with self._database.writing() as connection:
            dropped = (await connection.execute(statement)).all()
            await _drop_topic(connection, topic)
            return len(dropped)

    async def latest(self, topics: Collection[TopicId], limit: int) -> tuple[ToldAlert, ...]:
        """Return the newest alerts on any of the topics, newest first, with only those matches.

        Of the newest `limit`, those that cannot be read are left out.
        """
        statement = (
            select(alert_topics.c.alert_id)
            .where(alert_topics.c.topic_id.in_(topics))
            .distinct()
            .order_by(alert_topics.c.alert_id.desc())
            .limit(limit)
        )
        async with self._database.reading() as connection:
            ids = (await connection.execute(statement)).scalars().all()
            told = await load_alerts(connection, ids)
        return tuple(_only(topics, told[id_]) for id_ in ids if id_ in told)

    async def data_of(self, chat: ChatId) -> ChatData:
        """Return all that `forget` would delete; empty where nothing is known of the chat."""
        async with self._database.reading() as connection:
            return {
                column.table.name: found
                for column in _OF_A_CHAT
                if (found := await _rows(connection, column, chat))
            }

    async def forget(self, chat: ChatId) -> None:
        """Delete all that is known of the chat: it, its subscriptions, its deliveries."""
        async with self._database.writing() as connection:
            await forget_chats(connection, [chat])

    async def chat_gone(self, chat: ChatId, reason: str) -> None:
        """Mark the chat unreachable and cancel its queue."""
        async with self._database.writing() as connection:
            await mark_gone(connection, chat, reason)

    async def migrate_chat(self, old: ChatId, new: ChatId) -> None:
        """Give the chat its new id, with subscriptions and queue."""
        async with self._database.writing() as connection:
            await move_chat(connection, old, new)


async def _rows(
    connection: AsyncConnection, column: Column[int], chat: ChatId
) -> list[dict[str, object]]:
    """Return a chat's rows of a table, without what is empty."""
    rows = await connection.execute(select(column.table).where(column == chat))
    return [
        {name: value for name, value in row.items() if value is not None} for row in rows.mappings()
    ]


async def count_subscribers(connection: AsyncConnection) -> dict[TopicId, int]:
    """Return how many chats follow each topic."""
    topic = subscriptions.c.topic_id
    statement = select(topic, func.count()).group_by(topic).order_by(topic)
    return {TopicId(row[0]): row[1] for row in await connection.execute(statement)}


async def mark_gone(connection: AsyncConnection, chat: ChatId, reason: str) -> None:
    """Mark the chat unreachable; what waits for it is dead, for the same reason."""
    await connection.execute(update(chats).where(chats.c.id == chat).values(gone_reason=reason))
    await connection.execute(
        update(deliveries)
        .where(deliveries.c.chat_id == chat, deliveries.c.state == State.PENDING)
        .values(state=State.DEAD, reason=reason)
    )


async def move_chat(connection: AsyncConnection, old: ChatId, new: ChatId) -> None:
    """Give all that a chat has to its new id, which may be known already."""
    if old == new:
        return
    # a poll that is making deliveries to them has to be over, and the next one to wait
    both = select(chats.c.id).where(chats.c.id.in_([old, new])).order_by(chats.c.id)
    await connection.execute(both.with_for_update())
    await _copy_chat(connection, old, new)
    await _keep_one_of_each(connection, old, new)
    await connection.execute(
        update(deliveries).where(deliveries.c.chat_id == old).values(chat_id=new)
    )
    await bring_all_forward(connection, deliveries.c.chat_id == new)
    await connection.execute(delete(chats).where(chats.c.id == old))


async def _open(
    connection: AsyncConnection, chat: ChatId, now: datetime, **of_its_own: str | None
) -> None:
    statement = (
        upsert(connection, chats)
        .values(id=chat, opened_at=now, next_send_at=now, **of_its_own)
        .on_conflict_do_update(index_elements=["id"], set_={**_REACHABLE, **of_its_own})
    )
    await connection.execute(statement)


async def _drop_topic(
    connection: AsyncConnection, topic: TopicId, *of: ColumnElement[bool]
) -> None:
    """Take the topic off what is still to be sent; cancel what waits for no other."""
    await connection.execute(
        update(deliveries)
        .where(*of, deliveries.c.state.in_(TO_BE_SENT))
        .values(topics=func.replace(deliveries.c.topics, f",{topic},", ","))
    )
    await connection.execute(
        update(deliveries)
        .where(*of, deliveries.c.state == State.PENDING, deliveries.c.topics == ",")
        .values(state=State.CANCELLED)
    )
    await bring_all_forward(connection, *of)


async def _copy_chat(connection: AsyncConnection, old: ChatId, new: ChatId) -> None:
    # the new id has just spoken to us or been told to us, so the chat can be reached
    kept = [chats.c.opened_at, chats.c.next_send_at, chats.c.language, chats.c.spoken]
    chat = select(literal(new), *kept).where(chats.c.id == old)
    await connection.execute(
        upsert(connection, chats)
        .from_select(["id", *(column.name for column in kept)], chat)
        .on_conflict_do_update(index_elements=["id"], set_=_REACHABLE)
    )
    follows = select(literal(new), subscriptions.c.topic_id, subscriptions.c.since).where(
        subscriptions.c.chat_id == old
    )
    await connection.execute(
        upsert(connection, subscriptions)
        .from_select(["chat_id", "topic_id", "since"], follows)
        .on_conflict_do_nothing()
    )


async def _keep_one_of_each(connection: AsyncConnection, old: ChatId, new: ChatId) -> None:
    """Leave the two ids one delivery of each alert, and one on the wire.

    One that is or may be sent for good is kept before any other, and one that is over without being
    sent after any other.
    """
    mine, twin = deliveries.c, deliveries.alias("twin")
    same_alert = twin.c.alert_id == mine.alert_id
    told = [State.SENT, State.UNKNOWN]
    old_has_told = exists().where(twin.c.chat_id == old, same_alert, twin.c.state.in_(told))
    live = twin.c.state.in_([State.PENDING, State.SENDING, *told])
    new_has_live = exists().where(twin.c.chat_id == new, same_alert, live)
    old_has = exists().where(twin.c.chat_id == old, same_alert)
    new_is_sending = exists().where(twin.c.chat_id == new, twin.c.state == State.SENDING)
    for spare in (
        (mine.chat_id == new, mine.state.not_in(told), old_has_told),
        (mine.chat_id == old, new_has_live),
        # what the new id has beside the old one's by now is dead or cancelled
        (mine.chat_id == new, old_has),
    ):
        await drop_deliveries(connection, *spare)
    await connection.execute(
        update(deliveries)
        .where(mine.chat_id == old, mine.state == State.SENDING, new_is_sending)
        .values(left_alone(mine.due_at, TWO_IDS))
    )


def _only(topics: Collection[TopicId], told: ToldAlert) -> ToldAlert:
    matches = tuple(match for match in told.alert.matches if match.topic in topics)
    return replace(told, alert=replace(told.alert, matches=matches))
