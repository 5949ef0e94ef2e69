"""What hubs push becomes alerts as what a poll finds does; the callback's server hands it in."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

from alertbot.errors import StoreError
from alertbot.model import Feed, FeedId
from alertbot.ports import Failed, OrderStore, Push
from alertbot.scheduler.poll import Poller

log = logging.getLogger(__name__)

#: pushes that wait; a hub whose push finds no room sends it again
ROOM = 16
#: pushes read at once
SLOTS = 2
#: how long a stop waits for those that were taken
PATIENCE = timedelta(seconds=5)


class Pushes:
    """Takes pushes and saves what is new in them."""

    def __init__(
        self,
        poller: Poller,
        orders: OrderStore,
        *,
        feed: Callable[[FeedId], Feed | None],
        on_deliveries: Callable[[], None],
    ) -> None:
        """feed: returns a feed of the config; None for one that has left it."""
        self._poller = poller
        self._feed = feed
        self._orders = orders
        self._on_deliveries = on_deliveries
        self._waiting: asyncio.Queue[Push] = asyncio.Queue(ROOM)

    def accept(self, push: Push) -> bool:
        """Take a push that is signed; False if there is no room for it now."""
        try:
            self._waiting.put_nowait(push)
        except asyncio.QueueFull:
            return False
        return True

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`, then for a moment at what was taken; polls find what is cut short."""
        at_work = [asyncio.create_task(self._work()) for _ in range(SLOTS)]
        try:
            await stop.wait()
            done = asyncio.create_task(self.settle())
            await asyncio.wait({done}, timeout=PATIENCE.total_seconds())
            done.cancel()
        finally:
            for task in at_work:
                task.cancel()
            await asyncio.wait(at_work)

    async def settle(self) -> None:
        """Wait until all that was taken is saved."""
        await self._waiting.join()

    async def take(self, push: Push) -> None:
        """Read a push and save what is new in it; raises StoreError."""
        feed = self._feed(push.order.feed)
        if feed is None:
            return
        read = await self._poller.source.read(
            feed.id, push.body, url=push.order.link.topic, content_type=push.content_type
        )
        if isinstance(read, Failed):
            log.warning("feed %s: its hub pushed what cannot be read: %s", feed.id, read.reason)
            await self._orders.missed(feed.id)
            return
        saved, stumble = await self._poller.take(feed, read)
        if saved.deliveries:
            self._on_deliveries()
        now = self._poller.clock.now()
        await self._orders.pushed(push.order, ahead=bool(saved.briefs), now=now)
        if stumble:
            await self._orders.missed(feed.id)

    async def _work(self) -> None:
        while True:
            push = await self._waiting.get()
            try:
                await self.take(push)
            except StoreError as error:
                log.error("a push for feed %s is not saved: %s", push.order.feed, error)
            except Exception:
                log.exception("a push for feed %s failed", push.order.feed)
            finally:
                self._waiting.task_done()
