"""`alertbot demo`: the service on the bundled feed, a temporary SQLite file, the console chat."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from alertbot.app.service import Service, Terminal, open_service
from alertbot.app.signals import stop_on_signals
from alertbot.chat import CONSOLE
from alertbot.config import Config, load_config
from alertbot.demo import CONFIG, DemoFeed
from alertbot.model import TopicId

#: what the demo follows where nobody can type
FOLLOWED = tuple(map(TopicId, ("iran-missiles", "houthis", "china-taiwan", "cyber")))
#: between two briefs for somebody who reads along
READING_TIME = timedelta(seconds=8)
#: briefs at a time where nobody reads along
HURRY = 3
GLANCE = timedelta(milliseconds=100)
WELCOME = """\
alertbot demo: {total} invented briefs, served by {url}
{old} are there already and are kept without alerting; the others appear while you watch.
"""
TALK = """\
They begin once you follow a topic: type its number, or /subscribe iran-missiles.
/latest shows what has been, /help the rest, /quit ends the demo.

"""
NO_TALK = "Following {topics}.\n"
THROUGH = """\
That was the whole feed. /latest shows it again; /quit ends the demo.
Your own feeds and topics: cp config.example.toml config.toml, then make run.
"""


async def demo(terminal: Terminal) -> bool:
    """Run the demo; where nobody types, end when the feed is through.

    Returns False if it was stopped before every alert was shown.
    """
    stop = asyncio.Event()
    stop_on_signals(stop)
    with TemporaryDirectory(prefix="alertbot-demo-") as folder:
        async with DemoFeed() as feed:
            config = _config(feed, Path(folder))
            async with open_service(config, terminal) as service:
                _say(terminal, WELCOME.format(total=feed.total, url=feed.url, old=feed.public))
                if terminal.typed:
                    _say(terminal, TALK)
                else:
                    await _follow(service, terminal)
                publisher = asyncio.create_task(_publish(service, feed, terminal, stop))
                await service.run(stop)
                publisher.cancel()
                await asyncio.wait([publisher])
                return terminal.typed is not None or not publisher.cancelled()


def _config(feed: DemoFeed, folder: Path) -> Config:
    config = load_config(CONFIG, {})
    return replace(
        config,
        store_url=f"sqlite:///{folder}/demo.db",
        feeds=tuple(replace(known, url=feed.url) for known in config.feeds),
    )


async def _follow(service: Service, terminal: Terminal) -> None:
    for topic in FOLLOWED:
        await service.store.chats.subscribe(CONSOLE, topic, datetime.now(UTC))
    _say(terminal, NO_TALK.format(topics=", ".join(FOLLOWED)))


async def _publish(
    service: Service, feed: DemoFeed, terminal: Terminal, stop: asyncio.Event
) -> None:
    """Publish brief after brief, each when the one before is through; then end, or say so."""
    await _until(lambda: _settled(service, feed))
    if terminal.typed:
        await _until(lambda: _followed(service))
    while feed.public < feed.total:
        feed.publish(1 if terminal.typed else HURRY)
        await _until(lambda: _settled(service, feed))
        if terminal.typed:
            await asyncio.sleep(READING_TIME.total_seconds())
    if terminal.typed:
        _say(terminal, THROUGH)
    else:
        stop.set()


async def _settled(service: Service, feed: DemoFeed) -> bool:
    """Tell whether every public brief is stored and every delivery done."""
    status = await service.store.status.status()
    stored = sum(known.briefs for known in status.feeds)
    waiting = status.deliveries.get("pending", 0) + status.deliveries.get("sending", 0)
    return stored >= feed.public and not waiting


async def _followed(service: Service) -> bool:
    return bool(await service.store.chats.subscriptions(CONSOLE))


async def _until(condition: Callable[[], Awaitable[bool]]) -> None:
    while True:
        if await condition():
            return
        await asyncio.sleep(GLANCE.total_seconds())


def _say(terminal: Terminal, text: str) -> None:
    terminal.shown.write(text)
    terminal.shown.flush()
