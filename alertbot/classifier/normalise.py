"""Turns text into words that compare equal however they are written, each with its place.

Rules and briefs pass through the same function: case, accents, apostrophes, hyphens, dotted
acronyms and possessives make no difference. Offsets always point into the text as it was given.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_APOSTROPHES = "'’‘‛`´ʼʻʽʾʿʹ′＇"
#: letters that differ from their base by a stroke or a dot, which Unicode does not decompose
_STROKES = str.maketrans(
    {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"}
)
#: what stands in the shadow of a text for a character that ...
_IGNORED = "\x01"  # ... is no part of the spelling: accents, soft hyphens, joiners
_LETTER = "\x02"  # ... is part of a word but folds to something else than one letter


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


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    plain = _bare(_bare(char).casefold()).translate(_STROKES)
    return "".join(c for c in plain if _spells(c))


def _spells(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char).startswith("M")


class _Shadow(dict[int, str]):
    """A table for `str.translate` that gives one character for each, so offsets stay true."""

    def __missing__(self, code: int) -> str:
        shadow = _shadow(chr(code))
        if len(self) < 10_000:  # all of Unicode would be a hundred megabytes
            self[code] = shadow
        return shadow


def _shadow(char: str) -> str:
    if char in _APOSTROPHES:
        return "'"
    if _ignored(char):
        return _IGNORED
    if char == ".":
        return "."
    if not _spells(char):
        return " "
    folded = _folded(char)
    return folded if len(folded) == 1 and folded.isalnum() else _LETTER


_SHADOW = _Shadow()
_WORD = re.compile(
    r"""
      (?P<acronym> [^\W\d] \x01* (?: \. [^\W\d] \x01* )+ (?![\w\x01\x02]) \.? )
      (?: 's (?![\w\x01\x02]) )?
    | [\w\x02] [\w\x01\x02]* (?: ' [\w\x02] [\w\x01\x02]* )*
    """,
    re.VERBOSE,
)
_POSSESSIVE = re.compile(r"'s\x01*$")


def tokens(text: str) -> Iterator[Token]:
    """Yield the words of `text` in order.

    A hyphen, a dash and any other punctuation part words; an apostrophe inside a word does not
    ("Sana'a" is "sanaa"), a possessive is left out ("Iran's" is "Iran"), and letters with a full
    stop between each are one word ("U.S." is "US").
    """
    shadow = text.translate(_SHADOW)
    for found in _WORD.finditer(shadow):
        start, end = found.span("acronym")
        if start < 0:
            start, end = found.span()
            while possessive := _POSSESSIVE.search(shadow, start, end):
                end = possessive.start()
        key = _key(text, shadow, start, end)
        if key:
            yield Token(key, start, end)


def _key(text: str, shadow: str, start: int, end: int) -> str:
    key = shadow[start:end]
    if key.isalnum():
        return key
    if _LETTER in key:
        return "".join(
            _folded(char)
            for char, mark in zip(text[start:end], key, strict=True)
            if mark not in "'."
        )
    return key.replace("'", "").replace(".", "").replace(_IGNORED, "")


def words(text: str) -> tuple[str, ...]:
    """Return the words of `text`, folded."""
    return tuple(token.key for token in tokens(text))


def with_case(written: str) -> str:
    """Fold a word as `tokens` does, but keep its capitals ("U.S." is "US", not "us")."""
    plain = "".join(c for c in written if c not in _APOSTROPHES)
    return "".join(c for c in _bare(plain).translate(_STROKES) if c.isalnum())
