"""Serves the service's health and its numbers; off unless `[web] listen` is set."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from alertbot.errors import AlertbotError
from alertbot.ports import Status

#: https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details
PROMETHEUS = "text/plain; version=0.0.4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How all is doing, and what of it needs a person."""

    status: Status
    complaints: tuple[str, ...]
    #: kept from alerts by the guard since the process began
    dropped_lines: int


class WebServer:
    """Answers GET /health (200, or 503 with the complaints) and GET /metrics."""

    def __init__(self, host: str, port: int, health: Callable[[], Awaitable[Health]]) -> None:
        self._host = host
        self._port = port
        self._health = health

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop`; raises AlertbotError if the address cannot be bound."""
        app = web.Application()
        app.router.add_get("/health", self._answer_health)
        app.router.add_get("/metrics", self._answer_metrics)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        try:
            await self._listen(runner)
            await stop.wait()
        finally:
            await runner.cleanup()

    async def _listen(self, runner: web.AppRunner) -> None:
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError as error:
            reason = error.strerror or error
            raise AlertbotError(
                f"[web] listen: cannot listen on {self._host}:{self._port}: {reason}"
            ) from error

    async def _answer_health(self, _: web.Request) -> web.Response:
        health = await self._health()
        state = "needs attention" if health.complaints else "fine"
        body = {"state": state, "complaints": list(health.complaints)}
        return web.json_response(body, status=503 if health.complaints else 200)

    async def _answer_metrics(self, _: web.Request) -> web.Response:
        page = metrics(await self._health())
        return web.Response(text=page, headers={"Content-Type": PROMETHEUS})


def metrics(health: Health) -> str:
    """Return the numbers in Prometheus' text format."""
    status = health.status
    lines = [
        *_gauge("alertbot_healthy", "1 when nothing needs a person", int(not health.complaints)),
        *_gauge("alertbot_chats", "Chats known and reachable", status.chats - status.unreachable),
        *_gauge("alertbot_subscriptions", "Subscriptions", status.subscriptions),
        *_gauge("alertbot_repeated", "Sent again after an unknown outcome", status.repeated),
        "# HELP alertbot_dropped_lines_total Lines not told: their brief does not bear them out",
        "# TYPE alertbot_dropped_lines_total counter",
        f"alertbot_dropped_lines_total {health.dropped_lines}",
        "# HELP alertbot_deliveries Deliveries by state",
        "# TYPE alertbot_deliveries gauge",
        *(
            f'alertbot_deliveries{{state="{state}"}} {count}'
            for state, count in sorted(status.deliveries.items())
        ),
        "# HELP alertbot_feed_errors_in_row Failed polls since the last good one",
        "# TYPE alertbot_feed_errors_in_row gauge",
        *(
            f'alertbot_feed_errors_in_row{{feed="{feed.feed}"}} {feed.errors_in_row}'
            for feed in status.feeds
        ),
    ]
    return "\n".join(lines) + "\n"


def _gauge(name: str, meaning: str, value: int) -> list[str]:
    return [f"# HELP {name} {meaning}", f"# TYPE {name} gauge", f"{name} {value}"]
