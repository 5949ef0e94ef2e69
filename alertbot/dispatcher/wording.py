"""Small, safe rewritings of source words for a message; `render` calls them."""

import re

#: C0 and C1 controls, bidirectional overrides and isolates, lone surrogates: they can make a
#: message show other words than it holds (Unicode TR 36, section 3.2)
UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
SMALL = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
DIGITS = {word: number for number, word in enumerate(SMALL, 1)}
DIGITS |= {word: number * 10 for number, word in enumerate(TENS, 2)}
#: not beside other digits: "two 1,400-megawatt units", "(2) two of the lifts"
NUMBER_WORD = re.compile(
    r"(?<![\d)]\s)(?<![\w-])"
    rf"(?:(?:{'|'.join(TENS)})-(?:{'|'.join(SMALL[:9])})|{'|'.join(SMALL[1:] + TENS)})"
    r"(?![\w-])(?!\s+(?:hundred|thousand|million|billion|trillion|dozen)\b)(?!\s+\(?[\d$€£])",
    re.IGNORECASE,
)
#: a cut must not part a number from its magnitude or unit
ENDS_IN_NUMBER = re.compile(r"\S*\d\S*\s*$")


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
    while ENDS_IN_NUMBER.search(kept) and " " in kept.strip():
        kept = kept[: kept.rstrip().rfind(" ")]
    return f"{kept.rstrip(' ,;:–—-')} …"


def in_digits(text: str) -> str:
    """Write the number words from two to ninety-nine as digits; "one" reads better."""
    return NUMBER_WORD.sub(lambda word: digits(word[0]), text)


def digits(word: str) -> str:
    """Return the digits of what NUMBER_WORD matched."""
    return str(sum(DIGITS[part] for part in word.lower().split("-")))


def opening_upper(before: str, figure: str) -> tuple[str, str]:
    """Let a line that consists of both parts begin with a capital letter."""
    if before.strip():
        return before[:1].upper() + before[1:], figure
    return before, figure[:1].upper() + figure[1:]
