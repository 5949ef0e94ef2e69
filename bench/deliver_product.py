"""One run of alertbot itself in a process of its own, for bench/deliver.py: prints JSON.

    python bench/deliver_product.py '{"url": "sqlite:////tmp/x.db", "chats": 100, ...}'

A run is a store with many chats that follow a topic, some alerts on it, committed as one poll, and
unless `origin` is null the sender that drains them to the Bot API there.
"""

import asyncio
import json
import logging
import resource
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
from sqlalchemy import insert, select
from telegram import Bot

from alertbot.app.service import Terminal, open_service
from alertbot.app.service.edits.snapshot import InForce, take_snapshot
from alertbot.chat.wire.messenger import TelegramMessenger
from alertbot.chat.wire.request import Answers
from alertbot.config import Config, load_config
from alertbot.demo import CONFIG, DemoFeed
from alertbot.dispatcher import Sender
from alertbot.errors import StoreError
from alertbot.model import ChatId, Entry, Message, TopicId
from alertbot.ports import PolledFeed, SendOutcome, Sent
from alertbot.store import Store, open_store
from alertbot.store.tables import chats, subscriptions

TOKEN = "123456789:FAKE_bot_api_token_for_benchmarks_00"
TOPIC = TopicId("houthis")
LEASE = timedelta(minutes=5)
BATCH = 10_000
#: Telegram's free rate
FREE = 30
#: chats of groups have ids below 0
GROUP = -1000
GLANCE = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What to run."""

    url: str
    chats: int
    groups: int = 0
    alerts: int = 1
    #: where the Bot API is; None: nothing is sent
    origin: str | None = None
    slots: int = 8
    per_second: int = FREE
    #: measure how soon an entry is sent, with everything running, instead
    fresh: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it."""

    #: seconds of the commit that made the deliveries
    fan_out_s: float = 0.0
    #: resident memory before the commit and at its highest, in megabytes
    before_mb: float = 0.0
    peak_mb: float = 0.0
    #: seconds from an entry being visible to its first message, for each
    fresh_s: tuple[float, ...] = ()
    #: why nothing was measured
    failed: str | None = None


class Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class CountingMessenger:
    """Sends, and says when everything was."""

    def __init__(self, messenger: TelegramMessenger, expected: int) -> None:
        self._messenger = messenger
        self._left = expected
        self.through = asyncio.Event()

    async def send(self, chat: ChatId, message: Message, thread: int | None = None) -> SendOutcome:
        outcome = await self._messenger.send(chat, message)
        self._left -= isinstance(outcome, Sent)
        if not self._left:
            self.through.set()
        return outcome


async def run(case: Case) -> Outcome:
    store = await open_store(case.url)
    try:
        config = load_config(CONFIG, {})
        in_force = InForce(take_snapshot(config))
        await _seed(store, config, case)
        before = _peak_mb()
        begin = time.perf_counter()
        await _publish(store, config, in_force, case)
        outcome = Outcome(
            fan_out_s=time.perf_counter() - begin, before_mb=before, peak_mb=_peak_mb()
        )
        if case.origin:
            await _drain(store, in_force, case, case.origin)
        return outcome
    finally:
        await store.close()


async def _seed(store: Store, config: Config, case: Case) -> None:
    """Have chats follow the topic: the first as people do, the others by copying its rows."""
    now = Clock().now()
    await store.feeds.register_feeds(config.feeds, now)
    ids = [*range(1, case.chats + 1), *range(GROUP, GROUP - case.groups, -1)]
    await store.chats.subscribe(ChatId(ids[0]), TOPIC, now)
    async with store.database.writing() as connection:
        for table, key in ((chats, "id"), (subscriptions, "chat_id")):
            first = dict((await connection.execute(select(table))).mappings().one())
            for start in range(1, len(ids), BATCH):
                rows = [first | {key: chat} for chat in ids[start : start + BATCH]]
                await connection.execute(insert(table), rows)


async def _publish(store: Store, config: Config, in_force: InForce, case: Case) -> None:
    """Save a poll that brings the alerts."""
    now = Clock().now()
    entries = [
        Entry(
            feed=config.feeds[0].id,
            key=f"https://example.org/{number}",
            title=f"Houthis fire two missiles at ship number {number}",
            link=f"https://example.org/{number}",
            published=now,
            content="The Houthis fired two missiles at a ship in the Red Sea on Monday.",
            is_html=False,
        )
        for number in range(case.alerts)
    ]
    [due] = await store.feeds.claim_feeds(now, 1, LEASE)
    made = await store.feeds.save_poll(
        PolledFeed(
            feed=due.feed,
            token=due.token,
            next_poll_at=now + LEASE,
            alerts=tuple(map(in_force.understand, entries)),
        ),
        now,
    )
    assert made == case.alerts * (case.chats + case.groups), made


async def _drain(store: Store, in_force: InForce, case: Case, origin: str) -> None:
    wait = timedelta(seconds=30)
    request = Answers(f"{origin}/bot", answer=wait, connect=wait)
    bot = Bot(TOKEN, base_url=f"{origin}/bot", request=request)
    paid = {"per_second": case.per_second} if case.per_second != FREE else {}
    messenger = CountingMessenger(
        TelegramMessenger(bot, paid_broadcast=bool(paid)),
        case.alerts * (case.chats + case.groups),
    )
    sender = Sender(
        store.outbox,
        messenger,
        in_force.write,
        Clock(),
        in_force.write_digest,
        slots=case.slots,
        **paid,
    )
    await sender.run(messenger.through)
    await request.shutdown()


async def fresh(case: Case, origin: str) -> Outcome:
    """Publish brief after brief, each when the one before is through."""
    async with AsyncExitStack() as opened:
        folder = opened.enter_context(TemporaryDirectory())
        feed = await opened.enter_async_context(DemoFeed())
        http = await opened.enter_async_context(aiohttp.ClientSession())
        known = load_config(CONFIG, {"ALERTBOT_TELEGRAM_TOKEN": TOKEN})
        config = replace(
            known,
            path=Path(folder) / "config.toml",
            store_url=case.url,
            telegram_base_url=f"{origin}/bot",
            feeds=tuple(replace(one, url=feed.url) for one in known.feeds),
        )
        terminal = Terminal(shown=StringIO(), typed=None)
        service = await opened.enter_async_context(open_service(config, terminal))
        for topic in config.topics:
            await service.store.chats.subscribe(ChatId(1), topic.id, Clock().now())
        stop = asyncio.Event()
        running = asyncio.create_task(service.run(stop))
        published = []
        while feed.public < feed.total:
            await _until_through(service.store, feed)
            published.append(time.time())
            feed.publish(1)
        await _until_through(service.store, feed)
        stop.set()
        await running
        async with http.get(f"{origin}/ledger") as answer:
            accepted = (await answer.json())["accepted"]
    waits = [at - max(seen for seen in published if seen < at) for at, _ in accepted]
    return Outcome(fresh_s=tuple(waits))


async def _until_through(store: Store, feed: DemoFeed) -> None:
    while True:
        status = await store.status.status()
        waiting = status.deliveries.get("pending", 0) + status.deliveries.get("sending", 0)
        if sum(one.briefs for one in status.feeds) >= feed.public and not waiting:
            return
        await asyncio.sleep(GLANCE)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    told: dict[str, Any] = json.loads(sys.argv[1])
    case = Case(**told)
    logging.disable(logging.WARNING)  # of each 429, which the ledger counts
    try:
        if case.fresh:
            assert case.origin
            outcome = asyncio.run(fresh(case, case.origin))
        else:
            outcome = asyncio.run(run(case))
    except StoreError as error:
        outcome = Outcome(failed=str(error))
    print(json.dumps(asdict(outcome)))


if __name__ == "__main__":
    main()
