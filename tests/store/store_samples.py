"""Small samples, and a store with a clock that tests drive."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from alertbot.model import (
    Alert,
    Block,
    Brief,
    ChatId,
    Evidence,
    Feed,
    FeedId,
    Match,
    Summary,
    Topic,
    TopicId,
    Via,
    Zone,
)
from alertbot.ports import Delivery, PolledFeed, Validators, Verdict
from alertbot.store import Store, open_store

START = datetime(2024, 1, 23, 12, tzinfo=UTC)
FEED = FeedId("fdd")
MISSILES = TopicId("iran-missiles")
HOUTHIS = TopicId("houthis")
CYBER = TopicId("cyber")
ANNA, BORIS, CARLA = ChatId(11), ChatId(12), ChatId(13)
NEWSROOM, UPGRADED = ChatId(-21), ChatId(-10021)
LEASE = timedelta(seconds=60)
SENT = Verdict(message_id=700)
#: topics whose alerts are worth sending for a century
LASTING = {
    topic: Topic(id=topic, name=topic, shelf_life=timedelta(days=36_500))
    for topic in (MISSILES, CYBER)
}


def feed(name: str = FEED, url: str | None = None) -> Feed:
    return Feed(
        id=FeedId(name),
        name=name.upper(),
        url=url or f"https://{name}.example/feed",
        interval=timedelta(minutes=5),
        min_interval=LEASE,
    )


def alert(key: str, *topics: TopicId) -> Alert:
    text = f"Brief {key}"
    return Alert(
        brief=Brief(
            feed=FEED,
            key=key,
            title=text,
            link=None,
            published=START,
            authors=(),
            tags=(),
            text=text,
            blocks=(Block(zone=Zone.TITLE, start=0, end=len(text), heading=True),),
            quotes=(),
            truncated=False,
        ),
        summary=Summary(sentences=(), figures=(), key_figures=()),
        matches=tuple(
            Match(
                topic=topic,
                via=Via.RULE,
                evidence=(Evidence(zone=Zone.TITLE, text=key, start=6, end=len(text)),),
            )
            for topic in topics
        ),
    )


@dataclass
class Desk:
    """A store in use: the one feed, a clock, and the steps that most tests are made of."""

    store: Store
    now: datetime = START

    def later(self, **units: float) -> datetime:
        self.now += timedelta(**units)
        return self.now

    async def publish(
        self,
        *alerts: Alert,
        quiet: bool = False,
        topics: Mapping[TopicId, Topic] = MappingProxyType({}),
        revisions: tuple[Alert, ...] = (),
    ) -> int | None:
        """Poll the feed and save what it brought; return the number of deliveries."""
        await self.store.feeds.register_feeds([feed()], self.now)
        [due] = await self.store.feeds.claim_feeds(self.now, 1, LEASE)
        polled = PolledFeed(
            feed=FEED,
            token=due.token,
            next_poll_at=self.now,
            validators=Validators(etag='"1"'),
            alerts=alerts,
            revisions=revisions,
            topics=topics,
            quiet=quiet,
        )
        return await self.store.feeds.save_poll(polled, self.now)

    async def read(self, **also: object) -> None:
        """Read the feed once, so that what it brings from now on is news."""
        await self.store.feeds.register_feeds([feed()], self.now)
        [due] = await self.store.feeds.claim_feeds(self.now, 1, LEASE)
        done = PolledFeed(feed=FEED, token=due.token, next_poll_at=self.now, read=True, **also)
        await self.store.feeds.save_poll(done, self.now)

    async def subscribe(self, *chats: ChatId, topic: TopicId = MISSILES) -> None:
        for chat in chats:
            await self.store.chats.subscribe(chat, topic, self.now)

    async def claim(self, slots: int = 4, per_second: int = 1000) -> tuple[Delivery, ...]:
        return (await self.store.outbox.claim(self.now, slots, LEASE, per_second)).deliveries

    async def finish(self, delivery: Delivery, verdict: Verdict = SENT) -> bool:
        return await self.store.outbox.finish(delivery, verdict, self.now)

    async def next_due(self) -> datetime | None:
        return await self.store.outbox.next_due(self.now)

    async def drain(self) -> list[Delivery]:
        """Send all that waits, as time goes by; return it in the order it was sent."""
        sent: list[Delivery] = []
        while (due := await self.next_due()) is not None:
            self.now = max(self.now, due)
            await self.store.outbox.recover(self.now)
            for delivery in await self.claim():
                assert await self.finish(delivery)
                sent.append(delivery)
        return sent

    async def counts(self) -> dict[str, int]:
        """Return the deliveries by state, those states that have any."""
        status = await self.store.status.status()
        return {state: count for state, count in status.deliveries.items() if count}


def chats_and_keys(deliveries: list[Delivery] | tuple[Delivery, ...]) -> list[tuple[ChatId, str]]:
    return [(delivery.chat, delivery.content.brief.key) for delivery in deliveries]


async def archived(desk: Desk, **what: object) -> list[list[str]]:
    """Return the keys of the archived briefs, batch by batch."""
    batches = desk.store.feeds.archive(**what)
    return [[one.brief.key for one in batch] async for batch in batches]


@asynccontextmanager
async def restarted(desk: Desk, url: str) -> AsyncIterator[Desk]:
    """End the process that holds the store and start another."""
    await desk.store.close()
    store = await open_store(url)
    try:
        yield Desk(store, desk.now)
    finally:
        await store.close()
