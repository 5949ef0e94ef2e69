"""The buttons under an alert: Why?, More and Less, Mute, 👍 and 👎.

A tap counts only where this chat was told the alert: callback data can be made up.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial

from alertbot.chat.parts.alerts.muting import DAILY, MutePress, read_mute, which_topic, which_way
from alertbot.chat.parts.alerts.why import NAME_SHOWN, in_full, pop_up, reasons
from alertbot.chat.parts.times import muted, shown, silent_until
from alertbot.chat.talk import (
    Buttons,
    ChatKind,
    Command,
    Desk,
    Pressed,
    Speaker,
    Tap,
    Who,
    clip,
    plain,
    quoted,
)
from alertbot.model import AlertId, Message, TopicId, is_watch
from alertbot.ports import Mode, Thumb, Told, Vote
from alertbot.words import Words, msgid

NO_LONGER_KEPT = msgid("That alert is no longer kept, so there is no more to say about it.")
COUNTED = msgid("Noted: {thumb} Thank you. A second tap takes it back.")
TAKEN_BACK = msgid("Taken back.")
THUMBS = {Thumb.UP: "👍", Thumb.DOWN: "👎"}
_PRESS = re.compile(r"(?P<does>why|more|less|up|down):(?P<alert>[0-9]{1,18})", re.ASCII)


class AlertsPart:
    """Answers for alerts that a chat was told."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.commands: Mapping[str, Command] = {}
        self.buttons: Mapping[str, Tap] = {
            "why": Tap(handle=self._of_told(self._why)),
            "more": Tap(handle=self._of_told(self._fold)),
            "less": Tap(handle=self._of_told(self._fold)),
            "up": Tap(handle=self._of_told(self._vote)),
            "down": Tap(handle=self._of_told(self._vote)),
            "mute": Tap(handle=self._mute, who=Who.CHANGES),
        }

    def _of_told(
        self, answer: Callable[[Speaker, Told, str], Awaitable[Pressed]]
    ) -> Callable[[Speaker, str], Awaitable[Pressed | None]]:
        """Return what answers a tap where this chat was told the alert, given what to do."""

        async def answered(speaker: Speaker, data: str) -> Pressed | None:
            asked = _PRESS.fullmatch(data)
            if not asked:
                return None
            told = await self._told(speaker, asked["alert"])
            if told is None:
                return _no_longer_kept(speaker.words)
            return await answer(speaker, told, asked["does"])

        return answered

    async def _why(self, speaker: Speaker, told: Told, _: str) -> Pressed:
        found = reasons(told.alert.matches, told.topics, partial(self._name, told, speaker.words))
        if not found:
            return Pressed(notice=speaker.words("Nobody knows any more why this came."))
        whole, short = in_full(found, speaker.words), pop_up(found, speaker.words)
        # in a group all would get the rest, whoever asked
        alone = speaker.kind is ChatKind.PRIVATE
        rest = (plain(whole),) if whole != short and alone else ()
        return Pressed(notice=short, popup=True, more=rest)

    async def _fold(self, speaker: Speaker, told: Told, does: str) -> Pressed:
        return Pressed(message=self._shown(told, speaker.words, whole=does == "more"))

    async def _vote(self, speaker: Speaker, told: Told, does: str) -> Pressed:
        vote = Vote(
            chat=speaker.chat,
            alert=told.id,
            user=speaker.user or 0,
            thumb=Thumb(does),
            at=self._desk.clock.now(),
            thread=speaker.thread,
        )
        counts = await self._desk.book.vote(vote)
        if counts is None:
            return Pressed(notice=speaker.words(TAKEN_BACK))
        return Pressed(notice=speaker.words(COUNTED, thumb=THUMBS[counts]))

    async def _mute(self, speaker: Speaker, data: str) -> Pressed | None:
        press = read_mute(data)
        if press is None:
            return None
        told = await self._told(speaker, str(press.alert))
        if told is None:
            return _no_longer_kept(speaker.words)
        if press.topic is None and len(told.topics) == 1:
            press = press.with_topic(0)
        if press.topic is not None and press.topic >= len(told.topics):
            return None
        if press.topic is not None and press.way:
            return await self._silenced(speaker, told, press)
        buttons = await self._asking(speaker, told, press)
        message = self._shown(told, speaker.words, whole=press.whole)
        return Pressed(message=replace(message, buttons=buttons))

    async def _asking(self, speaker: Speaker, told: Told, press: MutePress) -> Buttons:
        words, book = speaker.words, self._desk.book
        if press.topic is None:
            names = [self._name(told, words, topic) for topic in told.topics]
            return which_topic(press, names, words)
        how = (await book.following(speaker.chat)).get(told.topics[press.topic])
        if how is None or how.mode is Mode.DAILY:
            return which_way(press, None, words)
        own = await book.settings(speaker.chat)
        return which_way(press, shown(own.digest_time), words)

    async def _silenced(self, speaker: Speaker, told: Told, press: MutePress) -> Pressed:
        topic, words = told.topics[press.topic or 0], speaker.words
        name = clip(self._name(told, words, topic))
        if topic not in await self._desk.book.following(speaker.chat):
            notice = words("You no longer follow {topic}.", topic=name)
        else:
            notice = await self._silence(speaker, topic, name, press.way or "")
        return Pressed(notice=notice, message=self._shown(told, words, whole=press.whole))

    async def _silence(self, speaker: Speaker, topic: TopicId, name: str, way: str) -> str:
        words, book = speaker.words, self._desk.book
        own = await book.settings(speaker.chat)
        if way == DAILY:
            await book.set_mode(speaker.chat, Mode.DAILY, {topic})
            time = shown(own.digest_time)
            done = words("{topic} comes daily at {time} from now on.", topic=name, time=time)
            undo = msgid("/digest changes that.")
        else:
            until = silent_until(way, self._desk.clock.now())
            await book.mute(speaker.chat, topic, until)
            done, undo = muted(words, name, until, own), msgid("/unmute ends that.")
        # in a channel nobody types
        return done if speaker.kind is ChatKind.CHANNEL else f"{done} {words(undo)}"

    async def _told(self, speaker: Speaker, alert: str) -> Told | None:
        return await self._desk.book.told(speaker.chat, AlertId(int(alert)), speaker.thread)

    def _shown(self, told: Told, words: Words, *, whole: bool) -> Message:
        offer = self._desk.offer()
        return offer.whole(told, words) if whole else offer.sent(told, words)

    def _name(self, told: Told, words: Words, topic: TopicId) -> str:
        """Return what a topic is called; a watch is called by its rule, as long as it is kept."""
        if is_watch(topic):
            rules = {match.topic: match.rule for match in told.alert.matches}
            rule = rules.get(topic)
            return quoted(rule, NAME_SHOWN) if rule else words("your watch")
        offer = self._desk.offer()
        found = offer.topics.get(topic)
        return found.name if found else offer.former_names.get(topic, topic)


def _no_longer_kept(words: Words) -> Pressed:
    return Pressed(notice=words(NO_LONGER_KEPT))
