"""What became of tries, and what follows from that for deliveries and chats."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import ChatId
from alertbot.ports import Delivery, Verdict
from alertbot.store.chats import mark_gone
from alertbot.store.moving import leave_thread, move_chat
from alertbot.store.outbox.pace import hold, pause_chat, pause_everyone
from alertbot.store.queue import bring_first_forward, follow_carriers
from alertbot.store.tables import Instant, State, deliveries, due_again, in_state


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What became of a try, on its way to a commit."""

    delivery: Delivery
    verdict: Verdict
    now: datetime


async def settle(connection: AsyncConnection, answers: Sequence[Answer]) -> list[bool]:
    """Write what follows from the answers whose token still holds; return of each whether so."""
    if any(one.verdict.all_paused_until or one.verdict.migrated_to for one in answers):
        # first, as a claim does: two that lock in another order would wait for each other
        await hold(connection)
    held = await find_held(connection, answers)
    await _write_states(connection, list(held))
    if digests := [chat for answer, chat in held.items() if answer.delivery.is_digest]:
        await follow_carriers(connection, deliveries.c.chat_id.in_(digests))
    for answer, chat in held.items():
        await _settle_chat(connection, chat, answer)
    moved = [one.verdict.migrated_to for one in held if one.verdict.migrated_to is not None]
    await bring_first_forward(connection, {*held.values(), *moved})
    return [one in held for one in answers]


async def find_held(connection: AsyncConnection, answers: Sequence[Answer]) -> dict[Answer, ChatId]:
    """Return those of the answers whose delivery is still under their token, and its chat."""
    statement = (
        select(deliveries.c.id, deliveries.c.token, deliveries.c.chat_id)
        .where(deliveries.c.id.in_([one.delivery.id for one in answers]), in_state(State.SENDING))
        .order_by(deliveries.c.id)
        .with_for_update()
    )
    chats = {
        (row.id, row.token): ChatId(row.chat_id) for row in await connection.execute(statement)
    }
    return {
        one: chats[key]
        for one in answers
        if (key := (one.delivery.id, one.delivery.token)) in chats
    }


async def _write_states(connection: AsyncConnection, answers: Sequence[Answer]) -> None:
    sent = [
        {"of": one.delivery.id, "at": one.now, "message": one.verdict.message_id}
        for one in answers
        if one.verdict.message_id is not None
    ]
    if sent:
        await connection.execute(
            update(deliveries)
            .where(deliveries.c.id == bindparam("of"))
            .values(
                state=State.SENT,
                token=None,
                lease_until=None,
                sent_at=bindparam("at", type_=Instant),
                message_id=bindparam("message"),
            ),
            sent,
        )
    for one in answers:
        if values := _unsent_state(one.verdict, one.now):
            await connection.execute(
                update(deliveries).where(deliveries.c.id == one.delivery.id).values(values)
            )


def _unsent_state(verdict: Verdict, now: datetime) -> dict[str, Any]:
    done: dict[str, Any] = {"token": None, "lease_until": None}
    if verdict.dead is not None:
        return done | {"state": State.DEAD, "reason": verdict.dead}
    if verdict.unknown is not None:
        return done | {"state": State.UNKNOWN, "reason": verdict.unknown}
    if verdict.retry_at is not None:
        return due_again(verdict.retry_at)
    if verdict.migrated_to is not None or verdict.thread_gone:
        return due_again(now)
    return {}


async def _settle_chat(connection: AsyncConnection, chat: ChatId, answer: Answer) -> None:
    verdict, thread = answer.verdict, answer.delivery.thread
    if verdict.thread_gone and thread is not None:
        await leave_thread(connection, chat, thread)
    if verdict.migrated_to is not None:
        await move_chat(connection, chat, verdict.migrated_to)
    if verdict.chat_gone:
        await mark_gone(connection, chat, verdict.dead or "unreachable")
    if (until := verdict.chat_paused_until) is not None:
        await pause_chat(connection, chat, until)
    if (until := verdict.all_paused_until) is not None:
        await pause_everyone(connection, until)
