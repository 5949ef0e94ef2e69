"""Which feeds are due, whose poll that is, and what is remembered of them from poll to poll.

The feeds' rows claim with it; the operator's view reads what is remembered.
"""

import logging
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import BigInteger, ColumnElement, Row, Select, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import FeedId
from alertbot.ports import DueFeed, Memory, Validators
from alertbot.store.alerts import UNREADABLE
from alertbot.store.tables import feeds, milliseconds

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


def load_memory(row: Row[Any]) -> Memory:
    """Return what is remembered of a feed; nothing if another version wrote it in its own way."""
    if row.memory is None:
        return Memory()
    try:
        return MEMORY.validate_json(row.memory)
    except ValueError:
        log.error("what is remembered of feed %s %s", row.id, UNREADABLE)
        return Memory()


def dump_memory(memory: Memory) -> str:
    """Return the document of what is remembered."""
    return MEMORY.dump_json(memory).decode()
