"""Finds what a number counts: the noun phrase after it, or the one it stands for.

There is no tagger: a phrase runs to the first plural, or for "one" to the first verb, and never
across punctuation or a function word (`lexicon.syntax.STOP`).
"""

import re
from dataclasses import dataclass

from alertbot.summarizer.figures.lexicon.amounts import TENS, UNITS
from alertbot.summarizer.figures.lexicon.people import CASUALTY_NOUNS
from alertbot.summarizer.figures.lexicon.syntax import (
    ATTRIBUTIVE_PLURALS,
    BARE_PLURALS,
    COMMA_ADJECTIVES,
    ING_NOUNS,
    LY_NOUNS,
    SKIP,
    STOP,
)

_WORD = r"(?:(?:[A-Z]\.){2,5}|[\w$](?:[\w/&]|[-.,'’](?=\w)){0,60})"
_TOKEN = re.compile(rf"[ \t“\"‘]{{0,2}}({_WORD})(['’](?!\w))?")
_NUMBER_WORDS = frozenset((*UNITS, *TENS)) - {"one"}
_PLAIN_NUMBER = re.compile(r"[$€£]?\d[\d,.]*")
_NOT_PLURAL = ("ss", "us", "is", "'s", "’s", "ous")
#: singular for all their s
_SINGULAR_S = frozenset(
    "gas lens bus chaos hamas texas laos paris athens naples always perhaps afterwards sometimes "
    "series species headquarters less towards besides across unless".split()
)
#: names inside a phrase that bear a number: 40 F-16 Block 70 jets
_NUMBERED = frozenset({"Type", "Block", "Mark", "Mk", "Mk.", "Mod", "Model"})
#: initials that read like small words: three IT staff
_INITIALS = frozenset({"IT", "US"})
_MAX_WORDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A noun phrase: `text[start:end]`, and its words in lower case."""

    start: int
    end: int
    words: tuple[str, ...]

    @property
    def head(self) -> str:
        """Return the noun the rest describes."""
        return self.words[-1]

    @property
    def unit(self) -> str:
        """Return the phrase as a unit."""
        return " ".join(self.words)


def is_plural(word: str) -> bool:
    """Tell whether a lower-case word looks like a plural noun."""
    if word in BARE_PLURALS:
        return True
    if word in STOP or word in _SINGULAR_S or word.endswith(_NOT_PLURAL):
        return False
    return len(word) > 2 and word.endswith("s")


def phrase_after(text: str, position: int, *, singular: bool = False) -> Phrase | None:
    """Return the noun phrase that begins at `position`, skipping "more", "other" and the like."""
    start, end = -1, position
    words: list[str] = []
    last = ""
    while len(words) < _MAX_WORDS and (token := _TOKEN.match(text, end)):
        word = token[1]
        lower = word.lower()
        if not words and lower in SKIP:
            end = token.end()
            continue
        if not _goes_on(text, token, last, singular=singular):
            break
        start = start if words else token.start(1)
        words.append(lower)
        last = token[0].strip()
        end = token.end(1)
        if token[2]:
            if not is_plural(lower):
                break
            end = token.end()
        end = _past_comma(text, end, lower)
    if not words:
        return None
    return Phrase(start=start, end=start + len(text[start:end].rstrip("'’ ,")), words=tuple(words))


def _goes_on(text: str, token: re.Match[str], last: str, *, singular: bool) -> bool:
    word, lower = token[1], token[1].lower()
    plural = is_plural(last.lower().rstrip("'’"))
    if lower in {"and", "or"}:
        return bool(last) and not plural and not singular and _plural_soon(text, token.end())
    if _PLAIN_NUMBER.fullmatch(word):
        return last in _NUMBERED
    stops = lower in STOP and word not in _INITIALS
    if stops or lower in _NUMBER_WORDS or (last and lower == "killed"):
        return False
    if plural:
        soft = last.lower() in ATTRIBUTIVE_PLURALS or last[0].isupper() or last[-1] in "'’"
        if is_plural(lower):
            return soft and (lower not in CASUALTY_NOUNS or last.lower() in CASUALTY_NOUNS)
        return soft and not _verb_like(lower) and _plural_soon(text, token.end())
    if lower.endswith("ly") and lower not in LY_NOUNS:
        goes_on = _TOKEN.match(text, token.end()) is not None
        return _plural_soon(text, token.end()) or (singular and not last and goes_on)
    if singular:
        return not (last and (_verb_like(lower) or lower in CASUALTY_NOUNS))
    return not _verb_like(lower) or _plural_soon(text, token.end())


def _verb_like(word: str) -> bool:
    if word in BARE_PLURALS or word in ING_NOUNS or "-" in word:
        return False
    return word.endswith(("ed", "ing")) and len(word) > 4


def _plural_soon(text: str, position: int) -> bool:
    """Tell whether a plural follows within three words and no function word stands between."""
    for _ in range(3):
        token = _TOKEN.match(text, position)
        if token is None or (lower := token[1].lower()) in STOP or lower in _NUMBER_WORDS:
            return False
        if is_plural(lower):
            return True
        position = token.end()
    return False


def _past_comma(text: str, end: int, word: str) -> int:
    if word in COMMA_ADJECTIVES and text[end : end + 2] == ", " and _plural_soon(text, end + 1):
        return end + 1
    return end
