"""The chat in the terminal: the same commands as on Telegram, typed; messages printed.

`app` runs it where there is no Telegram token. It is one chat, and a `Messenger` for it.
"""

import asyncio
import html
import itertools
import logging
import re
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import UnsupportedOperation
from pathlib import Path
from typing import TextIO

from alertbot.chat.commands import Commands
from alertbot.chat.parts.topics import read_press
from alertbot.chat.talk import TICK, Buttons, ChatKind, Speaker, common, plain, say
from alertbot.model import Button, ChatId, Document, Message
from alertbot.ports import NotSent, SendOutcome, Sent
from alertbot.words import ENGLISH, Words, msgid

logger = logging.getLogger(__name__)

CONSOLE = ChatId(1)
PROMPT = "> "
RULE = "─" * 72
#: controls that a terminal would obey
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
#: what is behind it is shown, too
LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>')
STYLES = {"<b>": "\x1b[1m", "</b>": "\x1b[0m"}
STYLE = re.compile(r"\x1b\[\d*m")
#: characters in a line that are pleasant to read
MEASURE = 88
CLEAR_LINE = "\r\x1b[K"
NUMBER = re.compile(r"[0-9]{1,4}")
QUIT = frozenset({"/quit", "/exit"})
TYPE_A_NUMBER = msgid("Type a number to choose; /quit ends the program.")


class ConsoleChat:
    """A chat with whoever sits at the terminal; nobody types when `typed` is None."""

    def __init__(self, commands: Commands, shown: TextIO, typed: TextIO | None) -> None:
        self._commands = commands
        self._shown = shown
        self._typed = typed
        self._is_terminal = shown.isatty()
        self._new_line = CLEAR_LINE if self._is_terminal else ""
        self._prompt = PROMPT if typed else ""
        self._message_ids = itertools.count(1)
        #: the buttons last listed, in order of their numbers
        self._listed: Sequence[Button] = ()
        self._words = ENGLISH

    @property
    def messenger(self) -> "ConsoleChat":
        """Return what sends to this chat."""
        return self

    async def send(self, chat: ChatId, message: Message, thread: int | None = None) -> SendOutcome:
        """Print a message between rules; from then on numbers count its buttons, if it has any.

        thread: None, as a terminal has no threads.
        """
        if chat != CONSOLE:
            return NotSent(reason="the chat is on Telegram, and this process talks in a terminal")
        self._list_buttons(message)
        try:
            self._write(f"{self._new_line}{RULE}\n{self._told(message)}{RULE}\n{self._prompt}")
        except OSError as error:
            return NotSent(reason=f"the terminal is gone: {error}")
        return Sent(message_id=next(self._message_ids))

    async def run(self, stop: asyncio.Event) -> None:
        """Answer until `stop`; /quit and the end of the input set it."""
        if self._typed is None:
            await stop.wait()
            return
        lines = _read_lines(self._typed)
        await self._answer("/start")
        stopping = asyncio.ensure_future(stop.wait())
        while not stop.is_set():
            reading = asyncio.ensure_future(lines.get())
            await asyncio.wait({reading, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                reading.cancel()
                break
            line = reading.result()
            if line is None or line.strip().lower() in QUIT:
                stop.set()
            else:
                await self._answer(line.strip())
        stopping.cancel()
        self._write(self._new_line)

    def silence(self) -> None:
        """Return None: there is no Telegram to hear from."""

    async def aclose(self) -> None:
        """Do nothing: the terminal is not ours to close."""

    async def _answer(self, line: str) -> None:
        try:
            if line:
                answers = await self._answers(line)
                self._words = await self._commands.words(CONSOLE, None)
                for message in answers:
                    self._list_buttons(message)
                    self._write(self._told(message))
        except Exception:
            logger.exception("a command could not be carried out")
            self._write(f"{self._words(common.SORRY)}\n")
        self._write(self._prompt)

    async def _answers(self, line: str) -> tuple[Message, ...]:
        words = await self._commands.words(CONSOLE, None)
        speaker = Speaker(chat=CONSOLE, kind=ChatKind.PRIVATE, words=words)
        if not NUMBER.fullmatch(line):
            return await self._commands.answer(speaker, line)
        number = int(line)
        if not 1 <= number <= len(self._listed):
            return (_no_such_number(words, line),)
        pressed = await self._commands.press(speaker, self._listed[number - 1].data or "")
        message = (pressed.message,) if pressed.message else ()
        said = {"", *(shown.text for shown in message)}
        notice = () if pressed.notice in said else (plain(pressed.notice),)
        return (*notice, *message, *pressed.more)

    def _list_buttons(self, message: Message) -> None:
        if choices := [button for row in message.buttons for button in row if button.data]:
            self._listed = choices

    def _page(self, message: Message) -> str:
        """Return the message and its buttons as lines."""
        if self._is_terminal:
            parts = re.split(r"(<[^>]*>)", LINK.sub(r"\2 (\1)", message.html))
            styled = "".join(STYLES.get(part) or _safe(_visible(part)) for part in parts)
            width = min(shutil.get_terminal_size().columns, MEASURE)
            text = "\n".join(_wrapped(line, width) for line in styled.split("\n"))
        else:
            text = _safe(message.text)
        buttons = [button for row in message.buttons for button in row]
        lines = [f"[{_safe(link.label)}] {_safe(link.url)}" for link in buttons if link.url]
        choices = _choices(message.buttons) if self._typed else []
        lines += choices
        if choices:
            lines.append(self._words(TYPE_A_NUMBER))
        return "\n".join([text, *lines, ""])

    def _told(self, message: Message) -> str:
        """Return the page of a message; a file of it is written, and the page says where."""
        page = self._page(message)
        return f"{page}{_written(message.document, self._words)}\n" if message.document else page

    def _write(self, text: str) -> None:
        encoding = self._shown.encoding or "utf-8"
        self._shown.write(text.encode(encoding, "replace").decode(encoding))
        self._shown.flush()


def _written(document: Document, words: Words) -> str:
    """Write the file into the working directory, beside any of that name; say where, or why not."""
    named = Path(_safe(Path(document.name).name) or "document")
    for number in itertools.count(2):
        try:
            with named.open("xb") as file:
                file.write(document.content)
        except FileExistsError:
            named = named.with_stem(f"{Path(document.name).stem}-{number}")
        except OSError as error:
            return words("The file could not be written: {reason}", reason=error.strerror or "?")
        else:
            break
    return words("Written to {file}", file=str(named))


def _no_such_number(words: Words, number: str) -> Message:
    return say(words("There is no number {number} here. /topics lists the topics.", number=number))


def _visible(part: str) -> str:
    return "" if part.startswith("<") else html.unescape(part)


def _wrapped(line: str, width: int) -> str:
    """Break a line at words; a style takes no room."""
    rows, room = [""], width
    for word in line.split(" "):
        length = len(STYLE.sub("", word))
        if rows[-1] and length + 1 > room:
            rows.append(word)
            room = width - length
        else:
            rows[-1] += f" {word}" if rows[-1] else word
            room -= length + (room < width)
    return "\n".join(rows)


def _safe(text: str) -> str:
    return CONTROLS.sub("", text)


def _choices(rows: Buttons) -> list[str]:
    """Return a line for each row of buttons that can be chosen by their numbers."""
    numbers = itertools.count(1)
    lines = []
    for row in rows:
        told = [_choice(next(numbers), button) for button in row if button.data]
        if told:
            lines.append("   ".join([told[0], *(each.strip() for each in told[1:])]))
    return lines


def _choice(number: int, button: Button) -> str:
    """Return the line of a button that can be chosen by its number."""
    press = read_press(button.data or "")
    if press is None or press.topic is None:
        return f"    {number} {_safe(button.label)}"
    tick = "x" if button.label.startswith(TICK) else " "
    return f"[{tick}] {number} {_safe(button.label.removeprefix(TICK))} ({press.topic})"


def _read_lines(typed: TextIO) -> asyncio.Queue[str | None]:
    """Read lines in a thread, the one way that suits terminals, pipes and files; None at the end.

    The thread may sit in a read when the program ends, and dies with it. It reads below Python's
    own buffers, because Python aborts when it finds the lock of one taken at its end.
    """
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str | None] = asyncio.Queue()

    def read() -> None:
        with suppress(RuntimeError):  # the loop has ended
            with suppress(OSError):  # the terminal was closed
                for line in _unbuffered(typed):
                    loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, name="console", daemon=True).start()
    return lines


def _unbuffered(typed: TextIO) -> Iterator[str]:
    try:
        number = typed.fileno()
    except UnsupportedOperation:
        yield from typed
        return
    with open(number, "rb", buffering=0, closefd=False) as raw:
        for line in raw:
            yield line.decode("utf-8", "replace")
