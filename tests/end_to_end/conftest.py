"""A whole service: a publisher, a Bot API, a SQLite file and a config file."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from alertbot.app.service import Edits, Service, Terminal, open_service
from alertbot.config import load_config
from fakes.bot_api import FakeBotApi
from fakes.feed_server import FeedServer
from fakes.sqlite import fresh_file

CONFIG = """
[store]
url = "sqlite:///alertbot.db"

[telegram]
base_url = "{base_url}"

[network]
allow_private = true

[[feeds]]
id = "meridian"
name = "Meridian"
url = "{feed_url}"
interval = "1s"
min_interval = "1s"
content = "feed"

[terms]
missiles = ["ballistic missile*", "missile*"]

[[topics]]
id = "iran"
name = "Iran"
rule = 'Iran*'

[[topics]]
id = "missiles"
name = "Missiles"
rule = '@missiles'

[[topics]]
id = "cyber"
name = "Cyber"
publisher_tags = ["Cyber"]
"""


@pytest.fixture
async def publisher() -> AsyncIterator[FeedServer]:
    async with FeedServer() as server:
        yield server


Start = Callable[[], AbstractAsyncContextManager[Service]]


@pytest.fixture
def config_file(tmp_path: Path, telegram: FakeBotApi, publisher: FeedServer) -> Path:
    """A config that leads to the publisher, the Bot API and a new database of this test."""
    fresh_file(tmp_path / "alertbot.db")
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(base_url=telegram.base_url, feed_url=publisher.url))
    return path


@pytest.fixture
def start(config_file: Path, telegram: FakeBotApi) -> Start:
    """Return what starts the service, each time on the same database, and stops it well."""
    read = partial(load_config, config_file, {"ALERTBOT_TELEGRAM_TOKEN": telegram.token})

    @asynccontextmanager
    async def running() -> AsyncIterator[Service]:
        terminal = Terminal(shown=io.StringIO(), typed=None)
        stop = asyncio.Event()
        async with open_service(read(), terminal, edits=Edits(read=read)) as service:
            task = asyncio.create_task(service.run(stop))
            try:
                yield service
            finally:
                stop.set()
                await asyncio.wait_for(task, 20)

    return running
