"""Admins steer the running service from their private chat."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alertbot.app.service import Service
from fakes.bot_api import FakeBotApi, Posted
from fakes.feed_server import FeedServer

Start = Callable[[], AbstractAsyncContextManager[Service]]

ADA, ADMIN = 42, 99
STRIKE = "<p>Iran fired at least 12 ballistic missiles at a base on Sunday, killing two people.</p>"


@pytest.fixture(autouse=True)
def with_an_admin(config_file: Path, telegram: FakeBotApi) -> None:
    text = config_file.read_text()
    config_file.write_text(text.replace("[telegram]", f"[telegram]\nadmins = [{ADMIN}]"))
    telegram.know(ADMIN)


async def say(telegram: FakeBotApi, chat: int, text: str, answers: int = 1) -> list[Posted]:
    """Type a text, and return what comes next."""
    before = len(telegram.ledger)
    telegram.user_sends(chat, text)
    return list((await telegram.posted(before + answers))[before:])


async def test_a_paused_topic_is_told_to_nobody_after_a_restart_either(
    telegram: FakeBotApi, publisher: FeedServer, start: Start
) -> None:
    async with start():
        await publisher.polled()
        await say(telegram, ADA, "/subscribe iran")
        [paused] = await say(telegram, ADMIN, "/pause iran")
    async with start():
        publisher.publish("1", "Iran Fires Missiles", STRIKE)
        await publisher.polled(3)
        [glance] = await say(telegram, ADMIN, "/admin")
        await say(telegram, ADMIN, "/resume iran")
        publisher.publish("2", "Iran Fires More Missiles", STRIKE)
        alert = (await telegram.posted(5))[-1]

    assert paused.text == "Topic Iran is paused: its briefs are stored, and nobody is told of them."
    assert "\nPaused: topic iran for " in glance.text
    assert f"UTC, {ADMIN}: pause topic iran" in glance.text
    assert (alert.chat, alert.text.partition("\n")[0]) == (ADA, "Iran Fires More Missiles")


async def test_a_broadcast_is_sent_by_a_tap_once(
    telegram: FakeBotApi, publisher: FeedServer, start: Start
) -> None:
    async with start() as service:
        await say(telegram, ADA, "/subscribe iran")
        look, question = await say(telegram, ADMIN, "/broadcast We rest <b>today</b>.", 2)
        telegram.user_taps(question, "Send to 1 chat")
        await telegram.settled()
        telegram.user_taps(question, data="broadcast:send:1")
        await telegram.settled()
        sent = (await telegram.posted(4))[-1]
        while await service.store.broadcasts.go_on(datetime.now(UTC)) is not None:
            await telegram.settled()

    assert (sent.chat, sent.text) == (ADA, look.text)
    assert telegram.notices == [
        "On its way to 1 chat; /admin shows how far it is.",
        "It is on its way already; nothing more is sent.",
    ]
    assert len(telegram.ledger) == 4
