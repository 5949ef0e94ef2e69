"""Turns text into words that compare equal however they are written, each with its place.

Rules and briefs pass through the same function: case, accents, apostrophes, hyphens, dotted
acronyms and possessives make no difference. Offsets always point into the text as it was given.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

_APOSTROPHES = "'’‘‛`´ʼʻʽʾʿʹ′＇"
#: letters that differ from their base by a stroke or a dot, which Unicode does not decompose
_STROKES = str.maketrans(
    {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"}
)
#: stands for what is no part of the spelling: accents, soft hyphens, joiners
_IGNORED = "\x01"
_ASCII = bytes(range(128))


@dataclass(frozen=True, slots=True)
class Token:
    """One word: `key` compares, `text[start:end]` is how it was written."""

    key: str
    start: int
    end: int


@lru_cache(maxsize=4096)
def _ignored(char: str) -> bool:
    return (
        unicodedata.combining(char) != 0
        or unicodedata.category(char) == "Cf"
        or "\ufe00" <= char <= "\ufe0f"  # variation selectors
    )


def _bare(text: str) -> str:
    """Drop the accents, compatibility forms (full width, ligatures) included."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not _ignored(c))


def _spells(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char).startswith("M")


@lru_cache(maxsize=4096)
def _shade(char: str) -> str:
    """Return what compares for a character: letters, a blank, an apostrophe, a full stop."""
    if char in _APOSTROPHES:
        return "'"
    if char == _IGNORED or _ignored(char):
        return _IGNORED
    if char == ".":
        return "."
    if not _spells(char):
        return " "
    plain = _bare(_bare(char).casefold()).translate(_STROKES)
    return "".join(c for c in plain if _spells(c)) or _IGNORED


class _Shades(dict[int, str]):
    """`_shade` as a table for `str.translate`."""

    def __missing__(self, code: int) -> str:
        shade = _shade(chr(code))
        if len(self) < 10_000:  # all of Unicode would be a hundred megabytes
            self[code] = shade
        return shade


_SHADES = _Shades()


class _Growth:
    """Where a text grew because one character of it spells several letters ("ß" is "ss")."""

    def __init__(self, text: str, long: Set[str]) -> None:
        self._at = [at for at, char in enumerate(text) if char in long]
        gains = [len(_shade(text[at])) - 1 for at in self._at]
        self._gained = [0, *accumulate(gains)]
        #: where each of those characters ends in the text that grew
        self._ends = [at + 1 + got for at, got in zip(self._at, self._gained[1:], strict=True)]

    def grown(self, offset: int) -> int:
        """Return the offset in the grown text of one in the given text."""
        return offset + self._gained[bisect_left(self._at, offset)]

    def given(self, offset: int) -> int:
        """Return the offset in the given text of a word's start or end in the grown one."""
        return offset - self._gained[bisect_right(self._ends, offset)]


class Folded:
    """A text whose words compare equal however they are written.

    Its shadow has each word at the place of the original, in small bare letters, and blanks for
    all the rest; so the words of any stretch are one `str.split` away, at the speed of C.
    """

    __slots__ = ("_ends", "_growth", "_shadow")

    def __init__(self, text: str) -> None:
        self._growth: _Growth | None = None
        #: where words end that were written with more characters than they compare by
        self._ends: dict[int, int] = {}
        self._shadow = self._without_marks(self._shaded(text))

    def shadow(self, start: int, end: int) -> str:
        """Return the shadow of the text between two offsets: its words, parted by blanks."""
        return self._slice(start, end)[1]

    def spans(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the offsets into the text of the words between two offsets."""
        first, part = self._slice(start, end)
        for word in _RUN.finditer(part):
            yield self._span(first + word.start())

    def nth_spans(self, start: int, end: int, numbers: Iterable[int]) -> list[tuple[int, int]]:
        """Return the offsets into the text of words between two, by number from 0, in order."""
        first, rest = self._slice(start, end)
        behind = first + len(rest)
        spans: list[tuple[int, int]] = []
        done = 0
        for number in numbers:
            rest = rest.split(None, number - done)[-1]
            done = number
            spans.append(self._span(behind - len(rest)))
        return spans

    def _span(self, start: int) -> tuple[int, int]:
        end = self._ends.get(start) or self._shadow.find(" ", start)
        if end < 0:
            end = len(self._shadow)
        if self._growth is None:
            return start, end
        return self._growth.given(start), self._growth.given(end)

    def _slice(self, start: int, end: int) -> tuple[int, str]:
        if self._growth:
            start, end = self._growth.grown(start), self._growth.grown(end)
        return start, self._shadow[start:end]

    def _shaded(self, text: str) -> str:
        """Put its shade for each character; few texts have many that are not ASCII."""
        if text.isascii():
            return text.translate(_SHADES)
        foreign = text.encode("utf-8", "surrogatepass").translate(None, _ASCII)
        shades = {char: _shade(char) for char in set(foreign.decode("utf-8", "surrogatepass"))}
        if long := {char for char, shade in shades.items() if len(shade) > 1}:
            self._growth = _Growth(text, long)
        elif len(shades) < 32 and "".join(shades.values()).isascii():
            for char, shade in shades.items():
                text = text.replace(char, shade)
        return text.translate(_SHADES)

    def _without_marks(self, shaded: str) -> str:
        """Put blanks for full stops, apostrophes and what is ignored, and close the words up."""
        marks = [mark.start() for mark in _APOSTROPHE.finditer(shaded)]
        marks += [mark.start() for mark in _INNER_STOP.finditer(shaded)]
        if _IGNORED in shaded:
            marks += [mark.start() for mark in _UNSPELT.finditer(shaded)]
        if not marks:
            return shaded.replace(".", " ")
        pieces: list[str] = []
        done = 0
        for mark in sorted(marks):
            if mark < done:
                continue
            start = shaded.rfind(" ", done, mark) + 1 or done
            end = shaded.find(" ", mark)
            end = len(shaded) if end < 0 else end
            closed, ends = _closed_up(shaded[start:end])
            pieces += (shaded[done:start], closed)
            for at, stop in ends:
                self._ends[start + at] = start + stop
            done = end
        pieces.append(shaded[done:])
        return "".join(pieces).replace(".", " ")


_RUN = re.compile(r"[^ ]+")
_APOSTROPHE = re.compile("'")
_INNER_STOP = re.compile(r"\.(?=[^ \d])")
_UNSPELT = re.compile(_IGNORED)
#: in what stands between two blanks of a shadow: `.` parts words but in an acronym, `'` does not
_WORD = re.compile(
    r"""
      (?P<acronym> [^ '.\x01\d] \x01* (?: \. [^ '.\x01\d] \x01* )+ (?![^ '.]) \.? )
      (?: 's (?![^ '.]) )?
    | [^ '.\x01] [^ '.]* (?: ' [^ '.\x01] [^ '.]* )*
    """,
    re.VERBOSE,
)
_POSSESSIVE = re.compile(r"'s\x01*$")


@lru_cache(maxsize=8192)
def _closed_up(stretch: str) -> tuple[str, Sequence[tuple[int, int]]]:
    """Return a stretch without blanks with only letters left, and where its words ended.

    As long as before: each word begins where it began, and blanks stand for what it lost.
    """
    pieces: list[str] = []
    ends: list[tuple[int, int]] = []
    done = 0
    for found in _WORD.finditer(stretch):
        start, end = found.span("acronym")
        if start < 0:
            start, end = found.span()
            while possessive := _POSSESSIVE.search(stretch, start, end):
                end = possessive.start()
        key = stretch[start:end].replace("'", "").replace(".", "").replace(_IGNORED, "")
        if key:
            pieces += (" " * (start - done), key)
            done = start + len(key)
            if done != end:
                ends.append((start, end))
    pieces.append(" " * (len(stretch) - done))
    return "".join(pieces), ends


def tokens(text: str) -> Iterator[Token]:
    """Yield the words of `text` in order.

    A hyphen, a dash and any other punctuation part words; an apostrophe inside a word does not
    ("Sana'a" is "sanaa"), a possessive is left out ("Iran's" is "Iran"), and letters with a full
    stop between each are one word ("U.S." is "US").
    """
    folded = Folded(text)
    size = len(text)
    for key, span in zip(folded.shadow(0, size).split(), folded.spans(0, size), strict=True):
        yield Token(key, *span)


def words(text: str) -> tuple[str, ...]:
    """Return the words of `text`, folded."""
    return tuple(Folded(text).shadow(0, len(text)).split())


def with_case(written: str) -> str:
    """Fold a word as `tokens` does, but keep its capitals ("U.S." is "US", not "us")."""
    plain = "".join(c for c in written if c not in _APOSTROPHES)
    return "".join(c for c in _bare(plain).translate(_STROKES) if c.isalnum())
