"""How all is doing, read from the rows in one glance.

For `alertbot status` and the health page.
"""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import WATCH, FeedId, TopicId
from alertbot.ports import FeedStatus, Ledger, Status, Stopped, Why
from alertbot.store.acting.acts import load_pauses
from alertbot.store.chats import count_subscribers
from alertbot.store.engine import Database, unbroken
from alertbot.store.operating.processes import load_processes
from alertbot.store.polling.due import load_memory
from alertbot.store.polling.websub import load_hubs
from alertbot.store.tables import (
    EPOCH,
    SENT,
    State,
    alert_topics,
    alerts,
    briefs,
    chats,
    deliveries,
    feeds,
    heartbeat,
    pace,
    past_deliveries,
    schedules,
    subscriptions,
    upsert,
    watches,
)
from alertbot.store.told import count_votes

SERVICE = "service"
TELEGRAM = "telegram"

DAY = timedelta(days=1)
#: of which votes are told
MONTH = timedelta(days=30)
#: the pace alone keeps no chat waiting for longer; what does is a pause
LONGEST_GAP = timedelta(seconds=10)


@unbroken
class StatusRows:
    """What the operator's view needs of the store: `ports.StatusBook`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def status(self) -> Status:
        """Return how all is doing: the feeds of the config, all chats, all deliveries."""
        dead = deliveries.c.state == State.DEAD
        async with self._database.reading() as connection:
            counts, repeated = await _counts(connection)
            signs = await _signs_of_life(connection)
            return Status(
                feeds=await _feeds(connection),
                chats=await _count(connection, chats.c.id),
                unreachable=await _count(connection, chats.c.gone_reason),
                subscriptions=await _count(
                    connection,
                    subscriptions.c.chat_id,
                    ~subscriptions.c.topic_id.startswith(WATCH),
                ),
                watches=await _count(connection, watches.c.number, watches.c.saved),
                subscribers=await count_subscribers(connection),
                deliveries=counts,
                repeated=repeated,
                dead_reasons=await _count_by(connection, deliveries.c.reason, dead),
                paused_until=await connection.scalar(select(pace.c.paused_until)),
                alive_at=signs.get(SERVICE),
                telegram_at=signs.get(TELEGRAM),
                processes=await load_processes(connection),
                hubs=await load_hubs(connection),
                pauses=await load_pauses(connection),
            )

    async def ledger(self, now: datetime) -> Ledger:
        """Return what is due at an instant, what the day before it brought, the votes of 30."""
        since = now - DAY
        last_day = (deliveries.c.state == State.DEAD, deliveries.c.made_at >= since)
        sent = and_(SENT, deliveries.c.sent_at >= since)
        async with self._database.reading() as connection:
            waiting = (await connection.execute(_waiting(now))).one()
            paused = (await connection.execute(_paused(now))).one()
            return Ledger(
                due=waiting.due,
                waiting=waiting.later,
                oldest_due=waiting.oldest,
                paused_chats=paused.chats,
                chats_paused_until=paused.until,
                hold_overdue=await connection.scalar(_overdue(now)),
                sent_last_day=await _count(connection, deliveries.c.sent_at, sent),
                dead_last_day=await _count_by(connection, deliveries.c.reason, *last_day),
                feedback=await count_votes(connection, now - MONTH),
            )

    async def alerts_by_topic(self, since: datetime) -> dict[TopicId, int]:
        """Return how many alerts since an instant are on each topic."""
        topic = alert_topics.c.topic_id
        statement = (
            select(topic, func.count(alert_topics.c.alert_id.distinct()))
            .join(alerts, alerts.c.id == alert_topics.c.alert_id)
            .where(alerts.c.made_at >= since)
            .group_by(topic)
        )
        async with self._database.reading() as connection:
            return {TopicId(row[0]): row[1] for row in await connection.execute(statement)}

    async def alive(self, now: datetime) -> None:
        """Note a sign of life."""
        await self._note(SERVICE, now)

    async def telegram_answered(self, at: datetime) -> None:
        """Note that Telegram answered."""
        await self._note(TELEGRAM, at)

    async def _note(self, scope: str, now: datetime) -> None:
        async with self._database.writing() as connection:
            statement = (
                upsert(connection, heartbeat)
                .values(scope=scope, alive_at=now)
                .on_conflict_do_update(
                    index_elements=["scope"],
                    set_={"alive_at": now},
                    # of several processes the one that heard last counts
                    where=heartbeat.c.alive_at < now if scope == TELEGRAM else None,
                )
            )
            await connection.execute(statement)


def _waiting(now: datetime) -> Select[*tuple[Any, ...]]:
    """Select how many pending deliveries are due and later, and when the oldest was made or let go.

    One that was never tried and is for later waits as it should, and so does one to a paused chat.
    """
    is_due = deliveries.c.due_at <= now
    since = func.coalesce(deliveries.c.released_at, deliveries.c.made_at)
    held_up = and_(or_(is_due, deliveries.c.attempt > 0), chats.c.next_send_at <= now + LONGEST_GAP)
    return (
        select(
            func.count(case((is_due, 1))).label("due"),
            func.count(case((~is_due, 1))).label("later"),
            func.min(case((held_up, since))).label("oldest"),
        )
        .join(chats, chats.c.id == deliveries.c.chat_id)
        .where(deliveries.c.state == State.PENDING)
    )


def _overdue(now: datetime) -> Select[*tuple[Any, ...]]:
    """Select when the first of the holds was to end that have not."""
    return select(func.min(schedules.c.at)).where(schedules.c.at > EPOCH, schedules.c.at <= now)


def _paused(now: datetime) -> Select[*tuple[Any, ...]]:
    return select(func.count().label("chats"), func.max(chats.c.next_send_at).label("until")).where(
        chats.c.next_send_at > now + LONGEST_GAP, chats.c.gone_reason.is_(None)
    )


async def _counts(connection: AsyncConnection) -> tuple[dict[str, int], int]:
    """Return the deliveries by state and the repeats among the sent, with those of the past."""
    state = deliveries.c.state
    counts = Counter(dict.fromkeys(map(str, State), 0))
    counts.update(await _count_by(connection, state))
    repeated = await _count(connection, state, state == State.SENT, deliveries.c.maybe_repeat)
    for row in await connection.execute(select(past_deliveries)):
        counts[row.state] += row.number
        repeated += row.repeated if row.state == State.SENT else 0
    return dict(counts), repeated


async def _signs_of_life(connection: AsyncConnection) -> dict[str, datetime]:
    return {row.scope: row.alive_at for row in await connection.execute(select(heartbeat))}


async def _feeds(connection: AsyncConnection) -> tuple[FeedStatus, ...]:
    count = select(func.count()).where(briefs.c.feed_id == feeds.c.id).scalar_subquery()
    statement = select(feeds, count.label("briefs")).where(feeds.c.active).order_by(feeds.c.id)
    return tuple(_feed(row) for row in await connection.execute(statement))


def _feed(row: Row[Any]) -> FeedStatus:
    memory = load_memory(row)
    return FeedStatus(
        feed=FeedId(row.id),
        last_ok_at=row.last_ok_at,
        last_new_at=row.last_new_at,
        next_poll_at=row.next_poll_at,
        why=Why(row.why),
        briefs=row.briefs,
        errors_in_row=row.errors_in_row,
        error=row.error,
        stopped=Stopped(row.stopped) if row.stopped else None,
        moved_to=row.address if row.address != row.url else None,
        twin=memory.twin,
        traffic=memory.traffic,
        alarms=memory.alarms,
    )


async def _count(
    connection: AsyncConnection, column: ColumnElement[Any], *where: ColumnElement[bool]
) -> int:
    statement = select(func.count(column)).where(*where)
    return (await connection.execute(statement)).scalar_one()


async def _count_by(
    connection: AsyncConnection, column: ColumnElement[Any], *where: ColumnElement[bool]
) -> dict[str, int]:
    statement = select(column, func.count()).where(*where).group_by(column)
    return {row[0]: row[1] for row in await connection.execute(statement)}
