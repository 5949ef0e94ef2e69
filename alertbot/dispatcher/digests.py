"""Ends what holds deliveries back, when it is time: quiet hours, and the waiting for a digest.

The app runs one beside the sender. Nothing is kept in memory that the store does not know, and each
step is one commit: whoever starts next, after whatever end, goes on where this one was.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from alertbot.dispatcher.times import plan
from alertbot.errors import StoreError
from alertbot.ports import Clock, HoldBook

log = logging.getLogger(__name__)

#: between two looks, as chats change their minds and machines sleep
LONGEST_REST = timedelta(seconds=2)


@dataclass(slots=True, eq=False)
class Releaser:
    """Releases what was held."""

    book: HoldBook
    clock: Clock
    #: called when something has become due
    on_released: Callable[[], None]

    async def run(self, stop: asyncio.Event) -> None:
        """Release until `stop`."""
        while not stop.is_set():
            try:
                await self.release()
                rest = await self._time_left()
            except StoreError as error:
                log.error("what was held back cannot be released, trying again: %s", error)
                rest = LONGEST_REST
            try:
                await asyncio.wait_for(stop.wait(), rest.total_seconds())
            except TimeoutError:
                continue

    async def release(self) -> int:
        """Release all whose time has come; return how many messages that made."""
        released = 0
        while await self._time_left() == timedelta():
            made = await self.book.release(self.clock.now(), plan)
            if made is None:  # another process was quicker
                break
            released += made
            if made:
                self.on_released()
        return released

    async def _time_left(self) -> timedelta:
        """Return how long to rest before the next hold ends; none when one should have."""
        ends = await self.book.next_release()
        if ends is None:
            return LONGEST_REST
        return min(max(ends - self.clock.now(), timedelta()), LONGEST_REST)
