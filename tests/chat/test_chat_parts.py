"""How the parts of the conversation are joined, and what the two doors make of their answers."""

import asyncio
import io
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from alertbot.chat import Commands, ConsoleChat, Pressed, Speaker, TelegramChat
from alertbot.chat.talk import Answer, Command, Shared, Tap, Who, say
from alertbot.model import Button, ChatId, Document, Message
from fakes.bot_api import FakeBotApi
from fakes.chat_book import MemoryChatBook
from fakes.chat_samples import ADMIN, QUICK, TOPICS, desk_for, offer, speaker
from fakes.screen import Screen

ADA = ChatId(42)
GROUP = ChatId(-1000)
FILE = Document(name="briefs.csv", content="title\nHouthis – “fire”\n".encode())
OUTDATED = "That button is out of date; /topics shows the present list."


async def _count(_: Speaker, said: str) -> Answer:
    return (say(f"{len(said)} letters", ((Button(label="Tell", data="count:x"),),)),)


async def _tell(_: Speaker, data: str) -> Pressed | None:
    if data != "count:x":
        return None
    return Pressed(notice="told", popup=True, message=say("one"), more=(say("two"), say("three")))


async def _file(_: Speaker, __: str) -> Answer:
    return (Message(html="<b>One</b> brief", text="One brief", document=FILE),)


async def _share(_: str, __: str) -> Shared:
    return Shared()


async def _understand(_: Speaker, text: str) -> Answer:
    return (say(f"plain {len(text)}"),)


@dataclass
class Counting:
    """A part for these tests."""

    commands: Mapping[str, Command] = field(
        default_factory=lambda: {
            "count": Command(handle=_count, menu="Count letters"),
            "file": Command(handle=_file),
            "secret": Command(handle=_count, who=Who.ADMINS, menu="Only for admins"),
        }
    )
    buttons: Mapping[str, Tap] = field(
        default_factory=lambda: {
            "count": Tap(handle=_tell),
            "secret": Tap(handle=_tell, who=Who.ADMINS, always=True),
        }
    )


def joined(*parts: Counting) -> Commands:
    desk = desk_for(MemoryChatBook(), offer(*TOPICS))
    return Commands(desk, parts, typed=_understand, shared=_share)


@pytest.fixture
def commands() -> Commands:
    return joined(Counting())


@pytest.fixture
async def bot(telegram: FakeBotApi, commands: Commands) -> AsyncIterator[TelegramChat]:
    chat = TelegramChat(
        telegram.token, telegram.base_url, commands, MemoryChatBook(), patience=QUICK
    )
    stop = asyncio.Event()
    running = asyncio.create_task(chat.run(stop))
    yield chat
    stop.set()
    await running
    await chat.aclose()


class TestJoining:
    async def test_a_command_is_handled_by_the_part_that_has_it(self, commands: Commands) -> None:
        [answer] = await commands.answer(speaker(ADA), "/count  abc ")

        assert answer.text == "3 letters"

    async def test_what_is_no_command_is_answered_by_the_part_that_takes_it(
        self, commands: Commands
    ) -> None:
        for text in ("missile", "/nosuch"):
            [answer] = await commands.answer(speaker(ADA), text)
            assert answer.text == f"plain {len(text)}"

    @pytest.mark.parametrize("other", [Counting(buttons={}), Counting(commands={})])
    def test_two_parts_with_the_same_command_or_prefix_are_an_error_at_the_start(
        self, other: Counting
    ) -> None:
        with pytest.raises(ValueError, match="two parts of the conversation have 'count'"):
            joined(Counting(), other)

    @pytest.mark.parametrize("data", ["count", "count:y", "nosuch:x", "", ":", "count:x:"])
    async def test_a_button_that_no_part_wrote_is_out_of_date(
        self, commands: Commands, data: str
    ) -> None:
        assert await commands.press(speaker(ADA), data) == Pressed(notice=OUTDATED)

    async def test_what_is_for_admins_is_there_for_them_alone(self, commands: Commands) -> None:
        for chat, text in ((ADMIN, "0 letters"), (ADA, "plain 7"), (GROUP, "plain 7")):
            [answer] = await commands.answer(speaker(chat), "/secret")
            assert answer.text == text
        assert (await commands.press(speaker(ADA), "secret:x")).notice == OUTDATED

    async def test_help_lists_what_has_a_line_in_the_menu_and_is_there_for_the_asker(
        self, commands: Commands
    ) -> None:
        [answer] = await commands.answer(speaker(ADA), "/help")
        [for_admin] = await commands.answer(speaker(ADMIN), "/help")

        assert answer.text == (
            "This is what I understand:\n/count – Count letters\n/help – What I understand"
        )
        assert "/secret – Only for admins" in for_admin.text


@pytest.mark.usefixtures("bot")
class TestOnTelegram:
    async def test_a_tap_may_open_a_popup_change_the_message_and_bring_more(
        self, telegram: FakeBotApi
    ) -> None:
        telegram.user_sends(ADA, "/count abc")
        [counted] = await telegram.posted(1)
        telegram.user_taps(counted, "Tell")
        await telegram.settled()

        assert telegram.popups == ["told"]
        assert telegram.shown(counted).text == "one"
        assert [posted.text for posted in telegram.ledger] == ["3 letters", "two", "three"]

    async def test_a_file_is_sent_with_its_caption(self, telegram: FakeBotApi) -> None:
        telegram.user_sends(ADA, "/file")
        [posted] = await telegram.posted(1)

        assert posted.document == (FILE.name, FILE.content)
        assert (posted.text, posted.bold()) == ("One brief", ["One"])
        assert telegram.violations == []


class TestInTheTerminal:
    async def test_what_a_tap_brings_is_shown_in_order(self, commands: Commands) -> None:
        shown = await typed_in(commands, "/count abc", "1")

        assert shown.endswith("> told\none\ntwo\nthree\n> ")

    async def test_a_file_is_written_beside_any_of_its_name_and_named(
        self, commands: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)

        shown = await typed_in(commands, "/file", "/file")

        assert "One brief\nWritten to briefs.csv\n" in shown
        assert "One brief\nWritten to briefs-2.csv\n" in shown
        assert (tmp_path / "briefs-2.csv").read_bytes() == FILE.content

    async def test_a_file_that_cannot_be_written_is_said_to_be_so(
        self, commands: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gone = tmp_path / "gone"
        gone.mkdir()
        monkeypatch.chdir(gone)
        gone.rmdir()

        assert "The file could not be written: No such file" in await typed_in(commands, "/file")


async def typed_in(commands: Commands, *lines: str) -> str:
    screen = Screen()
    typed = io.StringIO("".join(f"{line}\n" for line in lines))
    await ConsoleChat(commands, screen, typed).run(asyncio.Event())
    return screen.getvalue()
