"""A service that follows its config: what an edit changes, what it never may, who is told."""

import asyncio
import io
import re
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from alertbot.app.service.admins import Admins
from alertbot.app.service.edits.reload import Edits, Reloader
from alertbot.app.service.edits.snapshot import InForce, take_snapshot
from alertbot.app.service.office import AdminOffice
from alertbot.chat import CONSOLE, ConsoleChat, Desk, FormerTopics, open_commands
from alertbot.classifier import Classifier
from alertbot.config import load_config
from alertbot.errors import StoreError
from alertbot.model import AlertId, Brief, ChatId, Entry, Feed, FeedId, Match, TopicId
from alertbot.store import Store, open_store
from alertbot.words import ENGLISH
from fakes.chat_samples import speaker
from fakes.clock import HeldClock
from fakes.screen import Screen
from fakes.sqlite import fresh_file

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
READER = ChatId(7)
IRAN, CYBER = TopicId("iran"), TopicId("cyber")
FEED = """
[[feeds]]
id = "fdd"
name = "FDD"
url = "https://www.fdd.org/feed/"
"""
TOPIC = """
[[topics]]
id = "iran"
name = "Iran & friends"
rule = 'Iran*'
"""
OTHER = """
[[topics]]
id = "cyber"
name = "Cyber"
rule = '@hackers'
[terms]
hackers = ["hacker*"]
"""
BEFORE = FEED + TOPIC + OTHER


class House:
    """A store, a terminal at which the admin sits, and a config file that tests edit."""

    def __init__(self, path: Path, store: Store) -> None:
        self.path = path
        self.store = store
        self.screen = Screen()
        self.store_is_broken = False
        self.in_force = InForce(take_snapshot(load_config(path, {})))
        self.office = AdminOffice(store=store, in_force=self.in_force, clock=HeldClock(NOW))
        self.commands = open_commands(
            Desk(
                book=store.chats,
                archive=store.archive,
                watches=store.watches,
                offer=self.in_force.offer,
                clock=HeldClock(NOW),
            ),
            self.office,
        )
        self.edits = Edits(read=partial(load_config, path, {}))
        self.speaking = asyncio.Event()
        self.speaking.set()
        self.reloader = Reloader(
            edits=self.edits,
            in_force=self.in_force,
            use_feeds=self._use_feeds,
            former=FormerTopics(store.chats, self.in_force.offer),
            admins=Admins(
                offer=self.in_force.offer,
                messenger=ConsoleChat(self.commands, self.screen, io.StringIO()),
            ),
            speaking=self.speaking,
        )

    async def edit(self, text: str) -> str:
        """Write the config, reload, and return what the admin was told, without its frame."""
        self.path.write_text(text)
        return await self.reload()

    async def reload(self) -> str:
        self.screen.truncate(self.screen.seek(0))
        await self.reloader.reload()
        return re.sub("─{72}\n(> )?", "", self.screen.getvalue())

    async def topics(self) -> set[TopicId]:
        """Return the topics that fire on a brief about everything."""
        alert = self.in_force.understand(brief("Iranian Hackers Strike"))
        return {match.topic for match in alert.matches}

    async def feeds(self) -> set[str]:
        return {feed.feed for feed in (await self.store.status.status()).feeds}

    async def _use_feeds(self, feeds: Sequence[Feed]) -> None:
        if self.store_is_broken:
            raise StoreError("the disk is full")
        await self.store.feeds.register_feeds(feeds, NOW)


def brief(title: str) -> Entry:
    return Entry(
        feed=FeedId("fdd"),
        key="1",
        title=title,
        link="https://example.org/1",
        published=NOW,
        content="<p>Iranian hackers struck on Sunday.</p>",
        is_html=True,
    )


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    path = tmp_path / "etc" / "config.toml"
    path.parent.mkdir()
    path.write_text(BEFORE)
    store = await open_store(fresh_file(tmp_path / "alertbot.db"))
    house = House(path, store)
    await store.feeds.register_feeds(house.in_force.snapshot.config.feeds, NOW)
    yield house
    await store.close()


@asynccontextmanager
async def running(worker: Callable[[asyncio.Event], Awaitable[None]]) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(worker(stop))
    yield
    stop.set()
    await asyncio.wait_for(task, 10)


class TestASoundEdit:
    async def test_changes_topics_feeds_names_and_limits_and_tells_what(self, house: House) -> None:
        told = await house.edit(
            FEED.replace('id = "fdd"', 'id = "isw"')
            + TOPIC.replace("& friends", "and allies")
            + OTHER.replace("cyber", "hacking").replace('"hacker*"', '"hackers"')
            + "[chats]\nmax_subscriptions = 1\n"
            + '[retention]\ndeliveries = "7d"\n'
        )

        assert told == (
            "config.toml is in force now.\n"
            "• topics: added hacking; removed cyber; changed iran\n"
            "• terms: changed hackers\n"
            "• feeds: added isw; removed fdd\n"
            "• chats.max_subscriptions: 1\n"
            "• retention: changed\n"
        )
        assert await house.topics() == {"iran", "hacking"}
        assert await house.feeds() == {"isw"}
        [answer] = await house.commands.answer(speaker(READER), "/subscribe Iran and allies")
        assert answer.text == "You now follow Iran and allies."
        [limited] = await house.commands.answer(speaker(READER), "/subscribe hacking")
        assert "that is the limit" in limited.text

    @pytest.mark.parametrize("text", [BEFORE, f"# a thought\n{BEFORE}"])
    async def test_that_changes_nothing_is_not_told(self, house: House, text: str) -> None:
        before = house.in_force.snapshot

        assert await house.edit(text) == ""
        assert house.in_force.snapshot is before

    async def test_lets_what_needs_a_restart_wait_and_does_the_rest(self, house: House) -> None:
        more = '[web]\nlisten = "127.0.0.1:9"\n[store]\nurl = "sqlite:///other.db"\n'

        assert await house.edit(FEED + TOPIC + more) == (
            "config.toml is in force now.\n• topics: removed cyber\n• terms: removed hackers\n"
            "Waiting for a restart: store.url, web.listen\n"
        )
        assert await house.topics() == {"iran"}

    async def test_of_the_order_alone_is_seen_in_chat(self, house: House) -> None:
        told = await house.edit(
            FEED + OTHER.partition("[terms]")[0] + TOPIC + '[terms]\nhackers = ["hacker*"]\n'
        )

        assert "• topics: in another order\n" in told
        [answer] = await house.commands.answer(speaker(READER), "/topics")
        assert answer.buttons[0][0].label == "Cyber"

    async def test_comes_between_two_briefs_and_never_inside_one(self, house: House) -> None:
        inside, go_on = threading.Event(), threading.Event()

        class Slow(Classifier):
            def __init__(self) -> None:
                """Have no rules of its own."""

            def match(self, brief: Brief, *, publisher_tags: bool = True) -> tuple[Match, ...]:
                inside.set()
                assert go_on.wait(10)
                return before.classifier.match(brief, publisher_tags=publisher_tags)

        before = house.in_force.snapshot
        house.in_force.snapshot = replace(before, classifier=Slow())
        understanding = asyncio.create_task(
            asyncio.to_thread(house.in_force.understand, brief("Iranian Hackers Strike"))
        )
        await asyncio.to_thread(inside.wait, 10)
        await house.edit(FEED + TOPIC)
        go_on.set()

        assert {match.topic for match in (await understanding).matches} == {IRAN, CYBER}
        assert await house.topics() == {IRAN}

    async def test_that_the_store_cannot_take_changes_nothing_until_it_can(
        self, house: House
    ) -> None:
        house.store_is_broken = True
        with pytest.raises(StoreError):
            await house.edit(FEED + TOPIC)
        assert await house.topics() == {IRAN, CYBER}

        house.store_is_broken = False

        assert "in force now" in await house.reload()
        assert await house.topics() == {IRAN}


class TestAMistake:
    async def test_changes_nothing_and_is_told_once(
        self, house: House, caplog: pytest.LogCaptureFixture
    ) -> None:
        before = house.in_force.snapshot

        told = await house.edit(BEFORE.replace("Iran*'", "Iran* AND'").replace("hacker*", "h*"))
        again = await house.reload()

        assert told.startswith("config.toml has mistakes, so nothing has changed:\n• line ")
        assert "topics[0].rule (iran): " in told
        assert again == ""
        assert house.in_force.snapshot is before
        [first, second] = [record.getMessage() for record in caplog.records]
        assert f"{house.path}:10: topics[0].rule (iran): error: " in first
        assert f"{house.path}:17: terms.hackers" in second

    async def test_that_is_mended_is_told_with_what_changed(self, house: House) -> None:
        await house.edit(BEFORE + "[chat]")

        assert await house.edit(BEFORE) == "config.toml is in force again.\n"

        await house.edit(BEFORE + "[chat]")

        assert await house.edit(FEED + TOPIC) == (
            "config.toml is in force again.\n• topics: removed cyber\n• terms: removed hackers\n"
        )

    @pytest.mark.parametrize("text", ["", "# nothing\n", "[terms]\n"])
    async def test_a_file_that_was_cut_off_is_one(self, house: House, text: str) -> None:
        told = await house.edit(text)

        assert "has neither feeds nor topics any more" in told
        assert await house.topics() == {IRAN, CYBER}

    async def test_so_is_a_file_that_is_gone(self, house: House) -> None:
        house.path.unlink()

        assert "there is no such file" in await house.reload()


class TestATopicThatIsRemoved:
    async def test_keeps_its_subscribers_who_see_it_as_paused(self, house: House) -> None:
        await house.store.chats.subscribe(READER, CYBER, NOW)

        told = await house.edit(FEED + TOPIC)
        [mine] = await house.commands.answer(speaker(READER), "/mytopics")

        assert "• Cyber: 1 subscription\n" in told
        assert "Delete subscriptions to Cyber" in told
        assert (
            "Paused, as no longer offered; /unsubscribe ends them for good:\n• Cyber" in mine.text
        )
        assert await house.store.chats.subscriptions(READER) == {CYBER}

    async def test_that_nobody_followed_is_no_question(self, house: House) -> None:
        assert "Delete" not in await house.edit(FEED + TOPIC)

    async def test_is_still_called_by_its_name_in_what_is_due(self, house: House) -> None:
        alert = house.in_force.understand(brief("Iranian Hackers Strike"))
        await house.edit(FEED.replace("fdd", "isw") + TOPIC)

        message = house.in_force.write(alert, (CYBER,), ENGLISH, AlertId(1))
        assert "\n\nCyber · FDD · " in message.text

    async def test_that_comes_back_has_its_subscribers_again(self, house: House) -> None:
        await house.store.chats.subscribe(READER, CYBER, NOW)
        await house.edit(FEED + TOPIC)

        await house.edit(BEFORE)

        [mine] = await house.commands.answer(speaker(READER), "/mytopics")
        assert mine.text == (
            "You follow:\n• Cyber: at once\n\n/topics changes it, /digest when it comes."
        )

    async def test_loses_them_by_two_taps_of_the_admin(self, house: House) -> None:
        await house.store.chats.subscribe(READER, CYBER, NOW)
        await house.edit(FEED + TOPIC)

        asked = await house.commands.press(speaker(CONSOLE), "former:ask:cyber")
        assert asked.message
        [[yes], _] = asked.message.buttons
        for_others = await house.commands.press(speaker(READER), yes.data or "")
        kept = await house.store.chats.subscriptions(READER)
        done = await house.commands.press(speaker(CONSOLE), yes.data or "")

        assert "out of date" in for_others.notice
        assert kept == {CYBER}
        assert done.notice == "1 subscription to Cyber deleted."
        assert await house.store.chats.subscriptions(READER) == set()

    async def test_while_the_service_was_down_is_told_at_its_start(self, house: House) -> None:
        await house.store.chats.subscribe(READER, TopicId("older"), NOW)

        async with running(house.reloader.run):
            told = await house.screen.shows("Delete subscriptions to older")

        assert "• older: 1 subscription\n" in told

    async def test_is_told_once_however_many_processes_there_are(self, house: House) -> None:
        await house.store.chats.subscribe(READER, CYBER, NOW)
        house.speaking.clear()

        async with running(house.reloader.run):
            assert await house.edit(FEED + TOPIC) == ""
            assert await house.edit("broken") == ""
            house.speaking.set()
            told = await house.screen.shows("Delete subscriptions to Cyber")

        assert told.count("No longer in the config") == 1


class TestWorking:
    async def test_a_reload_is_done_when_asked_for(self, house: House) -> None:
        async with running(house.reloader.run):
            house.path.write_text(FEED + TOPIC)
            house.edits.asked.set()
            await house.screen.shows("config.toml is in force now.")

    async def test_one_that_fails_ends_nothing(
        self, house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        failed = asyncio.Event()

        async def use_no_feeds(_: object) -> None:
            failed.set()
            raise RuntimeError("a mistake of ours")

        use_feeds = house.reloader.use_feeds
        house.reloader.use_feeds = use_no_feeds
        async with running(house.reloader.run):
            house.path.write_text(FEED + TOPIC)
            house.edits.asked.set()
            await failed.wait()
            house.reloader.use_feeds = use_feeds
            house.edits.asked.set()
            await house.screen.shows("config.toml is in force now.")

        assert "a mistake of ours" in caplog.text

    async def test_where_the_folder_cannot_be_watched_the_rest_goes_on(
        self, house: House, caplog: pytest.LogCaptureFixture
    ) -> None:
        folder = house.path.parent
        folder.rename(folder.with_name("elsewhere"))
        async with running(house.reloader.watch), running(house.reloader.run):
            await house.screen.shows("there is no such file")
            folder.with_name("elsewhere").rename(folder)
            house.edits.asked.set()
            await house.screen.shows("config.toml is in force again.")

        assert "is not watched any more; SIGHUP reloads it" in caplog.text

    async def test_an_edit_of_the_file_asks_for_one(self, house: House) -> None:
        async with running(house.reloader.watch):
            await asyncio.wait_for(house.edits.asked.wait(), 10)
            house.edits.asked.clear()
            house.path.write_text(FEED)
            await asyncio.wait_for(house.edits.asked.wait(), 10)
