"""A store for rounds of crashes, in memory where the machine has a file system for that."""

from collections.abc import AsyncIterator, Collection, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from crash_samples import AT_LEAST_ONCE, HastyClock, Power, Rounds, World

from alertbot.model import Topic
from alertbot.store import open_store

MEMORY = Path("/dev/shm")


@pytest.fixture
def fast_folder() -> Iterator[Path]:
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture
async def told(fast_folder: Path) -> AsyncIterator[Rounds]:
    """Tell every chat everything while the power goes out at the moments given."""
    store = await open_store(f"sqlite:///{fast_folder}/alertbot.db")
    clock = HastyClock()

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
