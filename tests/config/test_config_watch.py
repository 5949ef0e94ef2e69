"""The config file is seen to change, however that happens."""

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from alertbot.config import watch_config

PATIENCE = 20
Change = Callable[[Path, str], None]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text("before")
    return path


async def seen(path: Path, change: Callable[[str], None]) -> None:
    """Change the file until that is seen: nobody can tell when the watch stands."""
    stop = asyncio.Event()
    changes = watch_config(path, stop)
    await anext(changes)
    pending = asyncio.ensure_future(anext(changes))
    async with asyncio.timeout(PATIENCE):
        for number in itertools.count():
            change(str(number))
            await asyncio.wait({pending}, timeout=0.7)
            if pending.done():
                break
    await pending
    stop.set()
    assert [_ async for _ in changes] == []


def write_in_place(path: Path, text: str) -> None:
    path.write_text(text)


def put_another_in_its_place(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.write_text(text)
    new.replace(path)


def remove_and_write_again(path: Path, text: str) -> None:
    path.unlink()
    path.write_text(text)


def turn_a_link_above_it(path: Path, text: str) -> None:
    """Change the file as Kubernetes does with a ConfigMap."""
    data = path.with_name(f"..{text}")
    data.mkdir()
    (data / path.name).write_text(text)
    if not path.is_symlink():
        path.unlink()
        path.symlink_to(Path("..data", path.name))
    link = path.with_name("..data_tmp")
    link.symlink_to(data.name)
    link.replace(path.with_name("..data"))


@pytest.mark.parametrize(
    "change",
    [write_in_place, put_another_in_its_place, remove_and_write_again, turn_a_link_above_it],
)
async def test_a_change_in_its_folder_is_seen_as_it_happens(
    path: Path, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alertbot.config.watch.GLANCE_MS", 1_000 * PATIENCE)

    await seen(path, lambda text: change(path, text))


@pytest.fixture
def elsewhere(path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in another folder, to which the config is but a link."""
    file = tmp_path_factory.mktemp("elsewhere") / "file.toml"
    file.write_text("before")
    path.unlink()
    path.symlink_to(file)
    return file


async def test_a_change_that_its_folder_does_not_show_is_seen_at_the_next_glance(
    path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alertbot.config.watch.GLANCE_MS", 50)

    await seen(path, lambda text: write_in_place(elsewhere, text))


async def test_a_folder_that_is_not_there_cannot_be_watched(tmp_path: Path) -> None:
    changes = watch_config(tmp_path / "nowhere" / "config.toml", asyncio.Event())
    await anext(changes)

    with pytest.raises(FileNotFoundError):
        await anext(changes)
