"""Turns what a chat types or taps into answers; written once for Telegram and the console.

It joins the parts of the conversation (`parts/`) and knows none of them.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from alertbot.chat.lately import Lately
from alertbot.chat.talk import (
    Answer,
    ChatKind,
    Command,
    Desk,
    Part,
    Pressed,
    Shared,
    Speaker,
    Standing,
    Tap,
    Who,
    common,
    plain,
    say,
)
from alertbot.errors import StoreError
from alertbot.model import ChatId
from alertbot.words import Words, msgid, words_in

logger = logging.getLogger(__name__)
T = TypeVar("T", Command, Tap)

_TYPED = re.compile(r"/(?P<name>\w+)(?:@(?P<bot>\w+))?(?:\s+(?P<argument>.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A command as typed."""

    name: str
    #: the bot it is meant for, as in /help@name; None for any
    bot: str | None
    argument: str


def read_typed(text: str) -> Typed | None:
    """Return the command in the text; None if it is none."""
    found = _TYPED.fullmatch(text.strip())
    if not found:
        return None
    return Typed(
        name=found["name"].lower(), bot=found["bot"], argument=(found["argument"] or "").strip()
    )


class Commands:
    """All commands and buttons of the parts."""

    def __init__(
        self,
        desk: Desk,
        parts: Sequence[Part],
        typed: Callable[[Speaker, str], Awaitable[Answer]],
        shared: Callable[[str, str], Awaitable[Shared]],
    ) -> None:
        """Join the parts; a ValueError says which command or prefix two of them have.

        typed: answers text that is no command. shared: as the method.
        """
        self._desk = desk
        self._typed = typed
        self._shared = shared
        #: who was told that only admins change something, by chat
        self._told: Lately[tuple[ChatId, int | None], bool] = Lately()
        self._help = Command(handle=self._list, menu=msgid("What I understand"))
        self._commands = _joined([*(part.commands for part in parts), {"help": self._help}])
        self._buttons = _joined([part.buttons for part in parts])

    @property
    def admins(self) -> frozenset[ChatId]:
        """The private chats of the admins, now."""
        return self._desk.offer().admins

    def knows(self, name: str) -> bool:
        """Tell whether everybody has a command of this name; those of admins are not betrayed."""
        command = self._commands.get(name)
        return command is not None and command.who is not Who.ADMINS

    def menu(self, words: Words, speaker: Speaker | None = None) -> tuple[tuple[str, str], ...]:
        """Return the commands to list, each with what it does.

        speaker: for whom; None for everybody, without those of admins.
        """
        return tuple(
            (name, words(command.menu))
            for name, command in self._commands.items()
            if command.menu is not None and self._allowed(speaker, command)
        )

    def always(self, text: str) -> bool:
        """Tell whether a text is carried out however fast it comes."""
        typed = read_typed(text)
        return typed is not None and self._commands.get(typed.name, self._help).always

    def always_pressed(self, data: str) -> bool:
        """Tell whether a tap is carried out however fast it comes."""
        tap = self._buttons.get(_prefix(data))
        return tap is not None and tap.always

    async def words(self, chat: ChatId, spoken: str | None) -> Words:
        """Return the words of the chat's language.

        spoken: the language of ours that the person's app is set to, if we know.
        """
        try:
            known = await self._desk.book.language(chat)
        except StoreError as error:  # some answers need no book, and the others will tell
            logger.debug("the language of a chat is unknown: %s", error)
            return words_in(spoken)
        return words_in(known.chosen or spoken or known.spoken)

    async def opened(self, chat: ChatId) -> None:
        """Take note that the chat can be reached (again)."""
        await self._desk.book.open_chat(chat, self._desk.clock.now())

    async def answer(self, speaker: Speaker, text: str) -> Answer:
        """Do what the text asks for and return the answers, in order."""
        typed = read_typed(text)
        command = self._allowed(speaker, self._commands.get(typed.name)) if typed else None
        if typed is None or command is None:
            return await self._typed(speaker, text)
        if refusal := await _refusal(speaker, command.who):
            return self._once(speaker, refusal)
        if command is not self._help:  # which is there without the book, too
            await self._desk.heard(speaker)
        return await command.handle(speaker, typed.argument)

    async def press(self, speaker: Speaker, data: str) -> Pressed:
        """Do what a button with this callback data asks for."""
        tap = self._allowed(speaker, self._buttons.get(_prefix(data)))
        pressed = None
        if tap:
            if refusal := await _refusal(speaker, tap.who):
                return Pressed(notice=refusal, popup=True)
            await self._desk.heard(speaker)
            pressed = await tap.handle(speaker, data)
        return pressed or Pressed(notice=speaker.words(common.OUTDATED))

    async def shared(self, typed: str, offset: str) -> Shared:
        """Return what can be shared in any chat, by words behind the name of the bot.

        offset: "" for the newest, else what came as the next one with the same words.
        """
        return await self._shared(typed, offset)

    def _allowed(self, speaker: Speaker | None, wish: T | None) -> T | None:
        """Return the wish if it is there for the speaker."""
        if wish is None or wish.who is not Who.ADMINS:
            return wish
        if speaker is None or speaker.kind is not ChatKind.PRIVATE:
            return None
        return wish if speaker.chat in self.admins else None

    def _once(self, speaker: Speaker, refusal: str) -> Answer:
        """Say it, but not again to somebody who goes on."""
        who = (speaker.chat, speaker.user)
        if self._told.get(who):
            return ()
        self._told.put(who, True)
        return (plain(refusal),)

    async def _list(self, speaker: Speaker, _: str) -> Answer:
        lines = [
            speaker.words("{command} – {does}", command=f"/{name}", does=does)
            for name, does in self.menu(speaker.words, speaker)
        ]
        return (say("\n".join([speaker.words("This is what I understand:"), *lines])),)


async def _refusal(speaker: Speaker, who: Who) -> str:
    """Return why somebody may not do what changes what a group or channel gets; "" if they may."""
    own = speaker.kind is ChatKind.PRIVATE or speaker.anonymous_admin
    if who is not Who.CHANGES or own:
        return ""
    standing = Standing.UNKNOWN
    if speaker.user is None:  # a channel, or whoever speaks in its name
        standing = Standing.OTHER
    elif speaker.members:
        standing = await speaker.members.standing(speaker.chat, speaker.user)
    if standing is Standing.ADMIN:
        return ""
    unknown = standing is Standing.UNKNOWN
    return speaker.words(common.WHO_IS_ADMIN if unknown else common.ONLY_ADMINS)


def _prefix(data: str) -> str:
    """Return by what its handler is found: what stands before the first ":", without a number."""
    return data.partition(":")[0].rstrip("0123456789")


def _joined(several: Sequence[Mapping[str, T]]) -> dict[str, T]:
    joined: dict[str, T] = {}
    for name, wish in chain.from_iterable(each.items() for each in several):
        if name in joined:
            raise ValueError(f"two parts of the conversation have {name!r}")
        joined[name] = wish
    return joined
