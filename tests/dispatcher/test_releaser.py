"""The worker that ends quiet hours and makes digests, on a real store and with a driven clock."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sender_samples import ANNA, BORIS, START, Bench

from alertbot.dispatcher import Releaser
from alertbot.errors import StoreError
from alertbot.ports import Mode, Planner, QuietHours
from alertbot.store import Store, open_store
from fakes.clock import HeldClock
from fakes.sqlite import fresh_file


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    store = await open_store(fresh_file(tmp_path / "alertbot.db"))
    yield Bench(store)
    await store.close()


def releaser(bench: Bench) -> Releaser:
    return Releaser(bench.store.holds, bench.clock, bench.sender.wake)


async def test_a_weekend_across_a_clock_change_brings_a_digest_each_morning_at_eight(
    bench: Bench,
) -> None:
    bench.clock.time = datetime.fromisoformat("2024-03-29T05:00+00:00")
    await bench.store.chats.change_settings(
        ANNA, lambda old: replace(old, timezone="Europe/Berlin"), bench.clock.now()
    )
    await bench.publish("first")
    await bench.store.chats.set_mode(ANNA, Mode.DAILY)
    bench.start()
    await bench.until_settled()
    release = releaser(bench).release
    arrivals = []
    for hour in range(24 * 3 + 6):
        bench.clock.time += timedelta(hours=1)
        if hour % 6 == 2:
            await bench.publish(f"{hour}a", f"{hour}b")
        before = len(bench.wire.arrived)
        await release()
        await bench.until_settled()
        if len(bench.wire.arrived) > before:
            arrivals.append(bench.clock.time.isoformat(timespec="minutes"))
    await bench.end()

    assert arrivals == [
        "2024-03-30T07:00+00:00",
        "2024-03-31T06:00+00:00",
        "2024-04-01T06:00+00:00",
    ]


async def test_it_wakes_the_sender_for_what_it_lets_go(bench: Bench) -> None:
    noon = QuietHours(start=12 * 60, end=13 * 60)
    await bench.store.chats.change_settings(ANNA, lambda old: replace(old, quiet=noon), START)
    release = releaser(bench).release
    await release()
    await bench.publish("a", to=(ANNA, BORIS))
    bench.start()
    await bench.until_settled()
    assert [chat for chat, _ in bench.wire.arrived] == [BORIS]

    bench.clock.time += timedelta(hours=1)
    assert await release() == 1

    await bench.until(lambda: len(bench.wire.arrived) == 2)
    await bench.end()


class BusyBook:
    """A book whose database is busy at the first call, and which ends the work at the third."""

    def __init__(self, store: Store, stop: asyncio.Event) -> None:
        self.store = store
        self.stop = stop
        self.calls = 0

    async def release(self, now: datetime, plan: Planner) -> int | None:
        return await self.store.holds.release(now, plan)

    async def next_release(self) -> datetime | None:
        self.calls += 1
        if self.calls == 1:
            raise StoreError("alertbot.db: database is locked")
        if self.calls == 3:
            self.stop.set()
        return await self.store.holds.next_release()


async def test_a_store_in_trouble_is_asked_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("alertbot.dispatcher.digests.LONGEST_REST", timedelta(milliseconds=1))
    stop = asyncio.Event()
    book = BusyBook(bench.store, stop)

    await Releaser(book, HeldClock(START), lambda: None).run(stop)

    assert book.calls == 3
    assert "cannot be released, trying again" in caplog.text
