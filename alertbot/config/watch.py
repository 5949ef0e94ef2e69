"""Tells when the config file may have become another.

Its folder is watched, since editors put a new file in the place of the old one. What a folder does
not show (the target of a symlink, a file mounted by itself, a network drive) shows in the file's
stat, which is looked at every few seconds, too.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from watchfiles import awatch

#: milliseconds without a change in the folder after which the file is taken to be written
QUIET_MS = 300
#: milliseconds after which the file is looked at although its folder shows no change
GLANCE_MS = 5_000


async def watch_config(path: Path, stop: asyncio.Event) -> AsyncIterator[None]:
    """Yield at once, as nobody saw what came before, and then after each change until `stop`.

    Raises OSError, or RuntimeError of the system's watches, where the folder cannot be watched.
    """
    seen = _stat(path)
    yield
    async for _ in awatch(
        path.parent,
        watch_filter=None,
        step=QUIET_MS,
        rust_timeout=GLANCE_MS,
        yield_on_timeout=True,
        recursive=False,
        stop_event=stop,
    ):
        if (now := _stat(path)) != seen:
            seen = now
            yield


def _stat(path: Path) -> tuple[int, ...] | None:
    """Return what is another whenever the file, what it leads to or its access is another."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
