"""How workers rest between two looks: no longer than the service runs."""

import asyncio
from contextlib import suppress
from datetime import timedelta


async def rest(length: timedelta, stop: asyncio.Event) -> None:
    """Wait so long, or until `stop`."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), length.total_seconds())
