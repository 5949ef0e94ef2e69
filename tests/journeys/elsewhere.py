"""The main journeys once more, through a client that nobody here wrote: tg-auto-test.

It plays Telegram between a Telethon-like client and the bot's own handlers, in one process. It
knows no limits and no errors of Telegram, which is what `fakes.bot_api` is for; what it adds is a
second reading of the Bot API. Run: make check-journeys (Python 3.12 or newer)
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from telegram.ext import Application, ApplicationBuilder
from tg_auto_test.test_utils.serverless_telegram_client import ServerlessTelegramClient

from alertbot.app.service.edits.snapshot import InForce, take_snapshot
from alertbot.app.service.office import AdminOffice
from alertbot.chat import Commands, Desk, TelegramChat, open_commands
from alertbot.config import load_config
from alertbot.demo import CONFIG
from alertbot.dispatcher import Sender
from alertbot.model import Entry, FeedId
from alertbot.ports import PolledFeed
from alertbot.store import Store, open_store
from fakes.clock import HeldClock

NOW = datetime.fromisoformat("2024-01-23T20:12:00+00:00")
FEED = FeedId("meridian")
TOKEN = "123456789:a_token_that_is_sent_to_nobody_0000"


class Prepared:
    """A builder that was given its token and its request already."""

    def __init__(self, builder: ApplicationBuilder) -> None:
        self._builder = builder

    def __getattr__(self, _: str) -> Any:
        return lambda *_, **__: self

    def build(self) -> Application:
        return self._builder.updater(None).build()


class House:
    """A bot, its store, and the client of a person."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.in_force = InForce(take_snapshot(load_config(CONFIG, {})))
        desk = Desk(
            book=store.chats,
            archive=store.archive,
            watches=store.watches,
            offer=self.in_force.offer,
            clock=HeldClock(NOW),
        )
        office = AdminOffice(store=store, in_force=self.in_force, clock=HeldClock(NOW))
        self.commands: Commands = open_commands(desk, office)
        self.client = ServerlessTelegramClient(build_application=self._application)

    def _application(self, builder: ApplicationBuilder) -> Application:
        with patch.object(Application, "builder", lambda: Prepared(builder)):
            self.bot = TelegramChat(TOKEN, "http://127.0.0.1/bot", self.commands, self.store.chats)
        return self.bot._application

    async def tell(self) -> None:
        """Publish the demo's third brief, and send its alert to whoever follows its topics."""
        item = json.loads((CONFIG.parent / "briefs.json").read_text("utf-8"))["items"][2]
        entry = Entry(
            feed=FEED,
            key=item["id"],
            title=item["title"],
            link=item["url"],
            published=NOW,
            content=item["content_html"],
            is_html=True,
            tags=tuple(item["tags"]),
        )
        await self.store.feeds.register_feeds(self.in_force.snapshot.config.feeds, NOW)
        [due] = await self.store.feeds.claim_feeds(NOW, 1, timedelta(minutes=1))
        alerts = (self.in_force.understand(entry),)
        polled = PolledFeed(
            feed=FEED, token=due.token, next_poll_at=NOW, alerts=alerts,
            topics=self.in_force.topics(),
        )  # fmt: skip
        await self.store.feeds.save_poll(polled, NOW)
        stop = asyncio.Event()
        sender = Sender(
            self.store.outbox, self.bot.messenger, self.in_force.write, HeldClock(NOW),
            self.in_force.write_digest,
        )  # fmt: skip
        sending = asyncio.create_task(sender.run(stop))
        async with asyncio.timeout(10):
            while not (await self.store.status.status()).deliveries.get("sent"):
                sender.wake()
                await asyncio.sleep(0.01)
        stop.set()
        await sending


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    with TemporaryDirectory() as folder:
        store = await open_store(f"sqlite:///{Path(folder)}/alertbot.db")
        made = House(store)
        await made.client.connect()
        try:
            yield made
        finally:
            await made.client.disconnect()
            await store.close()


async def start_and_first_alert(made: House) -> None:
    """From /start by one tap to an alert, and why it came"""
    async with made.client.conversation("bot") as talk:
        await talk.send_message("/start")
        welcome = await talk.get_response()
        assert welcome.text.startswith("Hello!"), welcome.text
        answer = await welcome.click(data=b"s:iran-missiles:0")
        assert answer.message == "You now follow Iran missiles.", answer.message
        await made.tell()
        alert = await talk.get_response()
        assert alert.text.startswith("Ballistic Missile Salvo"), alert.text
        why = await alert.click(data=b"why:1")
        assert why.message.startswith("Iran missiles: "), why.message


async def settings(made: House) -> None:
    """Topics, digests, quiet hours and a mute, typed"""
    typed = {
        "/subscribe houthis": "You now follow Houthis.",
        "/mytopics": "You follow:",
        "/digest daily": "This is when I tell you of your topics",
        "/quiet 22:00-07:00": "Quiet from 22:00 to 07:00",
        "/timezone Tehran": "It is ",
        "/mute houthis": "For how long shall Houthis be silent?",
    }
    await expect(made, typed)


async def leaving(made: House) -> None:
    """What is kept, and leaving without a trace"""
    typed = {
        "/subscribe cyber": "You now follow Cyber.",
        "/privacy": "Of this chat I keep",
        "/stop": "Done: no more alerts",
        "/mydata": "Nothing is kept of this chat.",
    }
    await expect(made, typed)


async def expect(made: House, typed: dict[str, str]) -> None:
    async with made.client.conversation("bot") as talk:
        for said, beginning in typed.items():
            await talk.send_message(said)
            answer = await talk.get_response()
            assert answer.text.startswith(beginning), f"{said}: {answer.text}"


async def main() -> None:
    """Play all of them, each with a new bot."""
    with patch("alertbot.chat.patience.PACE", 0.0):
        for journey in (start_and_first_alert, settings, leaving):
            async with house() as made:
                await journey(made)
            print(f"ok: {journey.__doc__}")  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main())
