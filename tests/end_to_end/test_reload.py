"""The config is edited while the service runs, or while it does not."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from alertbot.app.service import Service
from alertbot.store.tables import deliveries
from fakes.bot_api import FakeBotApi
from fakes.feed_server import FeedServer

Start = Callable[[], AbstractAsyncContextManager[Service]]

ADA, ADMIN = 42, 99
STRIKE = "<p>Iran fired at least 12 ballistic missiles at a base on Sunday, killing two people.</p>"


class Editor:
    """Edits the config as editors do, by another file in its place."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def replace(self, old: str, new: str) -> None:
        """Replace a text of the config that is there."""
        text = self.path.read_text()
        assert old in text
        edited = self.path.with_suffix(".edited")
        edited.write_text(text.replace(old, new))
        edited.replace(self.path)


@pytest.fixture
def editor(config_file: Path, telegram: FakeBotApi) -> Editor:
    editor = Editor(config_file)
    editor.replace("[telegram]", f"[telegram]\nadmins = [{ADMIN}]")
    telegram.know(ADMIN)
    return editor


async def test_an_edit_counts_from_the_next_brief_on(
    telegram: FakeBotApi, publisher: FeedServer, start: Start, editor: Editor
) -> None:
    async with start():
        await publisher.polled()
        telegram.user_sends(ADA, "/subscribe cyber")
        await telegram.posted(1)
        publisher.publish("1", "Iran Fires Missiles", STRIKE)
        await publisher.polled(2)
        editor.replace('publisher_tags = ["Cyber"]', "rule = 'Iran*'")
        told = (await telegram.posted(2))[-1]
        publisher.publish("2", "Iran Fires More Missiles", STRIKE)
        alert = (await telegram.posted(3))[-1]

    assert (told.chat, told.text) == (
        ADMIN,
        "config.toml is in force now.\n• topics: changed cyber",
    )
    assert alert.text.startswith("Iran Fires More Missiles")


async def test_how_a_topic_is_delivered_counts_for_alerts_made_after_the_edit(
    telegram: FakeBotApi, publisher: FeedServer, start: Start, editor: Editor
) -> None:
    async with start() as service:
        await publisher.polled()
        telegram.user_sends(ADA, "/subscribe iran")
        await telegram.posted(1)
        publisher.publish("1", "Iran Fires Missiles", STRIKE)
        await telegram.posted(2)
        editor.replace(
            "rule = 'Iran*'",
            "rule = 'Iran*'\nurgent = true\ndelivery = 'at_most_once'\nshelf_life = '2h'",
        )
        await telegram.posted(3)
        publisher.publish("2", "Iran Fires More Missiles", STRIKE)
        await telegram.posted(4)
        async with service.store.database.reading() as connection:
            rows = (await connection.execute(select(deliveries).order_by(deliveries.c.id))).all()

    assert [(row.urgent, row.at_most_once, row.expires_at - row.made_at) for row in rows] == [
        (False, False, timedelta(days=7)),
        (True, True, timedelta(hours=2)),
    ]


async def test_a_feed_that_moves_is_read_at_its_new_address(
    telegram: FakeBotApi, publisher: FeedServer, start: Start, editor: Editor
) -> None:
    publisher.publish("1", "Iran Fires Missiles", STRIKE)
    async with start(), FeedServer() as other:
        await publisher.polled(2)  # what the first brought is stored by then
        telegram.user_sends(ADA, "/subscribe iran")
        answers = await telegram.posted(3)  # with the latest alert, as it is the first topic
        other.publish("1", "Iran Fires Missiles", STRIKE)
        other.publish("2", "Iran Fires More Missiles", STRIKE)
        editor.replace(publisher.url, other.url)
        messages = await telegram.posted(5)

    assert {post.text.partition("\n")[0] for post in messages[len(answers) :]} == {
        "config.toml is in force now.",
        "Iran Fires More Missiles",
    }


async def test_a_topic_that_went_while_the_service_was_down_is_let_go_by_two_taps(
    telegram: FakeBotApi, publisher: FeedServer, start: Start, editor: Editor
) -> None:
    async with start():
        await publisher.polled()
        telegram.user_sends(ADA, "/subscribe cyber")
        await telegram.posted(1)
    editor.replace('[[topics]]\nid = "cyber"', '[[topics]]\nid = "hacking"')

    async with start():
        question = (await telegram.posted(2))[-1]
        telegram.user_sends(ADA, "/mytopics")
        paused = (await telegram.posted(3))[-1]
        telegram.user_taps(question, "Delete subscriptions to cyber")
        await telegram.settled()
    async with start() as service:
        telegram.user_taps(question, "Yes, delete")
        await telegram.settled()
        left = await service.store.chats.subscribers()

    assert (question.chat, question.text.splitlines()[-1]) == (ADMIN, "• cyber: 1 subscription")
    assert "Paused" in paused.text
    assert telegram.notices[-1] == "1 subscription to cyber deleted."
    assert left == {}
