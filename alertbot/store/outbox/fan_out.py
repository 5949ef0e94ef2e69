"""From an alert to the deliveries of it, for the feeds' rows."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, func, literal, null, or_, select, tuple_
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import AlertId, TopicId
from alertbot.ports import Hold, Mode, Pausable
from alertbot.store.tables import (
    Instant,
    State,
    alert_topics,
    chats,
    deliveries,
    is_quiet,
    paused,
    put_together_once,
    settings,
    subscriptions,
    upsert,
)

#: any number will do, if it is always the same
_LOCK = 0x616C657274626F75

_ALERT = bindparam("of_alert", type_=deliveries.c.alert_id.type)
_NOW = bindparam("now", type_=Instant)

#: the sooner it is told the lower
RANKS = {mode: rank for rank, mode in enumerate(Mode)}


async def one_at_a_time(connection: AsyncConnection) -> None:
    """Let nobody else make or release deliveries, to the end of the transaction.

    So that no two feeds bring the same at once, and nothing is held for an end that has just been.
    """
    if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


async def fan_out(
    connection: AsyncConnection,
    alert: AlertId,
    now: datetime,
    *,
    topics: Collection[TopicId] | None = None,
    told: Select[Any] | None = None,
) -> int:
    """Make a delivery of the alert to each reachable chat, and thread, that follows its topics.

    Topics that admins have paused count for nothing.
    It is urgent if any of these is, sent at most once if all are, and lasts as long as the longest.
    It goes out with the soonest of them: at once, unless its chat is quiet now, or in a digest.
    topics: only these. told: the ids of other alerts; who has one of them is left out.
    Returns how many deliveries were made.
    """
    values = {"of_alert": alert, "now": now}
    to_all = topics is None and told is None
    statement = _to_all(connection) if to_all else _made(connection, _followed(topics, told))
    return (await connection.execute(statement, values)).rowcount


@put_together_once
def _to_all(connection: AsyncConnection) -> sqlite.Insert:
    return _made(connection, _followed(None, None))


def _made(connection: AsyncConnection, follows: Select[Any]) -> sqlite.Insert:
    """Return what makes a delivery for each of the chats and threads that follow."""
    of = _grouped(follows).subquery("grouped").c
    hold = case(
        (and_(of.rank == 0, of.quiet == 1), Hold.QUIET.value),
        *((of.rank == RANKS[Mode(hold)], hold.value) for hold in Hold if hold is not Hold.QUIET),
        else_=null(),
    )
    values = {
        "alert_id": _ALERT,
        "chat_id": of.chat_id,
        "thread": of.thread,
        "topics": of.topics,
        "state": case((hold.is_(None), State.PENDING.value), else_=State.HELD.value),
        "hold": hold,
        "attempt": literal(0),
        "maybe_repeat": literal(False),
        "made_at": _NOW,
        "urgent": of.urgent == 1,
        "at_most_once": of.at_most_once == 1,
        "expires_at": of.expires_at,
        "due_at": _NOW,
        "turn_at": _NOW,
    }
    made = select(*values.values()).order_by(of.chat_id, of.thread)
    return upsert(connection, deliveries).from_select(list(values), made).on_conflict_do_nothing()


def _grouped(follows: Select[Any]) -> Select[Any]:
    """Select one row for each chat and thread of the rows, each of which is a topic."""
    of = follows.subquery("followed").c
    urgent = func.max(case((of.urgent, 1), else_=0))
    breaks_quiet = func.max(case((and_(of.urgent, of.but_urgent, of.rank == 0), 1), else_=0))
    all_expire = func.count(of.expires_at) == func.count()
    return select(
        of.chat_id,
        of.thread,
        ("," + func.aggregate_strings(of.topic_id, ",") + ",").label("topics"),
        func.min(of.rank).label("rank"),
        case((breaks_quiet == 1, 0), else_=func.max(case((of.quiet, 1), else_=0))).label("quiet"),
        urgent.label("urgent"),
        func.min(case((of.at_most_once, 1), else_=0)).label("at_most_once"),
        case((all_expire, func.max(of.expires_at)), else_=None).label("expires_at"),
    ).group_by(of.chat_id, of.thread)


def _followed(topics: Collection[TopicId] | None, told: Select[Any] | None) -> Select[Any]:
    """Select the reachable chats to tell, each with the topics of the alert that it follows."""
    topic, follows = alert_topics.c, subscriptions.c
    where = [
        topic.alert_id == _ALERT,
        topic.topic_id.not_in(paused(Pausable.TOPIC.value)),
        chats.c.gone_reason.is_(None),
        or_(follows.muted_until.is_(None), follows.muted_until <= _NOW),
    ]
    if topics is not None:
        where.append(topic.topic_id.in_(sorted(topics)))
    if told is not None:
        had = select(deliveries.c.chat_id, deliveries.c.thread)
        who = tuple_(follows.chat_id, follows.thread)
        where.append(who.not_in(had.where(deliveries.c.alert_id.in_(told))))
    return (
        select(
            follows.chat_id,
            follows.thread,
            follows.topic_id,
            case(RANKS, value=follows.mode).label("rank"),
            topic.urgent,
            topic.at_most_once,
            topic.expires_at,
            func.coalesce(is_quiet(_NOW), literal(False)).label("quiet"),
            func.coalesce(settings.c.quiet_but_urgent, literal(False)).label("but_urgent"),
        )
        .distinct()
        .join(alert_topics, topic.topic_id == follows.topic_id)
        .join(chats, chats.c.id == follows.chat_id)
        .outerjoin(settings, settings.c.chat_id == follows.chat_id)
        .where(*where)
    )
