"""Topics that are silent for a while; callback data is `m:<days>:<topic id>`.

The days are 1 or 7, `x` for good, 0 to hear of it again, and `?` to be asked.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

from alertbot.chat.parts.times.places import clock_in
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
from alertbot.ports import FOR_GOOD
from alertbot.words import msgid

#: how many topics can be tapped at a time; the others can be typed
SHOWN = 30
#: of these, watches
WATCHES_SHOWN = 10
DAYS = {"1": timedelta(days=1), "7": timedelta(days=7)}
_PRESS = re.compile(r"m:(?P<days>[170x?]):(?P<topic>.+)", re.ASCII)


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
        return (await self._asked(speaker, said, muted=False),)

    async def _unmute(self, speaker: Speaker, said: str) -> Answer:
        return (await self._asked(speaker, said, muted=True),)

    async def _asked(self, speaker: Speaker, said: str, *, muted: bool) -> Message:
        """Do it for the topic that was named, or offer those that may be meant."""
        now = self._desk.clock.now()
        following = await self._desk.book.following(speaker.chat)
        topic = await self._desk.named(speaker.chat, said) if said else None
        if topic and topic.id in following:
            if not muted:
                return _durations(speaker, topic)
            return await self._set(speaker, topic, "0")
        if topic:
            return say(speaker.words("You do not follow {topic}.", topic=bold(topic.name)))
        fit = {id_ for id_, one in following.items() if one.muted(now) == muted}
        watches = (await self._desk.own(speaker.chat)).of(fit)[:WATCHES_SHOWN]
        topics = (*self._desk.topics.of(fit)[: SHOWN - len(watches)], *watches)
        if not topics:
            nothing = msgid("No topic is muted.") if muted else msgid("There is nothing to mute.")
            return say(speaker.words(nothing))
        if muted:
            return say(speaker.words("Which topic shall speak again?"), _rows(topics, "0"))
        return say(speaker.words("Which topic shall be silent?"), _rows(topics, "?"))

    async def _press(self, speaker: Speaker, data: str) -> Pressed | None:
        found = _PRESS.fullmatch(data)
        if found is None:
            return None
        topic = await self._desk.known(speaker.chat, TopicId(found["topic"]))
        if topic is None:
            return None
        if found["days"] == "?":
            return Pressed(message=_durations(speaker, topic))
        return Pressed(message=await self._set(speaker, topic, found["days"]))

    async def _set(self, speaker: Speaker, topic: Topic, days: str) -> Message:
        """Mute the topic and say until when; "0": let it speak."""
        words, name, now = speaker.words, bold(topic.name), self._desk.clock.now()
        until = FOR_GOOD if days == "x" else now + DAYS[days] if days in DAYS else None
        if not await self._desk.book.mute(speaker.chat, topic.id, until):
            return say(words("You do not follow {topic}.", topic=name))
        if until is None:
            return say(words("You hear of {topic} again.", topic=name))
        back = _back(speaker, topic)
        if until == FOR_GOOD:
            return say(words("{topic} is muted until you say otherwise.", topic=name), back)
        zone = (await self._desk.book.settings(speaker.chat)).timezone
        told = words.plural(
            "{topic} is muted for {n} day, until {time}.",
            "{topic} is muted for {n} days, until {time}.",
            int(days),
            topic=name,
            time=clock_in(zone, until),
        )
        return say(told, back)


def _durations(speaker: Speaker, topic: Topic) -> Message:
    words = speaker.words
    row = (
        Button(label=words("24 hours"), data=f"m:1:{topic.id}"),
        Button(label=words("7 days"), data=f"m:7:{topic.id}"),
        Button(label=words("For good"), data=f"m:x:{topic.id}"),
    )
    return say(words("For how long shall {topic} be silent?", topic=bold(topic.name)), (row,))


def _back(speaker: Speaker, topic: Topic) -> Buttons:
    return ((Button(label=speaker.words("Unmute"), data=f"m:0:{topic.id}"),),)


def _rows(topics: Sequence[Topic], days: str) -> Buttons:
    return tuple((Button(label=clip(topic.name), data=f"m:{days}:{topic.id}"),) for topic in topics)
