"""Deliveries that go elsewhere: a group has got a new id, or a forum thread is gone.

For the outbox, which learns of both from Telegram's answers, and the chats' rows.
"""

from sqlalchemy import (
    ColumnElement,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import ChatId
from alertbot.store.keeping.retention import drop_deliveries
from alertbot.store.queue import bring_all_forward, follow_carriers
from alertbot.store.tables import (
    NO_THREAD,
    REACHABLE,
    TO_BE_SENT,
    Instant,
    State,
    chats,
    deliveries,
    desks,
    due_again,
    in_state,
    left_alone,
    schedules,
    settings,
    subscriptions,
    upsert,
    watches,
)
from alertbot.store.told import move_votes

#: why it is not known what became of one that is sent at most once
TWO_IDS = "the group got a new id while it was being sent"


async def move_chat(connection: AsyncConnection, old: ChatId, new: ChatId) -> None:
    """Give all that a chat has to its new id, which may be known already."""
    if old == new:
        return
    # a poll that is making deliveries to them has to be over, and the next one to wait
    both = select(chats.c.id).where(chats.c.id.in_([old, new])).order_by(chats.c.id)
    await connection.execute(both.with_for_update())
    await _copy_chat(connection, old, new)
    for table in (subscriptions, settings, schedules, desks):
        await _copy_rows(connection, table, old, new)
    theirs = update(watches).where(watches.c.chat_id == old)
    await connection.execute(theirs.values(chat_id=new))
    await _move_desks(connection, old, new)
    await _keep_one_of_each(connection, old, new)
    await move_votes(connection, old, new)
    await connection.execute(
        update(deliveries).where(deliveries.c.chat_id == old).values(chat_id=new)
    )
    await bring_all_forward(connection, deliveries.c.chat_id == new)
    await connection.execute(delete(chats).where(chats.c.id == old))


async def leave_thread(connection: AsyncConnection, chat: ChatId, thread: int) -> None:
    """Have all that is for a thread go to the chat itself, from now on, unless that has it."""
    mine = deliveries.c
    here = (mine.chat_id == chat, mine.thread == thread, mine.state.in_(TO_BE_SENT))
    twin = deliveries.alias("twin")
    told_anyway = exists().where(
        twin.c.chat_id == chat, twin.c.alert_id == mine.alert_id, twin.c.thread == NO_THREAD
    )
    follows = (subscriptions.c.chat_id == chat, subscriptions.c.thread == thread)
    await connection.execute(update(subscriptions).where(*follows).values(thread=NO_THREAD))
    await _dissolve(connection, *here, told_anyway)
    await connection.execute(
        update(deliveries)
        .where(*here, told_anyway)
        .values(state=State.CANCELLED, token=None, lease_until=None)
    )
    await connection.execute(update(deliveries).where(*here).values(thread=NO_THREAD))
    await bring_all_forward(connection, mine.chat_id == chat)


async def _copy_chat(connection: AsyncConnection, old: ChatId, new: ChatId) -> None:
    # the new id has just spoken to us or been told to us, so the chat can be reached
    kept = [chats.c.opened_at, chats.c.next_send_at, chats.c.language, chats.c.spoken]
    chat = select(literal(new), *kept).where(chats.c.id == old)
    await connection.execute(
        upsert(connection, chats)
        .from_select(["id", *(column.name for column in kept)], chat)
        .on_conflict_do_update(index_elements=["id"], set_=REACHABLE)
    )


async def _copy_rows(connection: AsyncConnection, table: Table, old: ChatId, new: ChatId) -> None:
    """Give the new id what the old one has in a table, unless it has its own."""
    others = [column for column in table.c if column.name != "chat_id"]
    rows = select(literal(new), *others).where(table.c.chat_id == old)
    names = ["chat_id", *(column.name for column in others)]
    await connection.execute(
        upsert(connection, table).from_select(names, rows).on_conflict_do_nothing()
    )


async def _move_desks(connection: AsyncConnection, old: ChatId, new: ChatId) -> None:
    """Have who looks after the old id look after the new one, unless they do."""
    twin = desks.alias("twin")
    known = exists().where(twin.c.chat_id == desks.c.chat_id, twin.c.channel_id == new)
    await connection.execute(
        update(desks).where(desks.c.channel_id == old, ~known).values(channel_id=new)
    )


async def _keep_one_of_each(connection: AsyncConnection, old: ChatId, new: ChatId) -> None:
    """Leave the two ids one delivery of each alert, and one on the wire.

    One that is or may be sent for good is kept before any other, and one that is over without being
    sent after any other.
    """
    mine, twin = deliveries.c, deliveries.alias("twin")
    same = or_(twin.c.alert_id == mine.alert_id, twin.c.broadcast_id == mine.broadcast_id)
    same_alert = and_(same, twin.c.thread == mine.thread)
    told = [State.SENT, State.UNKNOWN]
    old_has_told = exists().where(twin.c.chat_id == old, same_alert, twin.c.state.in_(told))
    live = twin.c.state.in_([*TO_BE_SENT, *told])
    new_has_live = exists().where(twin.c.chat_id == new, same_alert, live)
    old_has = exists().where(twin.c.chat_id == old, same_alert)
    new_is_sending = exists().where(twin.c.chat_id == new, twin.c.state == State.SENDING)
    for spare in (
        (mine.chat_id == new, mine.state.not_in(told), old_has_told),
        (mine.chat_id == old, new_has_live),
        # what the new id has beside the old one's by now is dead or cancelled
        (mine.chat_id == new, old_has),
    ):
        await _dissolve(connection, *spare)
        await drop_deliveries(connection, *spare)
    await connection.execute(
        update(deliveries)
        .where(mine.chat_id == old, mine.state == State.SENDING, new_is_sending)
        .values(left_alone(mine.due_at, TWO_IDS))
    )
    await follow_carriers(connection, mine.chat_id == old)


async def _dissolve(connection: AsyncConnection, *which: ColumnElement[bool]) -> None:
    """Have what the carriers described carry wait each for itself, as its carrier did.

    Nobody sends what the carriers tell any more.
    """
    mine = select(deliveries.c.id, deliveries.c.due_at, deliveries.c.maybe_repeat)
    carriers = (await connection.execute(mine.where(deliveries.c.carrier, *which))).all()
    if not carriers:
        return
    carried = (in_state(State.CARRIED), deliveries.c.carried_by == bindparam("of"))
    values = due_again(bindparam("at", type_=Instant))
    values |= {"carried_by": None, "maybe_repeat": bindparam("repeat")}
    await connection.execute(
        update(deliveries).where(*carried).values(values),
        [{"of": row.id, "at": row.due_at, "repeat": row.maybe_repeat} for row in carriers],
    )
