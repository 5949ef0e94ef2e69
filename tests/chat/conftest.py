import asyncio
from collections.abc import AsyncIterator

import pytest

from alertbot.chat import Commands, TelegramChat
from fakes.bot_api import FakeBotApi
from fakes.chat_book import MemoryChatBook
from fakes.chat_samples import QUICK, TOPICS, commands_for, offer


@pytest.fixture
def book() -> MemoryChatBook:
    return MemoryChatBook()


@pytest.fixture
def commands(book: MemoryChatBook) -> Commands:
    return commands_for(book, offer(*TOPICS))


@pytest.fixture
async def chat(
    telegram: FakeBotApi, commands: Commands, book: MemoryChatBook
) -> AsyncIterator[TelegramChat]:
    """The bot, not running."""
    made = TelegramChat(telegram.token, telegram.base_url, commands, book, patience=QUICK)
    yield made
    await made.aclose()


@pytest.fixture
async def bot(chat: TelegramChat) -> AsyncIterator[TelegramChat]:
    """The bot, running until the test ends."""
    stop = asyncio.Event()
    running = asyncio.create_task(chat.run(stop))
    yield chat
    stop.set()
    await running
