"""Whatever strangers send, in whatever order: nobody sees an error, and nobody else notices."""

import logging
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from alertbot.model import ChatId
from alertbot.ports import ChatData
from fakes.bot_api import FakeBotApi, Posted
from journeys.scripts import CRANES, told_of_the_salvo
from journeys.setting import on_stage
from journeys.stage import ADA, Stage

STRANGERS = (1001, 1002, 1003, -1004, -1_001_234_567_890)
#: updates are sent in heaps of this size, so that there is an order to lose
HEAP = 250
WORDS = (
    "houthis", "iran missiles", "iran-missiles", "cyber", "all", "off", "daily", "weekly houthis",
    "22:00-07:00", "25:99", "7:30", "Tehran", "35.7, 51.4", "999, 999", "topic_houthis", "topic_",
    "fa", "missil*", '"air base"', '"', "*", "AND OR NOT", "houthis 30d csv", "cyber 400d", "-1",
    "9" * 40, "'; DROP TABLE chats; --", "%_%", "{topic}", "{0.__class__}", "%s%n", "<b>", "</b>&",
    "\N{RIGHT-TO-LEFT OVERRIDE}abc", "\N{FIRST STRONG ISOLATE}" * 9, "e" + "\u0301" * 60,
    "👩‍👩‍👧‍👦" * 30,
    "العربية", "עברית", "ﬁ\u00ad", "\u2028", "\u200b", "x" * 4096, "a " * 2000, "\ufeff/stop", "𝕏",
)  # fmt: skip
PIECES = (
    "", "0", "1", "2", "7", "x", "?", "-1", "999999999999999999", "9" * 19, "houthis", "day",
    "ever", "w", "one", "at", "on", "420", "1440", "i", "d", "csv", "30", "ask", "drop", "fa",
    "Asia/Tehran", "off", "urgent", "1320-420", "../..", "\x00", "👍", "'", "%", "\n", "é" * 20,
    "iran-missiles", "daily", "save", "end",
)  # fmt: skip

Act = Callable[[FakeBotApi, random.Random, dict[int, Posted]], None]


def types_a_command(telegram: FakeBotApi, chance: random.Random, _: dict[int, Posted]) -> None:
    commands = [entry["command"] for entry in telegram.menus[""]]
    name = chance.choice(
        [*commands, *"start stop admin reload check test pause broadcast roll ünknown".split()]
    )
    at = chance.choice(["", "", "@FlashBriefBot", "@OtherBot"])
    said = " ".join(chance.choices(WORDS, k=chance.randrange(3)))
    telegram.user_sends(chance.choice(STRANGERS), f"/{name}{at} {said}"[:4096].strip())


def types_anything(telegram: FakeBotApi, chance: random.Random, _: dict[int, Posted]) -> None:
    letters = (
        chr(chance.choice([33, 160, 0x600, 0x2600, 0x1F300]) + chance.randrange(90))
        for _ in range(30)
    )
    said = chance.choice([chance.choice(WORDS), "".join(letters)])
    telegram.user_sends(chance.choice(STRANGERS), said)


def taps_a_button(telegram: FakeBotApi, chance: random.Random, posted: dict[int, Posted]) -> None:
    message = posted[chance.choice(STRANGERS)]
    data = [button["callback_data"] for row in message.buttons for button in row]
    telegram.user_taps(message, data=chance.choice(data))


def taps_what_never_was(
    telegram: FakeBotApi, chance: random.Random, posted: dict[int, Posted]
) -> None:
    prefix = chance.choice(
        "s u p d m q z k1 k lang why more less up down mute watch brief find export former "
        "admin pause resume pauses broadcast".split()
    )
    tail = ":".join(chance.choices(PIECES, k=chance.randrange(4)))
    data = f"{prefix}:{tail}".encode()[:64].decode(errors="ignore")
    telegram.user_taps(posted[chance.choice(STRANGERS)], data=data)


def looks_for_something(telegram: FakeBotApi, chance: random.Random, _: dict[int, Posted]) -> None:
    offset = chance.choice(["", "", "5", "-1", "x", "9" * 30])
    telegram.user_looks_for(chance.choice(STRANGERS[:3]), chance.choice(WORDS)[:256], offset)


def sends_something_odd(telegram: FakeBotApi, chance: random.Random, _: dict[int, Posted]) -> None:
    chat = chance.choice(STRANGERS)
    place = {"latitude": chance.uniform(-90, 90), "longitude": chance.uniform(-180, 180)}
    odd: list[dict[str, object]] = [
        {"location": place, "text": ""},
        {"dice": {"emoji": "🎲", "value": 3}, "text": ""},
        {"sender_chat": {"id": chat, "type": "group", "title": "Analysts"}},
        {"message_thread_id": 5, "is_topic_message": True},
        {"text": ""},
    ]
    telegram.user_sends(chat, "/mytopics", **chance.choice(odd))


def changes_a_membership(telegram: FakeBotApi, chance: random.Random, _: dict[int, Posted]) -> None:
    chat = chance.choice(STRANGERS)
    if chat > 0:
        telegram.block(chat)
        telegram.unblock(chat)
    else:
        chance.choice([telegram.promote, telegram.add_to])(chat)


def edits_a_message(telegram: FakeBotApi, chance: random.Random, _: dict[int, Posted]) -> None:
    telegram.user_edits(chance.choice(STRANGERS), "/stop")


ACTS: dict[Act, int] = {
    types_a_command: 30,
    types_anything: 10,
    taps_a_button: 15,
    taps_what_never_was: 30,
    looks_for_something: 5,
    sends_something_odd: 5,
    changes_a_membership: 2,
    edits_a_message: 3,
}


async def settled_people(stage: Stage) -> None:
    """Let Ada be told of something, and choose when she is told of more."""
    await told_of_the_salvo(stage)
    await stage.says("/subscribe houthis")
    await stage.says("/mute houthis")
    await stage.taps("Forever")
    await stage.says("/quiet 22:00-07:00")
    await stage.says("/language en")
    await stage.taps("👍")


async def what_is_kept_of(stage: Stage, chat: int) -> ChatData:
    return await stage.store.chats.data_of(ChatId(chat))


@pytest.mark.parametrize(
    ("updates", "seed"),
    [(500, 1), *(pytest.param(10_000, seed, marks=pytest.mark.slow) for seed in (2, 3))],
)
@pytest.mark.timeout(900)
async def test_strangers_see_no_error_and_move_nobody_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, updates: int, seed: int
) -> None:
    chance = random.Random(seed)
    async with on_stage(tmp_path) as stage:
        telegram = stage.telegram
        await settled_people(stage)
        posted = {}
        for stranger in STRANGERS:
            telegram.user_sends(stranger, "/topics")
            await stage.settle()
            posted[stranger] = telegram.ledger[-1]
        before = await what_is_kept_of(stage, ADA)
        written = len(telegram.ledger)
        caplog.clear()

        for _ in range(updates // HEAP):
            for act in chance.choices(list(ACTS), list(ACTS.values()), k=HEAP):
                act(telegram, chance, posted)
            telegram.disorder(chance, again=HEAP // 10)
            await telegram.settled()

        said = [(each.chat, each.text) for each in telegram.ledger[written:]]
        assert ADA not in {chat for chat, _ in said}
        assert not [text for _, text in said if text.startswith("Something went wrong")]
        assert not [text for text in telegram.notices if text.startswith("Something went wrong")]
        assert [record.getMessage() for record in complaints(caplog)] == []
        assert await what_is_kept_of(stage, ADA) == before
        await still_told(stage)


def complaints(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.levelno >= logging.WARNING]


async def still_told(stage: Stage) -> None:
    """See that the bot goes on: Ada follows one thing more, and hears of it after her night."""
    await stage.says("/subscribe cyber")
    assert stage.telegram.ledger[-1].text == "You now follow Cyber."
    await stage.publish(CRANES)
    assert [each.text.partition("\n")[0] for each in stage.telegram.ledger if each.chat == ADA][
        -1
    ] == "Ransomware Halts Cranes at Scheldt Container Terminal"
