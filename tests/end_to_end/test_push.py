"""From a brief pushed by a hub to a message in a chat, over real sockets.

Polls are a day apart, so that what is told was pushed. The numbers of hundreds are those of
https://websub.rocks/subscriber.
"""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from alertbot.app.service import Service
from alertbot.model import FeedId
from fakes.bot_api import FakeBotApi
from fakes.feed_server import FeedServer
from fakes.hub import Hub

Start = Callable[[], AbstractAsyncContextManager[Service]]

ADA = 42
MERIDIAN = FeedId("meridian")
STRIKE = "<p>Iran fired at least 12 ballistic missiles at a base on Sunday, killing two people.</p>"


def document(*keys: str) -> bytes:
    """Return a feed with these briefs."""
    items = [{"id": key, "title": f"Iran {key}", "content_html": STRIKE} for key in keys]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": items}
    return json.dumps(feed).encode()


@pytest.fixture
async def hub(publisher: FeedServer) -> AsyncIterator[Hub]:
    """A hub that the publisher's feed names."""
    async with Hub() as hub:
        link = f'<{hub.url}>; rel="hub", <{publisher.url}>; rel="self"'
        publisher.answer = lambda: web.Response(body=document("old"), headers={"Link": link})
        yield hub


@pytest.fixture
def callback(config_file: Path, hub: Hub) -> str:
    """Let the service be pushed to; return the address below which its callbacks are."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    config = config_file.read_text().replace('"1s"', '"1d"')
    config_file.write_text(
        f'{config}\n[websub]\ncallback = "http://{address}/websub"\nlisten = "{address}"\n'
    )
    return f"http://{address}/websub"


async def follow(telegram: FakeBotApi) -> None:
    """Follow Iran, and wait for the sample, which takes two messages."""
    telegram.user_sends(ADA, "/start")
    [welcome] = await telegram.posted(1)
    telegram.user_taps(welcome, "Iran")
    await telegram.posted(3)


def titles(telegram: FakeBotApi) -> list[str]:
    """Return the titles of the alerts told, in order, without the sample for a first topic."""
    return [post.text.splitlines()[0] for post in telegram.ledger if "Why?" in post.labels]


@pytest.mark.usefixtures("callback")
async def test_case_91_websub_300_a_pushed_brief_is_told_once(
    telegram: FakeBotApi, publisher: FeedServer, hub: Hub, start: Start
) -> None:
    async with start():
        await publisher.polled()
        await hub.verified()
        await follow(telegram)
        assert await hub.push(document("new", "old")) == 202
        await telegram.posted(4)
        assert await hub.push(document("new", "old")) == 202
        assert await hub.push(document("newer", "new")) == 202
        await telegram.posted(5)

    assert titles(telegram) == ["Iran new", "Iran newer"]
    assert publisher.statuses == [200]


@pytest.mark.usefixtures("callback")
async def test_case_91_websub_301_302_what_the_hub_did_not_sign_is_not_told(
    telegram: FakeBotApi, publisher: FeedServer, hub: Hub, start: Start
) -> None:
    async with start() as service:
        await publisher.polled()
        asked = await hub.verified()
        await follow(telegram)
        assert await hub.push(document("forged"), signature=None) == 202
        assert await hub.push(document("forged"), signature="sha256=f00") == 202
        stranger = replace(asked, callback=f"{asked.callback}x")
        assert await hub.push(document("forged"), to=stranger) == 404
        assert await hub.push(b"<html>not a feed</html>") == 202
        assert await hub.push(document("true")) == 202
        await telegram.posted(4)
        keys = ["forged", "true"]
        assert set(await service.store.feeds.known(MERIDIAN, keys)) == {"true"}

    assert titles(telegram) == ["Iran true"]


@pytest.mark.usefixtures("callback")
async def test_many_pushes_at_once_are_told_once_and_those_without_room_come_again(
    telegram: FakeBotApi, publisher: FeedServer, hub: Hub, start: Start
) -> None:
    async with start():
        await publisher.polled()
        await hub.verified()
        await follow(telegram)
        same = [hub.push(document("new", "old")) for _ in range(40)]
        statuses = set(await asyncio.gather(*same))
        await telegram.posted(4)

    assert titles(telegram) == ["Iran new"]
    assert statuses <= {202, 503}


@pytest.mark.usefixtures("callback")
async def test_an_order_outlives_a_restart_and_ends_when_its_feed_leaves_the_config(
    telegram: FakeBotApi, publisher: FeedServer, hub: Hub, start: Start, config_file: Path
) -> None:
    async with start():
        await publisher.polled()
        await hub.verified()
        await follow(telegram)
    async with start():
        await serving(hub)
        assert await hub.push(document("new")) == 202
        await telegram.posted(4)
    drop_feed(config_file)
    async with start():
        await hub.verified("unsubscribe")

    assert [each.mode for each in hub.requests[:2]] == ["subscribe", "unsubscribe"]
    assert hub.requests[0].callback == hub.requests[1].callback


def drop_feed(config_file: Path) -> None:
    """Let another feed be polled instead of the one that was."""
    config_file.write_text(config_file.read_text().replace('id = "meridian"', 'id = "other"'))


async def serving(hub: Hub) -> None:
    """Wait until the callback is served."""
    async with asyncio.timeout(20):
        while True:
            with suppress(aiohttp.ClientConnectorError):
                await hub.ask(hub.subscriber.callback)
                return
            await asyncio.sleep(0)
