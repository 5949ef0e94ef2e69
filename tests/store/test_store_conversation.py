"""The whole conversation on real databases: what it costs them."""

import pytest
from plans import looked_through, statements_of
from store_samples import ANNA, CYBER, HOUTHIS, MISSILES, Desk, alert

from alertbot.chat import Commands, open_commands
from alertbot.chat import Desk as ChatDesk
from alertbot.model import Topic
from fakes.chat_samples import NOW, offer, speaker
from fakes.clock import HeldClock
from fakes.office import MemoryOffice

#: what grows with the years and with the chats
LARGE = (
    "chats", "settings", "schedules", "subscriptions", "deliveries", "messages", "feedback",
    "briefs", "brief_words", "alerts", "alert_topics",
)  # fmt: skip
TOPICS = (
    Topic(id=MISSILES, name="Iran missiles"),
    Topic(id=HOUTHIS, name="Houthis"),
    Topic(id=CYBER, name="Cyber"),
)
TYPED = (
    "/start", "/topics", "/subscribe cyber", "/unsubscribe houthis", "/mytopics", "/latest",
    "/find brief a", '/find "brief a"', "/find bri*", "/digest daily", "/digest 7:30",
    "/quiet 22:00-07:00", "/timezone Tehran", "/mute cyber", "/unmute cyber", "/language",
    "/mydata",
)  # fmt: skip
TAPPED = (
    "s:houthis:0", "u:houthis:0", "p:0", "m:day:cyber", "d:w:cyber", "q:off", "z:Asia/Tehran",
    "lang:fa", "why:1", "more:1", "less:1", "up:1", "down:1", "mute:1:0:day",
    "mute:1:0:daily", "brief:1",
)  # fmt: skip


@pytest.fixture
def commands(desk: Desk) -> Commands:
    store = desk.store
    offered = offer(*TOPICS)
    return open_commands(
        ChatDesk(
            book=store.chats,
            archive=store.archive,
            watches=store.watches,
            offer=lambda: offered,
            clock=HeldClock(NOW),
        ),
        MemoryOffice(),
    )


async def test_no_command_and_no_tap_reads_a_large_table_from_end_to_end(
    desk: Desk, commands: Commands
) -> None:
    await desk.read()
    await desk.subscribe(ANNA)
    await desk.publish(alert("a", MISSILES), alert("b", MISSILES, HOUTHIS))
    await desk.drain()

    with statements_of(desk.store) as statements:
        for said in TYPED:
            await commands.answer(speaker(ANNA), said)
        for data in TAPPED:
            assert (await commands.press(speaker(ANNA), data)) is not None
        await commands.shared("brief", "")
        await commands.answer(speaker(ANNA), "/stop")

    asked = {each: values for each, values in statements.items() if reads_or_writes(each)}
    assert len(asked) > 40
    assert await looked_through(desk.store, asked, LARGE) == []


def reads_or_writes(statement: str) -> bool:
    return statement.split(maxsplit=1)[0] in {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}
