"""Kill the process before and after each effect; the ledger of what arrived is kept outside.

Random kills hit a window that takes a thousandth of the time once in a thousand rounds; this hits
every window every time.
"""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from sender_samples import ANNA, BORIS, START, TOPIC, poll, shown, write

from alertbot.dispatcher import Sender
from alertbot.model import ChatId, Message
from alertbot.ports import Delivery, SendOutcome, Sent, Verdict
from alertbot.store import Store, open_store

T = TypeVar("T")

CHATS, KEYS = (ANNA, BORIS), ("a", "b")
WANTED = {(chat, key) for chat in CHATS for key in KEYS}


@dataclass
class HastyClock:
    """A clock that is ten seconds on at each look, so that nobody waits."""

    time: datetime = START

    def now(self) -> datetime:
        self.time += timedelta(seconds=10)
        return self.time


@dataclass
class Power:
    """Counts the moments before and after each effect, and goes out at some of them."""

    cuts: Collection[int]
    moment: int = 0
    out: asyncio.Event = field(default_factory=asyncio.Event)

    async def during(self, effect: Callable[[], Awaitable[T]]) -> T:
        await self.flow()
        result = await effect()
        await self.flow()
        return result

    async def flow(self) -> None:
        if not self.out.is_set():
            self.moment += 1
            if self.moment in self.cuts:
                self.out.set()
        if self.out.is_set():
            # a dead process does nothing more; the test ends it
            await asyncio.Event().wait()


@dataclass
class World:
    """Telegram, the file and the time: what outlives a process."""

    store: Store
    clock: HastyClock
    power: Power
    ledger: list[tuple[ChatId, str]] = field(default_factory=list)
    all_recorded: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, chat: ChatId, message: Message) -> SendOutcome:
        async def accept() -> SendOutcome:
            self.ledger.append((chat, shown(message)))
            return Sent(message_id=len(self.ledger))

        return await self.power.during(accept)

    async def claim(
        self, now: datetime, slots: int, lease: timedelta, per_second: int = 30
    ) -> tuple[Delivery, ...]:
        return await self.power.during(
            lambda: self.store.outbox.claim(now, slots, lease, per_second)
        )

    async def keep(self, delivery: Delivery, message: Message, per_second: int = 30) -> Message:
        return await self.power.during(
            lambda: self.store.outbox.keep(delivery, message, per_second)
        )

    async def finish(self, delivery: Delivery, verdict: Verdict, now: datetime) -> bool:
        async def record() -> bool:
            held = await self.store.outbox.finish(delivery, verdict, now)
            await self.count()
            return held

        return await self.power.during(record)

    async def recover(self, now: datetime, *, everything: bool = False) -> int:
        return await self.store.outbox.recover(now, everything=everything)

    async def next_due(self, now: datetime) -> datetime | None:
        return await self.store.outbox.next_due(now)

    async def live(self, slots: int) -> None:
        """Do what a process does from its start until all is told."""
        await self.power.during(lambda: self.recover(self.clock.now(), everything=True))
        await self.power.during(lambda: poll(self.store, KEYS, self.clock.now()))
        await self.count()
        stop = asyncio.Event()
        sender = Sender(self, self, write, self.clock, slots=slots, lease=timedelta(days=1))
        async with asyncio.TaskGroup() as group:
            group.create_task(sender.run(stop))
            await self.all_recorded.wait()
            stop.set()

    async def count(self) -> None:
        if (await self.store.status.status()).deliveries["sent"] == len(WANTED):
            self.all_recorded.set()

    async def live_and_die(self, slots: int) -> None:
        """Live as often as the power goes out, and once more."""
        done = False
        while not done:
            self.power.out.clear()
            life = asyncio.create_task(self.live(slots))
            outage = asyncio.create_task(self.power.out.wait())
            await asyncio.wait([life, outage], return_when=asyncio.FIRST_COMPLETED)
            done = life.done()
            for task in (life, outage):
                task.cancel()
            ends = await asyncio.gather(life, outage, return_exceptions=True)
            if done and isinstance(ends[0], BaseException):
                raise ends[0]

    async def clear(self) -> None:
        for chat in CHATS:
            await self.store.chats.forget(chat)
            await self.store.chats.subscribe(chat, TOPIC, self.clock.now())
        async with self.store.database.writing() as connection:
            for table in ("alert_topics", "alerts", "briefs"):
                await connection.exec_driver_sql(f"DELETE FROM {table}")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(f"sqlite:///{tmp_path}/alertbot.db")
    yield store
    await store.close()


Rounds = Callable[[Collection[int], int], Awaitable[World]]


@pytest.fixture
def told(store: Store) -> Rounds:
    """Tell every chat everything while the power goes out at the moments given."""
    clock = HastyClock()

    async def round_of(cuts: Collection[int], slots: int) -> World:
        world = World(store, clock, Power(cuts))
        await world.clear()
        await world.live_and_die(slots)
        return world

    return round_of


def check(world: World, allowed_repeats: int) -> None:
    arrived = Counter((chat, text.removesuffix(" (again?)")) for chat, text in world.ledger)
    assert set(arrived) == WANTED
    repeats = len(world.ledger) - len(WANTED)
    assert repeats <= allowed_repeats
    first_tries = [text for _, text in world.ledger if not text.endswith("(again?)")]
    assert repeats <= len(world.ledger) - len(first_tries)


async def test_without_a_crash_everything_arrives_once(told: Rounds) -> None:
    world = await told((), 2)

    check(world, allowed_repeats=0)


@pytest.mark.parametrize("slots", [1, 2])
async def test_a_crash_at_any_moment_loses_nothing_and_repeats_at_most_what_was_on_the_wire(
    told: Rounds, slots: int
) -> None:
    moments = (await told((), slots)).power.moment
    assert moments >= 4 * len(WANTED)

    repeated = 0
    for cut in range(1, moments + 1):
        world = await told({cut}, slots)
        check(world, allowed_repeats=slots)
        repeated += len(world.ledger) - len(WANTED)

    # the window cannot be closed, so a test that never sees it would see nothing
    assert repeated > 0


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_two_crashes_at_any_two_moments_lose_nothing(told: Rounds) -> None:
    moments = (await told((), 1)).power.moment

    for cuts in itertools.combinations(range(1, moments + 8), 2):
        check(await told(cuts, 1), allowed_repeats=2)
