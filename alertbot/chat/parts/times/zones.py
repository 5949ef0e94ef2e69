"""Where a chat lives, by city or by where one is; callback data is `z:<zone>`."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import replace

from alertbot.chat.parts.times import clock
from alertbot.chat.parts.times.places import (
    city_of,
    clock_in,
    nearest_zones,
    read_place,
    similar_cities,
    zones_of,
)
from alertbot.chat.talk import Answer, Command, Desk, Pressed, Speaker, Tap, Who, bold, say
from alertbot.model import Message
from alertbot.words import msgid

DATA = "z:"


class ZonesPart:
    """Sets the time zone."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.commands: Mapping[str, Command] = {
            "timezone": Command(
                handle=self._timezone, menu=msgid("Where your clock is"), who=Who.CHANGES
            )
        }
        self.buttons: Mapping[str, Tap] = {"z": Tap(handle=self._press, who=Who.CHANGES)}

    async def _timezone(self, speaker: Speaker, said: str) -> Answer:
        if not said:
            return (await self._present(speaker),)
        if place := read_place(said):
            asked = speaker.words("Which of these has the time that is yours?")
            return (self._asking(asked, nearest_zones(place)),)
        found = zones_of(said)
        if len(found) == 1:
            return (await self._set(speaker, found[0]),)
        if found:
            asked = speaker.words("Which one do you mean?")
            return (self._asking(asked, found),)
        if similar := similar_cities(said):
            asked = speaker.words(
                "I know no city called {name}. Did you mean one of these?", name=bold(said)
            )
            return (self._asking(asked, similar),)
        unknown = speaker.words(
            "I know no city called {name}. Try a larger one in the same time zone, "
            "such as {example}, or share your location with me.",
            name=bold(said),
            example="<code>/timezone Tehran</code>",
        )
        return (say(unknown),)

    async def _press(self, speaker: Speaker, data: str) -> Pressed | None:
        zone = data.removeprefix(DATA)
        if zone not in zones_of(zone):
            return None
        return Pressed(message=await self._set(speaker, zone))

    async def _present(self, speaker: Speaker) -> Message:
        zone = (await self._desk.book.settings(speaker.chat)).timezone
        now = speaker.words(
            "Your time zone is {zone}, where it is {time} now.",
            zone=_named(zone),
            time=clock_in(zone, self._desk.clock.now()),
        )
        how = speaker.words(
            "To change it, write a city behind the command, such as {example}, "
            "or share your location with me.",
            example="<code>/timezone Tehran</code>",
        )
        return say(f"{now}\n{how}")

    async def _set(self, speaker: Speaker, zone: str) -> Message:
        now = self._desk.clock.now()
        await self._desk.book.change_settings(
            speaker.chat, lambda own: replace(own, timezone=zone), now
        )
        confirmed = speaker.words(
            "It is {time} in {city} now. Your digests and quiet hours go by this clock.",
            time=clock_in(zone, now),
            city=_named(zone),
        )
        return say(confirmed)

    def _asking(self, asked: str, zones: Sequence[str]) -> Message:
        now = self._desk.clock.now()
        rows = [
            (clock.choice(f"{city_of(zone)}, {clock_in(zone, now)}", f"{DATA}{zone}"),)
            for zone in zones
        ]
        return say(asked, tuple(rows))


def _named(zone: str) -> str:
    return html.escape(city_of(zone), quote=False)
