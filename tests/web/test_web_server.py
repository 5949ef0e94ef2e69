"""The HTTP face for operators, over a real socket."""

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest

from alertbot.errors import AlertbotError
from alertbot.model import TopicId
from alertbot.ports import Status
from alertbot.web import Health, WebServer

STATUS = Status(
    feeds=(),
    chats=3,
    unreachable=1,
    subscriptions=5,
    subscribers={TopicId("iran"): 3, TopicId("houthis"): 2},
    deliveries={"sent": 7, "pending": 2},
    repeated=1,
    dead_reasons={},
    oldest_due=None,
    paused_until=None,
    alive_at=datetime(2026, 3, 1, tzinfo=UTC),
)


class Operator:
    """Asks the server, and can make it unwell."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.complaints: tuple[str, ...] = ()
        self.dropped_lines = 0

    async def health(self) -> Health:
        return Health(status=STATUS, complaints=self.complaints, dropped_lines=self.dropped_lines)

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
    assert await operator.get("/health") == (200, '{"state": "fine", "complaints": []}')


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
    assert 'alertbot_deliveries{state="pending"} 2\n' in body
    assert "# TYPE alertbot_healthy gauge\nalertbot_healthy 1\n" in body


async def test_metrics_count_the_lines_that_the_guard_dropped(operator: Operator) -> None:
    operator.dropped_lines = 3

    _, body = await operator.get("/metrics")

    assert "# TYPE alertbot_dropped_lines_total counter\nalertbot_dropped_lines_total 3\n" in body
