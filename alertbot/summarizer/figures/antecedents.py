"""Finds what a number without a noun stands for: "48 of them", "wounded 38", "44 in December"."""

import re
from collections.abc import Sequence

from alertbot.model import Figure, FigureKind
from alertbot.summarizer.figures.kinds import kind_of_unit
from alertbot.summarizer.figures.lexicon.people import HARM_ADVERBS, HARM_VERBS, HUMAN_FATES, PEOPLE
from alertbot.summarizer.figures.lexicon.things import MUNITIONS
from alertbot.summarizer.figures.nouns import is_plural, phrase_after

_WERE = re.compile(r"\s(?:were|are|was|is)\s(?:all\s)?")
_FATE = re.compile(
    r"\s(?:(?:were|was|are|is|remain|have|had|has)\s)?(?:been\s)?(?:still\s|[^\W\d_]+ly\s)?([^\W\d_]+)\b"
)
_TOLL = re.compile(r"\btoll\b[^.,;\n]{0,40}\s$")
_STRONG = re.compile(r"[\s-]strong\b")
_OF_THEM = re.compile(r"\sof\s(?:them|which|whom|those|these)\b")
_COLLECTIVE = re.compile(r"\b(crew|team|group|force|staff|fleet|family|convoy|squad|panel)\sof\s$")
_WORD_BEFORE = re.compile(r"([\w’'-]+)\s$")
_WORD_AFTER = re.compile(r"\s([\w’'-]+)")
_NOUN = re.compile(r"[^\W\d_][\w-]{0,30}")
_SENTENCE_END = re.compile(r"[.!?][”\"’)]{0,2}\s+(?=[“\"]?[A-Z])|\n")
_UNCOUNTED = frozenset(
    {FigureKind.MONEY, FigureKind.PERCENT, FigureKind.DISTANCE, FigureKind.WEIGHT}
)
_HUMAN = frozenset({FigureKind.PEOPLE, FigureKind.CASUALTIES})
_REACH = 250
_MEMORY = 8


def stands_for(
    text: str, span: tuple[int, int], before: Sequence[Figure], *, part: bool = False
) -> tuple[str, FigureKind] | None:
    """Return unit and kind of a bare number at `span` of the whole text, or None.

    before: the figures found so far, in order.
    part: the number is a part, and what is looked for is the whole.
    """
    start, end = span
    recent = [figure for figure in before[-_MEMORY:] if _serves(figure)]
    if part:
        return _nearest(text, start, recent, of_them=False)
    if were := _WERE.match(text, end):
        phrase = phrase_after(text, were.end())
        if phrase and _people(phrase.head):
            harmed = bool(before) and before[-1].kind is FigureKind.CASUALTIES
            return phrase.unit, FigureKind.CASUALTIES if harmed else FigureKind.PEOPLE
    if _STRONG.match(text, end):
        return "people", FigureKind.PEOPLE
    lead = text[max(0, start - 32) : start]
    if _TOLL.search(text, max(0, start - 60), start):
        return "people", FigureKind.CASUALTIES
    if collective := _COLLECTIVE.search(lead):
        return collective[1], kind_of_unit(collective[1])
    of_them = _OF_THEM.match(text, end) is not None
    if not of_them and _harmed(text, lead, end):
        return _harmed_people(text, start, recent), FigureKind.CASUALTIES
    if not of_them and (fated := _fated(text, end, recent)):
        return fated
    if of_them:
        recent = [figure for figure in recent if figure.kind is not FigureKind.DURATION]
    return _nearest(text, start, recent, of_them=of_them)


def _fated(text: str, end: int, recent: Sequence[Figure]) -> tuple[str, FigureKind] | None:
    """Return the last people told of if what follows befalls people: "12 were killed"."""
    fate = _FATE.match(text, end)
    if fate is None or fate[1].lower() not in HUMAN_FATES:
        return None
    people = [f.unit for f in recent if f.kind in _HUMAN and f.unit not in HUMAN_FATES]
    return (people[-1], FigureKind.PEOPLE) if people else None


def _harmed(text: str, lead: str, end: int) -> bool:
    before, after = _WORD_BEFORE.search(lead), _WORD_AFTER.match(text, end)
    return bool(
        (before and before[1].lower() in HARM_VERBS) or (after and after[1].lower() in HARM_ADVERBS)
    )


def _harmed_people(text: str, start: int, recent: Sequence[Figure]) -> str:
    sentence = _sentence_start(text, start - 2)
    units = [f.unit for f in recent if f.kind in _HUMAN and f.start >= sentence]
    return units[-1] if units else "people"


def _nearest(
    text: str, start: int, recent: Sequence[Figure], *, of_them: bool
) -> tuple[str, FigureKind] | None:
    """Return the last thing counted, or munitions (for "of them": people too) named since."""
    sentence = _sentence_start(text, start)
    here = [f for f in recent if f.start >= sentence and f.kind is not FigureKind.DURATION]
    figure = here[-1] if here else recent[-1] if recent else None
    low = max(0, start - _REACH)
    since = max(low, figure.end if figure else 0, text.rfind("\n", low, start) + 1)
    nouns = [noun[0].lower() for noun in _NOUN.finditer(text, since, start)]
    named = [n for n in nouns if n in MUNITIONS or (of_them and _people(n))]
    if named:
        unit = f"{named[-1]}s" if f"{named[-1]}s" in MUNITIONS else named[-1]
        return unit, kind_of_unit(unit)
    return (figure.unit, figure.kind) if figure else None


def _people(noun: str) -> bool:
    return noun in PEOPLE and noun not in HUMAN_FATES and is_plural(noun)


def _sentence_start(text: str, position: int) -> int:
    base = max(0, position - 4 * _REACH)
    ends = [match.end() for match in _SENTENCE_END.finditer(text, base, max(base, position))]
    return ends[-1] if ends else base


def _serves(figure: Figure) -> bool:
    if figure.kind in _UNCOUNTED or figure.unit in {"", "times"}:
        return False
    return not figure.text.endswith(f"-{figure.unit}")
