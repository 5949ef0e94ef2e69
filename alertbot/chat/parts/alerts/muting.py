"""Asks how a topic is to be silenced, in place of the buttons under an alert.

Callback data is `mute:<alert>`, then `:<place of the topic in it>`, then one of LENGTHS, or
`:daily` for a daily digest instead; `:w` at the end says that the whole of the brief is shown.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from alertbot.chat.parts.times import LENGTHS
from alertbot.chat.talk import Buttons, clip
from alertbot.model import AlertId, Button
from alertbot.words import Words

DAILY = "daily"
_PRESS = re.compile(
    r"mute:(?P<alert>[0-9]{1,18})"
    rf"(?::(?P<topic>[0-9]{{1,2}})(?::(?P<way>{'|'.join([*LENGTHS, DAILY])}))?)?(?P<w>:w)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MutePress:
    """What a tap asks for, step by step."""

    alert: AlertId
    #: the place of the topic among those the chat was told of; None: to be asked
    topic: int | None
    #: a key of LENGTHS, or DAILY; None: to be asked
    way: str | None
    #: whether the whole of the brief is shown
    whole: bool

    def with_topic(self, topic: int) -> "MutePress":
        """Return the next step, for a topic."""
        return MutePress(alert=self.alert, topic=topic, way=None, whole=self.whole)


def read_mute(data: str) -> MutePress | None:
    """Return what callback data asks for; None if it is none of ours."""
    found = _PRESS.fullmatch(data)
    if not found:
        return None
    return MutePress(
        alert=AlertId(int(found["alert"])),
        topic=None if found["topic"] is None else int(found["topic"]),
        way=found["way"],
        whole=found["w"] is not None,
    )


def which_topic(press: MutePress, names: Sequence[str], words: Words) -> Buttons:
    """Return a row for each topic, and the way back."""
    rows = [
        (Button(label=words("Mute {topic}", topic=clip(name, 40)), data=_data(press, number)),)
        for number, name in enumerate(names)
    ]
    return (*rows, (_back(press, words),))


def which_way(press: MutePress, daily_at: str | None, words: Words) -> Buttons:
    """Return the lengths to choose from, a daily digest instead, and the way back.

    daily_at: when that digest comes; None where the topic comes in it already.
    """
    topic = press.topic or 0
    lengths = tuple(
        Button(label=words(label), data=_data(press, topic, length))
        for length, label in LENGTHS.items()
    )
    if daily_at is None:
        return lengths, (_back(press, words),)
    label = words("Daily at {time} instead", time=daily_at)
    return lengths, (Button(label=label, data=_data(press, topic, DAILY)),), (_back(press, words),)


def _data(press: MutePress, topic: int, way: str = "") -> str:
    parts = ["mute", str(press.alert), str(topic), way, "w" if press.whole else ""]
    return ":".join(part for part in parts if part)


def _back(press: MutePress, words: Words) -> Button:
    does = "more" if press.whole else "less"
    return Button(label=words("Back"), data=f"{does}:{press.alert}")
