"""Finds what a number without a noun stands for: "48 of them", "wounded 38", "44 in December"."""

import re
from collections.abc import Callable, Sequence
from math import inf

from alertbot.model import Figure, FigureKind
from alertbot.summarizer.figures.kinds import kind_of_unit
from alertbot.summarizer.figures.lexicon.people import (
    CROWD_VERBS,
    GATHERED,
    HARM_ADVERBS,
    HARM_VERBS,
    HUMAN_FATES,
    ONLY_HUMAN_FATES,
    PEOPLE,
)
from alertbot.summarizer.figures.lexicon.things import MUNITIONS
from alertbot.summarizer.figures.nouns import is_plural, phrase_after

_WERE = re.compile(r"\s(?:were|are|was|is)\s(?:all\s)?")
_FATE = re.compile(
    r"\s(?:(?:were|was|are|is|remain|have|had|has)\s)?(?:been\s)?(?:still\s|[^\W\d_]+ly\s)?([^\W\d_]+)\b"
)
_TOLL = re.compile(r"\btoll\b[^.,;\n]{0,40}\s$")
_STRONG = re.compile(r"[\s-]strong\b")
OF_THEM = re.compile(r"\sof\s(?:them|which|whom|those|these)\b")
_COLLECTIVE = re.compile(r"\b(crew|team|group|force|staff|fleet|family|convoy|squad|panel)\sof\s$")
_CITY = re.compile(
    r"\b(?:city|town|village|camp|nation|country|island|region|province|population|crowd|electorate)"
    r"\sof\s(?:(?:about|some|nearly|roughly|almost|around|over|more\sthan|just|only|at\sleast)\s)*$"
)
_STANDS_AT = re.compile(
    r"\b([^\W\d_]+)\s(?:flock|herd|population|stockpile|arsenal|inventory|fleet)\s(?:now\s)?"
    r"(?:stands?\sat|stood\sat|numbers|numbered|totals|totaled|has\sfallen\sto|has\sgrown\sto)\s$"
)
#: what is only told beside the thing that the sentence is about
_BESIDE = re.compile(
    r"\b(?:(?:along|together)\swith|alongside|as\swell\sas|in\saddition\sto|from|in|across)\s$"
)
#: "the force numbered 5,200"
_NUMBERED = re.compile(r"\b([^\W\d_]+)\s(?:numbered|numbers|totaled|totals)\s$")
#: what befell some of those told of: "159 were downed"
_SOME = re.compile(r"\s(?:were|are|have\sbeen|had\sbeen)\s")
_WORD_BEFORE = re.compile(r"([\w’'-]+)\s$")
_WORD_AFTER = re.compile(r"\s([\w’'-]+)")
_NOUN = re.compile(r"[^\W\d_][\w-]{0,30}")
_SENTENCE_END = re.compile(r"[.!?][”\"’)]{0,2}\s+(?=[“\"]?[A-Z])|\n")
_UNCOUNTED = frozenset(
    {FigureKind.MONEY, FigureKind.PERCENT, FigureKind.DISTANCE, FigureKind.WEIGHT}
)
_HUMAN = frozenset({FigureKind.PEOPLE, FigureKind.CASUALTIES})
#: "the number of camps grew from 12 to 31"
_NUMBER_OF = re.compile(
    r"\b(?:number|count|total|tally|stock|stockpile)\sof\s(?:the\s|its\s|their\s)?", re.IGNORECASE
)
Span = tuple[int, int]
Value = float | tuple[float, float] | None
Counted = tuple[str, FigureKind]
#: text, span of the number, recent figures -> what the number counts, if this rule tells
Rule = Callable[[str, Span, Sequence[Figure]], Counted | None]
_ANYBODY: Counted = ("people", FigureKind.PEOPLE)
_REACH = 250
_MEMORY = 8


def stands_for(
    text: str, span: Span, value: Value, before: Sequence[Figure]
) -> tuple[str, FigureKind] | None:
    """Return unit and kind of a bare number at `span` of the whole text, or None.

    before: the figures found so far, in order.
    """
    recent = [figure for figure in before[-_MEMORY:] if _serves(figure)]
    of_them = OF_THEM.match(text, span[1]) is not None
    if of_them or _SOME.match(text, span[1]):
        recent = [figure for figure in recent if _most(figure) >= _least(value)] or recent
    for rule in _OF_THEM_RULES if of_them else _BARE_RULES:
        if found := rule(text, span, recent):
            return found
    return None


def _named_by(text: str, span: Span, recent: Sequence[Figure]) -> Counted | None:
    """Read "10 were civilians"."""
    were = _WERE.match(text, span[1])
    phrase = phrase_after(text, were.end()) if were else None
    if phrase is None or not _people(phrase.head):
        return None
    harmed = bool(recent) and recent[-1].kind is FigureKind.CASUALTIES
    return phrase.unit, FigureKind.CASUALTIES if harmed else FigureKind.PEOPLE


def _strong(text: str, span: Span, _: Sequence[Figure]) -> Counted | None:
    """Read "2,200 strong"."""
    return _ANYBODY if _STRONG.match(text, span[1]) else None


def _numbered(text: str, span: Span, recent: Sequence[Figure]) -> Counted | None:
    """Read "The number of camps grew to 31", unless something was counted since."""
    low = max(_sentence_start(text, span[0]), recent[-1].end if recent else 0)
    found = list(_NUMBER_OF.finditer(text, low, span[0]))
    phrase = phrase_after(text, found[-1].end()) if found else None
    return (phrase.unit, kind_of_unit(phrase.unit)) if phrase and phrase.end <= span[0] else None


def _toll(text: str, span: Span, _: Sequence[Figure]) -> Counted | None:
    """Read "The toll rose to nine"."""
    toll = _TOLL.search(text, max(0, span[0] - 60), span[0])
    return ("people", FigureKind.CASUALTIES) if toll else None


def _collective(text: str, span: Span, _: Sequence[Figure]) -> Counted | None:
    """Read "A crew of nine", "the turkey flock stands at 195 million", "the force numbered 60"."""
    lead = text[max(0, span[0] - 64) : span[0]]
    if group := _COLLECTIVE.search(lead):
        return group[1], kind_of_unit(group[1])
    if _CITY.search(lead):
        return _ANYBODY
    if herd := _STANDS_AT.search(lead) or _NUMBERED.search(lead):
        return herd[1].lower(), kind_of_unit(herd[1].lower())
    return None


def _harmed(text: str, span: Span, recent: Sequence[Figure]) -> Counted | None:
    """Read "The storm killed 14", "four critically"."""
    before, after = _word_before(text, span[0]), _WORD_AFTER.match(text, span[1])
    if before in HARM_VERBS or (after and after[1].lower() in HARM_ADVERBS):
        return _people_here(text, span[0], recent), FigureKind.CASUALTIES
    return None


def _gathered(text: str, span: Span, recent: Sequence[Figure]) -> Counted | None:
    """Read "The police arrested 30"."""
    if _word_before(text, span[0]) in GATHERED:
        return _people_here(text, span[0], recent), FigureKind.PEOPLE
    return None


def _fated(text: str, span: Span, recent: Sequence[Figure]) -> Counted | None:
    """Read "12 were killed": the last people told of."""
    fate = _FATE.match(text, span[1])
    if fate is None or fate[1].lower() not in HUMAN_FATES:
        return None
    people = [f.unit for f in recent if f.kind in _HUMAN and f.unit not in HUMAN_FATES]
    if people:
        return people[-1], FigureKind.PEOPLE
    return _ANYBODY if fate[1].lower() in ONLY_HUMAN_FATES else None


def _crowd(text: str, span: Span, _: Sequence[Figure]) -> Counted | None:
    """Read "Thousands fled"."""
    does = _WORD_AFTER.match(text, span[1])
    vague = text[span[0] : span[1]].lower().endswith("s")
    return _ANYBODY if vague and does and does[1].lower() in CROWD_VERBS else None


def _last(text: str, span: Span, recent: Sequence[Figure]) -> Counted | None:
    """Read "It ran 31 trains and now runs 44": the last thing counted, or munitions named since."""
    return _nearest(text, span[0], recent, of_them=False)


def _them(text: str, span: Span, recent: Sequence[Figure]) -> Counted | None:
    """Read "48 of them": what the last count was of, or munitions or people named since."""
    lasting = FigureKind.DURATION
    return _nearest(text, span[0], [f for f in recent if f.kind is not lasting], of_them=True)


_BARE_RULES: tuple[Rule, ...] = (
    _named_by, _strong, _numbered, _toll, _collective, _harmed, _fated, _gathered, _crowd, _last,
)  # fmt: skip
_OF_THEM_RULES: tuple[Rule, ...] = (_named_by, _them)


def _people_here(text: str, start: int, recent: Sequence[Figure]) -> str:
    """Return the people counted last in the sentence."""
    sentence = _sentence_start(text, start - 2)
    units = [f.unit for f in recent if f.kind in _HUMAN and f.start >= sentence]
    return units[-1] if units else "people"


def _nearest(text: str, start: int, recent: Sequence[Figure], *, of_them: bool) -> Counted | None:
    sentence = _sentence_start(text, start)
    here = [f for f in recent if f.start >= sentence and f.kind is not FigureKind.DURATION]
    here = [f for f in here if not _BESIDE.search(text, max(0, f.start - 24), f.start)] or here
    figure = here[-1] if here else recent[-1] if recent else None
    low = max(0, start - _REACH)
    since = max(low, figure.end if figure else 0, text.rfind("\n", low, start) + 1)
    nouns = [noun[0].lower() for noun in _NOUN.finditer(text, since, start)]
    named = [n for n in nouns if n in MUNITIONS or (of_them and _people(n))]
    if named:
        unit = f"{named[-1]}s" if f"{named[-1]}s" in MUNITIONS else named[-1]
        return unit, kind_of_unit(unit)
    if figure is None:
        return None
    fated = figure.kind is FigureKind.CASUALTIES and not of_them
    told = not fated and figure.kind is not FigureKind.PERCENT
    return figure.unit, figure.kind if told else kind_of_unit(figure.unit)


def _most(figure: Figure) -> float:
    """Return the most that there may be of what is counted."""
    if figure.value is None or figure.kind is FigureKind.PERCENT:
        return inf
    return figure.value[1] if isinstance(figure.value, tuple) else figure.value


def _least(value: Value) -> float:
    return 0.0 if value is None else value[0] if isinstance(value, tuple) else value


def _word_before(text: str, start: int) -> str:
    before = _WORD_BEFORE.search(text[max(0, start - 32) : start])
    return before[1].lower() if before else ""


def _people(noun: str) -> bool:
    return noun in PEOPLE and noun not in HUMAN_FATES and is_plural(noun)


def _sentence_start(text: str, position: int) -> int:
    base = max(0, position - 4 * _REACH)
    ends = [match.end() for match in _SENTENCE_END.finditer(text, base, max(base, position))]
    return ends[-1] if ends else base


def _serves(figure: Figure) -> bool:
    many = figure.kind is FigureKind.PERCENT and is_plural(figure.unit.rsplit(" ", 1)[-1])
    if (figure.kind in _UNCOUNTED and not many) or figure.unit in {"", "times"}:
        return False
    return not figure.text.endswith(f"-{figure.unit}")
