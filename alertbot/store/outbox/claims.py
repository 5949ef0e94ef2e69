"""Which deliveries may leave now, and taking them: urgent ones first, then the longest due.

What is due but has to wait for its chat, or for another to go before, is put off, so that claims
stay fast however much waits. What comes to its turn in its chat's quiet hours is to be held.
"""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Row,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.store.queue import first_of
from alertbot.store.tables import (
    LANGUAGE,
    MILLISECOND,
    Instant,
    State,
    chats,
    deliveries,
    in_state,
    is_quiet,
    milliseconds,
    settings,
)

#: a lease lasts as many times longer as there were tries, up to this, so that a chat whose answers
#: keep getting lost is not written to every minute
LONGEST_LEASE = 10

#: rows looked at together after some had to be put off, and how often in one claim
MANY = 200
LOOKS = 10

#: who waits for another is brought forward when that one is done; this is in case nobody did
LOOK_AGAIN = timedelta(seconds=10)

_OTHER = deliveries.alias("other")

_LANGUAGE = (
    select(LANGUAGE).where(chats.c.id == deliveries.c.chat_id).scalar_subquery().label("language")
)


def _longest_due(*, urgent: bool) -> Select[Any]:
    """Select those whose turn it might be."""
    return (
        select(
            deliveries.c.id,
            deliveries.c.urgent,
            deliveries.c.turn_at,
            chats.c.next_send_at,
            first_of(deliveries.c.chat_id).label("first"),
            exists()
            .where(_OTHER.c.chat_id == deliveries.c.chat_id, in_state(State.SENDING, _OTHER))
            .label("on_the_wire"),
            and_(
                is_quiet(bindparam("now", type_=Instant)),
                ~and_(deliveries.c.urgent, settings.c.quiet_but_urgent),
            ).label("quiet"),
        )
        .join(chats, chats.c.id == deliveries.c.chat_id)
        .outerjoin(settings, settings.c.chat_id == deliveries.c.chat_id)
        .where(
            in_state(State.PENDING),
            deliveries.c.urgent == urgent,
            deliveries.c.turn_at <= bindparam("now", type_=Instant),
            or_(
                deliveries.c.expires_at.is_(None),
                deliveries.c.expires_at > bindparam("now", type_=Instant),
            ),
        )
        .order_by(deliveries.c.turn_at, deliveries.c.id)
        .limit(bindparam("limit"))
        .with_for_update(skip_locked=True, of=deliveries)
    )


#: as many of either kind; built once, which takes longer than to run
_DUE = union_all(
    *(select(_longest_due(urgent=urgent).subquery()) for urgent in (True, False)),
)


def earliest_turn(*, urgent: bool) -> ScalarSelect[datetime | None]:
    """Select when to look at what waits; null when nothing does."""
    return (
        select(func.min(deliveries.c.turn_at))
        .where(in_state(State.PENDING), deliveries.c.urgent == urgent)
        .scalar_subquery()
    )


async def take_due(
    connection: AsyncConnection, now: datetime, slots: int, lease: timedelta
) -> tuple[Sequence[Row[Any]], Collection[int]]:
    """Mark up to `slots` deliveries as being sent, at most one per chat.

    Returns their rows, and the ids of those that are to be held, as their chat is quiet.
    """
    token = secrets.token_hex(8)
    taken: list[Row[Any]] = []
    quiet: set[int] = set()
    limit = slots
    for _ in range(LOOKS):
        rows = await _look(connection, now, limit)
        quiet |= {row.id for row in rows if row.quiet}
        ready = [row.id for row in rows if _is_ready(row, now)]
        if ready:
            room = slots - len(taken)
            taken += await _take(connection, ready[:room], now, lease, token)
        if len(ready) < len(rows):
            await _put_off(connection, [row for row in rows if not _is_ready(row, now)], now)
        if len(taken) == slots or len(rows) < limit:
            break
        limit = MANY
    return taken, quiet


async def _look(connection: AsyncConnection, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """Return what might leave, urgent ones first; nothing else where there may be more of these."""
    rows = (await connection.execute(_DUE, {"now": now, "limit": limit})).all()
    urgent = [row for row in rows if row.urgent]
    if len(urgent) == limit:
        rows = urgent
    return sorted(rows, key=lambda row: (not row.urgent, row.turn_at, row.id))


def _is_next(row: Row[Any]) -> bool:
    return bool(row.id == row.first and not row.on_the_wire and not row.quiet)


def _is_ready(row: Row[Any], now: datetime) -> bool:
    return _is_next(row) and bool(row.next_send_at <= now)


async def _take(
    connection: AsyncConnection,
    ids: Collection[int],
    now: datetime,
    lease: timedelta,
    token: str,
) -> Sequence[Row[Any]]:
    tries = case(
        (deliveries.c.attempt < LONGEST_LEASE, deliveries.c.attempt + 1), else_=LONGEST_LEASE
    )
    statement = (
        update(deliveries)
        .where(deliveries.c.id.in_(ids))
        .values(
            state=State.SENDING,
            token=token,
            attempt=deliveries.c.attempt + 1,
            lease_until=literal(milliseconds(now), BigInteger) + tries * (lease // MILLISECOND),
        )
        .returning(deliveries, _LANGUAGE)
    )
    rows = (await connection.execute(statement)).all()
    return sorted(rows, key=lambda row: (not row.urgent, row.id))


async def _put_off(connection: AsyncConnection, blocked: Sequence[Row[Any]], now: datetime) -> None:
    """Have those that wait for the pace looked at then, the others when brought forward."""
    statement = (
        update(deliveries)
        .where(deliveries.c.id == bindparam("put_off"))
        .values(turn_at=bindparam("until", type_=Instant))
    )
    turns = [
        {
            "put_off": row.id,
            "until": row.next_send_at if _is_next(row) else max(row.next_send_at, now + LOOK_AGAIN),
        }
        for row in blocked
    ]
    await connection.execute(statement, turns)
