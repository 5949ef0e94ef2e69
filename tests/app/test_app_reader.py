"""One process at a time reads the bot's updates."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from alertbot.app.service.pulse import ServiceClock
from alertbot.app.service.reader import UpdateReader
from alertbot.errors import UpdatesConflict
from alertbot.store import Store, open_store
from fakes.postgres import PostgresServer
from fakes.sqlite import fresh_file

LEASE = timedelta(seconds=0.6)
#: for what must not depend on how busy the machine is
LONG = timedelta(minutes=1)
NOTICED = 20.0


@dataclass
class Chat:
    """A chat that says whether it answers, and may meet another reader."""

    answering: asyncio.Event = field(default_factory=asyncio.Event)
    silent: asyncio.Event = field(default_factory=asyncio.Event)
    conflict: asyncio.Event = field(default_factory=asyncio.Event)
    begun: int = 0

    async def run(self, ending: asyncio.Event) -> None:
        self.begun += 1
        self.silent.clear()
        self.answering.set()
        waits = {asyncio.ensure_future(one.wait()) for one in (ending, self.conflict)}
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        self.answering.clear()
        self.silent.set()
        if self.conflict.is_set():
            raise UpdatesConflict("another reads")


@dataclass
class Process:
    chat: Chat
    reader: UpdateReader
    stop: asyncio.Event
    task: asyncio.Task[None]

    async def answers(self) -> None:
        async with asyncio.timeout(NOTICED):
            await self.chat.answering.wait()

    async def falls_silent(self) -> None:
        async with asyncio.timeout(NOTICED):
            await self.chat.silent.wait()

    async def end(self) -> None:
        self.stop.set()
        await self.task


@asynccontextmanager
async def process(store: Store, lease: timedelta = LEASE) -> AsyncIterator[Process]:
    chat, stop = Chat(), asyncio.Event()
    reader = UpdateReader(
        chat=chat.run,
        store=store,
        clock=ServiceClock(),
        lease=lease,
        patience=timedelta(seconds=0.05),
    )
    one = Process(chat, reader, stop, asyncio.create_task(reader.run(stop)))
    yield one
    one.task.cancel()
    await asyncio.wait([one.task])


@pytest.fixture
async def store(postgres: PostgresServer) -> AsyncIterator[Store]:
    store = await open_store(await postgres.fresh())
    yield store
    await store.close()


async def test_one_process_answers_and_the_next_when_it_has_ended(store: Store) -> None:
    async with process(store, LONG) as first:
        await first.answers()  # before there is another, who might be quicker
        async with process(store, LONG) as second:
            assert first.reader.ours.is_set()
            assert not second.reader.ours.is_set()

            await first.end()
            await second.answers()

            assert (first.chat.begun, second.chat.begun) == (1, 1)


async def test_a_process_that_crashed_is_followed_when_its_lease_lapses(store: Store) -> None:
    await store.processes.take("updates", "crashed", ServiceClock().now(), LEASE)

    async with process(store) as second:
        assert not second.chat.answering.is_set()
        await second.answers()


async def test_a_process_that_was_frozen_gives_way_to_who_has_the_role_by_now(
    store: Store,
) -> None:
    async with process(store) as frozen:
        await frozen.answers()
        when_lapsed = ServiceClock().now() + 2 * LEASE
        assert await store.processes.take("updates", "other", when_lapsed, timedelta(hours=1))

        await frozen.falls_silent()
        assert not frozen.task.done()


async def test_a_conflict_with_one_of_ours_passes(store: Store) -> None:
    async with process(store, LONG) as one:
        await one.answers()

        one.chat.conflict.set()
        await one.falls_silent()
        one.chat.conflict.clear()

        await one.answers()


async def test_a_conflict_with_a_stranger_ends_it(store: Store) -> None:
    async with process(store) as one:
        one.chat.conflict.set()

        with pytest.raises(UpdatesConflict):
            async with asyncio.timeout(NOTICED):
                await one.task


async def test_on_a_file_of_our_own_every_conflict_is_with_a_stranger(tmp_path) -> None:
    store = await open_store(fresh_file(tmp_path / "alertbot.db"))
    async with process(store) as one:
        one.chat.conflict.set()
        with pytest.raises(UpdatesConflict):
            await one.task

        assert one.chat.begun == 1
    await store.close()
