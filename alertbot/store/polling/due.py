"""Which feeds are due, whose poll that is, and what is remembered of them from poll to poll.

The feeds' rows claim with it; the operator's view reads what is remembered.
"""

import logging
import secrets
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    case,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import FeedId
from alertbot.ports import DueFeed, Memory, Pausable, PolledFeed, Validators
from alertbot.store.alerts import UNREADABLE
from alertbot.store.tables import Instant, feeds, milliseconds, paused

MEMORY = TypeAdapter(Memory)

log = logging.getLogger(__name__)


async def claim(
    connection: AsyncConnection,
    ours: ColumnElement[bool],
    now: datetime,
    limit: int,
    lease: timedelta,
    busy_hosts: Collection[str],
) -> tuple[DueFeed, ...]:
    """Lease up to `limit` of our feeds that are due; see `ports.FeedStore.claim_feeds`."""
    mine = ours & feeds.c.host.not_in(busy_hosts)
    rows = (await connection.execute(_due(now, limit, mine))).all()
    token = secrets.token_hex(8)
    claimed = (
        update(feeds)
        .where(feeds.c.id.in_([row.id for row in rows]))
        .values(
            token=token,
            lease_until=now + lease,
            asked_at=now,
            next_poll_at=feeds.c.min_interval + literal(milliseconds(now), BigInteger),
        )
    )
    if rows:
        await connection.execute(claimed)
    return tuple(
        DueFeed(
            feed=FeedId(row.id),
            token=token,
            address=row.address,
            host=row.host,
            validators=Validators(
                etag=row.etag, last_modified=row.last_modified, body_hash=row.body_hash
            ),
            first_read_at=row.first_read_at,
            errors_in_row=row.errors_in_row,
            memory=load_memory(row),
        )
        for row in rows
    )


def _due(now: datetime, limit: int, among: ColumnElement[bool]) -> Select[Any]:
    """Return what selects the feeds to lease, and locks their rows where the database can."""
    due = (
        among,
        feeds.c.active,
        feeds.c.stopped.is_(None),
        feeds.c.id.not_in(paused(Pausable.FEED.value)),
        feeds.c.next_poll_at <= now,
        or_(feeds.c.lease_until.is_(None), feeds.c.lease_until <= now),
    )
    of_its_host = func.row_number().over(
        partition_by=feeds.c.host, order_by=(feeds.c.next_poll_at, feeds.c.id)
    )
    ranked = select(feeds.c.id, of_its_host.label("rank")).where(*due).subquery()
    return (
        select(feeds)
        .where(*due, feeds.c.id.in_(select(ranked.c.id).where(ranked.c.rank == 1)))
        .order_by(feeds.c.next_poll_at, feeds.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )


async def release(connection: AsyncConnection, polled: PolledFeed, now: datetime) -> bool:
    """Give the lease back with what the poll says of the feed; False if it is not ours."""
    values: dict[str, Any] = {
        "next_poll_at": polled.next_poll_at,
        "why": polled.why,
        "token": None,
        "lease_until": None,
        "stopped": polled.stopped,
        "error": polled.error,
        "errors_in_row": 0 if polled.error is None else feeds.c.errors_in_row + 1,
    }
    if polled.read:
        values["first_read_at"] = func.coalesce(feeds.c.first_read_at, literal(now, Instant))
    if polled.error is None:
        values["last_ok_at"] = now
    if polled.validators is not None:
        values["etag"] = polled.validators.etag
        values["last_modified"] = polled.validators.last_modified
        values["body_hash"] = polled.validators.body_hash
    if polled.memory is not None:
        values["memory"] = dump_memory(await _with_pushed(connection, polled, polled.memory))
    if polled.address is not None:
        values |= place(polled.address)
    statement = (
        update(feeds)
        .where(feeds.c.id == polled.feed, feeds.c.token == polled.token)
        .values(values)
        .returning(feeds.c.id)
    )
    return (await connection.execute(statement)).first() is not None


async def _with_pushed(connection: AsyncConnection, polled: PolledFeed, memory: Memory) -> Memory:
    """Return what a poll remembers, with the hours of what was pushed while it ran."""
    pushed_since = case((feeds.c.last_new_at >= feeds.c.asked_at, feeds.c.memory))
    mine = (feeds.c.id == polled.feed, feeds.c.token == polled.token)
    statement = select(feeds.c.id, pushed_since.label("memory")).where(*mine).with_for_update()
    row = (await connection.execute(statement)).first()
    return add_news(memory, load_memory(row).news_hours) if row else memory


def place(address: str) -> dict[str, str]:
    """Return the columns of where a feed is asked."""
    return {"address": address, "host": urlsplit(address).hostname or ""}


def load_memory(row: Row[*tuple[Any, ...]]) -> Memory:
    """Return what is remembered of a feed; nothing if another version wrote it in its own way."""
    if row.memory is None:
        return Memory()
    try:
        return MEMORY.validate_json(row.memory)
    except ValueError:
        log.error("what is remembered of feed %s %s", row.id, UNREADABLE)
        return Memory()


def add_news(memory: Memory, hours: Collection[datetime], tagged: Sequence[bool] = ()) -> Memory:
    """Return what is remembered with more hours that brought news; the next poll forgets others.

    tagged: whether the new briefs had tags, oldest first.
    """
    if not hours:
        return memory
    together = tuple(sorted({*memory.news_hours, *hours}))
    return replace(memory, news_hours=together, tagged=(*memory.tagged, *tagged))


def dump_memory(memory: Memory) -> str:
    """Return the document of what is remembered."""
    return MEMORY.dump_json(memory).decode()
