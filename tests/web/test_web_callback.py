"""Where hubs reach us, over a real socket: what is taken, and what hostile pushes get.

The numbers of hundreds are those of https://websub.rocks/subscriber.
"""

import asyncio
import hashlib
import hmac
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import aiohttp
import pytest

from alertbot.errors import AlertbotError
from alertbot.model import FeedId
from alertbot.ports import HubLink, Order, Push
from alertbot.web import Callbacks, CallbackServer, callback
from alertbot.web.callback import LONGEST_PUSH, is_signed

SECRET = "s3cret"
BODY = b"<rss/>"
ORDER = Order(
    key="k3y",
    feed=FeedId("fdd"),
    link=HubLink(hub="https://hub.example/", topic="https://fdd.example/feed"),
    callback="https://op.example/websub/k3y",
    secret=SECRET,
    wanted=True,
    placed_at=datetime(2026, 3, 1, tzinfo=UTC),
    lease_until=None,
    ahead=0,
    tries=0,
)


def signature(body: bytes = BODY, method: str = "sha256", secret: str = SECRET) -> str:
    return f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"


class Desk:
    """Knows one order, takes what comes, and remembers."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.orders = {"k3y": ORDER}
        self.taken: list[Push] = []
        self.refusals = 0
        self.room = True
        self.questions: list[dict[str, str]] = []

    async def find(self, key: str) -> Order | None:
        return self.orders.get(key)

    async def confirm(self, key: str, question: Mapping[str, str]) -> str | None:
        self.questions.append(dict(question))
        return question["hub.challenge"] if key in self.orders else None

    def accept(self, push: Push) -> bool:
        self.taken += [push] * self.room
        return self.room

    async def refused(self, _: Order) -> None:
        self.refusals += 1

    async def get(self, path: str) -> tuple[int, str]:
        url = f"http://127.0.0.1:{self.port}{path}"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return answer.status, await answer.text()

    async def push(self, signed: str | None = signature(), *, key: str = "k3y", **more: str) -> int:
        url = f"http://127.0.0.1:{self.port}/websub/{key}"
        headers = {name.replace("_", "-"): value for name, value in more.items()}
        if signed is not None:
            headers["X-Hub-Signature"] = signed
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=BODY, headers=headers) as answer,
        ):
            return answer.status

    async def raw(self, head: str) -> bytes:
        """Send the beginning of a request, and return the first line of the answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(head.replace("\n", "\r\n").encode())
        line = await asyncio.wait_for(reader.readline(), 20)
        writer.close()
        return line


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        desk = Desk(probe.getsockname()[1])
    callbacks = Callbacks(
        find=desk.find, confirm=desk.confirm, accept=desk.accept, refused=desk.refused
    )
    stop = asyncio.Event()
    server = CallbackServer("127.0.0.1", desk.port, "/websub", callbacks)
    serving = asyncio.create_task(server.run(stop))
    async with asyncio.timeout(10):
        while True:
            try:
                await desk.get("/")
                break
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(0)
    yield desk
    stop.set()
    await serving


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_case_91_websub_300_a_signed_push_is_taken(desk: Desk, method: str) -> None:
    assert await desk.push(signature(method=method), Content_Type="application/rss+xml") == 202
    [push] = desk.taken
    assert (push.order, push.body, push.content_type) == (ORDER, BODY, "application/rss+xml")


@pytest.mark.parametrize(
    "wrong",
    [
        signature(secret="another"),
        signature(b"<rss></rss>"),
        signature()[:-1],
        "sha256=",
        f"md5={hashlib.md5(BODY).hexdigest()}",
        signature().replace("sha256", "sha512"),
        "",
    ],
)
async def test_case_91_websub_301_a_push_with_a_wrong_signature_is_ignored_and_counted(
    desk: Desk, wrong: str
) -> None:
    assert await desk.push(wrong) == 202
    assert (desk.taken, desk.refusals) == ([], 1)


async def test_case_91_websub_302_a_push_without_a_signature_is_ignored_and_counted(
    desk: Desk,
) -> None:
    assert await desk.push(None) == 202
    assert (desk.taken, desk.refusals) == ([], 1)


def test_a_signature_may_be_written_in_capitals() -> None:
    method, _, digest = signature().partition("=")

    assert is_signed(BODY, f"{method}={digest.upper()}", SECRET)


async def test_a_content_encoding_that_the_hub_has_already_undone_is_not_believed(
    desk: Desk,
) -> None:
    assert await desk.push(Content_Encoding="gzip") == 202
    assert [push.body for push in desk.taken] == [BODY]


async def test_a_hub_that_asks_gets_its_challenge_back(desk: Desk) -> None:
    answer = await desk.get("/websub/k3y?hub.mode=subscribe&hub.challenge=a%2Bb")

    assert answer == (200, "a+b")
    assert desk.questions == [{"hub.mode": "subscribe", "hub.challenge": "a+b"}]


async def test_what_was_never_asked_for_is_not_there(desk: Desk) -> None:
    assert (await desk.get("/websub/other?hub.challenge=x"))[0] == 404
    assert (await desk.get("/health"))[0] == 404
    assert await desk.push(key="other") == 404
    assert desk.taken == []


async def test_a_hub_that_was_asked_to_stop_is_told_again(desk: Desk) -> None:
    desk.orders["k3y"] = replace(ORDER, wanted=False)

    assert await desk.push() == 410


async def test_a_hub_is_asked_to_come_again_when_there_is_no_room(desk: Desk) -> None:
    desk.room = False

    assert await desk.push() == 503


async def test_a_stranger_is_answered_before_the_body_is_read(desk: Desk) -> None:
    head = "POST /websub/other HTTP/1.1\nHost: x\nContent-Length: 999999999\n\n<rss>"

    assert b" 404 " in await desk.raw(head)


async def test_a_body_that_is_too_large_is_not_read_to_its_end(desk: Desk) -> None:
    head = f"POST /websub/k3y HTTP/1.1\nHost: x\nContent-Length: {LONGEST_PUSH * 9}\n\n"

    assert b" 413 " in await desk.raw(head + "x" * (LONGEST_PUSH + 1))
    assert desk.taken == []


async def test_a_body_that_does_not_come_is_not_waited_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callback, "PATIENCE", 0.05)

    head = "POST /websub/k3y HTTP/1.1\nHost: x\nContent-Length: 9\n\n<rss>"

    assert b" 408 " in await desk.raw(head)
    assert desk.taken == []


async def test_an_address_in_use_is_told_in_words(desk: Desk) -> None:
    callbacks = Callbacks(
        find=desk.find, confirm=desk.confirm, accept=desk.accept, refused=desk.refused
    )
    server = CallbackServer("127.0.0.1", desk.port, "/websub", callbacks)

    with pytest.raises(AlertbotError, match=r"\[websub\] listen: cannot listen on 127.0.0.1"):
        await server.run(asyncio.Event())
