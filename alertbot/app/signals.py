"""What signals do to the process: SIGTERM and SIGINT end it well, SIGHUP has the config read."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


def stop_on_signals(stop: asyncio.Event) -> None:
    """Let SIGTERM and SIGINT ask for a stop instead of killing what is under way."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)


def ignore_hangups() -> None:
    """Let SIGHUP do nothing, for good; by itself it would kill."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


@contextmanager
def on_hangup(do: Callable[[], None]) -> Iterator[None]:
    """Let SIGHUP call `do` in the running loop, and do nothing when this is over.

    A handler of the loop's own would be gone before the process is, and SIGHUP could kill it then.
    """
    loop = asyncio.get_running_loop()

    def handle(_: int, __: FrameType | None) -> None:
        loop.call_soon_threadsafe(do)

    signal.signal(signal.SIGHUP, handle)
    try:
        yield
    finally:
        ignore_hangups()
