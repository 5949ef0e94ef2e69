"""Deliveries as rows: who is told what, which may leave now, what became of each.

For the dispatcher. A claim is committed before the request it is for, and finished under a token
that only the claimer has, so that after a crash each delivery is either done or due again.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import AlertId, ChatId, DeliveryId, Message, TopicId
from alertbot.ports import Claim, Delivery, Verdict
from alertbot.store.alerts import UNREADABLE, load_alerts
from alertbot.store.engine import Database, Together, unbroken
from alertbot.store.outbox import pace
from alertbot.store.outbox.answers import Answer, settle
from alertbot.store.outbox.claims import earliest_turn, take_due
from alertbot.store.outbox.fan_out import fan_out
from alertbot.store.outbox.messages import Key, keep_message, load_messages
from alertbot.store.queue import bring_first_forward
from alertbot.store.tables import EPOCH, State, deliveries, in_state, left_alone

__all__ = ["OutboxRows", "fan_out"]

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
        now. One whose alert cannot be read is dead instead.
        """
        async with self._database.writing() as connection:
            most = min(slots, pace.at_a_time(per_second))
            start = await pace.enter(connection, now, most, per_second)
            if start is None:
                return Claim()
            rows = await take_due(connection, now, most, lease)
            claimed = await _load(connection, rows)
            lost = [row for row in rows if row.id not in {one.id for one in claimed}]
            if lost:
                await _bury(connection, lost)
            sent = {one.chat: _units(one) for one in claimed}
            more_at = await pace.spend(
                connection, now, start, sent, most=most, per_second=per_second
            )
            return Claim(deliveries=claimed, more_at=more_at if claimed else None)

    async def keep(self, delivery: Delivery, message: Message, per_second: int = 30) -> Message:
        """Store the message of a claimed delivery, written just now; return what to send.

        That is what another has stored meanwhile, if so. Only now is it known how much it counts.
        """
        async with self._database.writing() as connection:
            await pace.hold(connection)
            key = (delivery.alert_id, ",".join(delivery.topics), delivery.language)
            kept = await keep_message(connection, key, message)
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


async def _load(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> tuple[Delivery, ...]:
    """Return the deliveries of the rows, without those whose alert cannot be read."""
    keys: dict[int, Key] = {
        row.id: (AlertId(row.alert_id), _sorted(row.topics), row.language) for row in rows
    }
    written = await load_messages(connection, set(keys.values())) if rows else {}
    unwritten = {key[0] for key in keys.values() if key not in written}
    told = await load_alerts(connection, unwritten) if unwritten else {}
    alerts = {id_: one.alert for id_, one in told.items()}
    return tuple(
        Delivery(
            id=DeliveryId(row.id),
            token=row.token,
            chat=ChatId(row.chat_id),
            alert_id=AlertId(row.alert_id),
            content=content,
            topics=tuple(map(TopicId, keys[row.id][1].split(","))),
            language=row.language,
            attempt=row.attempt,
            maybe_repeat=row.maybe_repeat,
            lost_answers=row.lost_answers,
            urgent=row.urgent,
            at_most_once=row.at_most_once,
        )
        for row in rows
        if (content := written.get(keys[row.id]) or alerts.get(AlertId(row.alert_id)))
    )


def _sorted(topics: str) -> str:
    return ",".join(sorted(topics.strip(",").split(",")))


def _units(delivery: Delivery) -> float:
    return pace.units(len(delivery.content.text) if isinstance(delivery.content, Message) else 0)


async def _bury(connection: AsyncConnection, unreadable: Collection[Row[Any]]) -> None:
    await connection.execute(
        update(deliveries)
        .where(deliveries.c.id.in_([row.id for row in unreadable]))
        .values(state=State.DEAD, reason=UNREADABLE, token=None, lease_until=None)
    )
    await bring_first_forward(connection, [row.chat_id for row in unreadable])
