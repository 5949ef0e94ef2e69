"""Watches that are deleted, with all that was told of them, and the count of their changes."""

from collections.abc import Collection

from sqlalchemy import delete, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import watch_topic
from alertbot.store.tables import (
    alert_topics,
    chats,
    deliveries,
    digest_key,
    messages,
    upsert,
    watch_changes,
    watches,
)

EVERYONE = "all"


async def count_change(connection: AsyncConnection) -> int:
    """Count a change, and return a number that no watch has had."""
    statement = (
        upsert(connection, watch_changes)
        .values(scope=EVERYONE, number=1)
        .on_conflict_do_update(
            index_elements=["scope"], set_={"number": watch_changes.c.number + 1}
        )
        .returning(watch_changes.c.number)
    )
    return int((await connection.execute(statement)).scalar_one())


async def forget_watches_of(connection: AsyncConnection, of: Collection[int]) -> None:
    """Delete what the chats watch, as `forget_watches` does, once nobody keeps what names it."""
    locked = select(chats.c.id).where(chats.c.id.in_(of)).order_by(chats.c.id).with_for_update()
    await connection.execute(locked)
    theirs = select(watches.c.number).where(watches.c.chat_id.in_(of))
    if found := (await connection.execute(theirs)).scalars().all():
        await forget_watches(connection, found)


async def forget_watches(connection: AsyncConnection, numbers: Collection[int]) -> None:
    """Delete watches, saved or not: their rules, what these found, and messages that name them."""
    topics = [watch_topic(number) for number in numbers]
    found = alert_topics.c.topic_id.in_(topics)
    told = select(alert_topics.c.alert_id).where(found)
    listed = "," + messages.c.topics + ","
    names_one = or_(*(listed.contains(f",{topic},") for topic in topics))
    await connection.execute(delete(messages).where(messages.c.alert_id.in_(told), names_one))
    await _forget_digests(connection, numbers)
    await connection.execute(delete(alert_topics).where(found))
    await connection.execute(delete(watches).where(watches.c.number.in_(numbers)))
    await count_change(connection)


async def _forget_digests(connection: AsyncConnection, numbers: Collection[int]) -> None:
    """Delete the messages of digests to the chats of these watches: any may name one.

    One that is still to be sent is written anew.
    """
    owners = select(watches.c.chat_id).where(watches.c.number.in_(numbers))
    carriers = select(deliveries.c.alert_id, deliveries.c.id).where(
        deliveries.c.chat_id.in_(owners), deliveries.c.carrier
    )
    keys = [(row.alert_id, digest_key(row.id)) for row in await connection.execute(carriers)]
    if keys:
        key = tuple_(messages.c.alert_id, messages.c.topics)
        await connection.execute(delete(messages).where(key.in_(keys)))
