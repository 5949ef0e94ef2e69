"""Makes the deliveries of broadcasts, a handful a second, while no alert waits."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from alertbot.app.service.resting import rest
from alertbot.errors import StoreError
from alertbot.ports import BroadcastBook, Clock

log = logging.getLogger(__name__)

#: between two handfuls
PAUSE = timedelta(seconds=1)
#: between two looks whether an admin has approved one
REST = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Broadcaster:
    """A worker, of which any number of processes may run one."""

    book: BroadcastBook
    clock: Clock
    #: called when something has become due
    on_deliveries: Callable[[], None]

    async def run(self, stop: asyncio.Event) -> None:
        """Go on with whatever is under way until `stop`."""
        while not stop.is_set():
            pause = REST
            try:
                made = await self.book.go_on(self.clock.now())
                if made is not None:
                    pause = PAUSE
                if made:
                    self.on_deliveries()
            except StoreError as error:
                log.error("a broadcast does not go on, trying again: %s", error)
            await rest(pause, stop)
