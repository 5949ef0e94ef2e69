"""Processes of the service, each forked from one that has all of it loaded."""

import asyncio
import multiprocessing
import os
import signal

from chaos.parts import launcher
from chaos.parts.launcher import Launch

#: loads everything once; a process of the service is a fork of it, and starts at once
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["chaos.parts.launcher", "chaos.parts.publisher"])
#: seconds within which a process that was told to stop has stopped
ENDING = 30.0


class Process:
    """A process of the service."""

    def __init__(self, launch: Launch) -> None:
        self._process = FORKS.Process(target=launcher.run, args=(launch,))
        self._process.start()

    @property
    def runs(self) -> bool:
        """Tell whether it has not ended."""
        return self._process.is_alive()

    @property
    def exit_code(self) -> int | None:
        """Return how it ended: minus the signal if one killed it; None while it runs."""
        return self._process.exitcode

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, if it is still there."""
        if self._process.is_alive() and self._process.pid:
            os.kill(self._process.pid, number)

    async def ended(self, patience: float = ENDING) -> int | None:
        """Wait for its end and return the exit code; None if it does not come."""
        await asyncio.to_thread(self._process.join, patience)
        return self.exit_code

    async def kill(self) -> None:
        """End it without a word."""
        self.signal(signal.SIGKILL)
        await self.ended()
