"""Times of day as people write them, and a keyboard of choices."""

import re

from alertbot.chat.talk import TICK
from alertbot.model import Button

_TIME = re.compile(r"([01]?\d|2[0-3])(?:[:.]([0-5]\d))?")


def read_time(said: str) -> int | None:
    """Return the minutes since midnight of "7", "7:30" or "07.30"; None if it is no time."""
    found = _TIME.fullmatch(said.strip())
    return int(found[1]) * 60 + int(found[2] or 0) if found else None


def shown(minutes: int) -> str:
    """Return a time of day, such as 07:30."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def choice(label: str, data: str, *, chosen: bool = False) -> Button:
    """Return a button, ticked if it is what holds now."""
    return Button(label=f"{TICK if chosen else ''}{label}", data=data)
