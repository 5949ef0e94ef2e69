"""What the admins hear when a command or a tap went wrong: each kind once an hour."""

import traceback
from collections.abc import Callable
from pathlib import PurePath

from alertbot.chat.lately import Lately
from alertbot.chat.talk import plain
from alertbot.model import Message

#: seconds in which a kind is told once
QUIET = 3600.0
#: of our own code
ROOT = PurePath(__file__).parents[2]


class Crashes:
    """Remembers what was told."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._told: Lately[str, bool] = Lately(seconds, QUIET)

    def news(self, error: BaseException) -> Message | None:
        """Return what to tell the admins; None if they know.

        Nothing of what the error says: it may name a chat, or what somebody wrote.
        """
        kind = kind_of(error)
        if self._told.get(kind):
            return None
        self._told.put(kind, True)
        return plain(
            f"Something went wrong in a chat: {kind}.\n"
            "Whoever it was has been told to try again, and the bot goes on. The log has all of "
            "it; of this kind you hear once an hour."
        )


def kind_of(error: BaseException) -> str:
    """Return the name of the error and the place of ours that it came from."""
    name = type(error).__name__
    frames = [
        (PurePath(at.filename), at.lineno) for at in traceback.extract_tb(error.__traceback__)
    ]
    ours = [(file, line) for file, line in frames if file.is_relative_to(ROOT)]
    if not ours:
        return name
    file, line = ours[-1]
    return f"{name} in {file.relative_to(ROOT).as_posix()}, line {line}"
