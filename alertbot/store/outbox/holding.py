"""What is held back as rows: held again where quiet hours come in between, released at its time.

Several alerts that one chat and thread waited for together go out as digests: one delivery becomes
the carrier of others and is then sent like any other; what it carries comes to the same end.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.ports import DIGEST_SIZE, Hold, Mode, Plan, Planner, Settings
from alertbot.store.choices import load_settings
from alertbot.store.engine import Database, unbroken
from alertbot.store.outbox.fan_out import one_at_a_time
from alertbot.store.queue import bring_first_forward
from alertbot.store.tables import (
    EPOCH,
    Instant,
    State,
    chats,
    deliveries,
    in_state,
    is_quiet,
    schedules,
    settings,
    subscriptions,
)

#: chats whose holds end in one short transaction
CHATS_AT_ONCE = 20

#: which names a digest of what waited for several
LONGEST = {hold: rank for rank, hold in enumerate(Hold)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    """A chat with holds that end, or that are still to be planned."""

    chat: int
    settings: Settings
    #: when each of them was to end; 1970: never planned
    holds: Mapping[Hold, datetime]
    #: the digests that it has subscriptions for
    digests: frozenset[Hold]


@unbroken
class HoldRows:
    """What whoever ends holds needs of the store: `ports.HoldBook`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def release(self, now: datetime, plan: Planner) -> int | None:
        """End the holds of some chats whose time has come, and plan their next, in one commit.

        What was held becomes due: one alone as it is, several as digests. Returns how many messages
        became due; None when no hold is at its end.
        """
        async with self._database.writing() as connection:
            await one_at_a_time(connection)
            due = await _load_due(connection, now)
            made = 0
            for each in due:
                digests = [
                    hold
                    for hold, at in each.holds.items()
                    if hold is not Hold.QUIET and (at == EPOCH or hold in each.digests)
                ]
                planned = plan(each.settings, digests, now)
                made += await _end_holds(connection, each, planned, now)
                await _note_plan(connection, each, planned)
        return made if due else None

    async def next_release(self) -> datetime | None:
        """Return when the next hold ends; None when there is none."""
        async with self._database.reading() as connection:
            found: datetime | None = await connection.scalar(select(func.min(schedules.c.at)))
            return found


async def hold_back(connection: AsyncConnection, ids: Collection[int], now: datetime) -> None:
    """Hold those of the waiting deliveries whose chat is quiet by now."""
    await one_at_a_time(connection)
    quiet = select(settings.c.chat_id).where(is_quiet(now))
    statement = (
        update(deliveries)
        .where(deliveries.c.id.in_(ids), in_state(State.PENDING), deliveries.c.chat_id.in_(quiet))
        .values(state=State.HELD, hold=Hold.QUIET.value)
        .returning(deliveries.c.chat_id)
    )
    held = (await connection.execute(statement)).scalars().all()
    await bring_first_forward(connection, held)


async def _load_due(connection: AsyncConnection, now: datetime) -> list[_Due]:
    """Return some chats with holds that end, locked, those that have waited longest first."""
    first = func.min(schedules.c.at)
    waiting = (
        select(schedules.c.chat_id)
        .where(schedules.c.at <= now)
        .group_by(schedules.c.chat_id)
        .order_by(first, schedules.c.chat_id)
        .limit(CHATS_AT_ONCE)
    )
    ids = (await connection.execute(waiting)).scalars().all()
    if not ids:
        return []
    lock = select(chats.c.id).where(chats.c.id.in_(ids)).order_by(chats.c.id).with_for_update()
    await connection.execute(lock)
    holds: dict[int, dict[Hold, datetime]] = defaultdict(dict)
    ended = select(schedules).where(schedules.c.chat_id.in_(ids), schedules.c.at <= now)
    for row in await connection.execute(ended):
        holds[row.chat_id][Hold(row.hold)] = row.at
    digests: dict[int, set[Hold]] = defaultdict(set)
    modes = (
        select(subscriptions.c.chat_id, subscriptions.c.mode)
        .where(subscriptions.c.chat_id.in_(ids), subscriptions.c.mode != Mode.INSTANT.value)
        .distinct()
    )
    for row in await connection.execute(modes):
        digests[row.chat_id].add(Hold(row.mode))
    own = await load_settings(connection, ids)
    return [
        _Due(chat=chat, settings=own[chat], holds=holds[chat], digests=frozenset(digests[chat]))
        for chat in ids
    ]


async def _end_holds(connection: AsyncConnection, due: _Due, planned: Plan, now: datetime) -> int:
    """Release what has waited to the end; in quiet hours, have digests wait for the end of those.

    Returns how many messages became due.
    """
    ended: set[Hold] = {
        hold for hold, at in due.holds.items() if hold is not Hold.QUIET and at > EPOCH
    }
    mine = (deliveries.c.chat_id == due.chat, in_state(State.HELD))
    if planned.quiet and planned.quiet[0] <= now:
        still = update(deliveries).where(*mine, deliveries.c.hold.in_(ended))
        await connection.execute(still.values(hold=Hold.QUIET.value))
        return 0
    if Hold.QUIET in due.holds:
        ended.add(Hold.QUIET)
    statement = select(deliveries).where(*mine, deliveries.c.hold.in_(ended))
    rows = (await connection.execute(statement.order_by(deliveries.c.id))).all()
    if not rows:
        return 0
    digests = list(_digests(rows))
    await _write_released(connection, digests, now)
    await bring_first_forward(connection, [due.chat])
    return len(digests)


def _digests(rows: Sequence[Row[Any]]) -> Iterator[Sequence[Row[Any]]]:
    """Yield what goes out together, the carrier first.

    One that was tried, or carries others already, stays as it is: it may have arrived so. A
    broadcast is no alert, and what is sent at most once stays apart from what may come twice.
    """
    groups: dict[tuple[int, bool], list[Row[Any]]] = defaultdict(list)
    for row in rows:
        if row.attempt or row.carrier or row.alert_id is None:
            yield [row]
        else:
            groups[row.thread, row.at_most_once].append(row)
    for group in groups.values():
        group.sort(key=lambda row: (first_topic(row.topics), row.id))
        number = -(-len(group) // DIGEST_SIZE)
        edges = [len(group) * part // number for part in range(number + 1)]
        for start, end in pairwise(edges):
            yield sorted(group[start:end], key=lambda row: int(row.id))


def first_topic(topics: str) -> str:
    """Return the topic under which a digest tells a delivery for topics such as ",b,a,"."""
    return min(topics.strip(",").split(","))


async def _write_released(
    connection: AsyncConnection, digests: Sequence[Sequence[Row[Any]]], now: datetime
) -> None:
    """Have each first one wait for its turn to be sent, and carry the others."""
    of = deliveries.c.id == bindparam("of")
    await connection.execute(
        update(deliveries)
        .where(of)
        .values(
            state=State.PENDING,
            hold=bindparam("waited_for"),
            urgent=bindparam("any_urgent"),
            expires_at=bindparam("until", type_=Instant),
            carrier=bindparam("carries"),
            due_at=now,
            turn_at=now,
            released_at=now,
        ),
        [_released(rows, now) for rows in digests],
    )
    carried = [
        {"of": row.id, "carrier_id": first.id} for first, *others in digests for row in others
    ]
    if carried:
        values = {"state": State.CARRIED, "carried_by": bindparam("carrier_id"), "released_at": now}
        await connection.execute(update(deliveries).where(of).values(values), carried)


def _released(rows: Sequence[Row[Any]], now: datetime) -> dict[str, Any]:
    """Return what the first of the rows is from now on; its shelf life begins anew."""
    lives: list[timedelta | None] = [
        row.expires_at and row.expires_at - row.made_at for row in rows
    ]
    known = [life for life in lives if life is not None]
    return {
        "of": rows[0].id,
        "waited_for": max((Hold(row.hold) for row in rows), key=LONGEST.__getitem__).value,
        "any_urgent": any(row.urgent for row in rows),
        "until": now + max(known) if len(known) == len(lives) else None,
        "carries": len(rows) > 1 or rows[0].carrier,
    }


async def _note_plan(connection: AsyncConnection, due: _Due, planned: Plan) -> None:
    """Write down when each of the holds ends next; one that is needed no more goes."""
    ends = dict(planned.digests)
    quiet = planned.quiet
    if Hold.QUIET in due.holds and quiet:
        ends[Hold.QUIET] = quiet[1]
    for hold in due.holds:
        mine = (schedules.c.chat_id == due.chat, schedules.c.hold == hold.value)
        if hold in ends:
            await connection.execute(update(schedules).where(*mine).values(at=ends[hold]))
        else:
            await connection.execute(delete(schedules).where(*mine))
    if Hold.QUIET in due.holds:
        first, last = quiet or (None, None)
        own = update(settings).where(settings.c.chat_id == due.chat)
        await connection.execute(own.values(quiet_from=first, quiet_until=last))
