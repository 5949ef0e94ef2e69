"""The clock of the feeds: every second, lease those that are due and poll each in a task."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from alertbot.errors import StoreError
from alertbot.model import Feed
from alertbot.ports import DueFeed
from alertbot.scheduler.poll import Poller

log = logging.getLogger(__name__)

#: polls under way at once, and begun in a second at most
SLOTS = 16
#: polls under way at once of feeds of one host, and the time between two that begin
SLOTS_PER_HOST = 2
HOST_PAUSE = timedelta(seconds=1)
#: longer than any poll can take
LEASE = timedelta(minutes=2)
TICK = timedelta(seconds=1)
#: how late a tick may come; a host that was asked at a late one is asked again at the next
LATENESS = TICK / 4
#: how long a stop waits for polls under way; one cut short is simply polled again
PATIENCE = timedelta(seconds=5)


class Hosts:
    """Which hosts have enough to do with us, or had a request a moment ago; of this process alone.

    Per-host limits of other pollers: miniflux's POLLING_LIMIT_PER_HOST, Feedbin's semaphores.
    """

    def __init__(self, pause: timedelta) -> None:
        self._pause = pause
        self._under_way: Counter[str] = Counter()
        self._begun: dict[str, datetime] = {}

    def busy(self, now: datetime) -> frozenset[str]:
        """Return the hosts that are to be left alone now."""
        pause = self._pause - LATENESS
        self._begun = {
            host: at for host, at in self._begun.items() if timedelta() <= now - at < pause
        }
        full = {host for host, polls in self._under_way.items() if polls >= SLOTS_PER_HOST}
        return frozenset(full | self._begun.keys())

    def begin(self, host: str, now: datetime) -> None:
        """Note that a poll begins."""
        self._under_way[host] += 1
        self._begun[host] = now

    def end(self, host: str) -> None:
        """Note that one has ended."""
        self._under_way[host] -= 1
        if not self._under_way[host]:
            del self._under_way[host]


class Scheduler:
    """Polls feeds when they are due, and says when that made deliveries."""

    def __init__(
        self,
        feeds: Sequence[Feed],
        poller: Poller,
        *,
        on_deliveries: Callable[[], None],
        random: Random,
        host_pause: timedelta = HOST_PAUSE,
    ) -> None:
        self._feeds = {feed.id: feed for feed in feeds}
        self._poller = poller
        self._on_deliveries = on_deliveries
        self._random = random
        self._polls: set[asyncio.Task[None]] = set()
        self._hosts = Hosts(host_pause)
        self._ticking = asyncio.Lock()

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until `stop`, then give the polls under way a moment to end."""
        ticker = AsyncIOScheduler(timezone="UTC")
        ticker.add_job(
            self.tick,
            "interval",
            seconds=TICK.total_seconds(),
            next_run_time=datetime.now(UTC),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
        ticker.start()
        try:
            await stop.wait()
        finally:
            ticker.pause()
            async with self._ticking:  # shutdown would cut a tick short, and its lease be lost
                ticker.shutdown(wait=False)
                await asyncio.sleep(0)  # which it does in the next turn of the loop
            if self._polls:
                _, late = await asyncio.wait(self._polls, timeout=PATIENCE.total_seconds())
                for poll in late:
                    poll.cancel()
                await self.settle()

    async def use(self, feeds: Sequence[Feed]) -> None:
        """Poll these feeds from now on, each new or moved one at once.

        A poll under way of a feed that is gone or has moved saves nothing. A new interval counts
        from the next poll on, since the present wait may be the publisher's wish.
        Raises StoreError, and then all is as it was.
        """
        async with self._ticking:  # so that a feed and its row are always those of one config
            await self._poller.store.register_feeds(feeds, self._poller.clock.now())
            self._feeds = {feed.id: feed for feed in feeds}

    async def tick(self) -> None:
        """Start a poll for each feed that is due, as far as slots are free."""
        async with self._ticking:
            now = self._poller.clock.now()
            free = SLOTS - len(self._polls)
            if free <= 0:
                return
            try:
                due_feeds = await self._poller.store.claim_feeds(
                    now, free, LEASE, self._hosts.busy(now)
                )
            except StoreError as error:
                log.error("cannot lease feeds, trying again in a second: %s", error)
                return
            for due in due_feeds:
                self._hosts.begin(due.host, now)
                poll = self._poll(self._feeds[due.feed], due)
                task = asyncio.create_task(poll, name=f"poll {due.feed}")
                self._polls.add(task)
                task.add_done_callback(partial(self._ended, due.host))

    async def settle(self) -> None:
        """Wait for the polls under way."""
        while self._polls:
            await asyncio.wait(self._polls)

    def _ended(self, host: str, poll: asyncio.Task[None]) -> None:
        self._polls.discard(poll)
        self._hosts.end(host)

    async def _poll(self, feed: Feed, due: DueFeed) -> None:
        """Poll one feed; a failure of ours leaves its lease to lapse, and then it is due again."""
        try:
            deliveries = await self._poller.poll(feed, due, self._random.random())
        except StoreError as error:
            log.error("poll of feed %s not saved, it will be tried again: %s", due.feed, error)
            return
        except Exception:
            log.exception("poll of feed %s failed; it will be tried again", due.feed)
            return
        if deliveries:
            self._on_deliveries()
