"""Serves the service's health and its numbers; off unless `[web] listen` is set."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from alertbot.ports import Ledger, Status
from alertbot.web.serving import serve

#: https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details
PROMETHEUS = "text/plain; version=0.0.4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How all is doing, and what of it needs a person."""

    status: Status
    ledger: Ledger
    #: when all this was seen
    at: datetime
    complaints: tuple[str, ...]
    #: kept from alerts by the guard since the process began
    dropped_lines: int


class WebServer:
    """Answers GET /health (200, or 503 with the complaints; what is paused) and GET /metrics."""

    def __init__(self, host: str, port: int, health: Callable[[], Awaitable[Health]]) -> None:
        self._host = host
        self._port = port
        self._health = health

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop`; raises AlertbotError if the address cannot be bound."""
        app = web.Application()
        app.router.add_get("/health", self._answer_health)
        app.router.add_get("/metrics", self._answer_metrics)
        await serve(app, self._host, self._port, stop, table="web")

    async def _answer_health(self, _: web.Request) -> web.Response:
        health = await self._health()
        state = "needs attention" if health.complaints else "fine"
        paused = [str(pause) for pause in health.status.pauses]
        body = {"state": state, "complaints": list(health.complaints), "paused": paused}
        return web.json_response(body, status=503 if health.complaints else 200)

    async def _answer_metrics(self, _: web.Request) -> web.Response:
        page = metrics(await self._health())
        return web.Response(text=page, headers={"Content-Type": PROMETHEUS})


def metrics(health: Health) -> str:
    """Return the numbers in Prometheus' text format.

    Names as https://prometheus.io/docs/practices/naming/ has them: counters end in `_total` and
    never fall but at a restart of what they count, units stand at the end, instants are seconds
    since 1970.
    """
    lines = [*_of_service(health), *_of_deliveries(health), *_of_feeds(health)]
    return "\n".join(lines) + "\n"


def _of_service(health: Health) -> Iterator[str]:
    status = health.status
    yield from _gauge("alertbot_healthy", "1 when nothing needs a person", not health.complaints)
    yield from _gauge(
        "alertbot_chats", "Chats known and reachable", status.chats - status.unreachable
    )
    yield from _gauge("alertbot_lost_chats", "Chats that cannot be reached", status.unreachable)
    yield from _gauge("alertbot_subscriptions", "Subscriptions", status.subscriptions)
    if status.alive_at:
        yield from _gauge(
            "alertbot_alive_timestamp_seconds",
            "Last sign of life of the service",
            status.alive_at.timestamp(),
        )
    if status.telegram_at:
        yield from _gauge(
            "alertbot_telegram_answered_timestamp_seconds",
            "When Telegram last answered",
            status.telegram_at.timestamp(),
        )
    yield from _family(
        "counter",
        "alertbot_dropped_lines_total",
        "Lines not told: their brief does not bear them out",
        {"": health.dropped_lines},
    )


def _of_deliveries(health: Health) -> Iterator[str]:
    status, ledger = health.status, health.ledger
    queued = {"due": ledger.due, "later": ledger.waiting}
    for state in ("sending", "held", "carried"):
        queued[state] = status.deliveries.get(state, 0)
    ended = {
        state: count
        for state, count in sorted(status.deliveries.items())
        if state not in {"pending", "held", "carried", "sending"}
    }
    yield from _family(
        "gauge", "alertbot_queue_deliveries", "Deliveries not yet at an end", _by("state", queued)
    )
    yield from _gauge(
        "alertbot_queue_oldest_seconds",
        "Age of the oldest delivery that is held up; 0 if none is",
        (health.at - ledger.oldest_due).total_seconds() if ledger.oldest_due else 0,
    )
    yield from _gauge(
        "alertbot_pause_seconds",
        "For how long Telegram still has us send nothing",
        max(0, (status.paused_until - health.at).total_seconds()) if status.paused_until else 0,
    )
    yield from _gauge(
        "alertbot_paused_chats", "Chats that Telegram has us leave alone", ledger.paused_chats
    )
    yield from _family(
        "counter", "alertbot_deliveries_total", "Deliveries by their end", _by("state", ended)
    )
    yield from _family(
        "counter",
        "alertbot_repeated_deliveries_total",
        "Sent again after an unknown outcome",
        {"": status.repeated},
    )


def _of_feeds(health: Health) -> Iterator[str]:
    yield from _family(
        "gauge",
        "alertbot_feed_errors_in_row",
        "Failed polls since the last good one",
        _by("feed", {feed.feed: feed.errors_in_row for feed in health.status.feeds}),
    )
    hubs = health.status.hubs
    if hubs:
        yield from _family(
            "counter",
            "alertbot_pushes_total",
            "Pushes of hubs",
            _by("feed", {hub.feed: hub.pushes for hub in hubs}),
        )
        yield from _family(
            "counter",
            "alertbot_refused_pushes_total",
            "Pushes without the right signature, ignored",
            _by("feed", {hub.feed: hub.refused for hub in hubs}),
        )


def _by(label: str, values: Mapping[str, float]) -> dict[str, float]:
    return {f'{{{label}="{key}"}}': value for key, value in values.items()}


def _gauge(name: str, meaning: str, value: float) -> Iterator[str]:
    return _family("gauge", name, meaning, {"": value})


def _family(kind: str, name: str, meaning: str, values: Mapping[str, float]) -> Iterator[str]:
    """Yield the lines of a metric; values: by their labels, "" without any."""
    yield f"# HELP {name} {meaning}"
    yield f"# TYPE {name} {kind}"
    for labels, value in values.items():
        yield f"{name}{labels} {value:.15g}"
