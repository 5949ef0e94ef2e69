"""A world in which the power goes out at moments one can name, and its judge.

What arrived is kept outside of the store, so that the store cannot flatter itself.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from sender_samples import (
    ANNA,
    BORIS,
    FEED,
    LEASE,
    ORDINARY,
    START,
    TOPIC,
    alert,
    feed,
    shown,
    write,
    write_digest,
)

from alertbot.dispatcher import Sender
from alertbot.dispatcher.times import plan
from alertbot.model import ChatId, Message, Promise, Topic
from alertbot.ports import (
    Claim,
    Delivery,
    Mode,
    PolledFeed,
    SendOutcome,
    Sent,
    Validators,
    Verdict,
)
from alertbot.store import Store

T = TypeVar("T")

CHATS, KEYS = (ANNA, BORIS), ("a", "b")
WANTED = {(chat, key) for chat in CHATS for key in KEYS}
AT_LEAST_ONCE = ORDINARY
AT_MOST_ONCE = replace(ORDINARY, delivery=Promise.AT_MOST_ONCE)

#: what a round leaves, in an order that foreign keys allow
CLEARED = "deliveries messages alert_topics alerts brief_words briefs feeds".split()

#: the mark of a repeat, as `shown` has it
AGAIN = " (again?)"

#: looks in vain after which a process is believed to wait for ever
IDLE = 20


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
    """Telegram, the file and the time: what outlives a process. It is an outbox and a messenger."""

    store: Store
    clock: HastyClock
    power: Power
    slots: int = 1
    topic: Topic = AT_LEAST_ONCE
    ledger: list[tuple[ChatId, str]] = field(default_factory=list)
    #: alerts that one message may tell
    in_a_message: int = 1
    #: looks for what is due since something was
    idle: int = 0
    through: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, chat: ChatId, message: Message, thread: int | None = None) -> SendOutcome:
        text = shown(message)
        keys, mark = text.removesuffix(AGAIN), AGAIN if text.endswith(AGAIN) else ""

        async def accept() -> SendOutcome:
            self.ledger += [(chat, f"{key}{mark}") for key in keys.split()]
            return Sent(message_id=len(self.ledger))

        return await self.power.during(accept)

    async def claim(
        self, now: datetime, slots: int, lease: timedelta, per_second: int = 30
    ) -> Claim:
        claim = await self.power.during(
            lambda: self.store.outbox.claim(now, slots, lease, per_second)
        )
        if claim.deliveries:
            self.idle = 0
        return claim

    async def keep(self, delivery: Delivery, message: Message, per_second: int = 30) -> Message:
        return await self.power.during(
            lambda: self.store.outbox.keep(delivery, message, per_second)
        )

    async def finish(self, delivery: Delivery, verdict: Verdict, now: datetime) -> bool:
        held = await self.power.during(lambda: self.store.outbox.finish(delivery, verdict, now))
        await self.look()
        return held

    async def recover(self, now: datetime, *, everything: bool = False) -> int:
        return await self.store.outbox.recover(now, everything=everything)

    async def next_due(self, now: datetime) -> datetime | None:
        due = await self.store.outbox.next_due(now)
        self.idle += 1
        if due is None or due - now > timedelta(hours=1) or self.idle > IDLE:
            # nothing to do but to wait for a lease, which in this world is in vain
            self.through.set()
        return due

    async def publish(self) -> None:
        """Poll the feed, whose server keeps what it has told to itself (304)."""
        # a poll that a crash cut short is not repeated before
        self.clock.time += feed().min_interval
        now = self.clock.now()
        await self.store.feeds.register_feeds([feed()], now)
        await self.store.feeds.recover(now, everything=True)
        for due in await self.store.feeds.claim_feeds(now, 1, LEASE):
            await self.save(
                PolledFeed(
                    feed=FEED,
                    token=due.token,
                    next_poll_at=now,
                    validators=Validators(etag='"1"'),
                    alerts=() if due.validators.etag else tuple(map(alert, KEYS)),
                    topics={TOPIC: self.topic},
                ),
                now,
            )

    async def save(self, polled: PolledFeed, now: datetime) -> None:
        await self.power.during(lambda: self.store.feeds.save_poll(polled, now))

    async def live(self) -> None:
        """Do what a process does from its start until all is told."""
        await self.power.during(lambda: self.recover(self.clock.now(), everything=True))
        await self.publish()
        await self.look()
        stop = asyncio.Event()
        sender = Sender(
            self,
            self,
            write,
            self.clock,
            write_digest,
            slots=self.slots,
            per_second=1000,
            lease=LEASE * 99,
        )
        async with asyncio.TaskGroup() as group:
            group.create_task(sender.run(stop))
            await self.through.wait()
            stop.set()

    async def look(self) -> None:
        told = [state for state in (await self.states()).values() if state in {"sent", "unknown"}]
        if len(told) == len(WANTED):
            self.through.set()

    async def states(self) -> dict[tuple[ChatId, str], str]:
        """Return what the store believes of each chat and key."""
        async with self.store.database.reading() as connection:
            rows = await connection.exec_driver_sql(
                "SELECT chat_id, key, state FROM deliveries JOIN alerts ON alerts.id = alert_id"
                " JOIN briefs ON briefs.id = brief_id"
            )
            return {(ChatId(row[0]), row[1]): row[2] for row in rows}

    async def live_and_die(self) -> None:
        """Live as often as the power goes out, and once more."""
        done = False
        while not done:
            self.power.out.clear()
            life = asyncio.create_task(self.live())
            outage = asyncio.create_task(self.power.out.wait())
            await asyncio.wait([life, outage], return_when=asyncio.FIRST_COMPLETED)
            done = life.done()
            for task in (life, outage):
                task.cancel()
            ends = await asyncio.gather(life, outage, return_exceptions=True)
            if done and isinstance(ends[0], BaseException):
                raise ends[0]

    async def clear(self) -> None:
        async with self.store.database.writing() as connection:
            for table in CLEARED:
                await connection.exec_driver_sql(f"DELETE FROM {table}")

    async def judge(self) -> int:
        """Hold what arrived against the promise; return how much came twice."""
        arrived = Counter((chat, text.removesuffix(AGAIN)) for chat, text in self.ledger)
        states = await self.states()
        on_the_wire = self.in_a_message * self.slots * len(self.power.cuts)
        repeats = len(self.ledger) - len(arrived)
        missing = WANTED - set(arrived)
        assert set(arrived) <= WANTED, "nobody asked for that"
        sent = {pair for pair, state in states.items() if state == "sent"}
        assert sent <= set(arrived), "recorded as sent, but never arrived"
        if self.topic is AT_MOST_ONCE:
            assert repeats == 0, "came twice, though at most once was promised"
            unknown = {pair for pair, state in states.items() if state == "unknown"}
            assert missing <= unknown, "lost, and nobody says so"
            assert len(unknown) <= on_the_wire
        else:
            assert not missing, "lost"
            assert repeats <= on_the_wire, "came again without need"
            marked = sum(text.endswith(AGAIN) for _, text in self.ledger)
            assert repeats <= marked, "came again without the mark"
        return repeats


@dataclass
class DigestWorld(World):
    """A world in which all chats want an hourly digest, and one more hour goes by in each life."""

    in_a_message: int = len(KEYS)

    async def clear(self) -> None:
        await super().clear()
        for chat in CHATS:
            await self.store.chats.set_mode(chat, Mode.HOURLY)
        await self.store.holds.release(self.clock.now(), plan)

    async def publish(self) -> None:
        await super().publish()
        self.clock.time += timedelta(hours=1)
        while await self.power.during(self.release_some) is not None:
            pass

    async def release_some(self) -> int | None:
        return await self.store.holds.release(self.clock.now(), plan)


Rounds = Callable[..., Awaitable[World]]
