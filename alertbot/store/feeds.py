"""Feeds as rows: when each is due, who polls it, and all that one poll brings, committed as one.

For the scheduler.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, literal, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import Alert, Feed, FeedId
from alertbot.ports import ArchivedBrief, DueFeed, PolledFeed, Validators
from alertbot.store.alerts import insert_alert, insert_brief, kept_since, load_briefs
from alertbot.store.engine import Database, unbroken
from alertbot.store.outbox import fan_out
from alertbot.store.tables import Instant, briefs, feeds, upsert

#: longer than the scheduler ever waits between two polls: a day, and a tenth of it for jitter
LONGEST_WAIT = timedelta(hours=27)

#: PostgreSQL takes 32,767 parameters in a statement
KEYS_AT_ONCE = 10_000

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
    "gone": False,
}


@unbroken
class FeedRows:
    """What the scheduler needs of the store: `ports.FeedStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        #: other processes may have registered others, by a config that we have not read yet
        self._ours: Collection[tuple[FeedId, str]] = ()
        #: polls that wait to be committed
        self._waiting: list[_Save] = []
        self._saving = asyncio.Lock()

    async def register_feeds(self, feeds: Sequence[Feed], now: datetime) -> None:
        """Make the stored feeds those of the config; a new URL forgets validators and errors."""
        async with self._database.writing() as connection:
            await _register(connection, feeds, now)
        self._ours = [(feed.id, feed.url) for feed in feeds]

    async def recover(self, now: datetime, *, everything: bool) -> None:
        """Bring back to within 27 hours a poll that is further off than any would be.

        It was planned by a clock that was ahead. everything: end every lease, too, as at a start
        when no other process can hold one.
        """
        cap = now + LONGEST_WAIT
        planned = update(feeds).where(feeds.c.next_poll_at > cap).values(next_poll_at=cap)
        async with self._database.writing() as connection:
            if everything:
                await connection.execute(update(feeds).values(token=None, lease_until=None))
            await connection.execute(planned)

    async def claim_feeds(self, now: datetime, limit: int, lease: timedelta) -> tuple[DueFeed, ...]:
        """Lease up to `limit` of the registered feeds that are due, the longest due first."""
        ours = tuple_(feeds.c.id, feeds.c.url).in_(self._ours)
        async with self._database.writing() as connection:
            return await _claim(connection, ours, now, limit, lease)

    async def known_keys(self, feed: FeedId, keys: Collection[str]) -> frozenset[str]:
        """Return those of `keys` that are stored briefs of the feed."""
        asked = list(keys)
        known: set[str] = set()
        async with self._database.reading() as connection:
            for start in range(0, len(asked), KEYS_AT_ONCE):
                some = briefs.c.key.in_(asked[start : start + KEYS_AT_ONCE])
                statement = select(briefs.c.key).where(briefs.c.feed_id == feed, some)
                known.update((await connection.execute(statement)).scalars())
        return frozenset(known)

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

    async def save_poll(self, polled: PolledFeed, now: datetime) -> int | None:
        """Commit a poll and return how many deliveries it made; None if the lease was lost.

        Polls that end while others are being committed share the next commit, which is most of what
        the poll of an unchanged feed costs.
        """
        save = _Save(polled=polled, now=now, made=asyncio.get_running_loop().create_future())
        self._waiting.append(save)
        async with self._saving:
            if not save.made.done():
                together, self._waiting = self._waiting, []
                await self._commit(together)
        return await save.made

    async def _commit(self, saves: Sequence["_Save"]) -> None:
        """Commit all of them as one; if that fails, each alone, so that none fails for another."""
        try:
            async with self._database.writing() as connection:
                made = [await _saved(connection, each.polled, each.now) for each in saves]
        except Exception as error:  # noqa: BLE001 (handed to those it is for)
            if len(saves) == 1:
                saves[0].made.set_exception(error)
                return
            for each in saves:
                await self._commit([each])
        else:
            for each, deliveries in zip(saves, made, strict=True):
                each.made.set_result(deliveries)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Save:
    """A poll to be committed, and whose the outcome is."""

    polled: PolledFeed
    now: datetime
    made: asyncio.Future[int | None]


async def _saved(connection: AsyncConnection, polled: PolledFeed, now: datetime) -> int | None:
    if not await _release(connection, polled, now):
        return None
    made = [await _save_alert(connection, polled, alert, now) for alert in polled.alerts]
    if any(deliveries is not None for deliveries in made):
        statement = update(feeds).where(feeds.c.id == polled.feed).values(last_new_at=now)
        await connection.execute(statement)
    return sum(deliveries or 0 for deliveries in made)


async def _register(connection: AsyncConnection, wanted: Sequence[Feed], now: datetime) -> None:
    # in the order of ids, so that processes which start at once do not get in each other's way
    for feed in sorted(wanted, key=lambda feed: feed.id):
        fresh = {"url": feed.url, "active": True, "next_poll_at": now, **_UNASKED}
        await connection.execute(
            upsert(connection, feeds)
            .values(id=feed.id, **fresh)
            .on_conflict_do_update(
                index_elements=["id"],
                set_=fresh,
                where=or_(feeds.c.url != feed.url, ~feeds.c.active),
            )
        )
    left_out = feeds.c.active & feeds.c.id.not_in([feed.id for feed in wanted])
    await connection.execute(update(feeds).where(left_out).values(active=False, token=None))


async def _claim(
    connection: AsyncConnection,
    ours: ColumnElement[bool],
    now: datetime,
    limit: int,
    lease: timedelta,
) -> tuple[DueFeed, ...]:
    due = (
        select(feeds.c.id)
        .where(
            ours,
            feeds.c.active,
            ~feeds.c.gone,
            feeds.c.next_poll_at <= now,
            or_(feeds.c.lease_until.is_(None), feeds.c.lease_until <= now),
        )
        .order_by(feeds.c.next_poll_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    token = secrets.token_hex(8)
    statement = (
        update(feeds)
        .where(feeds.c.id.in_(select(due.c.id)))
        .values(token=token, lease_until=now + lease)
        .returning(feeds)
    )
    rows = (await connection.execute(statement)).all()
    return tuple(
        DueFeed(
            feed=FeedId(row.id),
            token=token,
            validators=Validators(
                etag=row.etag, last_modified=row.last_modified, body_hash=row.body_hash
            ),
            first_poll=row.first_read_at is None,
            errors_in_row=row.errors_in_row,
        )
        for row in sorted(rows, key=lambda row: row.next_poll_at)
    )


async def _release(connection: AsyncConnection, polled: PolledFeed, now: datetime) -> bool:
    """Give the lease back with what the poll says of the feed; False if it is not ours."""
    values: dict[str, Any] = {
        "next_poll_at": polled.next_poll_at,
        "token": None,
        "lease_until": None,
        "gone": polled.gone,
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
    statement = (
        update(feeds)
        .where(feeds.c.id == polled.feed, feeds.c.token == polled.token)
        .values(values)
        .returning(feeds.c.id)
    )
    return (await connection.execute(statement)).first() is not None


async def _save_alert(
    connection: AsyncConnection, polled: PolledFeed, alert: Alert, now: datetime
) -> int | None:
    """Store a brief and, where it matched, its alert; return the deliveries, None if known."""
    brief_row = await insert_brief(connection, polled.feed, alert.brief, now)
    if brief_row is None:
        return None
    if not alert.matches:
        return 0
    made = await insert_alert(connection, brief_row, alert, polled.topics, now)
    return 0 if polled.quiet else await fan_out(connection, made, now)
