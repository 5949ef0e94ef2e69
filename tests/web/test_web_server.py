"""The HTTP face for operators, over a real socket."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from alertbot.errors import AlertbotError
from alertbot.model import FeedId, TopicId
from alertbot.ports import HubStatus, Ledger, Status
from alertbot.web import Health, WebServer, metrics

NOW = datetime(2026, 3, 1, tzinfo=UTC)
STATUS = Status(
    feeds=(),
    chats=3,
    unreachable=1,
    subscriptions=5,
    subscribers={TopicId("iran"): 3, TopicId("houthis"): 2},
    deliveries={"sent": 1_234_567, "pending": 2, "sending": 0, "held": 5, "dead": 4},
    repeated=1,
    dead_reasons={"too long": 4},
    paused_until=NOW + timedelta(minutes=2),
    alive_at=NOW,
    telegram_at=NOW,
)
LEDGER = Ledger(
    due=1,
    waiting=1,
    oldest_due=NOW - timedelta(seconds=90),
    paused_chats=3,
    chats_paused_until=NOW + timedelta(minutes=5),
    sent_last_day=7,
    dead_last_day={},
)


class Operator:
    """Asks the server, and can make it unwell."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.complaints: tuple[str, ...] = ()
        self.dropped_lines = 0

    async def health(self) -> Health:
        return Health(
            status=STATUS,
            ledger=LEDGER,
            at=NOW,
            complaints=self.complaints,
            dropped_lines=self.dropped_lines,
        )

    async def get(self, path: str) -> tuple[int, str]:
        async with aiohttp.ClientSession() as session, session.get(self.url + path) as answer:
            return answer.status, await answer.text()


@pytest.fixture
async def operator() -> AsyncIterator[Operator]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    operator = Operator(f"http://127.0.0.1:{port}")
    stop = asyncio.Event()
    server = asyncio.create_task(WebServer("127.0.0.1", port, operator.health).run(stop))
    async with asyncio.timeout(10):
        while True:
            try:
                await operator.get("/health")
                break
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(0)
    yield operator
    stop.set()
    await server


async def test_health_is_200_when_all_is_well(operator: Operator) -> None:
    assert await operator.get("/health") == (
        200,
        '{"state": "fine", "complaints": [], "paused": []}',
    )


async def test_health_is_503_with_the_complaints(operator: Operator) -> None:
    operator.complaints = ("feed fdd is gone",)

    status, body = await operator.get("/health")

    assert status == 503
    assert "feed fdd is gone" in body


async def test_an_address_in_use_is_told_in_words(operator: Operator) -> None:
    port = int(operator.url.rpartition(":")[2])

    with pytest.raises(AlertbotError, match=f"cannot listen on 127.0.0.1:{port}"):
        await WebServer("127.0.0.1", port, operator.health).run(asyncio.Event())


async def test_metrics_are_in_the_text_format(operator: Operator) -> None:
    _, body = await operator.get("/metrics")

    assert "alertbot_chats 2\n" in body
    assert "# TYPE alertbot_healthy gauge\nalertbot_healthy 1\n" in body
    assert "alertbot_alive_timestamp_seconds 1772323200\n" in body


async def test_metrics_tell_what_waits_as_gauges_and_what_is_over_as_counters(
    operator: Operator,
) -> None:
    _, body = await operator.get("/metrics")

    assert (
        "# TYPE alertbot_queue_deliveries gauge\n"
        'alertbot_queue_deliveries{state="due"} 1\n'
        'alertbot_queue_deliveries{state="later"} 1\n'
        'alertbot_queue_deliveries{state="sending"} 0\n'
        'alertbot_queue_deliveries{state="held"} 5\n'
        'alertbot_queue_deliveries{state="carried"} 0\n'
    ) in body
    assert (
        "# TYPE alertbot_deliveries_total counter\n"
        'alertbot_deliveries_total{state="dead"} 4\n'
        'alertbot_deliveries_total{state="sent"} 1234567\n'
    ) in body
    assert "alertbot_repeated_deliveries_total 1\n" in body
    assert "alertbot_queue_oldest_seconds 90\n" in body
    assert "alertbot_pause_seconds 120\n" in body
    assert "alertbot_paused_chats 3\n" in body


async def test_metrics_count_the_lines_that_the_guard_dropped(operator: Operator) -> None:
    operator.dropped_lines = 3

    _, body = await operator.get("/metrics")

    assert "# TYPE alertbot_dropped_lines_total counter\nalertbot_dropped_lines_total 3\n" in body


def test_metrics_count_pushes_where_there_are_hubs() -> None:
    hub = HubStatus(
        feed=FeedId("fdd"),
        hub="https://hub.example/",
        lease_until=None,
        tries=0,
        error=None,
        pushes=7,
        pushed_at=NOW,
        refused=2,
    )
    health = Health(
        status=replace(STATUS, hubs=(hub,)), ledger=LEDGER, at=NOW, complaints=(), dropped_lines=0
    )

    assert 'alertbot_pushes_total{feed="fdd"} 7\n' in metrics(health)
    assert 'alertbot_refused_pushes_total{feed="fdd"} 2\n' in metrics(health)
