"""What admins ask of the whole house: the config, its topics, and how all is doing."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from alertbot.app.service.admins import Admins
from alertbot.app.service.edits.reload import Edits, Reloader
from alertbot.app.service.edits.snapshot import InForce, take_snapshot
from alertbot.app.service.office import AdminOffice, Broadcaster, trying
from alertbot.chat import CONSOLE, FormerTopics
from alertbot.config import load_config
from alertbot.model import ChatId, Feed, Message, TopicId
from alertbot.ports import Act, Pausable, SendOutcome, Sent
from alertbot.store import open_store
from fakes.clock import HeldClock
from fakes.feed_server import FeedServer
from fakes.sqlite import fresh_file
from fakes.telegram_parser import parse_html

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANN, BEN = ChatId(5), ChatId(7)
CONFIG = """
[telegram]
admins = [5, 7]

[network]
allow_private = true

[[feeds]]
id = "fdd"
name = "FDD"
url = "https://www.fdd.org/feed/"

[[topics]]
id = "iran"
name = "Iran & friends"
rule = 'Iran*'

[[topics]]
id = "drones"
name = "Drones"
rule = 'Iran* AND drone*'

[[topics]]
id = "ports"
name = "Ports"
rule = 'harbour* AND crane*'
"""
TOKEN = {"ALERTBOT_TELEGRAM_TOKEN": "123456789:" + "A" * 35}
TEXT = "Iran Fires Missiles\n\nIran fired 17 missiles at a base on Sunday."


class Post:
    """A messenger that notes what was sent to whom."""

    def __init__(self) -> None:
        self.sent: list[tuple[ChatId, str]] = []

    async def send(self, chat: ChatId, message: Message, thread: int | None = None) -> SendOutcome:
        self.sent.append((chat, message.text))
        return Sent(message_id=1)


class House:
    """An office over a store and a config file that tests edit."""

    def __init__(self, office: AdminOffice, path: Path) -> None:
        self.office = office
        self.path = path
        self.post = Post()
        in_force, read = office.in_force, partial(load_config, path, TOKEN)
        self.reloader = Reloader(
            edits=Edits(read=read),
            in_force=in_force,
            use_feeds=self._use_feeds,
            former=FormerTopics(office.store.chats, in_force.offer),
            admins=Admins(offer=in_force.offer, messenger=self.post),
            speaking=asyncio.Event(),
        )
        self.reloader.speaking.set()
        office.reloader = self.reloader

    def edit(self, old: str, new: str) -> None:
        assert old in CONFIG
        self.path.write_text(CONFIG.replace(old, new))

    async def test(self, said: str) -> list[str]:
        shown = await self.office.test(said)
        assert all(parse_html(message.html).text == message.text for message in shown)
        return [message.text for message in shown]

    async def _use_feeds(self, feeds: Sequence[Feed]) -> None:
        await self.office.store.feeds.register_feeds(feeds, NOW)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    store = await open_store(fresh_file(tmp_path / "alertbot.db"))
    in_force = InForce(take_snapshot(load_config(path, TOKEN)))
    await store.feeds.register_feeds(in_force.snapshot.config.feeds, NOW)
    yield House(AdminOffice(store=store, in_force=in_force, clock=HeldClock(NOW)), path)
    await store.close()


@pytest.fixture
async def publisher() -> AsyncIterator[FeedServer]:
    async with FeedServer() as server:
        yield server


class TestReload:
    async def test_tells_the_asker_what_changed_and_the_other_admins_the_same_once(
        self, house: House
    ) -> None:
        house.edit('name = "Drones"', 'name = "UAVs"')

        answer = await house.office.reload(ANN)

        assert "• topics: changed drones" in answer.text
        assert house.post.sent == [(BEN, answer.text)]
        again = await house.office.reload(ANN)
        assert again.text == "config.toml is in force; nothing has changed since it was last read."
        assert len(house.post.sent) == 1

    async def test_tells_the_mistakes_as_often_as_asked_and_the_others_once(
        self, house: House
    ) -> None:
        house.edit("'Iran*'", "'Iran* AND'")

        first = await house.office.reload(BEN)
        second = await house.office.reload(BEN)

        assert first.text.startswith("config.toml has mistakes, so nothing has changed:\n• line ")
        assert second == first
        assert house.post.sent == [(ANN, first.text)]

    async def test_is_not_there_where_the_config_is_not_followed(self, house: House) -> None:
        house.office.reloader = None

        answer = await house.office.reload(CONSOLE)

        assert answer.text == "This service keeps to the config that it was started with."


class TestCheck:
    async def test_says_that_all_is_usable(self, house: House) -> None:
        assert (await house.office.check()).text == "config.toml: 1 feed, 3 topics, usable"

    async def test_names_the_mistakes_and_takes_nothing(self, house: House) -> None:
        before = house.office.in_force.snapshot
        house.edit("'Iran*'", "'Iran* AND'")

        said = (await house.office.check()).text

        assert said.startswith("config.toml: 1 error: not usable\n• line ")
        assert "(iran)" in said
        assert house.office.in_force.snapshot is before
        assert house.post.sent == []

    async def test_names_warnings_as_such(self, house: House) -> None:
        house.edit("'Iran* AND drone*'", "'Iran* AND drone* OR UAV'")

        said = (await house.office.check()).text

        assert said.startswith("config.toml: 1 feed, 3 topics, usable, with 1 warning\n• line ")
        assert ": warning: topics[1].rule (drones): " in said


class TestTest:
    async def test_shows_the_alert_and_who_gets_it_and_what_came_near(self, house: House) -> None:
        message, why = await house.test(TEXT)

        assert message.startswith("Iran Fires Missiles\n")
        assert "Iran & friends" in message
        assert why == (
            "Sent to those who follow:\n"
            "• Iran & friends: “Iran” in the title; “Iran” in the lead\n"
            "Nearest misses:\n"
            "• Drones ✗ drone*: nowhere"
        )

    async def test_says_that_nothing_would_be_sent(self, house: House) -> None:
        [why] = await house.test("Weather\n\nIt rains.")

        assert why == "Weather\nNot sent: no topic matches."

    async def test_fetches_a_feed_and_shows_its_newest(
        self, house: House, publisher: FeedServer
    ) -> None:
        for number in range(5):
            publisher.publish(str(number), f"Iran strikes {number}", "<p>Iran struck a port.</p>")

        shown = await house.test(publisher.url)

        assert [text.partition("\n")[0] for text in shown[::2]] == [
            "Iran strikes 4",
            "Iran strikes 3",
            "Iran strikes 2",
            "… and 2 more; alertbot preview shows all",
        ]

    async def test_is_left_when_it_takes_too_long(
        self, house: House, publisher: FeedServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(trying, "PATIENCE", timedelta(0))

        [said] = await house.test(publisher.url)

        assert said == (
            "That takes longer than 0 seconds, so it is left; alertbot preview has more patience."
        )

    async def test_asks_no_address_that_is_not_public(
        self, house: House, publisher: FeedServer
    ) -> None:
        house.edit("allow_private = true", "allow_private = false")
        await house.office.reload(ANN)

        [said] = await house.test(publisher.url)

        assert said.startswith("That cannot be read: ")
        assert publisher.requests == []

    @pytest.mark.parametrize("path", ["/etc/passwd", "file:///etc/passwd", "config.toml"])
    async def test_reads_no_file_of_this_machine(
        self, house: House, path: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(house.path.parent)

        [why] = await house.test(path)

        assert why == f"{path}\nNot sent: no topic matches."


class TestAtAGlance:
    async def test_tells_feeds_topics_pauses_and_acts(self, house: House) -> None:
        store = house.office.store
        await store.chats.subscribe(ANN, TopicId("drones"), NOW)
        act = Act(at=NOW, user=5, what="pause", detail="feed fdd")
        await store.acts.pause(Pausable.FEED, "fdd", act)

        glance = await house.office.glance()

        assert glance.complaints == ("the service has never run on this database",)
        assert dict(glance.service)["Paused"] == "feed fdd for 0 s"
        assert glance.feeds == ("FDD: 0 briefs, paused by an admin 0 s ago",)
        assert glance.topics[0] == "Drones: 1 subscriber, 0 alerts in 30 days"
        assert glance.acts == ("March 1, 12:00 UTC, 5: pause feed fdd",)


async def test_a_broadcast_is_queued_while_the_service_runs_and_the_sender_is_woken(
    house: House,
) -> None:
    store = house.office.store
    await store.chats.open_chat(ANN, NOW)
    act = Act(at=NOW, user=5, what="draft")
    number = await store.broadcasts.draft(Message(html="Hello", text="Hello"), act)
    await store.broadcasts.approve(number, act)
    stop = asyncio.Event()

    await asyncio.wait_for(Broadcaster(store.broadcasts, HeldClock(NOW), stop.set).run(stop), 10)

    [delivery] = (await store.outbox.claim(NOW, 1, timedelta(minutes=1))).deliveries
    assert delivery.content == Message(html="Hello", text="Hello")
