"""Serves an application at one address; both HTTP faces do it so."""

import asyncio
from typing import Any

from aiohttp import web

from alertbot.errors import AlertbotError


async def serve(
    app: web.Application, host: str, port: int, stop: asyncio.Event, *, table: str, **options: Any
) -> None:
    """Serve until `stop`; raises AlertbotError if the address cannot be bound.

    table: of the config, whose `listen` the address is. options: for aiohttp's AppRunner.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1, **options)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            reason = error.strerror or error
            raise AlertbotError(
                f"[{table}] listen: cannot listen on {host}:{port}: {reason}"
            ) from error
        await stop.wait()
    finally:
        await runner.cleanup()
