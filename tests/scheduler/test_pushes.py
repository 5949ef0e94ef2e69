"""What hubs push goes the way of what polls find, on a real SQLite file."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from alertbot.classifier import compile_topics
from alertbot.feeds.poll import HttpFeeds
from alertbot.model import ChatId, Content, Entry, Feed, FeedId, Topic, TopicId
from alertbot.ports import (
    Failed,
    Fetched,
    HubLink,
    Order,
    Push,
    Stopped,
    Validators,
    Verdict,
    Why,
)
from alertbot.scheduler import Orders, Poller, Pushes, Scheduler, understand
from alertbot.scheduler.pushes import ROOM
from alertbot.store import Store, open_store
from fakes.clock import HeldClock
from fakes.sqlite import fresh_file

IRAN = Topic(id=TopicId("iran"), name="Iran", rule="Iran*", prominence="any")
READER = ChatId(42)
FDD, TWIN = FeedId("fdd"), FeedId("twin")
LINK = HubLink(hub="https://hub.example/", topic="https://fdd.example/feed")
BASE = "https://op.example/websub"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def feed(name: FeedId, content: Content = Content.FEED) -> Feed:
    return Feed(
        id=name,
        name=name.upper(),
        url=f"https://{name}.example/feed",
        interval=timedelta(minutes=5),
        min_interval=timedelta(minutes=2),
        content=content,
    )


def document(*titles: str, **also: str) -> bytes:
    """Return a feed with these entries, the newest first, each known by its title."""
    items = [
        {"id": title, "title": title, "url": f"https://fdd.example/{title[-1]}"} | also
        for title in titles
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()


class Publisher:
    """Shows its feeds to polls, in the words of a document; a push is read as it is."""

    def __init__(self, source: HttpFeeds) -> None:
        self._source = source
        self.shown = document("Iran a")
        self.read = source.read

    async def fetch(self, feed: Feed, validators: Validators) -> Fetched | Failed:
        return await self.read(feed.id, self.shown, url=feed.url, content_type=None)


class Pages:
    async def complete(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        return tuple(replace(entry, title=f"{entry.title}, whole") for entry in entries)


class Hubs:
    async def ask(self, order: Order, lease: timedelta) -> str | None:
        raise AssertionError("no hub is asked here")


class Desk:
    """A feed that was read once, and the hub that pushes it."""

    def __init__(self, store: Store, publisher: Publisher, clock: HeldClock) -> None:
        self.store, self.publisher, self.clock = store, publisher, clock
        self.woken = 0
        self.feeds = {FDD: feed(FDD), TWIN: feed(TWIN)}
        classifier = compile_topics((IRAN,), {})
        poller = Poller(
            source=publisher,
            store=store.feeds,
            understand=lambda entry: understand(entry, classifier),
            clock=clock,
            pages=Pages(),
            orders=Orders(store=store.orders, hubs=Hubs(), base=BASE, clock=clock),
        )
        self.scheduler = Scheduler(
            list(self.feeds.values()), poller, on_deliveries=self._wake, random=Random(1)
        )
        self.pushes = Pushes(poller, store.orders, feed=self.feeds.get, on_deliveries=self._wake)

    def _wake(self) -> None:
        self.woken += 1

    async def poll(self) -> None:
        self.clock.time += timedelta(hours=3)
        await self.scheduler.tick()
        await self.scheduler.settle()

    async def push(self, body: bytes, name: FeedId = FDD) -> None:
        await self.store.orders.place(name, LINK, BASE, self.clock.time)
        order = await self.store.orders.order_of(name)
        assert order
        await self.pushes.take(Push(order=order, body=body, content_type=None))

    async def plan(self) -> tuple[Why, datetime]:
        """Return what the status says of the next poll."""
        status = {each.feed: each for each in (await self.store.status.status()).feeds}[FDD]
        return status.why, status.next_poll_at

    async def told(self) -> list[str]:
        """Return the titles that wait to be sent to the reader, by claiming them."""
        titles = []
        for _ in range(5):
            self.clock.time += timedelta(seconds=5)
            claim = await self.store.outbox.claim(self.clock.time, 1, DAY)
            for one in claim.deliveries:
                titles.append(one.content.brief.title)
                await self.store.outbox.finish(one, Verdict(message_id=1), self.clock.time)
        return titles


@pytest.fixture
async def unread(tmp_path: Path) -> AsyncIterator[Desk]:
    clock = HeldClock(datetime(2026, 3, 1, 12, tzinfo=UTC))
    source = HttpFeeds(allow_private=True, contact=None, clock=clock)
    store = await open_store(fresh_file(tmp_path / "alertbot.db"))
    await store.chats.subscribe(READER, IRAN.id, clock.now())
    desk = Desk(store, Publisher(source), clock)
    await store.feeds.register_feeds(list(desk.feeds.values()), clock.now())
    yield desk
    await store.close()
    await source.aclose()


@pytest.fixture
async def desk(unread: Desk) -> Desk:
    await unread.poll()
    return unread


async def test_nothing_is_alerted_before_the_first_poll(unread: Desk) -> None:
    await unread.push(document("Iran b", "Iran a"))
    await unread.poll()

    assert await unread.told() == []


async def test_a_pushed_brief_is_told_once_whatever_polls_find_later(desk: Desk) -> None:
    await desk.push(document("Iran b", "Iran a"))
    assert (desk.woken, await desk.told()) == (1, ["Iran b"])

    desk.publisher.shown = document("Iran b", "Iran a")
    await desk.poll()
    await desk.push(document("Iran b"))

    assert (desk.woken, await desk.told()) == (1, [])


async def test_a_pushed_excerpt_is_completed_from_its_page(desk: Desk) -> None:
    desk.feeds[FDD] = feed(FDD, Content.PAGE)
    await desk.push(document("Iran b"))

    assert await desk.told() == ["Iran b, whole"]


async def test_a_pushed_edit_is_a_new_version_and_told_to_nobody_again(desk: Desk) -> None:
    await desk.push(document("Iran b"))
    await desk.told()
    await desk.push(document("Iran b", content_text="Iran corrected this."))

    assert await desk.told() == []
    known = await desk.store.feeds.known(FDD, ["Iran b"])
    assert known["Iran b"].revisions == 1


async def test_a_push_of_what_another_feed_told_is_quiet(desk: Desk) -> None:
    await desk.push(document("Iran b"))
    await desk.told()
    await desk.store.orders.cancel(FDD, desk.clock.time)
    await desk.push(document("Iran b"), TWIN)

    assert await desk.told() == []
    assert (await desk.store.orders.order_of(TWIN)).ahead == 1


async def test_what_is_far_older_than_what_is_known_is_no_news(desk: Desk) -> None:
    await desk.push(document("Iran b", date_published="2026-03-01T12:00:00Z"))
    await desk.push(document("Iran c", date_published="2026-01-01T12:00:00Z"))

    assert await desk.told() == ["Iran b"]


async def test_what_is_pushed_is_remembered_as_news_of_its_feed(desk: Desk) -> None:
    hour = desk.clock.time.replace(minute=0, second=0, microsecond=0)
    await desk.push(document("Iran b", tags=["Iran"]))
    await desk.push(document("Iran b"))
    desk.clock.time += timedelta(hours=3)

    due = await desk.store.feeds.claim_feeds(desk.clock.time, 8, DAY)
    memory = {each.feed: each.memory for each in due}[FDD]
    assert memory.news_hours[-1:] == (hour,)
    assert memory.tagged[-1:] == (True,)


async def test_a_feed_that_left_the_config_or_is_gone_takes_no_pushes(desk: Desk) -> None:
    gone = Failed(reason="HTTP 410", status=410, gone=True)

    async def fetch(feed: Feed, validators: Validators) -> Failed:
        return gone

    desk.publisher.fetch = fetch
    await desk.push(document("Iran a"))
    left = desk.feeds.pop(TWIN)
    await desk.push(document("Iran b"))
    await desk.poll()
    desk.feeds[TWIN] = left
    await desk.push(document("Iran c"))

    assert {each.stopped for each in (await desk.store.status.status()).feeds} == {Stopped.GONE}
    assert await desk.told() == ["Iran b"]


async def test_a_hub_that_pushes_what_cannot_be_read_is_not_relied_on(desk: Desk) -> None:
    await desk.push(document("Iran b"))
    assert (await desk.store.orders.order_of(FDD)).ahead == 1
    await desk.push(b"<html>oops</html>")

    assert (await desk.store.orders.order_of(FDD)).ahead == 0


async def test_pushes_that_find_no_room_are_not_taken(desk: Desk) -> None:
    await desk.push(document("Iran b"))
    push = Push(order=await desk.store.orders.order_of(FDD), body=b"", content_type=None)

    assert [desk.pushes.accept(push) for _ in range(ROOM + 1)] == [True] * ROOM + [False]


async def test_case_92_polls_slow_while_a_hub_pushes_and_the_status_says_so(desk: Desk) -> None:
    for letter in "bcd":
        await desk.push(document(f"Iran {letter}"))
    order = await desk.store.orders.order_of(FDD)
    await desk.store.orders.confirmed(order, 7 * HOUR, desk.clock.time)
    desk.publisher.shown = document("Iran d", "Iran c", "Iran b", "Iran a")
    await desk.poll()
    assert await desk.plan() == (Why.PUSHED, desk.clock.time + HOUR)

    await desk.poll()
    await desk.poll()
    assert (await desk.plan())[0] is Why.INTERVAL, "the lease has ended"

    await desk.store.orders.confirmed(order, DAY, desk.clock.time)
    await desk.poll()
    assert (await desk.plan())[0] is Why.PUSHED

    desk.publisher.shown = document("Iran e", "Iran d", "Iran c", "Iran b", "Iran a")
    await desk.poll()
    assert (await desk.plan())[0] is Why.INTERVAL, "the hub left something out"
    assert await desk.told() == ["Iran b", "Iran c", "Iran d", "Iran e"]
