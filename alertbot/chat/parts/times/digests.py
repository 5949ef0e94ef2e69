"""Topics told at once or in digests, and when those come.

Callback data: `d:<mode>:<topic id>` with the mode's first letter, without a topic for all of
them; `d:t:<topic id>` to be asked of one; `d:one`, `d:at` and `d:on` to be asked for a topic, a
time and a weekday; `d:at:<minutes>` and `d:on:<weekday>`.
"""

import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace

from alertbot.chat.parts.times.clock import choice, read_time, shown
from alertbot.chat.parts.times.places import city_of
from alertbot.chat.parts.times.ways import WEEKDAYS, ways_of
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
from alertbot.ports import Mode, Settings
from alertbot.words import Words, msgid

#: topics in one message
SHOWN = 30
#: of these, watches
WATCHES_SHOWN = 10
#: hours offered to be tapped
HOURS = (6, 7, 8, 9, 12, 17, 19, 21)
MODES = {
    Mode.INSTANT: msgid("At once"),
    Mode.HOURLY: msgid("Hourly"),
    Mode.DAILY: msgid("Daily"),
    Mode.WEEKLY: msgid("Weekly"),
}
NOTHING = msgid("You follow no topics yet.")
NOTHING_YET = msgid("You follow no topics yet. /topics shows what there is.")
FOR_ALL = msgid("For all of them: tap below.")
FOR_ALL_OR_TYPE = msgid("For all of them: tap below. Another clock: /timezone")
_LETTERS = {mode.value[0]: mode for mode in Mode}
_PRESS = re.compile(
    r"d:(?P<mode>[ihdw]):(?P<of>.*)|d:t:(?P<topic>.+)|d:(?P<menu>one|at|on)"
    r"|d:at:(?P<at>[0-9]{1,4})|d:on:(?P<on>[0-6])",
    re.ASCII,
)


class DigestsPart:
    """Chooses when topics are told."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.commands: Mapping[str, Command] = {
            "digest": Command(
                handle=self._digest,
                menu=msgid("Alerts at once, or hourly, daily, weekly"),
                who=Who.CHANGES,
            )
        }
        self.buttons: Mapping[str, Tap] = {"d": Tap(handle=self._press, who=Who.CHANGES)}
        self._menus: Mapping[str, Callable[[Speaker], Awaitable[Message]]] = {
            "one": self._topics,
            "at": self._times,
            "on": self._weekdays,
        }

    async def _digest(self, speaker: Speaker, said: str) -> Answer:
        wish, _, name = said.partition(" ")
        minutes = read_time(said)
        if minutes is not None:
            return (await self._change(speaker, lambda own: replace(own, digest_time=minutes)),)
        if wish.lower() not in set(Mode):
            return (await self._present(speaker),)
        topic = await self._desk.named(speaker.chat, name) if name.strip() else None
        if name.strip() and topic is None:
            unknown = speaker.words(
                "I know no topic called {name}. /topics shows those I know.", name=bold(name)
            )
            return (say(unknown),)
        return (await self._set(speaker, Mode(wish.lower()), {topic.id} if topic else None),)

    async def _press(self, speaker: Speaker, data: str) -> Pressed | None:
        found = _PRESS.fullmatch(data)
        if found is None:
            return None
        if menu := found["menu"]:
            return Pressed(message=await self._menus[menu](speaker))
        if name := found["topic"] or found["of"]:
            topic = await self._desk.known(speaker.chat, TopicId(name))
            if topic is None:
                return None
            if found["topic"]:
                return Pressed(message=await self._of_one(speaker, topic))
        if found["mode"]:
            of = {TopicId(found["of"])} if found["of"] else None
            return Pressed(message=await self._set(speaker, _LETTERS[found["mode"]], of))
        return await self._press_time(speaker, found)

    async def _press_time(self, speaker: Speaker, found: re.Match[str]) -> Pressed | None:
        if found["on"]:
            weekday = int(found["on"])
            change = await self._change(speaker, lambda own: replace(own, digest_weekday=weekday))
            return Pressed(message=change)
        minutes = int(found["at"])
        if minutes >= 24 * 60:
            return None
        change = await self._change(speaker, lambda own: replace(own, digest_time=minutes))
        return Pressed(message=change)

    async def _set(
        self, speaker: Speaker, mode: Mode, topics: Collection[TopicId] | None
    ) -> Message:
        await self._desk.book.set_mode(speaker.chat, mode, topics)
        return await self._present(speaker)

    async def _change(self, speaker: Speaker, change: Callable[[Settings], Settings]) -> Message:
        await self._desk.book.change_settings(speaker.chat, change, self._desk.clock.now())
        return await self._present(speaker)

    async def _present(self, speaker: Speaker) -> Message:
        """Show how each topic is told, with the choices for all of them."""
        words, ways = speaker.words, await ways_of(self._desk, speaker.chat)
        topics = self._desk.topics.of(ways.following)
        watches = (await self._desk.own(speaker.chat)).of(ways.following)
        if not topics and not watches:
            return say(words(NOTHING if speaker.only_taps else NOTHING_YET))
        mine = ways.lines(words, watches, WATCHES_SHOWN)
        lines = ways.lines(words, topics, SHOWN - len(mine))
        if mine:
            lines += [words("Your watches:"), *mine]
        head = words(
            "This is when I tell you of your topics, by the clock in {city}:",
            city=city_of(ways.own.timezone),
        )
        foot = words(FOR_ALL if speaker.only_taps else FOR_ALL_OR_TYPE)
        told = (*topics, *watches)
        modes = {ways.following[topic.id].mode for topic in told}
        buttons = _all_buttons(words, modes, ways.own, len(told))
        return say("\n".join([head, *lines, foot]), buttons)

    async def _of_one(self, speaker: Speaker, topic: Topic) -> Message:
        following = await self._desk.book.following(speaker.chat)
        if topic.id not in following:
            return say(speaker.words("You do not follow {topic}.", topic=bold(topic.name)))
        asked = speaker.words("When shall I tell you of {topic}?", topic=bold(topic.name))
        return say(asked, (_mode_row(speaker.words, {following[topic.id].mode}, topic.id),))

    async def _topics(self, speaker: Speaker) -> Message:
        following = await self._desk.book.following(speaker.chat)
        watches = (await self._desk.own(speaker.chat)).of(following)[:WATCHES_SHOWN]
        topics = self._desk.topics.of(following)[: SHOWN - len(watches)]
        rows = tuple(
            (Button(label=clip(topic.name), data=f"d:t:{topic.id}"),)
            for topic in (*topics, *watches)
        )
        return say(speaker.words("Which topic?"), rows)

    async def _times(self, speaker: Speaker) -> Message:
        own = await self._desk.book.settings(speaker.chat)
        buttons = [
            choice(shown(hour * 60), f"d:at:{hour * 60}", chosen=own.digest_time == hour * 60)
            for hour in HOURS
        ]
        asked = speaker.words(
            "When shall daily and weekly digests come? Any other time can be written: {example}.",
            example="<code>/digest 7:30</code>",
        )
        return say(asked, (tuple(buttons[:4]), tuple(buttons[4:])))

    async def _weekdays(self, speaker: Speaker) -> Message:
        own, words = await self._desk.book.settings(speaker.chat), speaker.words
        rows = tuple(
            (choice(words(name), f"d:on:{day}", chosen=own.digest_weekday == day),)
            for day, name in enumerate(WEEKDAYS)
        )
        return say(words("On which day shall weekly digests come?"), rows)


def _all_buttons(words: Words, modes: Collection[Mode], own: Settings, topics: int) -> Buttons:
    rows = [_mode_row(words, modes, "")]
    if topics > 1:
        rows.append((Button(label=words("One topic only …"), data="d:one"),))
    when = []
    if {Mode.DAILY, Mode.WEEKLY} & set(modes):
        time = shown(own.digest_time)
        when.append(Button(label=words("Time: {time}", time=time), data="d:at"))
    if Mode.WEEKLY in modes:
        day = words(WEEKDAYS[own.digest_weekday])
        when.append(Button(label=words("Day: {day}", day=day), data="d:on"))
    return (*rows, tuple(when)) if when else tuple(rows)


def _mode_row(words: Words, chosen: Collection[Mode], topic: str) -> tuple[Button, ...]:
    """Return the four choices; what holds for all that they are about is ticked."""
    return tuple(
        choice(words(label), f"d:{mode.value[0]}:{topic}", chosen=set(chosen) == {mode})
        for mode, label in MODES.items()
    )
