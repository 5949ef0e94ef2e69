"""The commands and buttons by which a chat watches by rules of its own.

Callback data is `watch:<step>:<number>` with the step `save`, `drop` or `end`. What is proposed is
in the store, so that a button works after a restart and holds nothing that could be forged: a
number counts only for the chat that it was given to.
"""

import asyncio
import re
from collections.abc import Mapping

from alertbot.chat.parts.watches import texts
from alertbot.chat.parts.watches.reading import LONGEST, one_line, read_rule
from alertbot.chat.parts.watches.rehearsal import rehearse
from alertbot.chat.talk import Answer, Command, Desk, Pressed, Speaker, Tap, Who, say
from alertbot.model import Button, ChatId
from alertbot.ports import Saving, Watch
from alertbot.words import msgid

_PRESS = re.compile(r"watch:(?P<step>save|drop|end):(?P<number>[0-9]{1,15})", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)


class WatchesPart:
    """Tries, saves, lists and ends watches."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._book = desk.watches
        self._one_rehearsal = asyncio.Semaphore(1)  # each keeps a processor busy
        self.commands: Mapping[str, Command] = {
            "watch": Command(
                handle=self._watch, menu=msgid("Be told by a rule of your own"), who=Who.CHANGES
            ),
            "watches": Command(handle=self._list, menu=msgid("What you watch")),
            "unwatch": Command(handle=self._unwatch, who=Who.CHANGES, always=True),
        }
        self.buttons: Mapping[str, Tap] = {"watch": Tap(handle=self._press, who=Who.CHANGES)}

    async def _watch(self, speaker: Speaker, said: str) -> Answer:
        words, offer = speaker.words, self._desk.offer()
        if not offer.max_watches:
            return (say(words(texts.NOT_OFFERED)),)
        rule = one_line(said)
        if not rule:
            return (texts.usage(words, sorted(offer.terms)),)
        if len(rule) > LONGEST:
            return (texts.too_long(words, len(rule)),)
        read = read_rule(rule, offer.terms)
        if read.mistake is not None:
            return (texts.mistaken(words, read),)
        watches = await self._book.watches(speaker.chat)
        for watch in watches:
            if watch.rule == read.rule:
                return (say(texts.known(words, watch)),)
        if len(watches) >= offer.max_watches:
            return (say(texts.too_many(words, offer.max_watches)),)
        now = self._desk.clock.now()
        async with self._one_rehearsal:
            found = await rehearse(read.rule, offer.terms, self._book, now)
        number = await self._book.propose(speaker.chat, read.rule, now)
        buttons = (
            Button(label=words("Save"), data=f"watch:save:{number}"),
            Button(label=words("Discard"), data=f"watch:drop:{number}"),
        )
        return (texts.proposal(words, read, found, (buttons,)),)

    async def _list(self, speaker: Speaker, _: str) -> Answer:
        return (texts.listed(speaker.words, await self._book.watches(speaker.chat)),)

    async def _unwatch(self, speaker: Speaker, said: str) -> Answer:
        if not said:
            return await self._list(speaker, "")
        if not _NUMBER.fullmatch(said):
            return (texts.not_yours(speaker.words, said),)
        watch = await self._book.end(speaker.chat, int(said))
        if watch is None:
            return (texts.not_yours(speaker.words, said),)
        return (say(texts.ended(speaker.words, watch)),)

    async def _press(self, speaker: Speaker, data: str) -> Pressed | None:
        found = _PRESS.fullmatch(data)
        if not found:
            return None
        number = int(found["number"])
        match found["step"]:
            case "save":
                return await self._save(speaker, number)
            case "drop":
                await self._book.discard(speaker.chat, number)
                said = speaker.words(texts.DISCARDED)
                return Pressed(notice=said, message=say(said))
            case _:
                return await self._end(speaker, number)

    async def _save(self, speaker: Speaker, number: int) -> Pressed:
        words, limit = speaker.words, self._desk.offer().max_watches
        now = self._desk.clock.now()
        match await self._book.save(speaker.chat, number, now, limit, speaker.thread):
            case Saving.FULL:
                return Pressed(notice=texts.too_many(words, limit), popup=True)
            case Saving.GONE:
                return Pressed(notice=words(texts.TOO_OLD), popup=True)
            case Saving.KNOWN:
                return Pressed(notice=words(texts.KNOWN), popup=True)
        watch = await self._find(speaker.chat, number)
        return Pressed(message=texts.saved(words, watch) if watch else None)

    async def _end(self, speaker: Speaker, number: int) -> Pressed:
        watch = await self._book.end(speaker.chat, number)
        notice = say(texts.ended(speaker.words, watch)).text if watch else ""
        left = await self._book.watches(speaker.chat)
        return Pressed(notice=notice, message=texts.listed(speaker.words, left))

    async def _find(self, chat: ChatId, number: int) -> Watch | None:
        watches = await self._book.watches(chat)
        return next((watch for watch in watches if watch.number == number), None)
