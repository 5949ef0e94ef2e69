"""What claimed deliveries say: an alert, the alerts of a digest, or the message that is written."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import (
    Alert,
    AlertId,
    ChatId,
    DeliveryId,
    Message,
    TopicId,
    is_watch,
    watch_number,
)
from alertbot.ports import Delivery, Digest, DigestItem, Hold, ToldAlert
from alertbot.store.acting.broadcasts import load_broadcasts
from alertbot.store.alerts import load_alerts, told_to
from alertbot.store.messages import Key, load_messages
from alertbot.store.tables import (
    NO_THREAD,
    State,
    chats,
    deliveries,
    digest_key,
    in_state,
    watches,
)


async def load_deliveries(
    connection: AsyncConnection, rows: Sequence[Row[Any]]
) -> tuple[Delivery, ...]:
    """Return the deliveries of the rows, without those whose alert cannot be read."""
    if not rows:
        return ()
    written = await _load_written(connection, rows)
    unwritten = [row for row in rows if row.id not in written]
    carried = await _load_carried(connection, [row.id for row in unwritten if row.carrier])
    parts = [*unwritten, *(part for each in carried.values() for part in each)]
    own = {topic for part in parts for topic in _topics(part)}
    told = await load_alerts(connection, {part.alert_id for part in parts}, own) if parts else {}
    made: list[Delivery] = []
    for row in rows:
        content = written.get(row.id) or _content(row, carried[row.id], told)
        if content is not None:
            made.append(
                Delivery(
                    id=DeliveryId(row.id),
                    token=row.token,
                    chat=ChatId(row.chat_id),
                    alert_id=row.alert_id and AlertId(row.alert_id),
                    content=content,
                    topics=_topics(row),
                    attempt=row.attempt,
                    maybe_repeat=row.maybe_repeat,
                    lost_answers=row.lost_answers,
                    urgent=row.urgent,
                    at_most_once=row.at_most_once,
                    language=row.language,
                    thread=None if row.thread == NO_THREAD else row.thread,
                    is_digest=row.carrier,
                )
            )
    return tuple(made)


async def _load_written(
    connection: AsyncConnection, rows: Sequence[Row[Any]]
) -> dict[int, Message]:
    """Return the messages of those deliveries whose message is written, by their ids."""
    keys: dict[int, Key] = {row.id: _key(row) for row in rows if row.alert_id is not None}
    written = await load_messages(connection, set(keys.values())) if keys else {}
    found = {id_: written[key] for id_, key in keys.items() if key in written}
    of_all = {row.id: row.broadcast_id for row in rows if row.alert_id is None}
    said = await load_broadcasts(connection, set(of_all.values())) if of_all else {}
    return found | {id_: said[of] for id_, of in of_all.items() if of in said}


def key_of(delivery: Delivery) -> Key:
    """Return what the message of a delivery is kept under: a digest is one chat's own.

    A broadcast has its own row, and its message is written before any delivery of it is made.
    """
    if delivery.alert_id is None:
        raise ValueError("the message of a broadcast is written already")
    topics = digest_key(delivery.id) if delivery.is_digest else ",".join(delivery.topics)
    return delivery.alert_id, topics, delivery.language


async def still_watched(connection: AsyncConnection, delivery: Delivery) -> bool:
    """Tell whether no watch that a message names has ended, to the end of the transaction."""
    content, topics = delivery.content, delivery.topics
    if isinstance(content, Digest):
        topics = tuple(topic for item in content.items for topic in item.topics)
    numbers = {watch_number(topic) for topic in topics if is_watch(topic)}
    if not numbers:
        return True
    mine = select(chats.c.id).where(chats.c.id == delivery.chat)
    await connection.execute(mine.with_for_update(key_share=True))
    found = select(watches.c.number).where(watches.c.number.in_(numbers))
    return len((await connection.execute(found)).all()) == len(numbers)


def _key(row: Row[Any]) -> Key:
    topics = digest_key(row.id) if row.carrier else ",".join(_topics(row))
    return AlertId(row.alert_id), topics, row.language


def _topics(row: Row[Any]) -> tuple[TopicId, ...]:
    return tuple(map(TopicId, sorted(filter(None, row.topics.split(",")))))


async def _load_carried(
    connection: AsyncConnection, carriers: Collection[int]
) -> dict[int, list[Row[Any]]]:
    """Return what each of the carriers carries that its chat still follows."""
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    if carriers:
        carried = (in_state(State.CARRIED), deliveries.c.carried_by.in_(carriers))
        for row in await connection.execute(
            select(deliveries).where(*carried, deliveries.c.topics != ",")
        ):
            found[row.carried_by].append(row)
    return found


def _content(
    row: Row[Any], carried: Sequence[Row[Any]], told: Mapping[AlertId, ToldAlert]
) -> Alert | Digest | None:
    """Return what is to be written; None if nothing of it can be read."""
    if row.alert_id is None:
        return None
    if not row.carrier:
        found = told.get(AlertId(row.alert_id))
        return told_to(found.alert, _topics(row)) if found else None
    parts = [part for part in (row, *carried) if part.topics != "," and part.alert_id in told]
    parts.sort(key=lambda part: (_topics(part)[0], part.id))
    items = tuple(_item(told[AlertId(part.alert_id)].alert, _topics(part)) for part in parts)
    return Digest(hold=Hold(row.hold), items=items) if items else None


def _item(alert: Alert, topics: tuple[TopicId, ...]) -> DigestItem:
    return DigestItem(alert=told_to(alert, topics), topics=topics)
