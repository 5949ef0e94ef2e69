"""Orders as rows: what hubs were asked to push, for how long they do, and how well.

For the worker that asks hubs and the one that takes what they push.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Update,
    and_,
    delete,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import FeedId
from alertbot.ports import HubLink, HubStatus, Order
from alertbot.store.engine import Database, unbroken
from alertbot.store.tables import feeds, orders, upsert

#: a hub that did not do what was asked is asked again after this, twice this, and so on
RETRY = timedelta(minutes=5)
LONGEST_RETRY = timedelta(hours=6)
#: how often a hub is asked to stop; then its pushes find nobody at the callback
FAREWELLS = 3
#: a hub that said no is asked again, since it may have meant "not now"
AFTER_DENIAL = timedelta(days=1)
#: of a lease, after which it is renewed: the rest is for tries that fail
RENEWED_AFTER = 0.8
SOONEST_RENEWAL = timedelta(minutes=1)
#: what is to be asked later than any lease lasts was planned by a clock that was ahead
FARTHEST = timedelta(days=30)

#: 256 bits each; a secret has to be shorter than 200 bytes (https://www.w3.org/TR/websub/, 5.1)
_RANDOM_BYTES = 32

#: what a hub has done for an order at first
_NOTHING_YET = {
    "tries": 0,
    "lease_until": None,
    "ahead": 0,
    "pushes": 0,
    "refused": 0,
    "pushed_at": None,
    "error": None,
}


@unbroken
class OrderRows:
    """What is stored of orders: `ports.OrderStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def order_of(self, feed: FeedId) -> Order | None:
        """Return the order that is wanted for a feed, if there is one."""
        return await self._one(and_(orders.c.feed_id == feed, orders.c.wanted))

    async def find(self, key: str) -> Order | None:
        """Return an order by the last part of its callback; what is wanted no more, too.

        That of a feed that is asked no more is not wanted, whether or not that was noted yet.
        """
        return await self._one(orders.c.callback_key == key)

    async def place(self, feed: FeedId, link: HubLink, base: str, now: datetime) -> None:
        """Want an order, whose callback begins with `base`, and no other for the feed.

        None at all if another feed has one for this topic: what comes would come twice.
        """
        url = select(feeds.c.url).where(feeds.c.id == feed).scalar_subquery()
        same = and_(orders.c.hub == link.hub, orders.c.topic == link.topic, orders.c.base == base)
        async with self._database.writing() as connection:
            other = or_(and_(orders.c.feed_id == feed, ~same), ~_of_its_feed())
            await _cancel(connection, other, now)
            await connection.execute(
                upsert(connection, orders)
                .values(
                    callback_key=secrets.token_urlsafe(_RANDOM_BYTES),
                    secret=secrets.token_urlsafe(_RANDOM_BYTES),
                    feed_id=feed,
                    feed_url=url,
                    base=base,
                    hub=link.hub,
                    topic=link.topic,
                    wanted=True,
                    placed_at=now,
                    ask_at=now,
                    **_NOTHING_YET,
                )
                .on_conflict_do_nothing()
            )

    async def cancel(self, feed: FeedId, now: datetime) -> None:
        """Want no order for a feed any more."""
        async with self._database.writing() as connection:
            await _cancel(connection, orders.c.feed_id == feed, now)

    async def due(self, base: str, now: datetime, limit: int) -> tuple[Order, ...]:
        """Return orders whose hubs are to be asked now, each to one process alone.

        Those of feeds that are asked no more, left the config or moved, or of another `base`, are
        cancelled. Each is
        due again later, whatever becomes of the request, unless its hub confirms it.
        """
        async with self._database.writing() as connection:
            await _cancel(connection, or_(orders.c.base != base, ~_of_its_feed()), now)
            too_far = orders.c.ask_at > now + FARTHEST
            await connection.execute(update(orders).where(too_far).values(ask_at=now))
            told_enough = and_(~orders.c.wanted, orders.c.tries >= FAREWELLS)
            await connection.execute(delete(orders).where(told_enough, orders.c.ask_at <= now))
            statement = (
                select(orders).where(orders.c.ask_at <= now).order_by(orders.c.ask_at).limit(limit)
            )
            rows = (await connection.execute(statement.with_for_update(skip_locked=True))).all()
            for row in rows:
                pause = min(RETRY * 2 ** min(row.tries, 16), LONGEST_RETRY)
                asked = {"tries": row.tries + 1, "ask_at": now + pause}
                await connection.execute(_row(row.callback_key).values(asked))
        return tuple(_order(row, wanted=row.wanted) for row in rows)

    async def failed(self, order: Order, reason: str) -> None:
        """Note why a hub would not take an order."""
        await self._note(order, error=reason)

    async def confirmed(self, order: Order, lease: timedelta, now: datetime) -> None:
        """Note that a hub pushes for so long, and when to ask it again."""
        renewal = max(lease * RENEWED_AFTER, SOONEST_RENEWAL)
        await self._note(order, lease_until=now + lease, ask_at=now + renewal, tries=0, error=None)

    async def denied(self, order: Order, reason: str, now: datetime) -> None:
        """Note that a hub does not push, and ask it again in a day."""
        await self._note(order, lease_until=None, ahead=0, ask_at=now + AFTER_DENIAL, error=reason)

    async def ended(self, order: Order) -> None:
        """Forget an order."""
        async with self._database.writing() as connection:
            mine = orders.c.callback_key == order.key
            await connection.execute(delete(orders).where(mine))

    async def forget_all(self) -> None:
        """Forget all orders, as where feeds are only polled from now on."""
        async with self._database.writing() as connection:
            await connection.execute(delete(orders))

    async def pushed(self, order: Order, *, ahead: bool, now: datetime) -> None:
        """Note a push; ahead: it brought a brief that no poll had brought."""
        await self._note(
            order,
            pushes=orders.c.pushes + 1,
            pushed_at=now,
            ahead=orders.c.ahead + 1 if ahead else orders.c.ahead,
        )

    async def refused(self, order: Order) -> None:
        """Count a push that was not signed as it should be."""
        await self._note(order, refused=orders.c.refused + 1)

    async def missed(self, feed: FeedId) -> None:
        """Note that a poll brought a brief that no push had brought."""
        statement = update(orders).where(orders.c.feed_id == feed, orders.c.wanted).values(ahead=0)
        async with self._database.writing() as connection:
            await connection.execute(statement)

    async def _one(self, condition: ColumnElement[bool]) -> Order | None:
        async with self._database.reading() as connection:
            statement = select(orders, _of_its_feed().label("of_use")).where(condition)
            row = (await connection.execute(statement)).first()
        return _order(row, wanted=row.wanted and row.of_use) if row else None

    async def _note(self, order: Order, **values: Any) -> None:
        async with self._database.writing() as connection:
            await connection.execute(_row(order.key).values(values))


async def load_hubs(connection: AsyncConnection) -> tuple[HubStatus, ...]:
    """Return how the hubs do that are to push, by feed."""
    statement = select(orders).where(orders.c.wanted).order_by(orders.c.feed_id)
    return tuple(
        HubStatus(
            feed=FeedId(row.feed_id),
            hub=row.hub,
            lease_until=row.lease_until,
            tries=row.tries,
            error=row.error,
            pushes=row.pushes,
            pushed_at=row.pushed_at,
            refused=row.refused,
        )
        for row in await connection.execute(statement)
    )


def _row(key: str) -> Update:
    return update(orders).where(orders.c.callback_key == key)


def _of_its_feed() -> ColumnElement[bool]:
    """Return the condition that an order's feed is polled where it was when it was placed."""
    polled = (feeds.c.active, feeds.c.stopped.is_(None), feeds.c.url == orders.c.feed_url)
    return select(feeds.c.id).where(feeds.c.id == orders.c.feed_id, *polled).exists()


async def _cancel(
    connection: AsyncConnection, condition: ColumnElement[bool], now: datetime
) -> None:
    cancelled = {"wanted": False, "ask_at": now, "tries": 0, "ahead": 0}
    await connection.execute(update(orders).where(orders.c.wanted, condition).values(cancelled))


def _order(row: Row[Any], *, wanted: bool) -> Order:
    return Order(
        key=row.callback_key,
        feed=FeedId(row.feed_id),
        link=HubLink(hub=row.hub, topic=row.topic),
        callback=f"{row.base}/{row.callback_key}",
        secret=row.secret,
        wanted=wanted,
        placed_at=row.placed_at,
        lease_until=row.lease_until,
        ahead=row.ahead,
        tries=row.tries,
    )
