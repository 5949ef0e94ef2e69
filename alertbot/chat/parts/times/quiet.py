"""Quiet hours; callback data is `q:off`, `q:<start>-<end>` in minutes, and `q:urgent` or `q:no`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from alertbot.chat.parts.times.clock import choice, read_time, shown
from alertbot.chat.parts.times.places import city_of
from alertbot.chat.talk import Answer, Buttons, Command, Desk, Pressed, Speaker, Tap, Who, say
from alertbot.model import Message
from alertbot.ports import QuietHours, Settings
from alertbot.words import Words, msgid

#: offered to be tapped
USUAL = (QuietHours(start=22 * 60, end=7 * 60), QuietHours(start=0, end=8 * 60))
EXAMPLE = "<code>/quiet 22:00-07:00</code>"

_TYPED = re.compile(r"\s*(\S+?)\s*(?:-|–|—|\s)\s*(\S+)\s*")
_PRESSED = re.compile(r"q:([0-9]{1,4})-([0-9]{1,4})", re.ASCII)
_DAY = 24 * 60


class QuietPart:
    """Sets the hours in which nothing comes."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.commands: Mapping[str, Command] = {
            "quiet": Command(
                handle=self._quiet, menu=msgid("Hours in which nothing comes"), who=Who.CHANGES
            )
        }
        self.buttons: Mapping[str, Tap] = {"q": Tap(handle=self._press, who=Who.CHANGES)}

    async def _quiet(self, speaker: Speaker, said: str) -> Answer:
        wish = said.lower()
        if not wish:
            own = await self._desk.book.settings(speaker.chat)
            return (_present(speaker, own),)
        if wish == "off":
            return (await self._set(speaker, None),)
        if wish in {"urgent yes", "urgent no"}:
            return (await self._let_urgent(speaker, allowed=wish.endswith("yes")),)
        quiet = _read(_TYPED, wish, read_time)
        if quiet is None:
            asked = speaker.words(
                "Write when it begins and when it ends, such as {example}, or {off}.",
                example=EXAMPLE,
                off="<code>/quiet off</code>",
            )
            return (say(asked),)
        return (await self._set(speaker, quiet),)

    async def _press(self, speaker: Speaker, data: str) -> Pressed | None:
        if data == "q:off":
            return Pressed(message=await self._set(speaker, None))
        if data in {"q:urgent", "q:no"}:
            return Pressed(message=await self._let_urgent(speaker, allowed=data == "q:urgent"))
        quiet = _read(_PRESSED, data, _minutes)
        return Pressed(message=await self._set(speaker, quiet)) if quiet else None

    async def _set(self, speaker: Speaker, quiet: QuietHours | None) -> Message:
        def change(own: Settings) -> Settings:
            but_urgent = own.quiet.but_urgent if own.quiet else False
            return replace(own, quiet=quiet and replace(quiet, but_urgent=but_urgent))

        return await self._change(speaker, change)

    async def _let_urgent(self, speaker: Speaker, *, allowed: bool) -> Message:
        def change(own: Settings) -> Settings:
            return replace(own, quiet=own.quiet and replace(own.quiet, but_urgent=allowed))

        return await self._change(speaker, change)

    async def _change(self, speaker: Speaker, change: Callable[[Settings], Settings]) -> Message:
        now = self._desk.clock.now()
        own = await self._desk.book.change_settings(speaker.chat, change, now)
        return _present(speaker, own)


def _read(
    shape: re.Pattern[str], said: str, read: Callable[[str], int | None]
) -> QuietHours | None:
    """Return the hours that were said; None if they are none, or as long as a day."""
    found = shape.fullmatch(said)
    if not found:
        return None
    start, end = read(found[1]), read(found[2])
    if start is None or end is None or start == end:
        return None
    return QuietHours(start=start, end=end)


def _minutes(said: str) -> int | None:
    return int(said) if int(said) < _DAY else None


def _present(speaker: Speaker, own: Settings) -> Message:
    words, quiet = speaker.words, own.quiet
    if quiet is None:
        lines = [words("There are no quiet hours: alerts come at any time.")]
    else:
        lines = [
            words(
                "Quiet from {start} to {end}, by the clock in {city}. "
                "What comes in these hours waits for their end.",
                start=shown(quiet.start),
                end=shown(quiet.end),
                city=city_of(own.timezone),
            ),
            words("Urgent topics come all the same.")
            if quiet.but_urgent
            else words("Urgent topics wait, too."),
        ]
    if not speaker.only_taps:
        lines.append(words("Other hours: {example}. Another clock: /timezone", example=EXAMPLE))
    return say("\n".join(lines), _buttons(words, quiet))


def _buttons(words: Words, quiet: QuietHours | None) -> Buttons:
    plain = quiet and replace(quiet, but_urgent=False)
    usual = tuple(
        choice(
            f"{shown(hours.start)}–{shown(hours.end)}",
            f"q:{hours.start}-{hours.end}",
            chosen=hours == plain,
        )
        for hours in USUAL
    )
    off = choice(words("No quiet hours"), "q:off", chosen=quiet is None)
    if quiet is None:
        return (usual, (off,))
    urgent = choice(
        words("Urgent topics may break them"),
        "q:no" if quiet.but_urgent else "q:urgent",
        chosen=quiet.but_urgent,
    )
    return (usual, (urgent,), (off,))
