"""Where each key of a TOML text stands, which tomllib does not tell.

`document` asks once per config file, after tomllib accepted the text, or all of it up to a mistake;
so nothing is checked here.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

#: ("feeds", 2, "interval")
KeyPath = tuple[str | int, ...]

#: what may stand between the elements of a list
BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_PADDING = re.compile(r"[ \t]*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*'""")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
#: up to two quotes may stand before the three that end a multi-line string (TOML 1.0, String)
_TEXT = re.compile(
    r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|(?!""")"(?:[^"\\]|\\.)*"'
    r"|(?!''')'[^']*'",
    re.DOTALL,
)
#: what begins as a text and does not match `_TEXT`
_UNCLOSED = re.compile(r"""["'].*""", re.DOTALL)
_FIRST_BREAK = re.compile(r"\r?\n")
#: in double quotes: a backslash that joins two lines, another escape, a line's end
_BREAK = re.compile(r"\\[ \t]*\r?\n\s*|\\.|\n")
#: numbers, booleans, dates; a date may have a space inside
_BARE = re.compile(r"[^,\]}#\n]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """What stands before the place where a TOML text breaks off; offsets count from 0."""

    #: as of `key_lines`, up to there
    lines: Mapping[KeyPath, int]
    #: the table or key that was begun last, and where
    path: KeyPath
    start: int
    #: where the last whole value, or text without an end, begins, and where it ends
    value: int
    end: int
    #: whether that value is a text without its last quotation mark
    unclosed: bool
    #: the brackets and braces around a list or an inline table that are open, outermost first
    opened: tuple[int, ...]


def halt(text: str) -> Halt:
    """Return what a TOML text that is valid as far as it goes was in the middle of."""
    scanner = _Scanner(text)
    scanner.document()
    return Halt(
        lines=scanner.lines,
        path=scanner.path,
        start=scanner.start,
        value=scanner.value,
        end=scanner.end,
        unclosed=scanner.unclosed,
        opened=tuple(scanner.opened),
    )


def key_lines(text: str) -> dict[KeyPath, int]:
    """Map every table, key and array element of a valid TOML text to its line, counted from 1.

    A text over several lines has its own lines below it, as if they were elements.
    """
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines


def line_of(lines: Mapping[KeyPath, int], path: KeyPath) -> int | None:
    """Return the line of `path`, else of the nearest thing around it; None if nothing is."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


class _Scanner:
    """Walks once through the text, noting where each key path first appears."""

    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self.path: KeyPath = ()
        self.start = self.value = self.end = 0
        self.unclosed = False
        self.opened: list[int] = []
        self._text = text
        self._at = 0
        self._line = 1
        #: how many elements each array of tables has so far
        self._sizes: Counter[KeyPath] = Counter()

    def document(self) -> None:
        table: KeyPath = ()
        while self._next():
            self.start = self._at
            if self._skip("[["):
                table = self._header(is_array=True)
                self._skip("]]")
            elif self._skip("["):
                table = self._header(is_array=False)
                self._skip("]")
            else:
                self._pair(table)

    def _header(self, *, is_array: bool) -> KeyPath:
        path: KeyPath = ()
        keys = self._keys()
        for number, key in enumerate(keys, 1):
            path = (*path, key)
            if is_array and number == len(keys):
                self._sizes[path] += 1
                self._note(path)
            if path in self._sizes:
                path = (*path, self._sizes[path] - 1)
            self._note(path)
        # its own header, even where a table inside it came first
        self.lines[path] = self._line
        self.path = path
        return path

    def _pair(self, table: KeyPath) -> None:
        path = table
        for key in self._keys():
            path = (*path, key)
            self._note(path)
        self.path = path
        self._take(_PADDING)
        self._skip("=")
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        self._take(_PADDING)
        begin = self._at
        if self._skip("["):
            self._array(path, begin)
        elif self._skip("{"):
            self._inline_table(path, begin)
        elif text := self._take(_TEXT):
            line = self._line - text.count("\n")
            for number, below in enumerate(_lines_of(text)):
                self.lines[*path, number] = line + below
        elif self._take(_UNCLOSED):
            self.unclosed = True
        else:
            self._take(_BARE)
        if self._at > begin and begin not in self.opened:
            self.value, self.end = begin, self._at

    def _array(self, path: KeyPath, begin: int) -> None:
        self.opened.append(begin)
        index = 0
        while self._next():
            if self._skip("]"):
                self.opened.pop()
                break
            self._note((*path, index))
            self._value((*path, index))
            self._next()
            self._skip(",")
            index += 1

    def _inline_table(self, path: KeyPath, begin: int) -> None:
        self.opened.append(begin)
        while self._next():
            if self._skip("}"):
                self.opened.pop()
                break
            self._pair(path)
            self._next()
            self._skip(",")

    def _keys(self) -> list[str]:
        self._take(_PADDING)
        keys = [_plain(self._take(_KEY))]
        while self._take(_DOT):
            keys.append(_plain(self._take(_KEY)))
        self._take(_PADDING)
        return keys

    def _note(self, path: KeyPath) -> None:
        self.lines.setdefault(path, self._line)

    def _next(self) -> bool:
        """Move to the next thing that is not blank or comment; False at the end."""
        self._take(BLANK)
        return self._at < len(self._text)

    def _skip(self, literal: str) -> bool:
        found = self._text.startswith(literal, self._at)
        self._at += len(literal) * found
        return found

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            return ""
        self._at = match.end()
        self._line += match[0].count("\n")
        return match[0]


def _lines_of(literal: str) -> list[int]:
    """Return how far below its quotes each line of a text stands; none if it is all in one."""
    if "\n" not in literal:
        return []
    first = _FIRST_BREAK.match(literal, 3)
    below = [1 if first else 0]
    at = below[0]
    breaks = _BREAK if literal[0] == '"' else _FIRST_BREAK
    for found in breaks.finditer(literal, first.end() if first else 3):
        at += found[0].count("\n")
        if found[0] in {"\n", "\r\n", "\\n"}:
            below.append(at)
    return below


def _plain(key: str) -> str:
    """Return a key without its quotes and escapes."""
    return str(tomllib.loads(f"key = {key}")["key"]) if key[:1] in {'"', "'"} else key
