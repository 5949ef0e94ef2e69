"""The queue of a chat: which of its deliveries is first, and when a claim looks at that one.

A claim puts off what it cannot send yet, so that it need not look at it again and again. Whoever
changes what is before a delivery brings it forward; if nobody does, it is looked at a little later.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.store.tables import TO_BE_SENT, State, chats, deliveries, in_state

_MINE = deliveries.alias("mine")
_CARRIER = deliveries.alias("carrier")


def first_of(chat: ColumnElement[int]) -> ColumnElement[int]:
    """Return the id of a chat's first waiting delivery: urgent ones first, then the oldest."""

    def oldest(*, urgent: bool) -> ColumnElement[int]:
        return (
            select(func.min(_MINE.c.id))
            .where(
                _MINE.c.chat_id == chat, in_state(State.PENDING, _MINE), _MINE.c.urgent == urgent
            )
            .scalar_subquery()
        )

    return func.coalesce(oldest(urgent=True), oldest(urgent=False))


async def bring_first_forward(connection: AsyncConnection, of: Collection[int]) -> None:
    """Have the first waiting delivery of each of the chats looked at as soon as it may be sent."""
    first = select(first_of(chats.c.id)).where(chats.c.id.in_(of))
    free_at = (
        select(chats.c.next_send_at).where(chats.c.id == deliveries.c.chat_id).scalar_subquery()
    )
    turn = case((deliveries.c.due_at > free_at, deliveries.c.due_at), else_=free_at)
    await connection.execute(
        update(deliveries).where(deliveries.c.id.in_(first)).values(turn_at=turn)
    )


async def bring_all_forward(connection: AsyncConnection, *of: ColumnElement[bool]) -> None:
    """Have all that waits, of the deliveries described, looked at as soon as it is due."""
    put_off = deliveries.c.turn_at > deliveries.c.due_at
    await connection.execute(
        update(deliveries)
        .where(*of, in_state(State.PENDING), put_off)
        .values(turn_at=deliveries.c.due_at)
    )


async def follow_carriers(connection: AsyncConnection, *of: ColumnElement[bool]) -> None:
    """Have what is carried, of the deliveries described, come to the ends of its carriers."""
    ended = _CARRIER.c
    await connection.execute(
        update(deliveries)
        .where(
            *of,
            in_state(State.CARRIED),
            deliveries.c.carried_by == ended.id,
            ended.state.not_in(TO_BE_SENT),
        )
        .values(
            state=ended.state,
            sent_at=ended.sent_at,
            message_id=ended.message_id,
            maybe_repeat=ended.maybe_repeat,
            reason=ended.reason,
        )
    )
