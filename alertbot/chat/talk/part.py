"""What a part of the conversation is: its commands and its buttons; `Commands` joins the parts."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from alertbot.chat.talk.speaker import Speaker
from alertbot.model import Message

Answer = tuple[Message, ...]


class Who(StrEnum):
    """Who may use a command or a button."""

    ANYONE = "anyone"
    #: it changes what the chat gets: in a group or channel its admins alone
    CHANGES = "changes"
    #: the admins of the bot, in private; to anybody else there is no such thing
    ADMINS = "admins"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What a typed command does."""

    #: takes who typed it and what stands behind the command, stripped
    handle: Callable[[Speaker, str], Awaitable[Answer]]
    #: its line in /help and in Telegram's menu, as a msgid; None to leave it out
    menu: str | None = None
    who: Who = Who.ANYONE
    #: carried out however fast commands come
    always: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """What a tap on a button leads to."""

    #: plain words to show for a moment, at most 200 characters
    notice: str = ""
    #: whether the notice stays until it is tapped away
    popup: bool = False
    #: what the message with the button becomes; None leaves it
    message: Message | None = None
    #: what comes behind it
    more: Answer = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What somebody may share in another chat, where nobody can tap on anything but links."""

    #: at most 64 bytes (Bot API, InlineQueryResultArticle)
    id: str
    title: str
    description: str
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Some of what there is to share."""

    articles: tuple[Article, ...] = ()
    #: asks for more of the same; empty: that was all
    next_offset: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """What the buttons of one prefix do."""

    #: takes who tapped and the whole callback data, of which nothing but the prefix is known: the
    #: handler checks the rest, and answers None to what it never wrote
    handle: Callable[[Speaker, str], Awaitable[Pressed | None]]
    who: Who = Who.ANYONE
    #: carried out however fast taps come
    always: bool = False


class Part(Protocol):
    """A part of the conversation."""

    @property
    def commands(self) -> Mapping[str, Command]:
        """The commands by name, without the slash."""
        ...

    @property
    def buttons(self) -> Mapping[str, Tap]:
        """The buttons by what stands before the first ":" of their callback data.

        A number at its end does not count: what stands before `k7:p:1` is `k`.
        """
        ...
