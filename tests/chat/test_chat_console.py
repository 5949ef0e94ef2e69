"""Conversations in the terminal, over pipes and in-memory files."""

import asyncio
import io
import os
import pty
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TextIO

import pytest

from alertbot.chat import CONSOLE, Commands, ConsoleChat
from alertbot.errors import StoreError
from alertbot.model import Button, ChatId, Message
from alertbot.ports import NotSent, Sent
from fakes.chat_book import MemoryChatBook
from fakes.chat_samples import TOPICS, commands_for, offer, told_alert
from fakes.screen import Screen

ALERT = Message(
    html="<b>Houthis fire at ship</b>\n\nTwo missiles &amp; a drone.",
    text="Houthis fire at ship\n\nTwo missiles & a drone.",
    buttons=((Button(label="Read the brief", url="https://example.org/brief"),),),
)


class Gone(io.StringIO):
    """A terminal that was closed."""

    def write(self, text: str) -> int:
        raise BrokenPipeError(text)


async def converse(commands: Commands, *lines: str) -> str:
    """Type the lines, end the input, and return all that was shown."""
    screen = Screen()
    stop = asyncio.Event()
    typed = io.StringIO("".join(f"{line}\n" for line in lines))
    await ConsoleChat(commands, screen, typed).run(stop)
    assert stop.is_set()
    return screen.getvalue()


class TestConversation:
    async def test_begins_with_a_welcome_and_the_numbered_topics(self, commands: Commands) -> None:
        shown = await converse(commands)

        assert shown.startswith("Hello! When a brief on one of your topics comes out")
        assert "[ ] 1 Iran missiles (iran-missiles)\n[ ] 2 Houthis (houthis)\n" in shown
        assert "    9 Page 2 of 2 ›\n" in shown
        assert shown.endswith("Type a number to choose; /quit ends the program.\n> ")

    async def test_a_number_toggles_the_topic_beside_it(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        shown = await converse(commands, "3")

        assert {CONSOLE: {"research"}} == book.chats
        assert "> You now follow R&D <new> weapons.\n" in shown
        assert "[x] 3 R&D <new> weapons (research)\n" in shown

    async def test_a_number_turns_the_page_and_counts_on_that_page_from_then_on(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        shown = await converse(commands, "9", "1")

        assert "[x] 1 Subject number 9 (more-9)\n" in shown
        assert {CONSOLE: {"more-9"}} == book.chats

    @pytest.mark.parametrize("number", ["0", "10", "9999"])
    async def test_a_number_beside_nothing_is_answered(
        self, commands: Commands, number: str
    ) -> None:
        assert f"There is no number {number} here." in await converse(commands, number)

    async def test_what_came_of_a_number_is_said_once(self) -> None:
        admin = replace(offer(*TOPICS), admins=frozenset({CONSOLE}))
        commands = commands_for(MemoryChatBook(), admin)

        shown = await converse(commands, "/broadcast Hello", "2")

        assert shown.count("Cancelled; nothing is sent.") == 1

    async def test_commands_are_those_of_telegram(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        book.past = [told_alert(1, "houthis")]

        shown = await converse(commands, "/subscribe houthis", "/latest", "", "what", "/stop")

        assert "You now follow Houthis." in shown
        assert "Brief 1 [houthis]" in shown
        assert "I did not understand that." in shown
        assert "all I knew of this chat is deleted" in shown
        assert book.chats == {}

    @pytest.mark.parametrize("word", ["/quit", "/exit", " /QUIT "])
    async def test_quit_ends_the_service(self, commands: Commands, word: str) -> None:
        assert "I did not understand" not in await converse(commands, word, "unread")

    async def test_a_command_that_fails_says_sorry_and_the_chat_goes_on(
        self, commands: Commands, book: MemoryChatBook, caplog: pytest.LogCaptureFixture
    ) -> None:
        book.broken = StoreError("the disk is full")

        shown = await converse(commands, "/mytopics", "/help")

        assert "Something went wrong; it has been noted." in shown
        assert "This is what I understand:" in shown
        assert "the disk is full" in caplog.text

    async def test_where_nobody_types_it_only_waits_for_the_stop(self, commands: Commands) -> None:
        screen = Screen()
        stop = asyncio.Event()
        running = asyncio.create_task(ConsoleChat(commands, screen, None).run(stop))
        stop.set()
        await running

        assert screen.getvalue() == ""

    async def test_where_nobody_types_no_numbers_are_offered(self, commands: Commands) -> None:
        screen = Screen()
        read = Button(label="Read", url="https://example.org/brief")
        row = (read, Button(label="Why?", data="why:1"))

        await ConsoleChat(commands, screen, None).send(CONSOLE, replace(ALERT, buttons=(row,)))

        assert screen.getvalue().endswith(
            f"a drone.\n[Read] https://example.org/brief\n{'─' * 72}\n"
        )


class TestTyping:
    """Reading from a real descriptor."""

    @pytest.fixture
    def pipe(self) -> Iterator[tuple[TextIO, TextIO]]:
        reading, writing = os.pipe()
        with os.fdopen(reading) as typed, os.fdopen(writing, "w") as keyboard:
            yield typed, keyboard

    async def test_a_line_is_answered_while_the_loop_goes_on(
        self, commands: Commands, pipe: tuple[TextIO, TextIO]
    ) -> None:
        typed, keyboard = pipe
        async with talking(commands, typed) as (screen, chat):
            await screen.shows("> ")
            await chat.send(CONSOLE, ALERT)
            await screen.shows("Houthis fire at ship")
            print("/subscribe Höuthis", file=keyboard, flush=True)
            await screen.shows("You now follow Houthis.")
            keyboard.close()

    async def test_a_number_counts_the_buttons_of_a_message_that_came_by_itself(
        self, commands: Commands, book: MemoryChatBook, pipe: tuple[TextIO, TextIO]
    ) -> None:
        typed, keyboard = pipe
        button = Button(label="Houthis", data="s:houthis:0")
        async with talking(commands, typed) as (screen, chat):
            await screen.shows("> ")
            await chat.send(CONSOLE, Message(html="This?", text="This?", buttons=((button,),)))
            print("1", file=keyboard, flush=True)
            await screen.shows("You now follow Houthis.")
            keyboard.close()

        assert {CONSOLE: {"houthis"}} == book.chats

    async def test_the_end_of_the_input_ends_the_service(
        self, commands: Commands, pipe: tuple[TextIO, TextIO]
    ) -> None:
        typed, keyboard = pipe
        stop = asyncio.Event()
        running = asyncio.create_task(ConsoleChat(commands, Screen(), typed).run(stop))
        keyboard.close()
        await running

        assert stop.is_set()

    async def test_a_stop_ends_a_chat_in_which_nobody_types(
        self, commands: Commands, pipe: tuple[TextIO, TextIO]
    ) -> None:
        typed, _ = pipe
        async with talking(commands, typed) as (screen, _chat):
            await screen.shows("> ")

    async def test_a_terminal_that_hangs_up_ends_the_service(self, commands: Commands) -> None:
        leader, follower = pty.openpty()
        stop = asyncio.Event()
        with os.fdopen(follower) as typed:
            screen = Screen()
            running = asyncio.create_task(ConsoleChat(commands, screen, typed).run(stop))
            os.write(leader, b"/help\n")
            await screen.shows("This is what I understand:")
            os.close(leader)
            await running

        assert stop.is_set()


class TestMessenger:
    async def test_prints_an_alert_between_rules(self, commands: Commands) -> None:
        screen = Screen()
        messenger = ConsoleChat(commands, screen, None).messenger

        outcomes = [await messenger.send(CONSOLE, ALERT) for _ in range(2)]

        assert outcomes == [Sent(message_id=1), Sent(message_id=2)]
        rule = "─" * 72
        assert screen.getvalue() == 2 * (
            f"{rule}\nHouthis fire at ship\n\nTwo missiles & a drone.\n"
            f"[Read the brief] https://example.org/brief\n{rule}\n"
        )

    async def test_prints_headlines_in_bold_on_a_terminal(self, commands: Commands) -> None:
        screen = Screen(is_terminal=True)

        await ConsoleChat(commands, screen, None).send(CONSOLE, ALERT)

        assert (
            "\x1b[1mHouthis fire at ship\x1b[0m\n\nTwo missiles & a drone.\n" in screen.getvalue()
        )

    async def test_breaks_lines_between_words_on_a_terminal(
        self, commands: Commands, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", "20")
        screen = Screen(is_terminal=True)
        message = Message(html="<b>Houthis</b> fire 3 missiles at a ship", text="")

        await ConsoleChat(commands, screen, None).send(CONSOLE, message)

        assert "\x1b[1mHouthis\x1b[0m fire 3\nmissiles at a ship\n" in screen.getvalue()

    async def test_gives_the_prompt_back_after_an_alert(self, commands: Commands) -> None:
        screen = Screen(is_terminal=True)

        await ConsoleChat(commands, screen, io.StringIO()).send(CONSOLE, ALERT)

        assert screen.getvalue().startswith("\r\x1b[K─")
        assert screen.getvalue().endswith("─\n> ")

    async def test_where_a_link_leads_is_shown(self, commands: Commands) -> None:
        screen = Screen(is_terminal=True)
        page = '• <a href="https://fdd.example/?a=1&amp;b=2">Missiles &amp; drones</a>'

        await ConsoleChat(commands, screen, None).send(CONSOLE, Message(html=page, text="x"))

        assert "• Missiles & drones (https://fdd.example/?a=1&b=2)\n" in screen.getvalue()

    @pytest.mark.parametrize("is_terminal", [True, False])
    async def test_lets_no_control_character_of_a_feed_through(
        self, commands: Commands, is_terminal: bool
    ) -> None:
        screen = Screen(is_terminal=is_terminal)
        evil = "\x1b]0;owned\x07\x9b2J\rx"
        button = Button(label=evil, url=f"https://example.org/{evil}")
        message = Message(html=f"{evil}&#27;[2J", text=f"{evil}\x1b[2J", buttons=((button,),))

        await ConsoleChat(commands, screen, None).send(CONSOLE, message)

        shown = screen.getvalue().removeprefix("\r\x1b[K")
        assert "]0;owned2Jx[2J" in shown
        assert not {"\x1b", "\x07", "\x9b", "\r"} & set(shown)

    async def test_leaves_chats_on_telegram_for_later(self, commands: Commands) -> None:
        screen = Screen()

        outcome = await ConsoleChat(commands, screen, None).send(ChatId(42), ALERT)

        assert isinstance(outcome, NotSent)
        assert screen.getvalue() == ""

    async def test_tells_when_the_terminal_is_gone(self, commands: Commands) -> None:
        outcome = await ConsoleChat(commands, Gone(), None).send(CONSOLE, ALERT)

        assert isinstance(outcome, NotSent)

    async def test_prints_what_a_narrow_encoding_allows(self, commands: Commands) -> None:
        shown = io.TextIOWrapper(io.BytesIO(), "ascii")

        outcome = await ConsoleChat(commands, shown, None).send(CONSOLE, ALERT)

        assert outcome == Sent(message_id=1)
        shown.seek(0)
        assert "Houthis fire at ship" in shown.read()


@asynccontextmanager
async def talking(commands: Commands, typed: TextIO) -> AsyncIterator[tuple[Screen, ConsoleChat]]:
    screen, stop = Screen(), asyncio.Event()
    chat = ConsoleChat(commands, screen, typed)
    running = asyncio.create_task(chat.run(stop))
    yield screen, chat
    stop.set()
    await running
    await chat.aclose()
