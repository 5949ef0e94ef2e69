"""What signals do to the process: SIGTERM and SIGINT end it well, SIGHUP has the config read."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from types import FrameType


def stop_on_signals(stop: asyncio.Event) -> None:
    """Let SIGTERM and SIGINT ask for a stop instead of killing what is under way."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)


def outlive_hangups() -> None:
    """Let SIGHUP do nothing until there is something to reload; by itself it would kill."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def on_hangup(do: Callable[[], None]) -> None:
    """Let SIGHUP call `do` in the running loop, and do nothing when that has ended.

    The loop's own handlers would end with it, and leave a moment in which SIGHUP kills.
    """
    loop = asyncio.get_running_loop()

    def handle(_: int, __: FrameType | None) -> None:
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(do)

    signal.signal(signal.SIGHUP, handle)
