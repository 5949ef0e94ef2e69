"""A sender at work: on a real store, with a driven clock and a messenger that plays a script."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from alertbot.dispatcher import Sender
from alertbot.dispatcher.render import REPEAT
from alertbot.errors import StoreError
from alertbot.model import (
    Alert,
    AlertId,
    Brief,
    ChatId,
    Evidence,
    Feed,
    FeedId,
    Match,
    Message,
    Summary,
    Topic,
    TopicId,
    Via,
)
from alertbot.ports import Claim, Delivery, Digest, PolledFeed, SendOutcome, Sent, Verdict
from alertbot.store import Store
from alertbot.store.outbox import OutboxRows
from alertbot.words import Words
from fakes.clock import HeldClock

START = datetime(2024, 1, 23, 12, tzinfo=UTC)
FEED, TOPIC = FeedId("fdd"), TopicId("iran-missiles")
ANNA, BORIS, CARLA = ChatId(11), ChatId(12), ChatId(13)
NEWSROOM, UPGRADED = ChatId(-21), ChatId(-10021)
LEASE = timedelta(seconds=60)
ORDINARY = Topic(id=TOPIC, name="Iran missiles")


@dataclass
class Wire:
    """A messenger that answers as told, and remembers what arrived."""

    script: dict[ChatId, list[SendOutcome | Exception]] = field(
        default_factory=lambda: defaultdict(list)
    )
    arrived: list[tuple[ChatId, str]] = field(default_factory=list)
    #: while clear, messages are on the wire
    answering: asyncio.Event = field(default_factory=asyncio.Event)
    on_it: int = 0
    most_on_it: int = 0

    async def send(self, chat: ChatId, message: Message, thread: int | None = None) -> SendOutcome:
        self.on_it += 1
        self.most_on_it = max(self.most_on_it, self.on_it)
        try:
            await self.answering.wait()
        finally:
            self.on_it -= 1
        outcome = self.script[chat].pop(0) if self.script[chat] else None
        if outcome is None:
            self.arrived.append((chat, shown(message)))
            return Sent(message_id=len(self.arrived))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def shown(message: Message) -> str:
    """Return what a message says, its mark of a repeat in short, and whether it makes a sound."""
    text = message.text.replace(f"\n\n{REPEAT}", " (again?)")
    return text if message.silent == text.endswith("?)") else f"{text} with a sound"


@dataclass
class WatchedOutbox:
    """The store's outbox, whose database is busy when told so; knows what is under way."""

    outbox: OutboxRows
    #: how often each call fails before it succeeds
    failures: dict[str, int] = field(default_factory=dict)
    #: calls to claim, and deliveries between claim and finish
    under_way: int = 0

    async def claim(
        self, now: datetime, slots: int, lease: timedelta, per_second: int = 30
    ) -> Claim:
        self._fail_if_told("claim")
        self.under_way += 1
        claim = await self.outbox.claim(now, slots, lease, per_second)
        self.under_way += len(claim.deliveries) - 1
        return claim

    async def keep(self, delivery: Delivery, message: Message, per_second: int = 30) -> Message:
        self._fail_if_told("keep")
        return await self.outbox.keep(delivery, message, per_second)

    async def finish(self, delivery: Delivery, verdict: Verdict, now: datetime) -> bool:
        self._fail_if_told("finish")
        finished = await self.outbox.finish(delivery, verdict, now)
        self.under_way -= 1
        return finished

    async def recover(self, now: datetime, *, everything: bool = False) -> int:
        self._fail_if_told("recover")
        return await self.outbox.recover(now, everything=everything)

    async def next_due(self, now: datetime) -> datetime | None:
        self._fail_if_told("next_due")
        return await self.outbox.next_due(now)

    def _fail_if_told(self, call: str) -> None:
        if self.failures.get(call):
            self.failures[call] -= 1
            raise StoreError("alertbot.db: database is locked")


def write(alert: Alert, topics: Sequence[TopicId], words: Words, number: AlertId) -> Message:
    told = alert.brief.key if words.language == "en" else f"{alert.brief.key} {words.language}"
    return Message(html=told, text=told)


def write_digest(digest: Digest, words: Words) -> Message:
    keys = " ".join(item.alert.brief.key for item in digest.items)
    return Message(html=keys, text=keys)


def alert(key: str) -> Alert:
    return Alert(
        brief=Brief(
            feed=FEED,
            key=key,
            title=key,
            link=None,
            published=START,
            authors=(),
            tags=(),
            text=key,
            blocks=(),
            quotes=(),
            truncated=False,
        ),
        summary=Summary(sentences=(), figures=(), key_figures=()),
        matches=(
            Match(topic=TOPIC, via=Via.RULE, evidence=(Evidence(zone="title", text=key, end=1),)),
        ),
    )


def feed() -> Feed:
    return Feed(
        id=FEED,
        name="FDD",
        url="https://fdd.example/feed",
        interval=timedelta(minutes=5),
        min_interval=timedelta(minutes=2),
    )


async def poll(store: Store, keys: Iterable[str], now: datetime, topic: Topic = ORDINARY) -> None:
    """Poll the one feed, which has these entries, all of one topic."""
    await store.feeds.register_feeds([feed()], now)
    for due in await store.feeds.claim_feeds(now, 1, LEASE):
        polled = PolledFeed(
            feed=FEED,
            token=due.token,
            next_poll_at=now,
            alerts=tuple(map(alert, keys)),
            topics={topic.id: topic},
        )
        await store.feeds.save_poll(polled, now)


class Bench:
    """A sender at work between a store and a wire."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = HeldClock(START)
        self.wire = Wire()
        self.wire.answering.set()
        self.outbox = WatchedOutbox(store.outbox)
        self.sender = Sender(self.outbox, self.wire, write, self.clock, write_digest)
        self.stop = asyncio.Event()
        self.running: asyncio.Task[None] | None = None

    async def publish(
        self, *keys: str, to: tuple[ChatId, ...] = (ANNA,), topic: Topic = ORDINARY
    ) -> None:
        for chat in to:
            await self.store.chats.subscribe(chat, TOPIC, self.clock.now())
        await poll(self.store, keys, self.clock.now(), topic)

    def start(self) -> None:
        self.running = asyncio.create_task(self.sender.run(self.stop))

    async def until(self, reached: Callable[[], bool | Awaitable[bool]]) -> None:
        """Let the sender work until `reached`; pytest-timeout ends a wait in vain."""
        while True:
            answer = reached()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0)

    async def until_settled(self) -> None:
        """Let the sender work until nothing is due at this time of the clock."""

        async def settled() -> bool:
            due = await self.store.outbox.next_due(self.clock.now())
            return self.outbox.under_way == 0 and (due is None or due > self.clock.now())

        self.sender.wake()
        await self.until(settled)

    async def drain(self) -> None:
        """Let the sender work, moving the clock on to whatever is due next."""
        await self.until_settled()
        while due := await self.store.outbox.next_due(self.clock.now()):
            self.clock.time = due
            await self.until_settled()

    async def end(self) -> None:
        assert self.running is not None
        self.stop.set()
        await self.running

    async def counts(self) -> dict[str, int]:
        status = await self.store.status.status()
        return {state: count for state, count in status.deliveries.items() if count}
