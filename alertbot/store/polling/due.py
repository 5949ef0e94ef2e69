"""Which feeds are due, whose poll that is, and what is remembered of them from poll to poll.

The feeds' rows claim with it; the operator's view reads what is remembered.
"""

import logging
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter
from sqlalchemy import (
    BigInteger,
    BindParameter,
    Row,
    bindparam,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import FeedId
from alertbot.ports import DueFeed, Memory, Pausable, PolledFeed, Validators
from alertbot.store.alerts import UNREADABLE
from alertbot.store.tables import ALL, Instant, feeds, milliseconds, paused

MEMORY = TypeAdapter(Memory)

#: of the feeds that are due, looked at first: among them are hosts enough, unless few have them all
FIRST_LOOK = 64

log = logging.getLogger(__name__)

_NOW = bindparam("now", type_=Instant)
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)

#: the longest due first
_DUE = (
    select(feeds)
    .where(
        feeds.c.active,
        feeds.c.stopped.is_(None),
        feeds.c.id.not_in(paused(Pausable.FEED.value)),
        feeds.c.next_poll_at <= _NOW,
        or_(feeds.c.lease_until.is_(None), feeds.c.lease_until <= _NOW),
    )
    .order_by(feeds.c.next_poll_at, feeds.c.id)
)
_DUE_NAMES = (
    _DUE.where(feeds.c.host.not_in(bindparam("busy_hosts", expanding=True)))
    .with_only_columns(feeds.c.id, feeds.c.url, feeds.c.host)
    .limit(bindparam("looked_at"))
)
_DUE_ROWS = (
    _DUE.where(feeds.c.id.in_(_IDS)).limit(bindparam("most")).with_for_update(skip_locked=True)
)
_CLAIM = (
    update(feeds)
    .where(feeds.c.id.in_(_IDS))
    .values(
        token=bindparam("claimed_by"),
        lease_until=bindparam("until", type_=Instant),
        asked_at=_NOW,
        next_poll_at=feeds.c.min_interval + bindparam("milliseconds", type_=BigInteger),
    )
)
_LEASED = select(feeds).where(feeds.c.id.in_(_IDS)).order_by(feeds.c.id).with_for_update()

#: sets columns of the feed `of_feed`
SET_OF_FEED = update(feeds).where(feeds.c.id == bindparam("of_feed"))


async def claim(
    connection: AsyncConnection,
    ours: Mapping[FeedId, str],
    now: datetime,
    limit: int,
    lease: timedelta,
    busy_hosts: Collection[str],
) -> tuple[DueFeed, ...]:
    """Lease up to `limit` of our feeds that are due; see `ports.FeedStore.claim_feeds`.

    ours: the url of each.
    """
    wanted = await _first_of_hosts(connection, ours, now, limit, busy_hosts)
    if not wanted:
        return ()
    found = await connection.execute(_DUE_ROWS, {"now": now, "ids": wanted, "most": limit})
    rows = [row for row in found if ours[FeedId(row.id)] == row.url]
    claimed = {
        "ids": [row.id for row in rows],
        "claimed_by": (token := secrets.token_hex(8)),
        "until": now + lease,
        "now": now,
        "milliseconds": milliseconds(now),
    }
    await connection.execute(_CLAIM, claimed)
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


async def _first_of_hosts(
    connection: AsyncConnection,
    ours: Mapping[FeedId, str],
    now: datetime,
    limit: int,
    busy_hosts: Collection[str],
) -> list[FeedId]:
    """Return the longest due of each host that is not busy, of at least `limit` if so many are."""
    first: dict[str, FeedId] = {}
    for looked_at in (FIRST_LOOK, ALL):
        values = {"now": now, "busy_hosts": list(busy_hosts), "looked_at": looked_at}
        rows = (await connection.execute(_DUE_NAMES, values)).all()
        for row in rows:
            if ours.get(FeedId(row.id)) == row.url:
                first.setdefault(row.host, FeedId(row.id))
        if len(first) >= limit or len(rows) < FIRST_LOOK:
            break
    return list(first.values())[:FIRST_LOOK]


async def release(
    connection: AsyncConnection, polls: Sequence[tuple[PolledFeed, datetime]]
) -> list[bool]:
    """Give leases back with what each poll says of its feed; False for one that is not ours."""
    ids = [polled.feed for polled, _ in polls]
    leased = await connection.execute(_LEASED, {"ids": ids})
    rows = {(row.id, row.token): row for row in leased}
    ours, values = [], []
    for polled, now in polls:
        row = rows.pop((polled.feed, polled.token), None)
        ours.append(row is not None)
        if row is not None:
            values.append(_released(row, polled, now))
    if values:
        await connection.execute(SET_OF_FEED, values)
    return ours


def _released(row: Row[*tuple[Any, ...]], polled: PolledFeed, now: datetime) -> dict[str, Any]:
    """Return what becomes of a feed's row, the same columns for each."""
    validators = polled.validators or Validators(
        etag=row.etag, last_modified=row.last_modified, body_hash=row.body_hash
    )
    well = polled.error is None
    return {
        "of_feed": polled.feed,
        "next_poll_at": polled.next_poll_at,
        "why": polled.why,
        "token": None,
        "lease_until": None,
        "stopped": polled.stopped,
        "error": polled.error,
        "errors_in_row": 0 if well else row.errors_in_row + 1,
        "first_read_at": row.first_read_at or (now if polled.read else None),
        "last_ok_at": now if well else row.last_ok_at,
        "etag": validators.etag,
        "last_modified": validators.last_modified,
        "body_hash": validators.body_hash,
        "memory": dump_memory(_with_pushed(row, polled.memory)) if polled.memory else row.memory,
        **place(row.address if polled.address is None else polled.address),
    }


def _with_pushed(row: Row[*tuple[Any, ...]], memory: Memory) -> Memory:
    """Return what a poll remembers, with the hours of what was pushed while it ran."""
    pushed = row.last_new_at and row.asked_at and row.last_new_at >= row.asked_at
    return add_news(memory, load_memory(row).news_hours) if pushed else memory


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
