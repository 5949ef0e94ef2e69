"""The service deletes what is too old by itself, by the config in force."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from archive_samples import archive, entry

from alertbot.app.service import pruning
from alertbot.app.service.edits.snapshot import InForce, take_snapshot
from alertbot.config import load_config
from alertbot.errors import StoreError
from alertbot.ports import Retention
from alertbot.store import Store, open_store
from fakes.clock import HeldClock
from fakes.sqlite import fresh_file

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CONFIG = '[retention]\nbriefs = "{kept}"\n'


@pytest.fixture
def in_force(tmp_path: Path) -> InForce:
    return InForce(take_snapshot(config(tmp_path, "100d")))


def config(folder: Path, kept: str):  # type: ignore[no-untyped-def]
    path = folder / "config.toml"
    path.write_text(CONFIG.format(kept=kept))
    return load_config(path, {})


def test_what_is_older_than_the_config_says_is_deleted_as_soon_as_the_service_starts(
    tmp_path: Path, in_force: InForce, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    url = fresh_file(tmp_path / "a.db")
    archive(url, NOW - timedelta(days=101), entry("old", None), entry("older", None))
    archive(url, NOW - timedelta(days=99), entry("new", None))

    async def run() -> int:
        store = await open_store(url)
        stop = asyncio.Event()
        keeper = asyncio.create_task(pruning.keep_pruning(store, in_force, HeldClock(NOW), stop))
        async with asyncio.timeout(20):
            while (left := await store.feeds.archive_size()) > 1:
                pass
        stop.set()
        await keeper
        await store.close()
        return left

    assert asyncio.run(run()) == 1
    assert "deleted what is too old to keep: 2 deliveries, lost chats and briefs" in caplog.text


@dataclass
class Scripted:
    """A store whose pruning does as told, and stops the service when the script is through."""

    stop: asyncio.Event
    script: list[object]
    asked: list[Retention] = field(default_factory=list)

    async def prune(self, retention: Retention, _: datetime) -> AsyncGenerator[int]:
        self.asked.append(retention)
        doing = self.script.pop(0)
        if not self.script:
            self.stop.set()
        if isinstance(doing, Exception):
            raise doing
        yield 1
        assert not self.stop.is_set(), "nothing more is deleted once the service stops"


async def kept_pruning(in_force: InForce, *script: object) -> Scripted:
    stop = asyncio.Event()
    scripted = Scripted(stop, list(script))
    store = cast(Store, SimpleNamespace(retention=scripted))
    async with asyncio.timeout(20):
        await pruning.keep_pruning(store, in_force, HeldClock(NOW), stop)
    return scripted


async def test_a_store_in_trouble_is_tried_again_an_hour_later(
    in_force: InForce, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pruning, "EVERY", timedelta(milliseconds=1))

    scripted = await kept_pruning(in_force, StoreError("disk full"), "go on")

    assert len(scripted.asked) == 2
    assert "what is too old is not deleted, next try in an hour: disk full" in caplog.text


async def test_a_stop_ends_the_pruning_between_two_transactions(in_force: InForce) -> None:
    scripted = await kept_pruning(in_force, "stop after the first")

    assert [one.briefs for one in scripted.asked] == [timedelta(days=100)]


async def test_an_edit_of_the_config_counts_from_the_next_time_on(
    tmp_path: Path, in_force: InForce, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "EVERY", timedelta(milliseconds=1))
    edited = take_snapshot(config(tmp_path, "5d"))
    original = Scripted.prune

    def prune(self: Scripted, retention: Retention, now: datetime) -> AsyncGenerator[int]:
        in_force.snapshot = edited
        return original(self, retention, now)

    monkeypatch.setattr(Scripted, "prune", prune)
    scripted = await kept_pruning(in_force, "first", "second")

    assert [one.briefs for one in scripted.asked] == [timedelta(days=100), timedelta(days=5)]
