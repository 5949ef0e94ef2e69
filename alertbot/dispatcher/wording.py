"""Small, safe rewritings of source words for a message; `render` calls them."""

import re
from collections.abc import Sequence

#: C0 and C1 controls, bidirectional overrides and isolates, lone surrogates: they can make a
#: message show other words than it holds (Unicode TR 36, section 3.2)
UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
#: of a figure: a number, a range, or None for a vague one
Value = float | tuple[float, float] | None
SMALL = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
DIGITS = {word: number for number, word in enumerate(SMALL, 1)}
DIGITS |= {word: number * 10 for number, word in enumerate(TENS, 2)}
#: alone: not part of a longer number ("two hundred", "twenty five", "two-thirds", whatever the
#: dash), nor beside other digits ("two 1,400-megawatt units", "(2) two of the lifts")
NUMBER_WORD = re.compile(
    r"(?<![\d)]\s)(?<![\w‐‑‒–—-])"
    rf"(?:(?:{'|'.join(TENS)})-(?:{'|'.join(SMALL[:9])})|{'|'.join(SMALL[1:] + TENS)})"
    r"(?![\w‐‑‒–—-])(?!\s+(?:hundred|thousand|million|billion|trillion|dozen|point)\b)"
    r"(?!\s+\(?[\d$€£])",
    re.IGNORECASE,
)
DIGIT = re.compile(r"\d")


def clean(text: str, *, strip: bool = True) -> str:
    """Return the text on one line, without characters that could change how others read."""
    flat = re.sub(r"\s+", " ", UNSAFE.sub(" ", text))
    return flat.strip() if strip else flat


def clip(text: str, limit: int) -> str:
    """Cut the text to `limit` characters at a word, never behind a number, with an ellipsis."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 2]
    kept = kept[: kept.rfind(" ")] if " " in kept else kept
    # a cut must not part a number from its magnitude or unit
    while " " in kept.strip() and DIGIT.search(kept, kept.rstrip().rfind(" ")):
        kept = kept[: kept.rstrip().rfind(" ")]
    return f"{kept.rstrip(' ,;:–—-')} …"


def units(text: str) -> int:
    """Return the length as Telegram counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def clip_units(text: str, limit: int) -> str:
    """Cut the text as `clip` does, to `limit` UTF-16 units."""
    room = limit
    while (over := units(clipped := clip(text, room)) - limit) > 0:
        room -= max(1, over // 2)
    return clipped


def number_words(text: str, value: Value) -> list[tuple[int, int, str]]:
    """Return where the text says `value` in one word from two to ninety-nine, and its digits.

    A word that says anything else than the figure's own value, or an end of its range, is left
    alone: half of a number in digits would be another number. "One" reads better as it is.
    """
    ends = value if isinstance(value, tuple) else (value,)
    found = []
    for word in NUMBER_WORD.finditer(text):
        number = sum(DIGITS[part] for part in word[0].lower().split("-"))
        if number in ends:
            found.append((*word.span(), str(number)))
    return found


def in_digits(text: str, value: Value) -> str:
    """Write the figure's value in digits where the text says it in one word."""
    return rewritten(text, number_words(text, value))


def rewritten(text: str, words: Sequence[tuple[int, int, str]]) -> str:
    """Put the digits for the words that stand from one place to another, in order."""
    for start, end, digits in reversed(words):
        text = text[:start] + digits + text[end:]
    return text


def opening_upper(before: str, figure: str) -> tuple[str, str]:
    """Let a line that consists of both parts begin with a capital letter."""
    if before.strip():
        return before[:1].upper() + before[1:], figure
    return before, figure[:1].upper() + figure[1:]
