"""From an alert to the deliveries of it, for the feeds' rows."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import AlertId, TopicId
from alertbot.store.tables import (
    Instant,
    State,
    alert_topics,
    chats,
    deliveries,
    subscriptions,
    upsert,
)


async def fan_out(
    connection: AsyncConnection,
    alert: AlertId,
    now: datetime,
    *,
    topics: Collection[TopicId] | None = None,
    told: Select[Any] | None = None,
) -> int:
    """Make a delivery of the alert to each reachable chat that follows one of its topics.

    It is urgent if any of these is, sent at most once if all are, and lasts as long as the longest.
    topics: only these. told: the ids of other alerts; chats that have one of them are left out.
    Returns how many deliveries were made.
    """
    followed = _followed(alert, topics, told).subquery("followed")
    of = followed.c
    all_expire = func.count(of.expires_at) == func.count()
    values = {
        "alert_id": literal(alert),
        "chat_id": of.chat_id,
        "topics": "," + func.aggregate_strings(of.topic_id, ",") + ",",
        "state": literal(State.PENDING.value),
        "attempt": literal(0),
        "maybe_repeat": literal(False),
        "made_at": literal(now, Instant),
        "urgent": func.max(case((of.urgent, 1), else_=0)) == 1,
        "at_most_once": func.min(case((of.at_most_once, 1), else_=0)) == 1,
        "expires_at": case((all_expire, func.max(of.expires_at)), else_=None),
        "due_at": literal(now, Instant),
        "turn_at": literal(now, Instant),
    }
    made = select(*values.values()).group_by(of.chat_id).order_by(of.chat_id)
    result = await connection.execute(
        upsert(connection, deliveries).from_select(list(values), made).on_conflict_do_nothing()
    )
    return result.rowcount


def _followed(
    alert: AlertId, topics: Collection[TopicId] | None, told: Select[Any] | None
) -> Select[Any]:
    """Select the reachable chats to tell, each with the topics of the alert that it follows."""
    topic = alert_topics.c
    where = [topic.alert_id == alert, chats.c.gone_reason.is_(None)]
    if topics is not None:
        where.append(topic.topic_id.in_(sorted(topics)))
    if told is not None:
        had = select(deliveries.c.chat_id).where(deliveries.c.alert_id.in_(told))
        where.append(chats.c.id.not_in(had))
    return (
        select(
            subscriptions.c.chat_id,
            subscriptions.c.topic_id,
            topic.urgent,
            topic.at_most_once,
            topic.expires_at,
        )
        .distinct()
        .join(alert_topics, topic.topic_id == subscriptions.c.topic_id)
        .join(chats, chats.c.id == subscriptions.c.chat_id)
        .where(*where)
    )
