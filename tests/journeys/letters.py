"""How wide letters are and where lines break, without a font at hand.

Widths are those of Helvetica (Adobe's font metrics, thousandths of the size), with something to
spare for the wider sans-serif fonts that a reader may have instead.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from journeys.transcript import Run

SPARE = 1.07
BOLD = 1.07
_WIDTHS = {
    191: "'",
    222: "ijl‘’",
    278: " !,./:;If[]\\t|",
    333: "()-r`",
    355: '"',
    500: "Jckvsxyz–",
    611: "FTZ",
    667: "ABEKPSVXY&",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    944: "W",
    1000: "…—%@",
}
_OF_LETTER = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
_ORDINARY, _EMOJI = 556, 1250
#: isolates and their end (Unicode TR 9): what is inside says nothing of the text around it
_OPENING, _CLOSING = "\u2066\u2067\u2068", "\u2069"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line as it is drawn."""

    parts: tuple[Run, ...]
    right_to_left: bool
    quoted: bool


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a text, rather too large than too small."""
    letters = sum(map(_width, text))
    return letters / 1000 * size * SPARE * (BOLD if bold else 1)


def cut(text: str, size: float, room: float) -> str:
    """Return the text, shortened to fit."""
    if width_of(text, size) <= room:
        return text
    while text and width_of(f"{text}…", size) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def broken(runs: Iterable[Run], size: float, room: float, quote_room: float) -> Iterator[Line]:
    """Break a text into lines at its spaces, and within a word only if it is longer than a line."""
    letters = [(letter, run) for run in runs for letter in run.text]
    paragraphs = [list(part) for end, part in groupby(letters, _ends) if not end]
    gaps = [len(list(part)) - 1 for end, part in groupby(letters, _ends) if end]
    for number, paragraph in enumerate(paragraphs):
        quoted = any(run.quoted for _, run in paragraph)
        backwards = runs_backwards("".join(letter for letter, _ in paragraph))
        for line in _wrapped(paragraph, size, quote_room if quoted else room):
            yield Line(parts=tuple(_joined(line)), right_to_left=backwards, quoted=quoted)
        for _ in range(gaps[number] if number < len(gaps) else 0):
            yield Line(parts=(), right_to_left=False, quoted=False)


def runs_backwards(text: str) -> bool:
    """Tell whether the first letter with a direction runs to the left (Unicode TR 9, P2)."""
    depth = 0
    for letter in text:
        depth += (letter in _OPENING) - (letter in _CLOSING)
        direction = unicodedata.bidirectional(letter)
        if depth <= 0 and direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


Letters = list[tuple[str, Run]]


def _ends(letter: tuple[str, Run]) -> bool:
    return letter[0] == "\n"


def _wrapped(letters: Letters, size: float, room: float) -> Iterator[Letters]:
    line: Letters = []
    for one in letters:
        line.append(one)
        if (
            sum(width_of(part.text, size, bold="bold" in part.looks) for part in _joined(line))
            > room
        ):
            head, line = _parted(line)
            if head:
                yield head
    yield line


def _parted(line: Letters) -> tuple[Letters, Letters]:
    """Part what is too long at its last space, or else, within a word, at a dash or a slash."""
    for ends, left_out in ((" ", 1), ("/-", 0)):
        if at := max((at for at, (each, _) in enumerate(line[:-1]) if each in ends), default=0):
            return line[: at + 1 - left_out], line[at + 1 :]
    return line[:-1], line[-1:]


def _joined(letters: Letters) -> Iterator[Run]:
    for run, part in groupby(letters, key=lambda letter: letter[1]):
        yield Run(text="".join(letter for letter, _ in part), looks=run.looks, url=run.url)


@cache
def _width(letter: str) -> int:
    if unicodedata.category(letter) in {"Mn", "Me", "Cf", "Cc"}:
        return 0
    if letter > "\U0001f000" or "\u25a0" <= letter <= "\u27bf":
        return _EMOJI
    return _OF_LETTER.get(letter, _ORDINARY)
