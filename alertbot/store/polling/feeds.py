"""Feeds as rows: when each is due, who polls it, and all that one poll brings, committed as one.

For the scheduler.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Select,
    Update,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import Feed, FeedId
from alertbot.ports import (
    ArchivedBrief,
    DueFeed,
    KnownBrief,
    Pausable,
    PolledFeed,
    PushedFeed,
    SavedPush,
    Why,
)
from alertbot.store.alerts import kept_since, load_briefs
from alertbot.store.engine import Database, Together, unbroken
from alertbot.store.outbox.fan_out import one_at_a_time
from alertbot.store.polling.due import (
    SET_OF_FEED,
    add_news,
    claim,
    dump_memory,
    load_memory,
    place,
    release,
)
from alertbot.store.polling.notices import insert_notices
from alertbot.store.polling.stories import load_known, save_entries
from alertbot.store.tables import MILLISECOND, briefs, feeds, milliseconds, paused, upsert

#: briefs of the archive in memory at a time, some 10 kilobytes each
ARCHIVE_BATCH = 500

#: what a feed is before its URL was ever asked
_UNASKED: Mapping[str, Any] = {
    "etag": None,
    "last_modified": None,
    "body_hash": None,
    "first_read_at": None,
    "token": None,
    "lease_until": None,
    "errors_in_row": 0,
    "error": None,
    "why": Why.INTERVAL,
    "asked_at": None,
    "stopped": None,
    "memory": None,
}


@unbroken
class FeedRows:
    """What the scheduler needs of the store: `ports.FeedStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        #: other processes may have registered others, by a config that we have not read yet
        self._ours: Mapping[FeedId, str] = {}
        self._polls = Together(database, _save_all)

    async def register_feeds(self, feeds: Sequence[Feed], now: datetime) -> None:
        """Make the stored feeds those of the config.

        A new URL is asked at once, and nothing is known of it; all else is asked when it was due.
        """
        async with self._database.writing() as connection:
            await _register(connection, feeds, now)
        self._ours = {feed.id: feed.url for feed in feeds}

    async def recover(self, now: datetime, *, everything: bool) -> None:
        """Bring back a poll that was planned by a clock that was ahead; it keeps the wait meant.

        everything: end every lease, too, as at a start when no other process can hold one.
        """
        waiting = type_coerce(feeds.c.next_poll_at, BigInteger) - type_coerce(
            feeds.c.asked_at, BigInteger
        )
        ahead = (
            update(feeds)
            .where(feeds.c.asked_at > now)
            .values(next_poll_at=waiting + literal(milliseconds(now), BigInteger), asked_at=now)
        )
        async with self._database.writing() as connection:
            if everything:
                await connection.execute(update(feeds).values(token=None, lease_until=None))
            await connection.execute(ahead)

    async def claim_feeds(
        self, now: datetime, limit: int, lease: timedelta, busy_hosts: Collection[str] = ()
    ) -> tuple[DueFeed, ...]:
        """Lease up to `limit` of the registered feeds that are due, one of each host.

        The longest due come first. busy_hosts: whose feeds are left alone. Whatever becomes of the
        poll, a leased feed is not due again before its min_interval has passed.
        """
        async with self._database.writing() as connection:
            return await claim(connection, self._ours, now, limit, lease, busy_hosts)

    async def twin_of(self, feed: FeedId, address: str) -> FeedId | None:
        """Return another feed that is read at the address and goes before this one, if any.

        The feed whose url it is goes before those that were led there; these go by their ids.
        """
        before = or_(feeds.c.url == address, and_(feeds.c.address == address, feeds.c.id < feed))
        statement = (
            select(feeds.c.id)
            .where(feeds.c.id != feed, feeds.c.active, feeds.c.stopped.is_(None), before)
            .order_by(feeds.c.url != address, feeds.c.id)
            .limit(1)
        )
        async with self._database.reading() as connection:
            found = await connection.scalar(statement)
            return FeedId(found) if found is not None else None

    async def known(self, feed: FeedId, keys: Collection[str]) -> dict[str, KnownBrief]:
        """Return the stored briefs of the feed that have one of the keys, by key."""
        async with self._database.reading() as connection:
            return await load_known(connection, feed, list(keys))

    async def newest_date(self, feed: FeedId) -> datetime | None:
        """Return the latest date of the stored briefs of the feed; None if none has one."""
        latest = select(func.max(briefs.c.published)).where(briefs.c.feed_id == feed)
        async with self._database.reading() as connection:
            found: datetime | None = await connection.scalar(latest)
            return found

    async def archive_size(self, since: datetime | None = None) -> int:
        """Return how many briefs `archive` will look at."""
        statement = select(func.count()).select_from(briefs).where(kept_since(since))
        async with self._database.reading() as connection:
            return (await connection.execute(statement)).scalar_one()

    async def archive(
        self, *, since: datetime | None = None, batch: int = ARCHIVE_BATCH
    ) -> AsyncIterator[tuple[ArchivedBrief, ...]]:
        """Yield the stored briefs, the newest first, in batches; since: only those seen since.

        Each batch is read in a transaction of its own, so that a long look holds up no one; what
        is stored meanwhile is left out.
        """
        before: int | None = None
        while True:
            read, before = await self._archive_batch(before, since, batch)
            yield read
            if before is None:
                return

    async def _archive_batch(
        self, before: int | None, since: datetime | None, limit: int
    ) -> tuple[tuple[ArchivedBrief, ...], int | None]:
        async with self._database.reading() as connection:
            return await load_briefs(connection, before=before, since=since, limit=limit)

    async def postpone(self, due: DueFeed, until: datetime, why: Why) -> None:
        """Give a lease back unused: the feed is not due before `until`."""
        statement = (
            update(feeds)
            .where(feeds.c.id == due.feed, feeds.c.token == due.token)
            .values(next_poll_at=until, why=why, token=None, lease_until=None)
        )
        async with self._database.writing() as connection:
            await connection.execute(statement)

    async def save_poll(self, polled: PolledFeed, now: datetime) -> int | None:
        """Commit a poll and return how many deliveries it made; None if the lease was lost.

        Polls that end while others are being committed share the next commit, which is most of what
        the poll of an unchanged feed costs.
        """
        return await self._polls.commit((polled, now))

    async def takes_pushes(self, feed: FeedId) -> datetime | None:
        """Return when a feed that takes pushes was first read; None if it takes none."""
        async with self._database.reading() as connection:
            row = (await connection.execute(_taking_pushes(feed))).first()
        return row.first_read_at if row and load_memory(row).twin is None else None

    async def save_push(self, pushed: PushedFeed, now: datetime) -> SavedPush:
        """Commit what a hub pushed, whoever polls the feed meanwhile: a brief has but one row."""
        async with self._database.writing() as connection:
            await one_at_a_time(connection)
            row = (await connection.execute(_taking_pushes(pushed.feed).with_for_update())).first()
            if row is None or (memory := load_memory(row)).twin is not None:
                return SavedPush()
            saved = await save_entries(connection, pushed, now)
            if news := sum(each.new for each in saved):
                memory = add_news(memory, pushed.news_hours, pushed.tagged)
                values = {"memory": dump_memory(memory), "last_new_at": now}
                await connection.execute(update(feeds).where(feeds.c.id == row.id).values(values))
            return SavedPush(briefs=news, deliveries=sum(each.deliveries for each in saved))


async def _save_all(
    connection: AsyncConnection, polls: Sequence[tuple[PolledFeed, datetime]]
) -> list[int | None]:
    if any(polled.alerts or polled.revisions for polled, _ in polls):
        await one_at_a_time(connection)  # before any feed's row, as a push does
    ours = await release(connection, polls)
    deliveries: list[int | None] = []
    brought: list[dict[str, Any]] = []
    for (polled, now), is_ours in zip(polls, ours, strict=True):
        if not is_ours:
            deliveries.append(None)
            continue
        await insert_notices(connection, polled.notices)
        saved = await save_entries(connection, polled, now)
        if any(each.new for each in saved):
            brought.append({"of_feed": polled.feed, "last_new_at": now})
        deliveries.append(sum(each.deliveries for each in saved))
    if brought:
        await connection.execute(SET_OF_FEED, brought)
    return deliveries


def _taking_pushes(feed: FeedId) -> Select[Any]:
    """Select a feed unless it is asked no more, is paused, left the config, or was never read."""
    asked = (
        feeds.c.active,
        feeds.c.stopped.is_(None),
        feeds.c.first_read_at.is_not(None),
        feeds.c.id.not_in(paused(Pausable.FEED.value)),
    )
    return select(feeds).where(feeds.c.id == feed, *asked)


async def _register(connection: AsyncConnection, wanted: Sequence[Feed], now: datetime) -> None:
    """Write them all at once: there may be thousands, and each reload of the config comes here."""
    # in the order of ids, so that processes which start at once do not get in each other's way
    rows = [
        {**_UNASKED, **place(feed.url), **_kept(feed), "url": feed.url, "next_poll_at": now}
        | {"id": feed.id}
        for feed in sorted(wanted, key=lambda feed: feed.id)
    ]
    if rows:
        await connection.execute(_forget_moved(upsert(connection, feeds), rows[0]), rows)
        # what came while a feed was away is no news
        read = case((feeds.c.active, feeds.c.first_read_at), else_=None)
        known = SET_OF_FEED.values(first_read_at=read)
        await connection.execute(known, [{"of_feed": feed.id, **_kept(feed)} for feed in wanted])
    names = {feed.id for feed in wanted}
    active = await connection.scalars(select(feeds.c.id).where(feeds.c.active))
    gone = [{"of_feed": name} for name in sorted(set(active) - names)]
    if gone:
        await connection.execute(SET_OF_FEED.values(active=False, token=None), gone)
        await connection.execute(_ask_twins())


def _kept(feed: Feed) -> dict[str, Any]:
    return {"active": True, "min_interval": feed.min_interval // MILLISECOND}


def _forget_moved(added: sqlite.Insert, row: Mapping[str, Any]) -> sqlite.Insert:
    """Insert rows like this; of a feed that is stored, all goes if its url is another."""
    fresh = {name: added.excluded[name] for name in row if name != "id"}
    moved = feeds.c.url != added.excluded.url
    return added.on_conflict_do_update(index_elements=["id"], set_=fresh, where=moved)


def _ask_twins() -> Update:
    """Return what has feeds asked soon that left their briefs to another, which may be gone."""
    soon = type_coerce(feeds.c.asked_at, BigInteger) + feeds.c.min_interval
    return update(feeds).where(feeds.c.why == Why.TWIN).values(next_poll_at=soon, why=Why.INTERVAL)
