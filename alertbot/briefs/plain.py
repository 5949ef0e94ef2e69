"""Lines: a flat text with what its markup told us, and how plain text becomes lines.

`html` makes the same lines out of HTML; `layout` reads both.
"""

import re
from dataclasses import dataclass

Span = tuple[int, int]

_BULLET = re.compile(r"(?:[•‣▪●◦·*]|[-–](?=\s))\s*")
BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One paragraph, bullet or heading: text without line breaks or doubled spaces."""

    text: str
    #: marked up as a heading
    heading: bool = False
    #: in a list
    item: bool = False
    #: bold parts, in order
    strong: tuple[Span, ...] = ()
    #: texts of links, in order
    links: tuple[Span, ...] = ()

    def cut(self, start: int, end: int | None = None) -> "Line":
        """Return the part from `start` to `end`, without outer spaces, its spans moved along."""
        part = self.text[start:end]
        start += len(part) - len(part.lstrip())
        text = part.strip()
        return Line(
            text=text,
            heading=self.heading,
            item=self.item,
            strong=_moved(self.strong, start, len(text)),
            links=_moved(self.links, start, len(text)),
        )


def _moved(spans: tuple[Span, ...], start: int, length: int) -> tuple[Span, ...]:
    inside = ((max(a - start, 0), min(b - start, length)) for a, b in spans)
    return tuple((a, b) for a, b in inside if a < b)


def printable(text: str) -> str:
    """Return the text without control characters and lone surrogates, which no store accepts."""
    return _UNPRINTABLE.sub("", text)


def squeeze(text: str) -> str:
    """Return the text on one line: each run of whitespace (NBSP too) is one space."""
    return " ".join(text.split())


def plain_lines(text: str) -> tuple[Line, ...]:
    """Return the paragraphs, bullets and headings of a plain text.

    Lines that an editor wrapped by hand are put together again: a line goes on where the next one
    begins in lower case, or where it is long and stops at a comma or a word in lower case.
    """
    lines: list[Line] = []
    for paragraph in BLANK_LINE.split(text.replace("\r\n", "\n").replace("\r", "\n")):
        lines += _paragraph(paragraph)
    return tuple(lines)


def _paragraph(text: str) -> list[Line]:
    lines: list[Line] = []
    parts: list[str] = []
    item = False
    for raw in text.split("\n"):
        part = squeeze(raw)
        bullet = _BULLET.match(part)
        if parts and (bullet or not _goes_on(parts[-1], part)):
            lines.append(Line(text=" ".join(parts), item=item))
            parts, item = [], False
        item = item or bullet is not None
        part = part[bullet.end() :] if bullet else part
        if part:
            parts.append(part)
    if parts:
        lines.append(Line(text=" ".join(parts), item=item))
    return lines


def _goes_on(line: str, following: str) -> bool:
    if not following:
        return False
    last = line.rsplit(" ", 1)[-1]
    unended = line[-1] == "," or (last.isalpha() and last.islower())
    return following[0].islower() or (unended and 50 <= len(line) <= 100)
