"""How fast messages may leave, in rows: all processes share them, and a restart remembers them.

Telegram's limits (core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this): about
30 messages a second overall, one a second to a chat, 20 a minute to a group. Bots whose messages
exceed about 500 characters "hit limits more easily" (telegra.ph/Hitting-limits-bot-FAQ); how much
more is not said, so that such a message counts by its length: one of 600 as 1.2 messages.
"""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ScalarSelect, case, func, literal, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import ChatId
from alertbot.ports import LONGEST_PAUSE
from alertbot.store.tables import (
    EPOCH,
    MICROSECOND,
    MILLISECOND,
    Instant,
    chats,
    deliveries,
    milliseconds,
    pace,
    schedules,
    upsert,
)

PRIVATE_GAP = timedelta(seconds=1)
GROUP_GAP = timedelta(seconds=3)
LONG = 500

#: of a rate, what is left unused
MARGIN = 0.005

#: how often messages leave, at most, however many there are; whoever wakes late by less than that
#: catches up, or the rate could not be reached
STEP = timedelta(seconds=1) / 30

#: how much longer the first after a rest keeps the others waiting: it opens a connection, and all
#: it needs is done for the first time, so that it would come in together with those after it
FIRST = 2 * STEP
REST = timedelta(seconds=1)

#: a digest may be a week away, and a change of clocks more
LONGEST_HOLD = timedelta(days=9)

EVERYONE = "all"


def units(length: int) -> float:
    """Return as how many messages one of so many characters counts: one at least."""
    return max(1.0, length / LONG)


def at_a_time(per_second: int) -> int:
    """Return how many messages may leave at once; as many each step make the rate."""
    return max(1, math.floor(per_second * STEP.total_seconds()))


def closed_until() -> tuple[ScalarSelect[datetime | None], ScalarSelect[datetime | None]]:
    """Select until when the rate and a pause hold back messages to anyone."""
    next_at, paused_until = (
        select(column).where(pace.c.scope == EVERYONE).scalar_subquery()
        for column in (pace.c.next_at, pace.c.paused_until)
    )
    return next_at, paused_until


async def hold(connection: AsyncConnection) -> datetime:
    """Lock the pace to the end of the transaction; return until when a pause holds."""
    statement = (
        upsert(connection, pace)
        .values(scope=EVERYONE)
        .on_conflict_do_update(index_elements=["scope"], set_={"scope": EVERYONE})
        .returning(pace.c.paused_until)
    )
    return (await connection.execute(statement)).scalar_one() or EPOCH


async def enter(
    connection: AsyncConnection, now: datetime, most: int, per_second: int
) -> datetime | None:
    """Lock the pace to the end of the transaction, with so many messages as sent now.

    Returns since when they count, for `spend`; None, and nothing is changed, while the rate or a
    pause holds.
    """
    time = (now - EPOCH) // MICROSECOND
    gap = _gap(most, per_second)
    next_at = func.coalesce(type_coerce(pace.c.next_at, BigInteger), 0)
    paused_until = func.coalesce(pace.c.paused_until, literal(EPOCH, Instant))
    start = case(
        (next_at > time - STEP // MICROSECOND, next_at),
        (next_at > time - REST // MICROSECOND, time),
        else_=time + FIRST // MICROSECOND,
    )
    statement = (
        upsert(connection, pace)
        .values(scope=EVERYONE, next_at=now + FIRST + gap)
        .on_conflict_do_update(
            index_elements=["scope"],
            set_={"next_at": start + gap // MICROSECOND},
            where=(next_at <= time) & (paused_until <= now),
        )
        .returning(pace.c.next_at)
    )
    reserved: datetime | None = (await connection.execute(statement)).scalar_one_or_none()
    return reserved and reserved - gap


async def spend(
    connection: AsyncConnection,
    now: datetime,
    start: datetime,
    sent: Mapping[ChatId, float],
    *,
    most: int,
    per_second: int,
) -> datetime:
    """Have the messages that do leave now count, each by its units; return when more may.

    start, most: of `enter`.
    """
    count = sum(sent.values())
    next_at = start + _gap(count, per_second) if sent else min(start, now)
    if count != most:
        await connection.execute(
            update(pace).where(pace.c.scope == EVERYONE).values(next_at=next_at)
        )
    for each in set(sent.values()):
        alike = [chat for chat, weight in sent.items() if weight == each]
        free_at = case(
            (chats.c.id > 0, _at(now, PRIVATE_GAP, each)), else_=_at(now, GROUP_GAP, each)
        )
        await connection.execute(
            update(chats).where(chats.c.id.in_(alike)).values(next_send_at=free_at)
        )
    return next_at


async def spend_more(
    connection: AsyncConnection, chat: ChatId, count: float, per_second: int
) -> None:
    """Have a message that was counted as one count as so many more."""
    next_at = type_coerce(pace.c.next_at, BigInteger) + _gap(count, per_second) // MICROSECOND
    await connection.execute(update(pace).where(pace.c.scope == EVERYONE).values(next_at=next_at))
    gap = PRIVATE_GAP if chat > 0 else GROUP_GAP
    free_at = type_coerce(chats.c.next_send_at, BigInteger) + count * gap // MILLISECOND
    await connection.execute(update(chats).where(chats.c.id == chat).values(next_send_at=free_at))


async def pause_chat(connection: AsyncConnection, chat: ChatId, until: datetime) -> None:
    """Send nothing to the chat before then; a longer pause stays."""
    await connection.execute(
        update(chats)
        .where(chats.c.id == chat, chats.c.next_send_at < until)
        .values(next_send_at=until)
    )


async def pause_everyone(connection: AsyncConnection, until: datetime) -> None:
    """Send nothing to anyone before then; a longer pause stays."""
    paused_until = await hold(connection)
    await connection.execute(
        update(pace).where(pace.c.scope == EVERYONE).values(paused_until=max(until, paused_until))
    )


async def catch_up(connection: AsyncConnection, now: datetime) -> None:
    """Bring what a clock that was ahead has put off back to what can be."""
    cap = now + LONGEST_PAUSE
    for column, latest in (
        (pace.c.next_at, now + GROUP_GAP),
        (pace.c.paused_until, cap),
        (chats.c.next_send_at, cap),
        (deliveries.c.due_at, cap),
        (deliveries.c.turn_at, cap),
    ):
        await connection.execute(
            update(column.table).where(column > latest).values({column.name: latest})
        )
    too_far = schedules.c.at > now + LONGEST_HOLD
    await connection.execute(update(schedules).where(too_far).values(at=EPOCH))


def _gap(count: float, per_second: int) -> timedelta:
    """Return how long so many messages take at a rate; rounded up, and a little more.

    Telegram counts them as they come in, and one that was a moment longer on its way than those
    after it comes into their second: of 3,000 sent at 30 a second sharp, one was refused.
    """
    return math.ceil(count * 1_000_000 / (per_second * (1 - MARGIN))) * MICROSECOND


def _at(now: datetime, gap: timedelta, count: float) -> int:
    return milliseconds(now + count * gap)
