"""Lets one process at a time read the bot's updates, which is all that Telegram allows.

Whoever holds the role also is the one that speaks to the admins. The role is a leased row: it is
given up as soon as it cannot be renewed, left at once at a stop, and taken over when it lapses.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alertbot.errors import StoreError, UpdatesConflict
from alertbot.ports import Clock
from alertbot.store import Store

log = logging.getLogger(__name__)

ROLE = "updates"


@dataclass(slots=True, eq=False, kw_only=True)
class UpdateReader:
    """Runs a chat while, and only while, this process may read the updates."""

    #: answers until the event is set; raises UpdatesConflict
    chat: Callable[[asyncio.Event], Awaitable[None]]
    store: Store
    clock: Clock
    #: renewed at a third of it; after a crash nobody is answered for that long
    lease: timedelta = timedelta(seconds=30)
    #: between two looks at whether the role is free
    patience: timedelta = timedelta(seconds=1)
    #: set while the role is ours
    ours: asyncio.Event = field(default_factory=asyncio.Event)
    _token: str = field(default_factory=lambda: secrets.token_hex(8), init=False)
    _conflict_since: datetime | None = field(default=None, init=False)

    async def run(self, stop: asyncio.Event) -> None:
        """Answer whenever the role is ours, until `stop`.

        Raises UpdatesConflict if it is no process of ours that reads the updates, too.
        """
        try:
            while not stop.is_set():
                if await self._take():
                    log.info("this process reads the bot's updates now")
                    self.ours.set()
                    await self._read(stop)
                    self.ours.clear()
                await _wait(stop, self.patience)
        finally:
            with suppress(StoreError):  # then it lapses
                await self.store.processes.release(ROLE, self._token)

    async def _read(self, stop: asyncio.Event) -> None:
        """Let the chat answer until `stop`, or until the role is lost."""
        ending = asyncio.Event()
        reading = asyncio.ensure_future(self.chat(ending))
        keeping = asyncio.create_task(self._keep())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({reading, keeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
            ending.set()
            await reading
        except UpdatesConflict:
            if not self._is_one_of_us():
                raise
        finally:
            for task in (reading, keeping, stopping):
                task.cancel()
            await asyncio.wait({reading, keeping, stopping})

    async def _keep(self) -> None:
        """Renew the lease; return when it is lost, or soon will be."""
        lapses = self.clock.now() + self.lease
        while True:
            await asyncio.sleep(self.lease.total_seconds() / 3)
            now = self.clock.now()
            try:
                if not await self.store.processes.take(ROLE, self._token, now, self.lease):
                    log.warning("another process reads the bot's updates now")
                    return
                lapses = now + self.lease
            except StoreError as error:
                if now + self.lease / 2 > lapses:
                    log.error("the bot's updates are left to another process: %s", error)
                    return

    def _is_one_of_us(self) -> bool:
        """Tell whether a conflict may be due to a process of ours that has lost the role.

        One that was frozen sees that within a lease; a stranger keeps at it.
        """
        if not self.store.database.shared:
            return False
        now = self.clock.now()
        if self._conflict_since is None or now > self._conflict_since + 3 * self.lease:
            self._conflict_since = now
        return now < self._conflict_since + self.lease

    async def _take(self) -> bool:
        try:
            return await self.store.processes.take(ROLE, self._token, self.clock.now(), self.lease)
        except StoreError as error:
            log.error("cannot ask who reads the bot's updates, trying again: %s", error)
            return False


async def _wait(stop: asyncio.Event, at_most: timedelta) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(at_most.total_seconds()):
            await stop.wait()
