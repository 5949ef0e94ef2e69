"""What chats watch while the service runs: matched, paused by a reload, told to no other chat."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from alertbot.app.service.edits.snapshot import InForce, take_snapshot
from alertbot.app.service.watches import PauseTeller, Watches
from alertbot.config import load_config
from alertbot.model import (
    Alert,
    AlertId,
    ChatId,
    Entry,
    Feed,
    FeedId,
    Message,
    TopicId,
    watch_topic,
)
from alertbot.ports import (
    Fetched,
    NotSent,
    PollResult,
    Refused,
    Saving,
    SendOutcome,
    Sent,
    Validators,
)
from alertbot.scheduler import Poller
from alertbot.store import Store, open_store
from alertbot.words import ENGLISH, Words
from fakes.clock import HeldClock
from fakes.sqlite import fresh_file

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADA, BOB = ChatId(7), ChatId(8)
FEED = FeedId("fdd")
CONFIG = """
[[feeds]]
id = "fdd"
name = "FDD"
url = "https://www.fdd.org/feed/"
[terms]
iran = ["Iran*", "Tehran"]
[[topics]]
id = "ports"
name = "Ports"
rule = "Marsa OR @iran NEAR/3 port"
"""
ENTRY = Entry(
    feed=FEED,
    key="1",
    title="Iranian Drones Strike Marsa",
    link=None,
    published=NOW,
    content="Iranian drones struck the port of Marsa.",
    is_html=False,
)


@dataclass
class Wire:
    """Notes what is sent."""

    outcome: SendOutcome = field(default_factory=lambda: Sent(message_id=1))
    told: list[tuple[ChatId, str]] = field(default_factory=list)

    async def send(self, chat: ChatId, message: Message) -> SendOutcome:
        assert message.silent, "nobody is to be woken for this"
        self.told.append((chat, message.text))
        return self.outcome


@dataclass
class Publisher:
    """A feed that has another entry each time."""

    keys: list[str]

    async def fetch(self, feed: Feed, validators: Validators) -> PollResult:
        key = self.keys.pop(0)
        entry = replace(ENTRY, key=key, title=f"{ENTRY.title} {key}")
        return Fetched(entries=(entry,), validators=validators)


class House:
    """A store, a config in force and what is watched."""

    def __init__(self, path: Path, store: Store) -> None:
        self.store = store
        self.in_force = InForce(take_snapshot(load_config(path, {})))
        self.watches = Watches(source=store.watches, in_force=self.in_force)
        self.wire = Wire()
        self.teller = PauseTeller(
            watches=self.watches, messenger=self.wire, words=english, speaking=asyncio.Event()
        )

    async def watch(self, chat: ChatId, rule: str) -> TopicId:
        number = await self.store.watches.propose(chat, rule, NOW)
        assert await self.store.watches.save(chat, number, NOW, 10) is Saving.SAVED
        return watch_topic(number)

    async def matched(self) -> list[TopicId]:
        await self.watches.refresh()
        return [match.topic for match in self.in_force.understand(ENTRY).matches]

    def reload(self, **terms: tuple[str, ...]) -> None:
        """Put a config in force with these lists, and no topic that refers to any."""
        before = self.in_force.snapshot
        config = replace(before.config, terms=MappingProxyType(terms), topics=())
        self.in_force.snapshot = take_snapshot(config, before)


async def english(_: ChatId) -> Words:
    return ENGLISH


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    store = await open_store(fresh_file(tmp_path / "alertbot.db"))
    yield House(path, store)
    await store.close()


async def test_a_rule_is_matched_beside_the_topics_from_the_next_look_on(house: House) -> None:
    assert await house.matched() == ["ports"]
    mine = await house.watch(ADA, "@iran AND drone*")
    assert await house.matched() == ["ports", mine]
    other = await house.watch(BOB, "drones")
    assert set(await house.matched()) == {"ports", mine, other}

    await house.store.watches.end(ADA, int(mine[1:]))
    assert await house.matched() == ["ports", other]
    await house.store.chats.forget(BOB)
    assert await house.matched() == ["ports"]


async def test_a_poll_knows_what_was_saved_before_it_and_tells_that_chat_alone(
    house: House,
) -> None:
    poller = Poller(
        source=Publisher(["1", "2"]),
        store=house.store.feeds,
        understand=house.in_force.understand,
        clock=HeldClock(NOW),
        topics=house.in_force.topics,
        prepare=house.watches.refresh,
    )
    [feed] = house.in_force.snapshot.config.feeds
    await house.store.feeds.register_feeds([feed], NOW)
    await house.store.chats.subscribe(BOB, TopicId("ports"), NOW)
    later = NOW + timedelta(days=1)

    async def poll() -> int | None:
        [due] = await house.store.feeds.claim_feeds(later, 1, timedelta(minutes=2))
        return await poller.poll(feed, due, 0.0)

    await poll()  # what a feed holds at its first poll is no news
    mine = await house.watch(ADA, "@iran AND drone* AND Marsa AND port")
    assert await poll() == 2

    claimed = (await house.store.outbox.claim(later, 4, timedelta(minutes=1), 1000)).deliveries
    shown = {one.chat: (one.topics, footer(house, one.content, one.topics)) for one in claimed}
    assert shown == {
        ADA: ((mine,), "your watch “@iran AND drone* AND Marsa AND port” · FDD · March 1, 2026"),
        BOB: (("ports",), "Ports · FDD · March 1, 2026"),
    }


def footer(house: House, content: object, topics: tuple[TopicId, ...]) -> str:
    assert isinstance(content, Alert)
    return house.in_force.write(content, topics, ENGLISH, AlertId(1)).text.rpartition("\n")[2]


class TestAReload:
    async def test_keeps_what_is_watched_by_the_lists_as_they_are_now(self, house: House) -> None:
        mine = await house.watch(ADA, "@iran")
        assert mine in await house.matched()

        house.reload(iran=("Somewhere Else",))
        assert mine not in await house.matched()
        house.reload(iran=("Drones",))
        assert mine in await house.matched()

    async def test_that_takes_a_list_away_pauses_its_watches_and_tells_their_chats_once(
        self, house: House
    ) -> None:
        mine, other = await house.watch(ADA, "@iran AND drone*"), await house.watch(BOB, "drones")
        await house.teller.tell()
        assert house.wire.told == []

        house.reload()
        for _ in range(3):
            await house.teller.tell()

        assert house.wire.told == [
            (
                ADA,
                "Your watch @iran AND drone* is paused: there is no list @iran.\n"
                f"It goes on by itself as soon as it can; /unwatch {mine[1:]} ends it.",
            )
        ]
        assert await house.matched() == [other]

    async def test_that_brings_the_list_back_lets_them_go_on_and_says_so_once(
        self, house: House
    ) -> None:
        mine = await house.watch(ADA, "@iran")
        house.reload()
        await house.teller.tell()
        house.reload(iran=("Iran*",))
        for _ in range(2):
            await house.teller.tell()

        assert [text for _, text in house.wire.told][1:] == ["Your watch @iran goes on."]
        assert mine in await house.matched()


async def test_a_chat_that_could_not_be_told_is_told_later(house: House) -> None:
    await house.watch(ADA, "@iran")
    house.reload()
    house.wire.outcome = NotSent(reason="no network")
    await house.teller.tell()
    house.wire.outcome = Refused(reason="blocked", chat_gone=True)
    for _ in range(2):
        await house.teller.tell()

    assert len(house.wire.told) == 2


@pytest.mark.parametrize("speaking", [True, False])
async def test_the_process_that_speaks_to_chats_tells_them_and_no_other(
    house: House, speaking: bool
) -> None:
    await house.watch(ADA, "@iran")
    house.reload()
    if speaking:
        house.teller.speaking.set()
    stop = asyncio.Event()
    running = asyncio.create_task(house.teller.run(stop))
    await asyncio.sleep(0)
    stop.set()
    await running

    assert bool(house.wire.told) is speaking
