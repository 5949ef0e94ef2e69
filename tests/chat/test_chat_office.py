"""What admins do in chat, and that to everybody else there is no such thing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertbot.chat import Commands, Glance, TelegramChat
from alertbot.chat.parts.admins.glance import HEADINGS, front_page, list_page
from alertbot.model import ChatId, FeedId, Message
from alertbot.ports import Pausable, Stage
from fakes.bot_api import FakeBotApi
from fakes.chat_book import MemoryChatBook
from fakes.chat_samples import ADMIN, NOW, TOPICS, commands_for, offer, speaker
from fakes.office import MemoryOffice
from fakes.telegram_parser import parse_html, utf16_length

READER, GROUP = ChatId(1001), ChatId(-99)
COMMANDS = ["admin", "reload", "check", "test", "pause", "resume", "broadcast"]
TAPS = [
    "admin:home",
    "pause:feed:fdd",
    "resume:topic:houthis",
    "pauses:0",
    "broadcast:send:1",
    "broadcast:cancel:1",
]
NOBODY = "Nobody would receive it, as no chat can be reached now; nothing is sent."
OUTDATED = "That button is out of date; /topics shows the present list."


@pytest.fixture
def office() -> MemoryOffice:
    return MemoryOffice()


@pytest.fixture
def commands(office: MemoryOffice) -> Commands:
    return commands_for(MemoryChatBook(), offer(*TOPICS), office=office)


async def ask(commands: Commands, text: str) -> list[Message]:
    return list(await commands.answer(speaker(ADMIN), text))


async def told(commands: Commands, text: str) -> str:
    [answer] = await ask(commands, text)
    return answer.text


def labels(message: Message | None) -> list[str]:
    assert message
    return [button.label for row in message.buttons for button in row]


def data(message: Message | None, label: str) -> str:
    assert message
    [found] = [
        button.data or "" for row in message.buttons for button in row if button.label == label
    ]
    return found


def acts(office: MemoryOffice) -> list[str]:
    assert all((act.user, act.at) == (ADMIN, NOW) for act in office.acts.done)
    return [f"{act.what} {act.detail}".strip() for act in office.acts.done]


class TestToEverybodyElse:
    @pytest.mark.parametrize("name", COMMANDS)
    @pytest.mark.parametrize("chat", [READER, GROUP])
    async def test_a_command_of_admins_is_an_unknown_one(
        self, commands: Commands, office: MemoryOffice, name: str, chat: ChatId
    ) -> None:
        known = await commands.answer(speaker(chat), f"/{name} fdd")
        unknown = await commands.answer(speaker(chat), "/nonsense fdd")

        assert [answer.text.replace(f"/{name}", "/nonsense") for answer in known] == [
            answer.text for answer in unknown
        ]
        assert office.acts.done == []

    @pytest.mark.parametrize("tap", TAPS)
    async def test_a_button_of_admins_is_out_of_date(
        self, commands: Commands, office: MemoryOffice, tap: str
    ) -> None:
        await ask(commands, "/broadcast Hello")

        pressed = await commands.press(speaker(READER), tap)

        assert (pressed.notice, pressed.message) == (OUTDATED, None)
        assert [one.stage for one in office.broadcasts.all] == [Stage.DRAFT]
        assert office.acts.paused == {}

    async def test_help_names_none_of_them(self, commands: Commands) -> None:
        [readers] = await commands.answer(speaker(READER), "/help")
        [admins] = await commands.answer(speaker(ADMIN), "/help")

        assert not [name for name in COMMANDS if f"/{name} " in readers.text]
        assert [name for name in COMMANDS if f"/{name} " in admins.text] == COMMANDS

    def test_a_group_where_one_is_typed_hears_nothing(self, commands: Commands) -> None:
        assert not any(commands.knows(name) for name in COMMANDS)


class TestAtAGlance:
    GLANCE = Glance(
        complaints=("feed fdd: HTTP 500 <again>",),
        service=(("Queue", "3 due"),),
        feeds=tuple(f"feed {n}: 1 brief" for n in range(25)),
        topics=("Iran: 2 subscribers",),
        acts=("March 1, 12:00 UTC, 99: pause feed fdd",),
    )

    async def test_what_needs_a_person_comes_first_and_acts_last(
        self, commands: Commands, office: MemoryOffice
    ) -> None:
        office.seen = self.GLANCE

        said = await told(commands, "/admin")

        assert said == (
            "Needs a person\n"
            "• feed fdd: HTTP 500 <again>\n"
            "\n"
            "Queue: 3 due\n"
            "\n"
            "Feeds: 25\n"
            "• feed 0: 1 brief\n• feed 1: 1 brief\n• feed 2: 1 brief\n• feed 3: 1 brief\n"
            "\n"
            "Topics: 1\n"
            "• Iran: 2 subscribers\n"
            "\n"
            "What admins did\n"
            "• March 1, 12:00 UTC, 99: pause feed fdd"
        )

    async def test_feeds_are_paged(self, commands: Commands, office: MemoryOffice) -> None:
        office.seen = self.GLANCE
        [front] = await ask(commands, "/admin")

        first = await commands.press(speaker(ADMIN), data(front, "All 25 feeds"))
        second = await commands.press(speaker(ADMIN), data(first.message, "›"))
        back = await commands.press(speaker(ADMIN), data(second.message, "Back"))

        assert second.message
        assert second.message.text.startswith("Feeds, page 2 of 3\n• feed 10: 1 brief\n")
        assert labels(second.message) == ["‹", "›", "Back"]
        assert back.message == front

    async def test_what_admins_did_longer_ago_is_a_tap_away(
        self, commands: Commands, office: MemoryOffice
    ) -> None:
        office.seen = replace(self.GLANCE, acts=("reload", "check", "pause feed fdd", "reload"))
        [front] = await ask(commands, "/admin")

        shown = await commands.press(speaker(ADMIN), data(front, "What admins did"))

        assert front.text.endswith("What admins did\n• reload\n• check\n• pause feed fdd")
        assert shown.message
        assert shown.message.text == (
            "What admins did, page 1 of 1\n• reload\n• check\n• pause feed fdd\n• reload"
        )

    @pytest.mark.parametrize("tap", ["admin:", "admin:chats:0", "admin:feeds:-1", "admin:feeds:x"])
    async def test_data_that_is_not_ours_is_out_of_date(self, commands: Commands, tap: str) -> None:
        assert (await commands.press(speaker(ADMIN), tap)).notice == OUTDATED

    @given(
        st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=3),
        st.integers(0, 9999),
    )
    def test_it_fits_into_a_message_whatever_the_size(self, words: list[str], page: int) -> None:
        lines = tuple(word * 400 for word in words) * 300
        glance = Glance(
            complaints=lines,
            service=tuple((line, line) for line in lines[:30]),
            feeds=lines,
            topics=lines,
            acts=lines,
        )

        for message in (front_page(glance), *(list_page(name, glance, page) for name in HEADINGS)):
            assert utf16_length(parse_html(message.html).text) <= 4096
            assert all(
                len((button.data or "").encode()) <= 64 for row in message.buttons for button in row
            )


class TestPauses:
    async def test_a_feed_is_paused_by_its_name_and_goes_on_by_its_id(
        self, commands: Commands, office: MemoryOffice
    ) -> None:
        paused = await told(commands, "/pause fdd <BRIEFS>")
        again = await told(commands, "/pause fdd")
        assert set(office.acts.paused) == {(Pausable.FEED, "fdd")}
        resumed = await told(commands, "/resume fdd")
        once_more = await told(commands, "/resume fdd")

        assert paused == (
            "Feed FDD <briefs> is paused: nothing is asked of it until you resume it."
        )
        assert again == "Feed FDD <briefs> is paused already."
        assert resumed == "Feed FDD <briefs> goes on."
        assert once_more == "Feed FDD <briefs> is not paused."
        assert acts(office) == ["pause feed fdd", "resume feed fdd"]
        assert office.acts.paused == {}

    async def test_a_topic_is_paused_by_a_tap(
        self, commands: Commands, office: MemoryOffice
    ) -> None:
        [list_] = await ask(commands, "/pause")
        assert list_.text == "Nothing is paused."

        pressed = await commands.press(speaker(ADMIN), data(list_, "Pause topic Houthis"))

        assert pressed.notice == (
            "Topic Houthis is paused: its briefs are stored, and nobody is told of them."
        )
        assert pressed.message
        assert pressed.message.text == "Paused: topic Houthis"
        assert "Resume topic Houthis" in labels(pressed.message)
        assert set(office.acts.paused) == {(Pausable.TOPIC, "houthis")}

    async def test_the_list_is_paged(self, commands: Commands) -> None:
        [list_] = await ask(commands, "/pause")

        second = await commands.press(speaker(ADMIN), data(list_, "›"))

        assert len(labels(list_)) == 8 + 1
        assert labels(second.message)[-1] == "‹"

    async def test_resume_alone_offers_what_is_paused(self, commands: Commands) -> None:
        await ask(commands, "/pause isw")

        [list_] = await ask(commands, "/resume")

        assert labels(list_) == ["Resume feed ISW"]

    async def test_what_left_the_config_can_still_be_resumed(
        self, commands: Commands, office: MemoryOffice
    ) -> None:
        await ask(commands, "/pause isw")
        del office.named[FeedId("isw")]

        assert await told(commands, "/resume isw") == "Feed isw goes on."

    async def test_a_name_that_nothing_has_is_said(self, commands: Commands) -> None:
        assert await told(commands, "/pause xyz") == (
            "No feed or topic is called xyz; /pause shows them all."
        )

    async def test_a_name_that_two_have_is_asked_about(
        self, commands: Commands, office: MemoryOffice
    ) -> None:
        office.named[FeedId("houthis")] = "Houthis"

        [answer] = await ask(commands, "/pause houthis")

        assert labels(answer) == ["Pause feed Houthis", "Pause topic Houthis"]
        assert office.acts.done == []

    @pytest.mark.parametrize("tap", ["pause:chat:1", "pause:feed:../etc", "resume:feed:unknown"])
    async def test_data_that_is_not_ours_changes_nothing(
        self, commands: Commands, office: MemoryOffice, tap: str
    ) -> None:
        assert (await commands.press(speaker(ADMIN), tap)).notice == OUTDATED
        assert office.acts.done == []


class TestBroadcasts:
    async def test_a_draft_is_shown_as_it_will_look_and_counted(
        self, commands: Commands, office: MemoryOffice
    ) -> None:
        look, question = await ask(commands, "/broadcast We rest <b>today</b>.\n\nBack at 7.")

        assert look.text == "We rest <b>today</b>.\n\nBack at 7."
        assert parse_html(look.html).text == look.text
        assert question.text == (
            "So it will look. 2 chats can be reached. "
            "Alerts go first, and a chat in its quiet hours gets it when they end."
        )
        assert labels(question) == ["Send to 2 chats", "Cancel"]
        assert [one.stage for one in office.broadcasts.all] == [Stage.DRAFT]

    async def test_a_tap_sends_it_and_a_second_tap_sends_nothing_more(
        self, commands: Commands, office: MemoryOffice
    ) -> None:
        _, question = await ask(commands, "/broadcast Hello")

        tap = data(question, "Send to 2 chats")
        first = await commands.press(speaker(ADMIN), tap)
        second = await commands.press(speaker(ADMIN), tap)

        assert first.notice == "On its way to 2 chats; /admin shows how far it is."
        assert second.notice == "It is on its way already; nothing more is sent."
        assert acts(office) == ["draft broadcast: Hello", "send broadcast: Hello"]

    async def test_what_was_cancelled_is_not_sent(
        self, commands: Commands, office: MemoryOffice
    ) -> None:
        _, question = await ask(commands, "/broadcast Hello")

        cancelled = await commands.press(speaker(ADMIN), data(question, "Cancel"))
        sent = await commands.press(speaker(ADMIN), data(question, "Send to 2 chats"))

        assert cancelled.notice == "Cancelled; nothing is sent."
        assert sent.notice == "It was cancelled, so it is not sent."
        assert [one.stage for one in office.broadcasts.all] == [Stage.CANCELLED]

    async def test_nothing_is_drafted_without_words_or_with_too_many(
        self, commands: Commands, office: MemoryOffice
    ) -> None:
        empty = await told(commands, "/broadcast")
        long = await told(commands, f"/broadcast {'🚀' * 1901}")

        assert empty.startswith("Write behind it what to tell all chats:")
        assert long == "That is too long: 3,802 characters, and 3,800 can be sent."
        assert office.broadcasts.all == []

    async def test_with_nobody_to_reach_it_says_so_and_offers_nothing_to_send(
        self, commands: Commands, office: MemoryOffice
    ) -> None:
        office.broadcasts.chats = 0

        [answer] = await ask(commands, "/broadcast Hello")

        assert answer.text == NOBODY
        assert answer.buttons == ()
        assert office.broadcasts.all == []
        assert acts(office) == []

    async def test_a_tap_when_nobody_can_be_reached_any_more_sends_nothing_and_can_be_repeated(
        self, commands: Commands, office: MemoryOffice
    ) -> None:
        _, question = await ask(commands, "/broadcast Hello")
        tap = data(question, "Send to 2 chats")
        office.broadcasts.chats = 0

        nobody = await commands.press(speaker(ADMIN), tap)
        assert (nobody.notice, nobody.message) == (NOBODY, None)
        assert [one.stage for one in office.broadcasts.all] == [Stage.DRAFT]

        office.broadcasts.chats = 1
        sent = await commands.press(speaker(ADMIN), tap)
        again = await commands.press(speaker(ADMIN), tap)

        assert sent.notice == "On its way to 1 chat; /admin shows how far it is."
        assert again.notice == "It is on its way already; nothing more is sent."

    async def test_a_draft_that_is_kept_no_more_is_out_of_date(self, commands: Commands) -> None:
        assert (await commands.press(speaker(ADMIN), "broadcast:send:7")).notice == OUTDATED


class TestAskingOfTheConfig:
    async def test_reload_check_and_test_are_answered_and_noted(
        self, commands: Commands, office: MemoryOffice
    ) -> None:
        assert await told(commands, "/reload") == "read"
        assert await told(commands, "/check") == "checked"
        assert await told(commands, "/test Iran\nfires missiles") == "tested"

        assert office.tested == ["Iran\nfires missiles"]
        assert office.asked_by == [ADMIN]
        assert acts(office) == ["reload", "check", "test Iran fires missiles"]

    async def test_test_alone_says_what_it_takes(
        self, commands: Commands, office: MemoryOffice
    ) -> None:
        assert (await told(commands, "/test")).startswith("Write behind it the address of a page")
        assert office.tested == []


class TestTheMenu:
    async def test_admins_alone_have_their_commands_in_it(
        self, telegram: FakeBotApi, bot: TelegramChat
    ) -> None:
        telegram.user_sends(int(ADMIN), "/help")
        await telegram.wait_for(lambda: int(ADMIN) in telegram.own_menus)

        own = [entry["command"] for entry in telegram.own_menus[int(ADMIN)]]
        everybodys = [entry["command"] for entry in telegram.menus[""]]
        assert own == [*everybodys[:-1], *COMMANDS, "help"]
        assert set(telegram.own_menus) == {int(ADMIN)}
