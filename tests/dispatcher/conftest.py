"""A store for rounds of crashes."""

from collections.abc import AsyncIterator, Collection
from pathlib import Path

import pytest
from crash_samples import AT_LEAST_ONCE, CHATS, HastyClock, Power, Rounds, World
from sender_samples import TOPIC

from alertbot.model import Topic
from alertbot.store import open_store
from fakes.sqlite import fresh_file


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[Rounds]:
    """Tell every chat everything while the power goes out at the moments given."""
    store = await open_store(fresh_file(tmp_path / "alertbot.db"))
    clock = HastyClock()
    for chat in CHATS:
        await store.chats.subscribe(chat, TOPIC, clock.now())

    async def round_of(
        cuts: Collection[int],
        slots: int = 1,
        topic: Topic = AT_LEAST_ONCE,
        kind: type[World] = World,
    ) -> World:
        world = kind(store, clock, Power(cuts), slots=slots, topic=topic)
        await world.clear()
        await world.live_and_die()
        return world

    yield round_of
    await store.close()
