"""What a chat was told, as it was told, and what people think of it.

For the buttons under an alert: `chats` reads and writes here, the status `count_votes`.
"""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, case, delete, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import AlertId, ChatId, TopicId, is_watch
from alertbot.ports import Thumb, Told, Vote, Votes
from alertbot.store.alerts import load_alerts
from alertbot.store.messages import load_messages
from alertbot.store.tables import (
    LANGUAGE,
    NO_THREAD,
    Instant,
    alerts,
    briefs,
    chats,
    deliveries,
    feedback,
    upsert,
)


async def load_told(
    connection: AsyncConnection, chat: ChatId, alert: AlertId, thread: int | None
) -> Told | None:
    """Return what the chat was told; None if there is no delivery, or it cannot be read.

    Of deliveries to several threads it is the one to this thread, if there is one.
    """
    statement = (
        select(
            deliveries.c.topics,
            deliveries.c.maybe_repeat,
            deliveries.c.made_at,
            briefs.c.revised_at,
            LANGUAGE.label("language"),
        )
        .join(chats, chats.c.id == deliveries.c.chat_id)
        .join(alerts, alerts.c.id == deliveries.c.alert_id)
        .join(briefs, briefs.c.id == alerts.c.brief_id)
        .where(deliveries.c.chat_id == chat, deliveries.c.alert_id == alert)
        .order_by(*_nearest(thread))
        .limit(1)
    )
    row = (await connection.execute(statement)).first()
    if row is None:
        return None
    topics = sorted(map(TopicId, filter(None, row.topics.split(","))))
    found = (await load_alerts(connection, [alert], topics)).get(alert)
    if found is None:
        return None
    key = (alert, ",".join(topics), row.language)
    return Told(
        id=alert,
        alert=found.alert,
        topics=tuple(topics),
        message=(await load_messages(connection, [key])).get(key),
        maybe_repeat=row.maybe_repeat,
        edited=row.revised_at is not None and row.revised_at > row.made_at,
    )


async def count_vote(connection: AsyncConnection, vote: Vote) -> Thumb | None:
    """Store a vote, or take it back if it is there; return what counts by now."""
    mine = (
        feedback.c.alert_id == vote.alert,
        feedback.c.chat_id == vote.chat,
        feedback.c.user_id == vote.user,
    )
    taken_back = delete(feedback).where(*mine, feedback.c.thumb == vote.thumb)
    if (await connection.execute(taken_back)).rowcount:
        return None
    values = {
        "alert_id": deliveries.c.alert_id,
        "chat_id": deliveries.c.chat_id,
        "user_id": literal(vote.user),
        "topics": deliveries.c.topics,
        "thumb": literal(vote.thumb.value),
        "at": literal(vote.at, Instant),
    }
    told = select(*values.values()).where(
        deliveries.c.chat_id == vote.chat, deliveries.c.alert_id == vote.alert
    )
    nearest = told.order_by(*_nearest(vote.thread)).limit(1)
    statement = (
        upsert(connection, feedback)
        .from_select(list(values), nearest)
        .on_conflict_do_update(
            index_elements=["alert_id", "chat_id", "user_id"],
            set_={"thumb": vote.thumb.value, "at": vote.at},
        )
    )
    return vote.thumb if (await connection.execute(statement)).rowcount else None


async def count_votes(connection: AsyncConnection, since: datetime) -> dict[TopicId, Votes]:
    """Return the votes since an instant by topic, the most first; those on watches are left out."""
    statement = (
        select(feedback.c.topics, feedback.c.thumb, func.count().label("number"))
        .where(feedback.c.at >= since)
        .group_by(feedback.c.topics, feedback.c.thumb)
    )
    counts: Counter[tuple[str, str]] = Counter()
    for row in await connection.execute(statement):
        counts.update(_by_topic(row))
    topics = {topic for topic, _ in counts}
    votes = {
        TopicId(topic): Votes(up=counts[topic, Thumb.UP], down=counts[topic, Thumb.DOWN])
        for topic in topics
    }
    return dict(sorted(votes.items(), key=lambda one: (-one[1].up - one[1].down, one[0])))


async def move_votes(connection: AsyncConnection, old: ChatId, new: ChatId) -> None:
    """Give a chat's votes to its new id; of two of one person on one alert, the new id's stays."""
    twin = feedback.alias("twin")
    voted = (
        select(twin.c.id)
        .where(
            twin.c.chat_id == new,
            twin.c.alert_id == feedback.c.alert_id,
            twin.c.user_id == feedback.c.user_id,
        )
        .exists()
    )
    await connection.execute(delete(feedback).where(feedback.c.chat_id == old, voted))
    await connection.execute(update(feedback).where(feedback.c.chat_id == old).values(chat_id=new))


def _nearest(thread: int | None) -> tuple[ColumnElement[Any], ...]:
    """Return the order of an alert's deliveries to a chat, the one to the thread first."""
    elsewhere = case((deliveries.c.thread == (thread or NO_THREAD), 0), else_=1)
    return elsewhere, deliveries.c.id.desc()


def _by_topic(row: Row[Any]) -> dict[tuple[str, str], int]:
    return {
        (topic, row.thumb): row.number
        for topic in row.topics.strip(",").split(",")
        if topic and not is_watch(TopicId(topic))
    }
