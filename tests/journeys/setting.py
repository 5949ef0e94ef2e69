"""Builds the stage of a journey: the rooms of the service, over a store and Telegram's fake."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from alertbot.app.service.admins import Admins
from alertbot.app.service.edits.reload import Edits, Reloader
from alertbot.app.service.edits.snapshot import InForce, take_snapshot
from alertbot.app.service.office import AdminOffice
from alertbot.app.service.watches import Watches
from alertbot.chat import Desk, FormerTopics, TelegramChat, open_commands
from alertbot.config import load_config
from alertbot.demo import CONFIG as DEMO
from alertbot.dispatcher import Releaser, Sender
from alertbot.model import Feed
from alertbot.store import Store, open_store
from fakes.bot_api import FakeBotApi
from fakes.chat_samples import QUICK
from fakes.clock import HeldClock
from fakes.sqlite import fresh_file
from journeys.stage import ADA, CHIEF, START, Stage
from journeys.transcript import Transcript

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
TOKEN = "ALERTBOT_TELEGRAM_TOKEN"


@asynccontextmanager
async def on_stage(
    folder: Path, title: str = "", config: Path = DEMO, language: str | None = None
) -> AsyncIterator[Stage]:
    """Open the curtain; whoever acts may act as fast as they like.

    language: what the app of everybody who speaks is set to.
    """
    async with AsyncExitStack() as opened:
        patch = opened.enter_context(pytest.MonkeyPatch.context())
        patch.setattr("alertbot.chat.patience.PACE", 0.0)
        telegram = await opened.enter_async_context(FakeBotApi())
        patch.setenv(TOKEN, telegram.token)
        if language:
            telegram.chats.languages[ADA] = language
        telegram.know(CHIEF)
        store = await open_store(fresh_file(folder / "alertbot.db"))
        opened.push_async_callback(store.close)
        path = _with_an_admin(config, folder)
        stage = await _built(path, store, telegram, title, opened)
        await stage.leave_sign_of_life()
        yield stage
        assert not telegram.violations, telegram.violations


def _with_an_admin(config: Path, folder: Path) -> Path:
    """Return a copy of the config that names an admin."""
    text = config.read_text("utf-8")
    if "[telegram]" not in text:
        text += "\n[telegram]\n"
    path = folder / "config.toml"
    path.write_text(text.replace("[telegram]\n", f"[telegram]\nadmins = [{CHIEF}]\n"), "utf-8")
    return path


async def _built(
    path: Path, store: Store, telegram: FakeBotApi, title: str, opened: AsyncExitStack
) -> Stage:
    clock = HeldClock(START)
    read = partial(load_config, path, {TOKEN: telegram.token})
    in_force = InForce(take_snapshot(read()))
    await store.feeds.register_feeds(in_force.snapshot.config.feeds, clock.now())
    office = AdminOffice(store=store, in_force=in_force, clock=clock)
    desk = Desk(
        book=store.chats,
        archive=store.archive,
        watches=store.watches,
        offer=in_force.offer,
        clock=clock,
    )
    commands = open_commands(desk, office)
    chat = TelegramChat(telegram.token, telegram.base_url, commands, store.chats, patience=QUICK)
    opened.push_async_callback(chat.aclose)
    sender = Sender(store.outbox, chat.messenger, in_force.write, clock, in_force.write_digest)
    await opened.enter_async_context(_at_work(chat, sender))

    async def use_feeds(feeds: Sequence[Feed]) -> None:
        await store.feeds.register_feeds(feeds, clock.now())

    speaking = asyncio.Event()
    speaking.set()
    office.reloader = Reloader(
        edits=Edits(read=read),
        in_force=in_force,
        use_feeds=use_feeds,
        former=FormerTopics(store.chats, in_force.offer),
        admins=Admins(offer=in_force.offer, messenger=chat.messenger),
        speaking=speaking,
    )
    return Stage(
        telegram=telegram,
        store=store,
        commands=commands,
        in_force=in_force,
        watches=Watches(source=store.watches, in_force=in_force),
        reloader=office.reloader,
        config=path,
        clock=clock,
        sender=sender,
        releaser=Releaser(store.holds, clock, sender.wake),
        transcript=Transcript(title=title),
    )


@asynccontextmanager
async def _at_work(chat: TelegramChat, sender: Sender) -> AsyncIterator[None]:
    stop = asyncio.Event()
    running = [asyncio.create_task(chat.run(stop)), asyncio.create_task(sender.run(stop))]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*running)
