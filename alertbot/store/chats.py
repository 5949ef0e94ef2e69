"""Chats and their subscriptions as rows, and what happens to a chat's queue when it changes.

For the chat commands; the deliveries' rows use `mark_gone`, the watches' `remember_chat` and
`cancel_topic`, the status `count_subscribers`.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from sqlalchemy import Column, ColumnElement, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import WATCH, AlertId, ChatId, TopicId
from alertbot.ports import (
    Channel,
    ChatData,
    ChatLanguage,
    Mode,
    Settings,
    Subscription,
    Thumb,
    Told,
    ToldAlert,
    Vote,
)
from alertbot.store.alerts import load_alerts, only
from alertbot.store.choices import (
    change_mode,
    change_settings,
    drop_channel,
    keep_channel,
    load_channels,
    load_following,
    load_settings,
)
from alertbot.store.engine import Database, unbroken
from alertbot.store.keeping.retention import forget_chats
from alertbot.store.moving import move_chat
from alertbot.store.queue import bring_all_forward, follow_carriers
from alertbot.store.tables import (
    NO_THREAD,
    REACHABLE,
    TO_BE_SENT,
    State,
    alert_topics,
    chats,
    deliveries,
    desks,
    has_no_topic,
    in_state,
    metadata,
    subscriptions,
    upsert,
)
from alertbot.store.told import count_vote, load_told

#: the columns that name a chat, so that a table is known here as soon as it has one
_OF_A_CHAT = [
    chats.c.id,
    *(
        key.parent
        for table in metadata.sorted_tables
        for key in table.foreign_keys
        # who looks after a channel is their affair, and the channel need not know
        if key.references(chats) and key.parent is not desks.c.channel_id
    ),
]


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
            await remember_chat(connection, chat, now, **({"spoken": spoken} if spoken else {}))

    async def language(self, chat: ChatId) -> ChatLanguage:
        """Return in which language the chat is told, and why."""
        statement = select(chats.c.language, chats.c.spoken).where(chats.c.id == chat)
        async with self._database.reading() as connection:
            row = (await connection.execute(statement)).first()
        return ChatLanguage(chosen=row.language, spoken=row.spoken) if row else ChatLanguage()

    async def choose_language(self, chat: ChatId, language: str | None, now: datetime) -> None:
        """Keep to the language, opening the chat if need be; None: that of the person's app."""
        async with self._database.writing() as connection:
            await remember_chat(connection, chat, now, language=language)

    async def subscribe(
        self, chat: ChatId, topic: TopicId, now: datetime, thread: int | None = None
    ) -> bool:
        """Subscribe, opening the chat if need be; False if it already was.

        thread: the forum thread it goes to; one that was subscribed already moves there, and is
        muted no more.
        """
        to = {"thread": thread or NO_THREAD, "muted_until": None}
        async with self._database.writing() as connection:
            await remember_chat(connection, chat, now)
            statement = (
                upsert(connection, subscriptions)
                .values(chat_id=chat, topic_id=topic, since=now, **to)
                .on_conflict_do_nothing()
                .returning(subscriptions.c.topic_id)
            )
            if (await connection.execute(statement)).first() is not None:
                return True
            mine = (subscriptions.c.chat_id == chat, subscriptions.c.topic_id == topic)
            await connection.execute(update(subscriptions).where(*mine).values(to))
            return False

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
            await cancel_topic(connection, topic, deliveries.c.chat_id == chat)
            return True

    async def subscriptions(self, chat: ChatId) -> frozenset[TopicId]:
        """Return the topics the chat follows."""
        statement = select(subscriptions.c.topic_id).where(subscriptions.c.chat_id == chat)
        async with self._database.reading() as connection:
            return frozenset(map(TopicId, (await connection.execute(statement)).scalars()))

    async def following(self, chat: ChatId) -> Mapping[TopicId, Subscription]:
        """Return how the chat follows each of its topics."""
        async with self._database.reading() as connection:
            return await load_following(connection, chat)

    async def set_mode(
        self, chat: ChatId, mode: Mode, topics: Collection[TopicId] | None = None
    ) -> None:
        """Change when the chat is told of topics that it follows; None: of all.

        What is held already comes when it was going to.
        """
        async with self._database.writing() as connection:
            await change_mode(connection, chat, mode, topics)

    async def mute(self, chat: ChatId, topic: TopicId, until: datetime | None) -> bool:
        """Say nothing on the topic until then, also what waits; None: speak again.

        False if the chat does not follow it.
        """
        statement = (
            update(subscriptions)
            .where(subscriptions.c.chat_id == chat, subscriptions.c.topic_id == topic)
            .values(muted_until=until)
            .returning(subscriptions.c.topic_id)
        )
        async with self._database.writing() as connection:
            if (await connection.execute(statement)).first() is None:
                return False
            if until is not None:
                await cancel_topic(connection, topic, deliveries.c.chat_id == chat)
            return True

    async def settings(self, chat: ChatId) -> Settings:
        """Return what the chat has set, the defaults where it has not."""
        async with self._database.reading() as connection:
            return (await load_settings(connection, [chat]))[chat]

    async def change_settings(
        self, chat: ChatId, change: Callable[[Settings], Settings], now: datetime
    ) -> Settings:
        """Set anew what the change makes of what is set, opening the chat if need be; return it."""
        async with self._database.writing() as connection:
            await remember_chat(connection, chat, now)
            return await change_settings(connection, chat, change)

    async def subscribers(self) -> Mapping[TopicId, int]:
        """Return how many chats follow each topic, those that are no longer offered too.

        A watch is for no one but its chat to know, and left out.
        """
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
            await cancel_topic(connection, topic)
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
            told = await load_alerts(connection, ids, topics)
        return tuple(only(told[id_], topics) for id_ in ids if id_ in told)

    async def data_of(self, chat: ChatId) -> ChatData:
        """Return all that `forget` would delete; empty where nothing is known of the chat."""
        async with self._database.reading() as connection:
            return {
                column.table.name: found
                for column in _OF_A_CHAT
                if (found := await _rows(connection, column, chat))
            }

    async def told(self, chat: ChatId, alert: AlertId, thread: int | None = None) -> Told | None:
        """Return what the chat was told, there if in several threads; None if it is not kept."""
        async with self._database.reading() as connection:
            return await load_told(connection, chat, alert, thread)

    async def vote(self, vote: Vote) -> Thumb | None:
        """Count a vote, the only one of its person on the alert; return what counts by now.

        The same once more takes it back, and an alert that the chat was never told takes none.
        """
        async with self._database.writing() as connection:
            return await count_vote(connection, vote)

    async def look_after(
        self, person: ChatId, channel: ChatId, title: str, now: datetime
    ) -> Channel:
        """Take note that a person looks after a channel, opening both chats if need be."""
        async with self._database.writing() as connection:
            for chat in sorted((person, channel)):
                await remember_chat(connection, chat, now)
            return await keep_channel(connection, person, channel, title)

    async def looked_after(self, person: ChatId) -> tuple[Channel, ...]:
        """Return the channels that a person looks after, by title."""
        async with self._database.reading() as connection:
            return await load_channels(connection, person)

    async def let_go(self, person: ChatId, channel: ChatId) -> None:
        """Forget that the person looks after the channel, which goes on."""
        async with self._database.writing() as connection:
            await drop_channel(connection, person, channel)

    async def forget(self, chat: ChatId) -> None:
        """Delete all that is known of the chat; its votes are still counted, as nobody's."""
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
    """Return how many chats follow each topic, watches left out."""
    topic = subscriptions.c.topic_id
    counted = select(topic, func.count()).where(~topic.startswith(WATCH))
    statement = counted.group_by(topic).order_by(topic)
    return {TopicId(row[0]): row[1] for row in await connection.execute(statement)}


async def mark_gone(connection: AsyncConnection, chat: ChatId, reason: str) -> None:
    """Mark the chat unreachable; what waits for it is dead, for the same reason."""
    await connection.execute(update(chats).where(chats.c.id == chat).values(gone_reason=reason))
    waiting = deliveries.c.state.in_([State.PENDING, State.HELD])
    await connection.execute(
        update(deliveries)
        .where(deliveries.c.chat_id == chat, waiting)
        .values(state=State.DEAD, reason=reason)
    )
    await follow_carriers(connection, deliveries.c.chat_id == chat)


async def remember_chat(
    connection: AsyncConnection, chat: ChatId, now: datetime, **of_its_own: str | None
) -> None:
    """Do what `ChatRows.open_chat` does, within a transaction of others."""
    statement = (
        upsert(connection, chats)
        .values(id=chat, opened_at=now, next_send_at=now, **of_its_own)
        .on_conflict_do_update(index_elements=["id"], set_={**REACHABLE, **of_its_own})
    )
    await connection.execute(statement)


async def cancel_topic(
    connection: AsyncConnection, topic: TopicId, *of: ColumnElement[bool]
) -> None:
    """Take the topic off what is still to be sent; cancel what waits for no other."""
    await connection.execute(
        update(deliveries)
        .where(*of, deliveries.c.state.in_(TO_BE_SENT))
        .values(topics=func.replace(deliveries.c.topics, f",{topic},", ","))
    )
    carrier = deliveries.alias("carrier")
    #: whose message is not written yet
    untried = select(carrier.c.id).where(
        carrier.c.attempt == 0, or_(in_state(State.PENDING, carrier), in_state(State.HELD, carrier))
    )
    for spare in (
        (in_state(State.CARRIED), deliveries.c.carried_by.in_(untried), deliveries.c.topics == ","),
        (deliveries.c.state.in_([State.PENDING, State.HELD]), has_no_topic()),
    ):
        await connection.execute(
            update(deliveries).where(*of, *spare).values(state=State.CANCELLED)
        )
    await follow_carriers(connection, *of)
    await bring_all_forward(connection, *of)
