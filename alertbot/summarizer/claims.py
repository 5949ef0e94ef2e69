"""What a text says with each of its numbers, so that two texts can be compared number by number.

`guard` reads the brief and the line with it, and compares. Every number is a claim: figures with
all that is known of them, and the numbers that count nothing (dates, ages, names) by their value.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from alertbot.model import Block, Brief, Figure, FigureKind, Qualifier, Zone
from alertbot.summarizer.figures import MAX_NUMBERS, MAX_TEXT, Found, find_figures
from alertbot.summarizer.figures.kinds import clause
from alertbot.summarizer.figures.lexicon.amounts import TENS, UNITS
from alertbot.summarizer.figures.lexicon.syntax import STOP
from alertbot.summarizer.figures.masks import BLOT, cover
from alertbot.summarizer.figures.numbers import read_numbers
from alertbot.summarizer.figures.qualifiers import qualifier_after, qualifier_before
from alertbot.summarizer.places import Place, place_at, places

_UNTOLD = frozenset({Zone.BYLINE, Zone.RELATED})
MEASURED = frozenset({FigureKind.MONEY, FigureKind.PERCENT, FigureKind.DISTANCE, FigureKind.WEIGHT})
_BLOTTED = re.compile(f"{BLOT}+")
_NAMED = re.compile(rf"\d+|\b(?:{'|'.join((*UNITS, *TENS))})\b", re.IGNORECASE)
_CAPITAL = re.compile(rf"\b(?:{'|'.join(w.capitalize() for w in (*UNITS, *TENS))})\b(?:\s\w+)?")
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_REST = re.compile(r"(?<=\w)\w")
#: what befalls the counted; the classes exclude each other
_FATES = {
    "killed": r"kill\w*|dead(?:ly|liest)?|die[sd]?|dying|deaths?|slain|slew|slay\w*|murder\w*"
    r"|execut(?:ed|ing|ions?)|fatal\w*|drown\w*|perish\w*|massacr\w*|assassinat\w*|bodies|corpses",
    "wounded": r"wound\w*|injur\w*|hurt(?:s|ing)?|maim\w*|hospitali[sz]ed",
    "missing": r"missing|disappear\w*|unaccounted",
    "held": r"captur\w*|seiz\w*|abduct\w*|kidnap\w*|arrest\w*|detain\w*|jail\w*|imprison\w*",
    "freed": r"freed|free[sd]?|releas\w*|rescu\w*",
    "fired": r"fir(?:e[sd]?|ing)|launch\w*",
    "stopped": r"intercept\w*|shot\sdown|shoot\w*\sdown|down(?:ed|ing)|thwart\w*|repel\w*",
}
_FATE = re.compile(
    "|".join(rf"(?P<{name}>\b(?:{words})\b)" for name, words in _FATES.items()), re.IGNORECASE
)
_ROLE = re.compile(r"\b(from|to|of)\s(?:the\s|its\s|their\s)?$", re.IGNORECASE)
_PART = re.compile(r"\sof\s", re.IGNORECASE)

#: characters to either side of a figure
_NEAR = 20
_BESIDE = 30
_FAR = 400
#: words that any sentence may have
_SMALL = STOP | frozenset((*UNITS, *TENS))

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A number of a text, and what the text says with it."""

    text: str
    value: float | tuple[float, float] | None
    #: part of a date, an age, a name: counts nothing
    named: bool = False
    qualifier: Qualifier | None = None
    #: what is counted; empty if another sentence says so, or nobody
    unit: str = ""
    #: the unit is taken from elsewhere
    lent: bool = False
    kind: FigureKind | None = None
    #: the classes of what befell the counted
    fates: frozenset[str] = frozenset()
    #: "from", "to", "of" or "part"
    role: str = ""
    #: stems of its clause and of its sentence, without numbers and small words
    clause: frozenset[str] = frozenset()
    sentence: frozenset[str] = frozenset()
    #: stems of the words beside it
    near: frozenset[str] = frozenset()
    #: of these, the names that follow in its clause
    names: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()


def told_parts(brief: Brief) -> Brief:
    """Return the brief as what may be told of it: the title read too, no byline, no links."""
    blocks = (
        replace(block, zone=Zone.BODY, heading=True) if block.zone is Zone.TITLE else block
        for block in brief.blocks
        if block.zone not in _UNTOLD
    )
    return replace(brief, blocks=tuple(blocks))


def as_brief(brief: Brief, line: str) -> Brief:
    """Return a line as if it were all that its brief says.

    A number word with a capital is read as a count, unless the brief has it within a sentence: a
    line may put first what the brief does not, but "Five Eyes" is a name.
    """

    def count(word: re.Match[str]) -> str:
        named = re.search(rf"[a-z,;]\s{re.escape(word[0])}", brief.text)
        return word[0] if named else word[0].lower()

    line = _CAPITAL.sub(count, line)
    block = Block(zone=Zone.BODY, start=0, end=len(line))
    return replace(brief, text=line, blocks=(block,), quotes=(), truncated=False)


def claims(brief: Brief) -> tuple[Claim, ...]:
    """Return the claims of all blocks: the figures in order, then all other numbers."""
    found, stands = find_figures(brief), places(brief)
    figures = [_figure(brief.text, found, index, stands) for index in range(len(found))]
    return (*figures, *_others(brief, found))


def number_spans(text: str, *, heading: bool) -> tuple[Span, ...]:
    """Return where the numbers of a block stand, each with its qualifier, figures or not."""
    covered = cover(text, heading=heading)
    blots = [blot.span() for blot in _BLOTTED.finditer(covered)]
    numbers = [
        (qualifier_before(text, number.start)[1], qualifier_after(text, number.end)[1])
        for number in islice(read_numbers(covered), MAX_NUMBERS)
    ]
    return (*blots, *numbers)


def _figure(text: str, found: Sequence[Found], index: int, stands: Sequence[Place]) -> Claim:
    figure, number_end = found[index].figure, found[index].number_end
    place = stands[place_at(stands, figure.start)]
    later = (each.figure.start for each in found[index + 1 :] if each.figure.start >= number_end)
    room = (place.start, min(place.end, next(later, place.end)))
    return Claim(
        text=figure.text,
        value=figure.value,
        qualifier=figure.qualifier,
        unit=figure.unit,
        lent=not _says(figure.text, figure.unit, figure.kind),
        kind=figure.kind,
        fates=_fates(text, figure, room),
        role=_role(text, figure.start, number_end),
        clause=_stems(text, *clause(text, figure.start, figure.end)),
        sentence=_stems(text, *_around(figure, place, _FAR)),
        near=_stems(text, *_around(figure, place, _NEAR)),
        names=_names(text, figure.end, min(place.end, clause(text, figure.start, figure.end)[1])),
        beside=_stems(text, *_around(figure, place, _BESIDE)),
    )


def _around(figure: Figure, place: Place, reach: int) -> Span:
    return max(place.start, figure.start - reach), min(place.end, figure.end + reach)


def _says(text: str, unit: str, kind: FigureKind) -> bool:
    """Tell whether a figure names what it counts itself."""
    return kind in MEASURED or unit.rsplit(" ", 1)[-1] in text.lower()


def _others(brief: Brief, found: Sequence[Found]) -> Iterator[Claim]:
    """Yield the numbers that are no figures: those that count nothing by name, then the rest."""
    spans = [(each.figure.start, each.number_end) for each in found]
    for block in brief.blocks:
        text = brief.text[block.start : min(block.end, MAX_TEXT)]
        covered = cover(text, heading=block.heading)
        for blot in _BLOTTED.finditer(covered):
            for number in _NAMED.finditer(text, *blot.span()):
                yield Claim(text=number[0], value=_value(number[0]), named=True)
        for each in islice(read_numbers(covered), MAX_NUMBERS):
            start, end = block.start + each.start, block.start + each.end
            if not any(low <= start < high for low, high in spans):
                yield Claim(text=brief.text[start:end], value=each.value)


def _value(text: str) -> float:
    word = text.lower()
    return float(UNITS[word] if word in UNITS else TENS.get(word, word))


def _fates(text: str, figure: Figure, room: Span) -> frozenset[str]:
    """Return what befalls the counted: said by the noun, else after it, else before it."""
    low, high = clause(text, figure.start, figure.end)
    after = text[figure.end : min(high, room[1])]
    for part in (figure.text, after):
        if fates := _named_fates(part):
            return frozenset(fates)
    before = _named_fates(text[max(low, room[0]) : figure.start])
    return frozenset(before[-1:])


def _named_fates(text: str) -> list[str]:
    return [found.lastgroup or "" for found in _FATE.finditer(text)]


def _role(text: str, start: int, end: int) -> str:
    if _PART.match(text, end):
        return "part"
    role = _ROLE.search(text, max(0, start - 16), start)
    return role[1].lower() if role else ""


def _names(text: str, start: int, end: int) -> frozenset[str]:
    names = (word.lower() for word in _words(text, start, end) if word[0].isupper())
    return frozenset(name[:5] for name in names if name not in _SMALL)


def _stems(text: str, start: int, end: int) -> frozenset[str]:
    words = (word.lower() for word in _words(text, start, end))
    return frozenset(word[:5] for word in words if word not in _SMALL)


def _words(text: str, start: int, end: int) -> list[str]:
    """Return the words between two offsets, none of them cut."""
    if cut := _REST.match(text, end):
        end = cut.start()
        while end > start and text[end - 1].isalnum():
            end -= 1
    return _WORD.findall(text, start, end)
