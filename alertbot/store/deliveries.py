"""Deliveries as rows: who is told what, which may leave now, what became of each.

For the dispatcher. A claim is committed before the request it is for, and finished under a token
that only the claimer has, so that after a crash each delivery is either done or due again.
"""

import math
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Row, Select, case, exists, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import AlertId, ChatId, DeliveryId, TopicId
from alertbot.ports import Delivery, Verdict
from alertbot.store.alerts import UNREADABLE, load_alerts
from alertbot.store.chats import mark_gone, move_chat
from alertbot.store.engine import Database, unbroken
from alertbot.store.tables import (
    EPOCH,
    MILLISECOND,
    Instant,
    State,
    alert_topics,
    chats,
    deliveries,
    due_again,
    milliseconds,
    pace,
    subscriptions,
    upsert,
)

# Telegram's limits (core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this)
PER_SECOND = 30
PRIVATE_GAP = timedelta(seconds=1)
GROUP_GAP = timedelta(seconds=3)

#: a lease lasts as many times longer as there were tries, up to this, so that a chat whose answers
#: keep getting lost is not written to every minute
LONGEST_LEASE = 10

EVERYONE = "all"


@unbroken
class DeliveryRows:
    """What the dispatcher needs of the store: `ports.Outbox`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, now: datetime, slots: int, lease: timedelta) -> tuple[Delivery, ...]:
        """Mark up to `slots` due deliveries as being sent, committed before it returns.

        At most one per chat, in the order they were made. The pace is kept, restarts included:
        what is returned may be sent now. One whose alert cannot be read is dead instead.
        """
        async with self._database.writing() as connection:
            next_at, paused_until = await _pace(connection, lock=True)
            if max(next_at, paused_until) > now:
                return ()
            token = secrets.token_hex(8)
            rows = await _take(connection, now, slots, lease, token)
            claimed = await _load(connection, rows)
            if unreadable := {row.id for row in rows} - {one.id for one in claimed}:
                await _bury(connection, unreadable)
            if claimed:
                await _use_pace(connection, now, next_at, [one.chat for one in claimed])
            return claimed

    async def finish(self, delivery: Delivery, verdict: Verdict, now: datetime) -> bool:
        """Commit what became of a try; False if another holds the delivery by now."""
        async with self._database.writing() as connection:
            chat = await _settle(connection, delivery, verdict, now)
            if chat is None:
                return False
            if verdict.migrated_to is not None:
                await move_chat(connection, chat, verdict.migrated_to)
            if verdict.chat_gone:
                await mark_gone(connection, chat, verdict.dead or "unreachable")
            await _pause(connection, chat, verdict)
            return True

    async def recover(self, now: datetime, *, everything: bool = False) -> int:
        """Make deliveries with a lapsed lease (or all being sent) due again, as maybe repeats.

        With `everything`, at start, a pace kept while the clock was ahead is caught up with, too.
        """
        statement = (
            update(deliveries)
            .where(deliveries.c.state == State.SENDING)
            .values(maybe_repeat=True, **due_again(now))
        )
        if not everything:
            statement = statement.where(deliveries.c.lease_until <= now)
        async with self._database.writing() as connection:
            if everything:
                await _cap_pace(connection, now)
            return (await connection.execute(statement)).rowcount

    async def next_due(self, now: datetime) -> datetime | None:
        """Return when the next delivery may be sent, not before `now`; None when nothing waits.

        A delivery on the wire waits, too, for the end of its lease.
        """
        lapse = select(func.min(deliveries.c.lease_until)).where(
            deliveries.c.state == State.SENDING
        )
        async with self._database.reading() as connection:
            opens = max(now, *(await _pace(connection)))
            due = opens
            if (await connection.execute(_claimable(opens, limit=1))).first() is None:
                due = (await connection.execute(_earliest())).scalar()
            ends = [at for at in (due and max(due, opens), await connection.scalar(lapse)) if at]
        return min(ends, default=None)


async def fan_out(connection: AsyncConnection, alert: AlertId, now: datetime) -> int:
    """Make a delivery of the alert to each reachable chat that follows one of its topics."""
    followed = (
        select(subscriptions.c.chat_id, subscriptions.c.topic_id)
        .distinct()
        .join(alert_topics, alert_topics.c.topic_id == subscriptions.c.topic_id)
        .join(chats, chats.c.id == subscriptions.c.chat_id)
        .where(alert_topics.c.alert_id == alert, chats.c.gone_reason.is_(None))
        .subquery("followed")
    )
    values = {
        "alert_id": literal(alert),
        "chat_id": followed.c.chat_id,
        "topics": "," + func.aggregate_strings(followed.c.topic_id, ",") + ",",
        "state": literal(State.PENDING.value),
        "attempt": literal(0),
        "maybe_repeat": literal(False),
        "made_at": literal(now, Instant),
        "due_at": literal(now, Instant),
    }
    made = select(*values.values()).group_by(followed.c.chat_id).order_by(followed.c.chat_id)
    await connection.execute(
        upsert(connection, deliveries).from_select(list(values), made).on_conflict_do_nothing()
    )
    count = select(func.count()).where(deliveries.c.alert_id == alert)
    return (await connection.execute(count)).scalar_one()


def _waiting() -> Select[Any]:
    """Select the first waiting delivery of each chat that has none on the wire."""
    other = deliveries.alias("other")
    before = exists().where(
        other.c.chat_id == deliveries.c.chat_id,
        other.c.state == State.PENDING,
        other.c.id < deliveries.c.id,
    )
    on_the_wire = exists().where(
        other.c.chat_id == deliveries.c.chat_id, other.c.state == State.SENDING
    )
    return (
        select(deliveries.c.id)
        .join(chats, chats.c.id == deliveries.c.chat_id)
        .where(deliveries.c.state == State.PENDING, ~before, ~on_the_wire)
    )


def _claimable(now: datetime, *, limit: int) -> Select[Any]:
    return (
        _waiting()
        .where(deliveries.c.due_at <= now, chats.c.next_send_at <= now)
        .order_by(deliveries.c.id)
        .limit(limit)
    )


def _earliest() -> Select[Any]:
    later = case(
        (deliveries.c.due_at > chats.c.next_send_at, deliveries.c.due_at),
        else_=chats.c.next_send_at,
    )
    return _waiting().with_only_columns(func.min(later))


async def _take(
    connection: AsyncConnection, now: datetime, slots: int, lease: timedelta, token: str
) -> Sequence[Row[Any]]:
    due = _claimable(now, limit=slots).with_for_update(skip_locked=True, of=deliveries).cte("due")
    tries = case(
        (deliveries.c.attempt < LONGEST_LEASE, deliveries.c.attempt + 1), else_=LONGEST_LEASE
    )
    statement = (
        update(deliveries)
        .where(deliveries.c.id.in_(select(due.c.id)))
        .values(
            state=State.SENDING,
            token=token,
            attempt=deliveries.c.attempt + 1,
            lease_until=literal(milliseconds(now), BigInteger) + tries * (lease // MILLISECOND),
        )
        .returning(deliveries)
    )
    rows = (await connection.execute(statement)).all()
    return sorted(rows, key=lambda row: row.id)


async def _load(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> tuple[Delivery, ...]:
    """Return the deliveries of the rows, without those whose alert cannot be read."""
    told = await load_alerts(connection, {row.alert_id for row in rows})
    return tuple(
        Delivery(
            id=DeliveryId(row.id),
            token=row.token,
            chat=ChatId(row.chat_id),
            alert=told[row.alert_id].alert,
            topics=tuple(TopicId(topic) for topic in sorted(row.topics.strip(",").split(","))),
            attempt=row.attempt,
            maybe_repeat=row.maybe_repeat,
        )
        for row in rows
        if row.alert_id in told
    )


async def _bury(connection: AsyncConnection, unreadable: Collection[int]) -> None:
    await connection.execute(
        update(deliveries)
        .where(deliveries.c.id.in_(unreadable))
        .values(state=State.DEAD, reason=UNREADABLE, token=None, lease_until=None)
    )


async def _settle(
    connection: AsyncConnection, delivery: Delivery, verdict: Verdict, now: datetime
) -> ChatId | None:
    """Write the new state if the token still holds, and return the chat; else None."""
    held = (
        deliveries.c.id == delivery.id,
        deliveries.c.state == State.SENDING,
        deliveries.c.token == delivery.token,
    )
    locked = select(deliveries.c.chat_id).where(*held).with_for_update()
    chat = (await connection.execute(locked)).scalar()
    values = _new_state(verdict, now)
    if chat is not None and values:
        await connection.execute(update(deliveries).where(*held).values(values))
    return None if chat is None else ChatId(chat)


def _new_state(verdict: Verdict, now: datetime) -> dict[str, Any]:
    done: dict[str, Any] = {"token": None, "lease_until": None}
    if verdict.message_id is not None:
        return done | {"state": State.SENT, "sent_at": now, "message_id": verdict.message_id}
    if verdict.dead is not None:
        return done | {"state": State.DEAD, "reason": verdict.dead}
    if verdict.retry_at is not None:
        return due_again(verdict.retry_at)
    if verdict.migrated_to is not None:
        return due_again(now)
    return {}


async def _pace(connection: AsyncConnection, *, lock: bool = False) -> tuple[datetime, datetime]:
    """Return when the next message to anyone may leave, by the pace and by a pause.

    lock: let no other process claim until the transaction ends.
    """
    statement = select(pace).where(pace.c.scope == EVERYONE)
    if lock:
        await connection.execute(
            upsert(connection, pace).values(scope=EVERYONE).on_conflict_do_nothing()
        )
        statement = statement.with_for_update()
    row = (await connection.execute(statement)).first()
    if row is None:
        return EPOCH, EPOCH
    return row.next_at or EPOCH, row.paused_until or EPOCH


async def _use_pace(
    connection: AsyncConnection, now: datetime, next_at: datetime, claimed: Collection[int]
) -> None:
    # whoever wakes a little late may catch up by one message, or the rate could not be reached
    start = max(next_at, now - timedelta(seconds=1) / PER_SECOND)
    gap = timedelta(milliseconds=math.ceil(len(claimed) * 1000 / PER_SECOND))
    await _set_pace(connection, next_at=start + gap)
    gaps = case(
        (chats.c.id > 0, literal(now + PRIVATE_GAP, Instant)),
        else_=literal(now + GROUP_GAP, Instant),
    )
    await connection.execute(update(chats).where(chats.c.id.in_(claimed)).values(next_send_at=gaps))


async def _cap_pace(connection: AsyncConnection, now: datetime) -> None:
    cap = now + GROUP_GAP
    await connection.execute(update(pace).where(pace.c.next_at > cap).values(next_at=cap))


async def _pause(connection: AsyncConnection, chat: ChatId, verdict: Verdict) -> None:
    if (until := verdict.chat_paused_until) is not None:
        await connection.execute(
            update(chats)
            .where(chats.c.id == chat, chats.c.next_send_at < until)
            .values(next_send_at=until)
        )
    if (until := verdict.all_paused_until) is not None:
        _, paused_until = await _pace(connection, lock=True)
        await _set_pace(connection, paused_until=max(until, paused_until))


async def _set_pace(connection: AsyncConnection, **values: datetime) -> None:
    statement = (
        upsert(connection, pace)
        .values(scope=EVERYONE, **values)
        .on_conflict_do_update(index_elements=["scope"], set_=values)
    )
    await connection.execute(statement)
