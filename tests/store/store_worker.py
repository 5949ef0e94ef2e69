"""A process that polls and sends what it can get of a store, and says what it did, line by line."""

import asyncio
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from itertools import count

from store_samples import LEASE, SENT, feed

from alertbot.model import FeedId
from alertbot.ports import PolledFeed
from alertbot.store import Store, open_store

FEEDS = [feed(f"f{number}") for number in range(3)]
LATENCY = 0.05
POLL = timedelta(milliseconds=20)
DONE = timedelta(seconds=1)


def tell(what: str, **more: object) -> None:
    sys.stdout.write(json.dumps({"what": what, "worker": os.getpid(), **more}) + "\n")


async def send(store: Store) -> None:
    """Send until nothing has been due for a while."""
    last = datetime.now(UTC)
    while datetime.now(UTC) < last + DONE:
        for delivery in (await store.outbox.claim(datetime.now(UTC), 2, LEASE)).deliveries:
            last = datetime.now(UTC)
            tell("sent", chat=delivery.chat, at=last.timestamp())
            await asyncio.sleep(LATENCY)
            assert await store.outbox.finish(delivery, SENT, last)
        await asyncio.sleep(0.01)


async def poll(store: Store, sending: asyncio.Task[None]) -> None:
    for number in count():
        if sending.done():
            return
        now = datetime.now(UTC)
        for due in await store.feeds.claim_feeds(now, 1, LEASE):
            begin = datetime.now(UTC)
            await asyncio.sleep(POLL.total_seconds())
            until = datetime.now(UTC)
            polled = PolledFeed(
                feed=FeedId(due.feed), token=due.token, next_poll_at=until, error=str(number)
            )
            tell("polled", feed=due.feed, at=begin.timestamp(), until=until.timestamp())
            assert await store.feeds.save_poll(polled, until) == 0
        await asyncio.sleep(0.01)


async def main(url: str) -> None:
    store = await open_store(url)
    await store.feeds.register_feeds(FEEDS, datetime.now(UTC))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    sending = asyncio.create_task(send(store))
    await poll(store, sending)
    await sending
    await store.close()


asyncio.run(main(sys.argv[1]))
