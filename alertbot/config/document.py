"""Reads a config file into plain data that still knows its lines.

The only module here that opens the file; what the data should mean is for `models` and `checks`.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from alertbot.config.models import SLUG
from alertbot.config.toml.lines import KeyPath, key_lines, line_of
from alertbot.config.toml.mistakes import explain_toml
from alertbot.errors import Problem, with_caret

#: a table as written
Row = Mapping[str, object]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
#: a bot token, or one cut short, that stands in the wrong place; what a terminal may act on
_HIDDEN = re.compile(r"""\d{4,}:[^\s"']+|[\x00-\x08\x0b-\x1f\x7f-\x9f]""")
_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A config file as written: data of tomllib, and the line of every key."""

    path: Path
    data: Row
    lines: Mapping[KeyPath, int]

    def problem(
        self, path: KeyPath, message: str, *, within: int | None = None, warning: bool = False
    ) -> Problem:
        """Return a problem of the key at `path`, or of what stands around a missing one.

        within: which line of the text at `path` is meant, from 0; None for all of it.
        """
        place = path if within is None else (*path, within)
        return Problem(
            file=str(self.path),
            line=line_of(self.lines, place),
            key=dotted(path),
            id=self._id_at(path),
            message=message,
            warning=warning,
        )

    def tables(self, name: str) -> list[Row]:
        """Return an array of tables as written; what is no table counts as an empty one."""
        value = self.data.get(name)
        if not isinstance(value, list):
            return []
        return [element if isinstance(element, dict) else {} for element in value]

    def _id_at(self, path: KeyPath) -> str | None:
        """Return the id of the feed or topic that `path` is in, if it has one that may be shown."""
        match path:
            case ("feeds" | "topics" as name, int(index), *_):
                value = self.tables(name)[index].get("id")
                return value if isinstance(value, str) and SLUG.fullmatch(value) else None
        return None


def dotted(path: KeyPath) -> str:
    """Return a path as one writes it: `feeds[2].interval`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += "." * bool(text) + (part if _BARE_KEY.fullmatch(part) else json.dumps(part))
    return text


def read_document(path: Path) -> Document | Problem:
    """Read the file; a problem if there is no file, no text in it, or no TOML."""
    try:
        # a byte order mark is how some editors start a UTF-8 file
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        data = tomllib.loads(text)
    except FileNotFoundError:
        return _broken(
            path,
            "there is no such file; copy config.example.toml to it, or name another with --config",
        )
    except OSError as error:
        return _broken(path, f"cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        byte = error.object[error.start]
        return _broken(path, f"not UTF-8 text (byte 0x{byte:02x}); save the file as UTF-8", line)
    except tomllib.TOMLDecodeError as error:
        return _not_toml(path, text, str(error))
    except (ValueError, RecursionError):
        return _broken(path, "holds a number or a nesting too large to be meant")
    return Document(path=path, data=data, lines=key_lines(text))


def _broken(path: Path, message: str, line: int | None = None) -> Problem:
    return Problem(file=str(path), line=line, key="", message=message)


def _not_toml(path: Path, text: str, said: str) -> Problem:
    lines = text.split("\n")
    stopped = len(text)
    if (place := _PLACE.search(said)) and place["line"]:
        above = lines[: int(place["line"]) - 1]
        stopped = sum(len(line) + 1 for line in above) + int(place["column"]) - 1
    at, reason = explain_toml(text, stopped, _PLACE.sub("", said))
    words = reason.replace("\n", " ")
    number = text.count("\n", 0, at)
    line = lines[number].rstrip()
    shown = line.lstrip()
    column = at - (text.rfind("\n", 0, at) + 1) - (len(line) - len(shown)) + 1
    message = with_caret(f"not valid TOML: {words}", shown, max(column, 1))
    return _broken(path, _HIDDEN.sub(_hide, message), number + 1)


def _hide(found: re.Match[str]) -> str:
    """Return as many stars, so that the caret stays in its place."""
    return "*" * len(found[0])
