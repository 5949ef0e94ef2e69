"""A service with a language model: what it shortens is told short, and what it cannot is told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from aiohttp import web

from alertbot.app.preview import Preview
from alertbot.app.service import Service
from alertbot.config import load_config
from alertbot.feeds.source import load_source
from fakes.bot_api import FakeBotApi
from fakes.chat_model import ChatModel, shortens
from fakes.feed_server import FeedServer

Start = Callable[[], AbstractAsyncContextManager[Service]]

STRIKE = (
    "<p>Iran fired at least 12 ballistic missiles at an air base in the desert on Sunday morning, "
    "killing two people, officials said.</p>"
)
GOOD = "Iran fired {F1} at an air base, killing {F2}, officials said."
SHORT = (
    "Iran fired at least 12 ballistic missiles at an air base, killing 2 people, officials said."
)
MARK = "Sentences shortened by a language model."


@pytest.fixture
async def model() -> AsyncIterator[ChatModel]:
    async with ChatModel() as server:
        yield server


@pytest.fixture
def config_file(config_file: Path, model: ChatModel) -> Path:
    """The config of every end-to-end test, and a language model."""
    text = config_file.read_text()
    config_file.write_text(f'{text}\n[llm]\nurl = "{model.url}"\nmodel = "tiny"\n')
    return config_file


async def alert_of(telegram: FakeBotApi, publisher: FeedServer, start: Start) -> str:
    """Publish a brief to somebody who follows Iran, and return what arrives."""
    async with start():
        await publisher.polled()
        telegram.user_sends(42, "/start")
        [welcome] = await telegram.posted(1)
        telegram.user_taps(welcome, "Iran")
        await telegram.settled()
        publisher.publish("new", "Iran Fires Missiles", STRIKE)
        return (await telegram.posted(2))[-1].text


async def test_an_alert_arrives_shortened_and_says_so(
    telegram: FakeBotApi, publisher: FeedServer, start: Start, model: ChatModel
) -> None:
    model.answers = [shortens(GOOD)]

    text = await alert_of(telegram, publisher, start)

    assert text.startswith(f"Iran Fires Missiles\n\n{SHORT}\n\n{MARK}")


@pytest.mark.parametrize("answer", [web.Response(status=500), shortens("Iran fired 90 missiles.")])
async def test_an_alert_arrives_in_whole_sentences_when_the_model_fails(
    telegram: FakeBotApi,
    publisher: FeedServer,
    start: Start,
    model: ChatModel,
    answer: web.Response,
) -> None:
    model.answers = [answer]

    text = await alert_of(telegram, publisher, start)

    assert "Iran fired at least 12 ballistic missiles at an air base in the desert" in text
    assert MARK not in text


async def test_preview_shows_what_would_be_sent(
    config_file: Path, model: ChatModel, publisher: FeedServer
) -> None:
    publisher.publish("new", "Iran Fires Missiles", STRIKE)
    model.answers = [shortens(GOOD)]
    config = load_config(config_file, {})
    entries = await load_source(publisher.url, allow_private=True, contact=None)

    [shown] = await asyncio.to_thread(
        lambda: list(Preview(config, publisher_tags=True).show(entries))
    )

    assert SHORT in shown.message.text
