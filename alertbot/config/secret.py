"""Finds the bot token, in the environment or in its own file, and keeps it out of sight.

No message made here holds a token, nor anything that could be one in the wrong place.
"""

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from alertbot.config.document import Document
from alertbot.config.lines import KeyPath
from alertbot.errors import Problem
from alertbot.log import TOKEN

VARIABLE = "ALERTBOT_TELEGRAM_TOKEN"
_KEY: KeyPath = ("telegram", "token_file")
#: a token, or one that was cut short, where a path should be
_LIKE_TOKEN = re.compile(r"\d{4,}:\S")
_SHAPE = "a bot token looks like 123456789:AAF..., in one line, as @BotFather gave it"


class Secret:
    """A text that shows itself only when asked to."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Secret(hidden)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text


def find_token(
    document: Document, token_file: str | None, env: Mapping[str, str]
) -> tuple[Secret | None, list[Problem]]:
    """Return the token, if there is one, and what is wrong; the environment wins over the file.

    `token_file` is relative to the folder of the config file.
    """
    from_env = env.get(VARIABLE, "").strip()
    if from_env:
        if TOKEN.fullmatch(from_env):
            return Secret(from_env), []
        return None, [_of_variable(document)]
    if token_file is None:
        return None, []
    if _LIKE_TOKEN.search(token_file):
        message = "this is a token, not the name of a file; put it in a file and name that here"
        return None, [document.problem(_KEY, message)]
    return _read_file(document, document.path.parent / token_file)


def _of_variable(document: Document) -> Problem:
    return Problem(
        file=str(document.path),
        line=None,
        key=VARIABLE,
        message=f"the environment variable holds no token; {_SHAPE}",
    )


def _read_file(document: Document, path: Path) -> tuple[Secret | None, list[Problem]]:
    try:
        text = path.read_bytes().decode("utf-8-sig").strip()
        mode = path.stat().st_mode
    except OSError as error:
        message = f"cannot read {path}: {error.strerror}"
        return None, [document.problem(_KEY, message)]
    except ValueError:  # not UTF-8, or a name no file can have
        text = ""
    if not TOKEN.fullmatch(text):
        return None, [document.problem(_KEY, f"{path} holds no token; {_SHAPE}")]
    if os.name == "posix" and mode & stat.S_IROTH:
        message = f"everyone on this machine can read {path}; try: chmod 600 {path}"
        return Secret(text), [document.problem(_KEY, message, warning=True)]
    return Secret(text), []
