"""Deliveries as rows: who is told what, which may leave now, what became of each.

For the dispatcher. A claim is committed before the request it is for, and finished under a token
that only the claimer has, so that after a crash each delivery is either done or due again.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import Message
from alertbot.ports import Claim, Delivery, Verdict
from alertbot.store.alerts import UNREADABLE
from alertbot.store.engine import Database, Together, unbroken
from alertbot.store.messages import keep_message
from alertbot.store.outbox import pace
from alertbot.store.outbox.answers import Answer, settle
from alertbot.store.outbox.claims import earliest_turn, take_due
from alertbot.store.outbox.contents import key_of, load_deliveries, still_watched
from alertbot.store.outbox.holding import HoldRows, hold_back
from alertbot.store.queue import bring_first_forward, follow_carriers
from alertbot.store.tables import EPOCH, State, deliveries, in_state, left_alone

__all__ = ["HoldRows", "OutboxRows"]

#: why it is not known what became of one that is sent at most once
NOBODY_LEFT = "the process that sent it did not say what became of it"

_TIMES = select(
    *pace.closed_until(),
    *(earliest_turn(urgent=urgent) for urgent in (True, False)),
    select(func.min(deliveries.c.lease_until)).where(in_state(State.SENDING)).scalar_subquery(),
)


@unbroken
class OutboxRows:
    """What the dispatcher needs of the store: `ports.Outbox`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._answers = Together(database, settle)

    async def claim(
        self, now: datetime, slots: int, lease: timedelta, per_second: int = 30
    ) -> Claim:
        """Mark up to `slots` due deliveries as being sent, committed before it returns.

        At most one per chat; urgent ones first, then the longest due, and those of a chat in the
        order they were made. The pace is kept, restarts included: what is returned may be sent
        now. One whose alert cannot be read is dead instead; one to a chat that is quiet is held.
        """
        async with self._database.writing() as connection:
            most = min(slots, pace.at_a_time(per_second))
            start = await pace.enter(connection, now, most, per_second)
            if start is None:
                return Claim()
            rows, quiet = await take_due(connection, now, most, lease)
            claimed = await load_deliveries(connection, rows)
            lost = [row for row in rows if row.id not in {one.id for one in claimed}]
            if lost:
                await _bury(connection, lost)
            sent = {one.chat: _units(one) for one in claimed}
            more_at = await pace.spend(
                connection, now, start, sent, most=most, per_second=per_second
            )
        if quiet:
            # in a transaction of its own, so that nobody waits for the other in a circle
            async with self._database.writing() as connection:
                await hold_back(connection, quiet, now)
        return Claim(deliveries=claimed, more_at=more_at if claimed else None)

    async def keep(self, delivery: Delivery, message: Message, per_second: int = 30) -> Message:
        """Store the message of a claimed delivery, written just now; return what to send.

        That is what another has stored meanwhile, if so. What names a watch that has just ended is
        not stored. Only now is it known how much a message counts.
        """
        async with self._database.writing() as connection:
            await pace.hold(connection)
            kept = message
            if await still_watched(connection, delivery):
                kept = await keep_message(connection, key_of(delivery), message)
            if more := pace.units(len(kept.text)) - 1:
                await pace.spend_more(connection, delivery.chat, more, per_second)
            return kept

    async def finish(self, delivery: Delivery, verdict: Verdict, now: datetime) -> bool:
        """Commit what became of a try; False if another holds the delivery by now.

        Answers that come while a commit runs share the next one; none waits for others to come.
        """
        return await self._answers.commit(Answer(delivery, verdict, now))

    async def recover(self, now: datetime, *, everything: bool = False) -> int:
        """Let go of deliveries with a lapsed lease (or of all being sent); return how many.

        They are due again as maybe repeats or, to be sent at most once, unknown. What has waited
        longer than its shelf life is expired. With `everything`, at start, times that a clock put
        off while it was ahead are caught up with, too.
        """
        lapsed = [in_state(State.SENDING)]
        if not everything:
            lapsed.append(deliveries.c.lease_until <= now)
        expired = [in_state(State.PENDING), deliveries.c.expires_at <= now]
        if not everything:
            async with self._database.reading() as connection:
                anything = (
                    select(deliveries.c.id)
                    .where(*lapsed)
                    .union_all(select(deliveries.c.id).where(*expired))
                )
                if (await connection.execute(anything.limit(1))).first() is None:
                    return 0
        async with self._database.writing() as connection:
            if everything:
                await pace.catch_up(connection, now)
            chats = (
                (
                    await connection.execute(
                        update(deliveries)
                        .where(*lapsed)
                        .values(left_alone(now, NOBODY_LEFT))
                        .returning(deliveries.c.chat_id)
                    )
                )
                .scalars()
                .all()
            )
            await connection.execute(update(deliveries).where(*expired).values(state=State.EXPIRED))
            await follow_carriers(connection)
            await bring_first_forward(connection, chats)
            return len(chats)

    async def next_due(self, now: datetime) -> datetime | None:
        """Return when there is something to claim or to recover; None when nothing waits.

        What waits may be claimed at `now` at the earliest; what is on the wire waits, too, for the
        end of its lease.
        """
        async with self._database.reading() as connection:
            row = (await connection.execute(_TIMES)).one()
        *opens, urgent, ordinary, lapses = row
        turns = [turn for turn in (urgent, ordinary) if turn is not None]
        times = [max(min(turns), now, *(time or EPOCH for time in opens))] if turns else []
        return min([*times, lapses] if lapses is not None else times, default=None)


def _units(delivery: Delivery) -> float:
    return pace.units(len(delivery.content.text) if isinstance(delivery.content, Message) else 0)


async def _bury(connection: AsyncConnection, unreadable: Collection[Row[Any]]) -> None:
    await connection.execute(
        update(deliveries)
        .where(deliveries.c.id.in_([row.id for row in unreadable]))
        .values(state=State.DEAD, reason=UNREADABLE, token=None, lease_until=None)
    )
    await follow_carriers(connection)
    await bring_first_forward(connection, [row.chat_id for row in unreadable])
