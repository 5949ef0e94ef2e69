"""Topics that are silent for a while; callback data is `m:<length>:<topic id>`.

The length is one of LENGTHS, `off` to hear of the topic again, or `ask` to be asked for it.
"""

import re
from collections.abc import Mapping, Sequence

from alertbot.chat.parts.times.ways import LENGTHS, muted, silent_until
from alertbot.chat.talk import (
    Answer,
    Buttons,
    Command,
    Desk,
    Pressed,
    Speaker,
    Tap,
    Who,
    bold,
    clip,
    say,
)
from alertbot.model import Button, Message, Topic, TopicId
from alertbot.words import msgid

#: how many topics can be tapped at a time; the others can be typed
SHOWN = 30
#: of these, watches
WATCHES_SHOWN = 10
ASK, OFF = "ask", "off"
_PRESS = re.compile(rf"m:(?P<length>{'|'.join([*LENGTHS, ASK, OFF])}):(?P<topic>.+)", re.ASCII)


class MutesPart:
    """Mutes topics, and lets them speak again."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.commands: Mapping[str, Command] = {
            "mute": Command(
                handle=self._mute, menu=msgid("Silence a topic for a while"), who=Who.CHANGES
            ),
            "unmute": Command(
                handle=self._unmute, menu=msgid("Hear of a muted topic again"), who=Who.CHANGES
            ),
        }
        self.buttons: Mapping[str, Tap] = {"m": Tap(handle=self._press, who=Who.CHANGES)}

    async def _mute(self, speaker: Speaker, said: str) -> Answer:
        return (await self._asked(speaker, said, to_mute=True),)

    async def _unmute(self, speaker: Speaker, said: str) -> Answer:
        return (await self._asked(speaker, said, to_mute=False),)

    async def _asked(self, speaker: Speaker, said: str, *, to_mute: bool) -> Message:
        """Do it for the topic that was named, or offer those that may be meant."""
        now = self._desk.clock.now()
        following = await self._desk.book.following(speaker.chat)
        topic = await self._desk.named(speaker.chat, said) if said else None
        if topic and topic.id in following:
            if to_mute:
                return _durations(speaker, topic)
            return await self._set(speaker, topic, OFF)
        if topic:
            return say(speaker.words("You do not follow {topic}.", topic=bold(topic.name)))
        fit = {id_ for id_, one in following.items() if one.muted(now) != to_mute}
        watches = (await self._desk.own(speaker.chat)).of(fit)[:WATCHES_SHOWN]
        topics = (*self._desk.topics.of(fit)[: SHOWN - len(watches)], *watches)
        if not topics:
            nothing = msgid("There is nothing to mute.") if to_mute else msgid("No topic is muted.")
            return say(speaker.words(nothing))
        if to_mute:
            return say(speaker.words("Which topic shall be silent?"), _rows(topics, ASK))
        return say(speaker.words("Which topic shall speak again?"), _rows(topics, OFF))

    async def _press(self, speaker: Speaker, data: str) -> Pressed | None:
        found = _PRESS.fullmatch(data)
        if found is None:
            return None
        topic = await self._desk.known(speaker.chat, TopicId(found["topic"]))
        if topic is None:
            return None
        if found["length"] == ASK:
            return Pressed(message=_durations(speaker, topic))
        return Pressed(message=await self._set(speaker, topic, found["length"]))

    async def _set(self, speaker: Speaker, topic: Topic, length: str) -> Message:
        """Mute the topic and say until when; OFF: let it speak."""
        words, name, book = speaker.words, bold(topic.name), self._desk.book
        until = None if length == OFF else silent_until(length, self._desk.clock.now())
        if not await book.mute(speaker.chat, topic.id, until):
            return say(words("You do not follow {topic}.", topic=name))
        if until is None:
            return say(words("You hear of {topic} again.", topic=name))
        own = await book.settings(speaker.chat)
        back = Button(label=words("Unmute"), data=f"m:{OFF}:{topic.id}")
        return say(muted(words, name, until, own), ((back,),))


def _durations(speaker: Speaker, topic: Topic) -> Message:
    words = speaker.words
    row = tuple(
        Button(label=words(label), data=f"m:{length}:{topic.id}")
        for length, label in LENGTHS.items()
    )
    return say(words("For how long shall {topic} be silent?", topic=bold(topic.name)), (row,))


def _rows(topics: Sequence[Topic], does: str) -> Buttons:
    return tuple((Button(label=clip(topic.name), data=f"m:{does}:{topic.id}"),) for topic in topics)
