"""Finds the bot token, the language model's key and the database's password, and hides them.

The first two are in the environment or in files of their own. No message made here holds one, nor
anything that could be one in the wrong place.
"""

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from alertbot.config.document import Document
from alertbot.config.toml.lines import KeyPath
from alertbot.errors import Problem
from alertbot.log import TOKEN

#: a key, in one line of what a header may hold (RFC 6750 2.1, and then some)
_KEY = re.compile(r"[!-~]{1,500}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sort:
    """A sort of secret: where it may be, and how one knows it."""

    name: str
    variable: str
    path: KeyPath
    pattern: re.Pattern[str]
    #: one, or one that was cut short, where a path should be
    alike: re.Pattern[str]
    shape: str


_TOKEN = _Sort(
    name="token",
    variable="ALERTBOT_TELEGRAM_TOKEN",
    path=("telegram", "token_file"),
    pattern=TOKEN,
    alike=re.compile(r"\d{4,}:\S"),
    shape="a bot token looks like 123456789:AAF..., in one line, as @BotFather gave it",
)
_LLM_KEY = _Sort(
    name="key",
    variable="ALERTBOT_LLM_KEY",
    path=("llm", "key_file"),
    pattern=_KEY,
    alike=re.compile(r"^(?:sk-|[A-Za-z0-9_-]{24,}$)"),
    shape="a key is one line of plain characters without blanks",
)


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
    """Return the bot token, if there is one, and what is wrong; the environment wins over the file.

    `token_file` is relative to the folder of the config file.
    """
    return _find(document, _TOKEN, token_file, env)


def find_llm_key(
    document: Document, key_file: str | None, env: Mapping[str, str]
) -> tuple[Secret | None, list[Problem]]:
    """Return the key of the language model, in the same way."""
    return _find(document, _LLM_KEY, key_file, env)


def split_password(url: str) -> tuple[str, Secret | None]:
    """Return the address of a database without its password, and the password, if there is one."""
    parts = urlsplit(url)
    if parts.password is None:
        return url, None
    user_and_password, _, host = parts.netloc.rpartition("@")
    user = user_and_password.partition(":")[0]
    return url.replace(parts.netloc, f"{user}@{host}", 1), Secret(unquote(parts.password))


def _find(
    document: Document, sort: _Sort, name: str | None, env: Mapping[str, str]
) -> tuple[Secret | None, list[Problem]]:
    from_env = env.get(sort.variable, "").strip()
    if from_env:
        if sort.pattern.fullmatch(from_env):
            return Secret(from_env), []
        return None, [_of_variable(document, sort)]
    if name is None:
        return None, []
    if sort.alike.search(name):
        message = (
            f"this is a {sort.name}, not the name of a file; put it in a file and name that here"
        )
        return None, [document.problem(sort.path, message)]
    return _read_file(document, sort, document.path.parent / name)


def _of_variable(document: Document, sort: _Sort) -> Problem:
    return Problem(
        file=str(document.path),
        line=None,
        key=sort.variable,
        message=f"the environment variable holds no {sort.name}; {sort.shape}",
    )


def _read_file(document: Document, sort: _Sort, path: Path) -> tuple[Secret | None, list[Problem]]:
    try:
        text = path.read_bytes().decode("utf-8-sig").strip()
        mode = path.stat().st_mode
    except OSError as error:
        message = f"cannot read {path}: {error.strerror}"
        return None, [document.problem(sort.path, message)]
    except ValueError:  # not UTF-8, or a name no file can have
        text = ""
    if not sort.pattern.fullmatch(text):
        return None, [document.problem(sort.path, f"{path} holds no {sort.name}; {sort.shape}")]
    if os.name == "posix" and mode & stat.S_IROTH:
        message = f"everyone on this machine can read {path}; try: chmod 600 {path}"
        return Secret(text), [document.problem(sort.path, message, warning=True)]
    return Secret(text), []
