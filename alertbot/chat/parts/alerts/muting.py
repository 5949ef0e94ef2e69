"""Asks for how long a topic is to be muted, in place of the buttons under an alert.

Callback data is `mute:<alert>`, then `:<place of the topic in it>`, then `:day`, `:week` or
`:ever`; `:w` at the end says that the whole of the brief is shown.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alertbot.chat.talk import Buttons, clip
from alertbot.model import AlertId, Button
from alertbot.ports import FOR_GOOD
from alertbot.words import Words, msgid

DAY, WEEK, EVER = "day", "week", "ever"
LABELS = {DAY: msgid("24 h"), WEEK: msgid("7 days"), EVER: msgid("Forever")}
DONE = {
    DAY: msgid("{topic} is muted for 24 hours. /unmute ends that sooner."),
    WEEK: msgid("{topic} is muted for 7 days. /unmute ends that sooner."),
    EVER: msgid("{topic} is muted until you send /unmute."),
}
_PRESS = re.compile(
    r"mute:(?P<alert>[0-9]{1,18})(?::(?P<topic>[0-9]{1,2})(?::(?P<span>day|week|ever))?)?(?P<w>:w)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MutePress:
    """What a tap asks for, step by step."""

    alert: AlertId
    #: the place of the topic among those the chat was told of; None: to be asked
    topic: int | None
    #: a key of LABELS; None: to be asked
    span: str | None
    #: whether the whole of the brief is shown
    whole: bool

    def with_topic(self, topic: int) -> "MutePress":
        """Return the next step, for a topic."""
        return MutePress(alert=self.alert, topic=topic, span=None, whole=self.whole)


def read_mute(data: str) -> MutePress | None:
    """Return what callback data asks for; None if it is none of ours."""
    found = _PRESS.fullmatch(data)
    if not found:
        return None
    return MutePress(
        alert=AlertId(int(found["alert"])),
        topic=None if found["topic"] is None else int(found["topic"]),
        span=found["span"],
        whole=found["w"] is not None,
    )


def which_topic(press: MutePress, names: Sequence[str], words: Words) -> Buttons:
    """Return a row for each topic, and the way back."""
    rows = [
        (Button(label=words("Mute {topic}", topic=clip(name, 40)), data=_data(press, number)),)
        for number, name in enumerate(names)
    ]
    return (*rows, (_back(press, words),))


def for_how_long(press: MutePress, words: Words) -> Buttons:
    """Return the lengths to choose from, and the way back."""
    lengths = tuple(
        Button(label=words(label), data=_data(press, press.topic or 0, span))
        for span, label in LABELS.items()
    )
    return lengths, (_back(press, words),)


def until(span: str, now: datetime) -> datetime:
    """Return when a topic that is muted now speaks again."""
    return {DAY: now + timedelta(days=1), WEEK: now + timedelta(days=7)}.get(span, FOR_GOOD)


def _data(press: MutePress, topic: int, span: str = "") -> str:
    parts = ["mute", str(press.alert), str(topic), span, "w" if press.whole else ""]
    return ":".join(part for part in parts if part)


def _back(press: MutePress, words: Words) -> Button:
    does = "more" if press.whole else "less"
    return Button(label=words("Back"), data=f"{does}:{press.alert}")
