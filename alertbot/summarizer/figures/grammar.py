"""Finds the figures of a block of text: number, qualifier, and what the number counts.

First each number takes the noun that follows it; then those without one borrow from a neighbour
("six of the 21 cylinders"); `antecedents` does the rest.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from alertbot.model import FigureKind, Qualifier
from alertbot.summarizer.figures.kinds import measure, measure_after
from alertbot.summarizer.figures.lexicon.people import (
    CASUALTY_NOUNS,
    HARM_ADVERBS,
    HARM_VERBS,
    SPEECH,
)
from alertbot.summarizer.figures.lexicon.syntax import ONE_BEFORE, ONE_IDIOMS
from alertbot.summarizer.figures.masks import cover
from alertbot.summarizer.figures.nouns import Phrase, is_plural, phrase_after
from alertbot.summarizer.figures.numbers import Number, read_numbers
from alertbot.summarizer.figures.qualifiers import qualifier_after, qualifier_before

_DETERMINER = r"(?:the|its|their|his|her|our|those|these|all|[\w.-]{1,30}(?:['’]s|s['’]))"
_OF_THE = re.compile(rf"\sof\s(?:{_DETERMINER}\s){{1,4}}", re.IGNORECASE)
_OF_ANY = re.compile(rf"\sof\s(?:{_DETERMINER}\s){{0,4}}", re.IGNORECASE)
#: between the two numbers of "450 of the promised 600 trucks"
_PARTITIVE = re.compile(
    rf"(?:\s(?:out\s)?of)?\s(?:{_DETERMINER}\s){{0,4}}(?:[a-z-]{{3,20}}\s)?", re.IGNORECASE
)
_THE = re.compile(rf"\s(?:{_DETERMINER}\s){{1,4}}", re.IGNORECASE)
_OF_WHAT = re.compile(
    r"\sof\s(what(?:\s[\w’'-]{1,30}){1,6}?)(?=\s(?:on|in|at|for|from|to|by|and|but|during|with)\b"
    r"|[,.;:)]|$)"
)
_OF_THEM = re.compile(r"\sof\s(?:them|which|whom|those|these|us|that|it)\b(?!\s\w+s\b)")
_JOINED = re.compile(r"\s(?:and|or|to)\s|,\s(?:and\s)?")
_ONE_INSTEAD = re.compile(r"\b(?:instead\sof|rather\sthan|all\sbut)\s$", re.IGNORECASE)
_PER = re.compile(r"\s(?:an?|per)\s(?:second|minute|hour|day|night|week|month|year)\b")
#: "under 20 feet of rock" says where
_OF = re.compile(r"\sof\b")
_CENTS = re.compile(r"\scents?\b")
_WORD_BEFORE = re.compile(r"([\w’'-]+)\s$")
_WORD_AFTER = re.compile(r"\s([\w’'-]+)")
#: "over five days" tells when, "for over five days" how long
_LASTING = re.compile(
    r"\b(?:for|last(?:s|ed|ing)?|took|takes?|taken|in|of|well|just|after|is|was|be|been|to|by)\s$"
)
#: "spread over 14 regions" says where
_ACROSS = re.compile(
    r"\b(?:spread|scatter|fl[ey]w?|flies|flown|flying|pass|hover|circl|rain|burst|explod|drift|soar|cross"
    r"|rul|roll|fan|shot|downed|intercepted|seen|heard|held|control|power|tak[ei])\w*\s(?:out\s|down\s)?$"
)
#: characters that a quotation may have
_QUOTATION = 2_000
_NEVER_LENT = frozenset({FigureKind.MONEY, FigureKind.PERCENT})
_MEASURED = _NEVER_LENT | {FigureKind.DISTANCE, FigureKind.WEIGHT, FigureKind.DURATION}
#: percentage points, basis points
_POINTS = frozenset({"percentage", "basis"})
_JOINT = re.compile(r"\s(?:(?:long|wide|high|deep|tall|thick)\s)?(?:to|and|or)\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A figure whose unit may still be missing; offsets into the text of its block."""

    start: int
    end: int
    #: the number alone
    number_start: int
    number_end: int
    value: float | tuple[float, float] | None
    qualifier: Qualifier | None
    #: empty: it stands for something told elsewhere
    unit: str = ""
    #: None: the unit decides
    kind: FigureKind | None = None
    compound: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    end: int
    unit: str = ""
    kind: FigureKind | None = None


def draft_figures(text: str, *, heading: bool, most: int) -> list[Draft]:
    """Return the figures of one block, in order; at most `most` numbers are read."""
    numbers = islice(read_numbers(cover(text, heading=heading)), most)
    return _borrowed(text, list(_drafts(text, numbers)))


def _drafts(text: str, numbers: Iterator[Number]) -> Iterator[Draft]:
    for number in numbers:
        if text[number.start : number.end].lower() == "one" and _idle_one(text, number):
            continue
        draft = _draft(text, number)
        if draft.unit or not _pronoun(text, number):
            yield draft


def _draft(text: str, number: Number) -> Draft:
    qualifier, start = qualifier_before(text, number.start)
    if qualifier is Qualifier.BETWEEN and not isinstance(number.value, tuple):
        qualifier, start = None, number.start
    after, end = qualifier_after(text, number.end)
    counted = _counted(text, number, end)
    if after is None:
        after, end = qualifier_after(text, counted.end)
    value = number.value
    if counted.unit == "usd" and value is not None and _CENTS.match(text, number.end):
        value = _scaled(value, 0.01)
    if not _fits(text, start, number, qualifier, counted):
        qualifier, start = None, number.start
    if number.value is None:
        qualifier = number.qualifier
    if isinstance(value, tuple) and qualifier is Qualifier.ABOUT:
        qualifier = Qualifier.BETWEEN
    return Draft(
        start=start,
        end=max(end, counted.end),
        number_start=number.start,
        number_end=number.end,
        value=value,
        qualifier=_firm(qualifier, number.qualifier, after),
        unit=counted.unit,
        kind=counted.kind,
        compound=number.compound is not None,
    )


def _firm(*qualifiers: Qualifier | None) -> Qualifier | None:
    """Return the first qualifier that says more than "about", else the first."""
    said = [qualifier for qualifier in qualifiers if qualifier]
    firm = [qualifier for qualifier in said if qualifier is not Qualifier.ABOUT]
    return next(iter(firm or said), None)


def _scaled(value: float | tuple[float, float], by: float) -> float | tuple[float, float]:
    if isinstance(value, tuple):
        return (value[0] * by, value[1] * by)
    return value * by


def _fits(
    text: str, start: int, number: Number, qualifier: Qualifier | None, counted: _Counted
) -> bool:
    """Tell whether "over", "within" and "under" speak of the number and not of time or place."""
    word = text[start : number.start].strip().lower()
    lasting = counted.kind is FigureKind.DURATION
    if word == "over" and lasting:
        return bool(_LASTING.search(text[max(0, start - 12) : start]))
    if word == "over" and _ACROSS.search(text[max(0, start - 24) : start]):
        return False
    if word == "within":
        return counted.kind is not None
    if word == "under" and counted.kind is FigureKind.DISTANCE:
        return not _OF.match(text, counted.end)
    if word in {"under", "beyond", "above", "below"} and counted.kind is None:
        return text[number.start].isdigit()
    return qualifier is not None or start == number.start


def _counted(text: str, number: Number, end: int) -> _Counted:
    if number.currency:
        return _Counted(end=end, unit=number.currency, kind=FigureKind.MONEY)
    if number.percent:
        return _Counted(end=end, unit="percent", kind=FigureKind.PERCENT)
    if number.compound:
        unit, kind = measure(number.compound) or (number.compound, None)
        return _Counted(end=end, unit=unit, kind=kind)
    if number.part:
        return _whole(text, end)
    if found := measure_after(text, end):
        return _Counted(unit=found[0], kind=found[1], end=found[2])
    return _noun(text, number, end)


def _noun(text: str, number: Number, end: int) -> _Counted:
    if _OF_THEM.match(text, end):
        return _Counted(end=end)
    of = _OF_THE.match(text, end) or (_OF_ANY.match(text, end) if number.value is None else None)
    if of and (found := measure_after(text, of.end() - 1)):
        return _Counted(unit=found[0], kind=found[1], end=found[2])
    phrase = phrase_after(text, of.end() if of else end, singular=not of and number.value == 1)
    if phrase is None or phrase.unit in {"ones", "them"}:
        return _Counted(end=end)
    return _with_rate(text, phrase)


def _with_rate(text: str, phrase: Phrase) -> _Counted:
    per = _PER.match(text, phrase.end)
    return _Counted(
        end=per.end() if per else phrase.end,
        unit=phrase.unit + (per[0].lower() if per else ""),
        kind=FigureKind.PERCENT if phrase.words[0] in _POINTS else None,
    )


def _whole(text: str, end: int) -> _Counted:
    """Return what a third or a half is a part of."""
    if what := _OF_WHAT.match(text, end):
        return _Counted(end=end, unit=what[1].lower(), kind=FigureKind.PERCENT)
    if _OF_THEM.match(text, end):
        return _Counted(end=end, kind=FigureKind.PERCENT)
    of = _OF_ANY.match(text, end) or _THE.match(text, end)
    phrase = phrase_after(text, of.end() if of else end)
    if phrase is None:
        return _Counted(end=end, kind=FigureKind.PERCENT)
    return _Counted(end=phrase.end, unit=phrase.unit, kind=FigureKind.PERCENT)


def _idle_one(text: str, number: Number) -> bool:
    """Tell whether "one" counts nothing here: one day, no one, one official said."""
    before, after = _neighbours(text, number)
    if after in CASUALTY_NOUNS or after in HARM_ADVERBS or before in HARM_VERBS:
        return False
    if before == "than" and measure(after):
        return False
    if _ONE_INSTEAD.search(text[max(0, number.start - 16) : number.start]):
        return False
    if before in ONE_BEFORE or after in ONE_IDIOMS or _quoted(text, number.start):
        return True
    phrase = phrase_after(text, number.end, singular=True)
    if phrase is None:
        return True
    if phrase.words[0].endswith("ing") and len(phrase.words) > 1 and is_plural(phrase.head):
        return True
    following = _WORD_AFTER.match(text, phrase.end)
    return following is not None and following[1].lower() in SPEECH


def _quoted(text: str, position: int) -> bool:
    low = max(0, position - _QUOTATION)
    return text.count("“", low, position) > text.count("”", low, position)


def _pronoun(text: str, number: Number) -> bool:
    """Tell whether a number without a noun only points back: "the two agreed"."""
    before, _ = _neighbours(text, number)
    small = number.value in (2, 3) and not number.part
    return small and before in {"the", "these", "those", "all", "between", "in", "by"}


def _neighbours(text: str, number: Number) -> tuple[str, str]:
    before = _WORD_BEFORE.search(text[max(0, number.start - 32) : number.start])
    after = _WORD_AFTER.match(text, number.end)
    return (before[1].lower() if before else "", after[1].lower() if after else "")


def _borrowed(text: str, drafts: list[Draft]) -> list[Draft]:
    """Give figures without a unit that of the neighbour they are joined to."""
    for index in range(len(drafts) - 2, -1, -1):
        drafts[index] = _from_right(text, drafts[index], drafts[index + 1])
    for index in range(1, len(drafts)):
        left, draft = drafts[index - 1], drafts[index]
        bare = not draft.unit and draft.kind is None and left.kind in _MEASURED
        if bare and _JOINT.fullmatch(text, left.end, draft.start):
            drafts[index] = replace(draft, unit=left.unit, kind=left.kind)
    for index, (draft, right) in enumerate(pairwise(drafts)):
        drafts[index] = _clipped(text, draft, right)
    return drafts


def _clipped(text: str, draft: Draft, right: Draft) -> Draft:
    """End a figure where the next begins, unless it holds the next whole."""
    if draft.end <= right.start or right.end <= draft.end:
        return draft
    kept = text[draft.start : right.start].rstrip()
    return replace(draft, end=max(draft.number_end, draft.start + len(kept)))


def _from_right(text: str, draft: Draft, right: Draft) -> Draft:
    if draft.unit == "percent":
        return draft
    part = draft.kind is FigureKind.PERCENT
    gap = text[draft.number_end : right.start]
    half = part and text[draft.number_start : draft.number_end] == "half"
    of = half or gap.startswith((" of ", " out of "))
    of = of and not _OF_THEM.match(text, draft.number_end)
    if right.unit and of and _PARTITIVE.fullmatch(gap):
        unit, end = right.unit, right.end
        named = right.compound or (part and right.kind is FigureKind.MONEY)
        if named and (whole := phrase_after(text, right.end)):
            unit, end = whole.unit, whole.end
        kind = draft.kind if part else right.kind
        return replace(draft, unit=unit, kind=kind, end=end)
    head = draft.unit.split(" ")[-1]
    if gap.endswith(" and ") and right.unit and any(map(str.isdigit, head)) and head[-1] != "s":
        return replace(draft, unit=f"{draft.unit} {right.unit.split(' ')[-1]}")
    if draft.unit or not right.unit or not _JOINED.fullmatch(text[draft.end : right.start]):
        return draft
    if right.kind in _NEVER_LENT and text[draft.end : right.start] != " to ":
        return draft
    return replace(draft, unit=right.unit, kind=right.kind)
