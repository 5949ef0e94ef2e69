"""The pulse of a process: its clock, kept with the database's, and its signs of life."""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from alertbot.app.service.resting import rest
from alertbot.errors import StoreError
from alertbot.ports import ServiceProcess
from alertbot.store import Store

log = logging.getLogger(__name__)

HEARTBEAT = timedelta(seconds=30)
#: a machine whose clock is further off than that should be told so
WORTH_TELLING = timedelta(seconds=2)


class ServiceClock:
    """The machine's clock, corrected to the database's, which all processes share."""

    def __init__(self) -> None:
        self._lead = timedelta()

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return datetime.now(UTC) + self._lead

    async def correct(self, store: Store) -> None:
        """Measure the difference anew; raises StoreError."""
        lead = await store.database.clock_lead()
        if abs(lead - self._lead) > WORTH_TELLING:
            log.warning(
                "this machine's clock is %.1f s %s the database's, which is used",
                abs(lead).total_seconds(),
                "behind" if lead > timedelta() else "ahead of",
            )
        self._lead = lead


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """Leaves signs of life for `alertbot status`."""

    store: Store
    clock: ServiceClock
    role: str
    #: how long Telegram has not answered; None where nobody asks it
    silence: Callable[[], timedelta | None]

    async def run(self, stop: asyncio.Event) -> None:
        """Leave one every 30 seconds until `stop`; a store in trouble is the workers' to report."""
        now = self.clock.now()
        process = ServiceProcess(
            id=secrets.token_hex(8),
            host=socket.gethostname(),
            pid=os.getpid(),
            role=self.role,
            started_at=now,
            alive_at=now,
        )
        while not stop.is_set():
            with suppress(StoreError):
                await self.clock.correct(self.store)
                now = self.clock.now()
                await self.store.status.alive(now)
                await self.store.processes.alive(replace(process, alive_at=now))
                if (silence := self.silence()) is not None:
                    await self.store.status.telegram_answered(now - silence)
            await rest(HEARTBEAT, stop)
        with suppress(StoreError):
            await self.store.processes.ended(process.id)
