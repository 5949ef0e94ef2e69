"""What a chat chooses for itself, as rows: when and where it is told of its topics, its settings.

A person also chooses which channels to look after. For the chats' rows, and the outbox, which ends
holds. Whatever changes when a hold ends leaves it to whoever ends holds to compute that anew: its
schedule is set to 1970.
"""

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import ChatId, TopicId
from alertbot.ports import Channel, Hold, Mode, Pausable, QuietHours, Settings, Subscription
from alertbot.store.tables import (
    EPOCH,
    NO_THREAD,
    desks,
    paused,
    schedules,
    settings,
    subscriptions,
    upsert,
)

#: numbers of channels are below this
NUMBERS = 1_000_000


async def load_following(connection: AsyncConnection, chat: ChatId) -> dict[TopicId, Subscription]:
    """Return how the chat follows each of its topics."""
    is_paused = subscriptions.c.topic_id.in_(paused(Pausable.TOPIC.value)).label("paused")
    statement = select(subscriptions, is_paused).where(subscriptions.c.chat_id == chat)
    return {
        TopicId(row.topic_id): Subscription(
            mode=Mode(row.mode),
            thread=None if row.thread == NO_THREAD else row.thread,
            muted_until=row.muted_until,
            paused=row.paused,
        )
        for row in await connection.execute(statement.order_by(subscriptions.c.topic_id))
    }


async def change_mode(
    connection: AsyncConnection, chat: ChatId, mode: Mode, topics: Collection[TopicId] | None
) -> None:
    """Change when the chat is told of topics that it follows; None: of all."""
    mine = [subscriptions.c.chat_id == chat]
    if topics is not None:
        mine.append(subscriptions.c.topic_id.in_(sorted(topics)))
    changed = update(subscriptions).where(*mine).values(mode=mode.value)
    found = (await connection.execute(changed.returning(subscriptions.c.topic_id))).all()
    if found and mode is not Mode.INSTANT:
        await _schedule(connection, chat, Hold(mode))


async def load_settings(connection: AsyncConnection, of: Collection[int]) -> dict[int, Settings]:
    """Return what each of the chats has set, the defaults where it has not."""
    statement = select(settings).where(settings.c.chat_id.in_(of))
    found = {row.chat_id: _settings(row) for row in await connection.execute(statement)}
    return dict.fromkeys(of, Settings()) | found


async def change_settings(
    connection: AsyncConnection, chat: ChatId, change: Callable[[Settings], Settings]
) -> Settings:
    """Set anew what the change makes of what is set, of a chat that is there; return it."""
    old = (await load_settings(connection, [chat]))[chat]
    new = change(old)
    if new == old:
        return old
    values = {**_columns(new), "quiet_from": None, "quiet_until": None}
    await connection.execute(
        upsert(connection, settings)
        .values(chat_id=chat, **values)
        .on_conflict_do_update(index_elements=["chat_id"], set_=values)
    )
    anew = update(schedules).where(schedules.c.chat_id == chat)
    await connection.execute(anew.values(at=EPOCH))
    if new.quiet:
        await _schedule(connection, chat, Hold.QUIET)
    return new


async def load_channels(connection: AsyncConnection, person: ChatId) -> tuple[Channel, ...]:
    """Return the channels that a person looks after, by title."""
    mine = select(desks).where(desks.c.chat_id == person)
    rows = await connection.execute(mine.order_by(desks.c.title, desks.c.number))
    return tuple(
        Channel(number=row.number, chat=ChatId(row.channel_id), title=row.title) for row in rows
    )


async def keep_channel(
    connection: AsyncConnection, person: ChatId, channel: ChatId, title: str
) -> Channel:
    """Store that a person looks after a channel, both of them being there.

    Its number is the end of its id, so that a button of long ago never comes to mean another.
    """
    known = await load_channels(connection, person)
    number = next((one.number for one in known if one.chat == channel), None)
    if number is None:
        number = -channel % NUMBERS
        while any(one.number == number for one in known):
            number = (number + 1) % NUMBERS
    kept = Channel(number=number, chat=channel, title=title)
    await connection.execute(
        upsert(connection, desks)
        .values(chat_id=person, number=number, channel_id=channel, title=title)
        .on_conflict_do_update(index_elements=["chat_id", "channel_id"], set_={"title": title})
    )
    return kept


async def drop_channel(connection: AsyncConnection, person: ChatId, channel: ChatId) -> None:
    """Delete that a person looks after a channel."""
    mine = (desks.c.chat_id == person, desks.c.channel_id == channel)
    await connection.execute(delete(desks).where(*mine))


async def _schedule(connection: AsyncConnection, chat: ChatId, hold: Hold) -> None:
    """Have the end of a hold computed, unless it is known."""
    statement = upsert(connection, schedules).values(chat_id=chat, hold=hold.value, at=EPOCH)
    await connection.execute(statement.on_conflict_do_nothing())


def _columns(own: Settings) -> dict[str, Any]:
    quiet = own.quiet
    return {
        "timezone": own.timezone,
        "quiet_start": quiet and quiet.start,
        "quiet_end": quiet and quiet.end,
        "quiet_but_urgent": bool(quiet and quiet.but_urgent),
        "digest_time": own.digest_time,
        "digest_weekday": own.digest_weekday,
    }


def _settings(row: Row[Any]) -> Settings:
    quiet = None
    if row.quiet_start is not None and row.quiet_end is not None:
        quiet = QuietHours(
            start=row.quiet_start, end=row.quiet_end, but_urgent=row.quiet_but_urgent
        )
    return Settings(
        timezone=row.timezone,
        quiet=quiet,
        digest_time=row.digest_time,
        digest_weekday=row.digest_weekday,
    )
