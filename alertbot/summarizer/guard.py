"""Keeps from an alert every line with a number that its brief does not bear out.

A line that is a slice of the brief and cuts no number in two says what the brief says. Of any other
line each number must be in the brief, as the same sort of thing (a date never justifies a count);
the brief must count the same thing there, say that the same befell it in much the same words, and
qualify it alike. The service drops lines that fail; whoever words a line anew asks `violations`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from alertbot.model import Block, Brief, FigureKind, Qualifier, Summary
from alertbot.summarizer.claims import (
    MEASURED,
    Claim,
    Span,
    as_brief,
    claims,
    number_spans,
    told_parts,
)
from alertbot.summarizer.figures import MAX_TEXT

__all__ = ["Dropped", "Fault", "Guarded", "Violation", "guarded", "violations"]

_HUMAN = frozenset({FigureKind.PEOPLE, FigureKind.CASUALTIES})
#: words for one thing, singular
_ALIKE = tuple(
    frozenset(row.split())
    for row in (
        "drone uav quadcopter",
        "troop soldier servicemember serviceman servicemen",
        "attack strike raid assault time",
        "dead death fatality killed",
        "wounded injured injury hurt",
        "ship vessel boat",
        "jet aircraft plane warplane",
        "missile rocket projectile",
        "dollar usd",
        "euro eur",
    )
)
_ANY_PERSON = frozenset({"people", "person"})
_OPPOSITE = {"from": "to", "to": "from", "of": "part", "part": "of"}
#: words of a clause from which it tells what it is about
_TELLING = 3
#: places of a line that are looked at
_LOOKS = 50


class Fault(StrEnum):
    """What is wrong with a number in a line, the worst first."""

    NUMBER = "the brief has no such number"
    THING = "the brief counts something else"
    FATE = "the brief says that something else happened"
    CONTEXT = "the brief says it of something else"
    QUALIFIER = "the brief qualifies it differently"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A number in a line that the brief does not bear out."""

    #: as the line has it, with its qualifier and noun
    text: str
    fault: Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A line that is not told, and why."""

    line: str
    violations: tuple[Violation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """A summary of which every line holds, and the lines that did not."""

    summary: Summary
    dropped: tuple[Dropped, ...]


class _Source:
    """A brief, read once for all lines and only as far as they need."""

    def __init__(self, brief: Brief) -> None:
        self.brief = told_parts(brief)
        self._spans: dict[Block, tuple[Span, ...]] = {}

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        return claims(self.brief)

    def holds(self, line: str) -> bool:
        """Tell whether the line stands in the brief with no number cut in two."""
        for block in self.brief.blocks:
            text = self.brief.text[block.start : block.end]
            for span in _occurrences(text, line):
                if not any(
                    low < edge < high for low, high in self._numbers(block) for edge in span
                ):
                    return True
        return False

    def _numbers(self, block: Block) -> tuple[Span, ...]:
        if block not in self._spans:
            text = self.brief.text[block.start : min(block.end, MAX_TEXT)]
            self._spans[block] = number_spans(text, heading=block.heading)
        return self._spans[block]


def violations(brief: Brief, text: str) -> tuple[Violation, ...]:
    """Return the numbers of one line of an alert that its brief does not bear out; () is fine.

    text: plain, in any words; a number may be in digits where the brief has a word, or the reverse.
    """
    return _violations(_Source(brief), text)


def guarded(brief: Brief, summary: Summary) -> Guarded:
    """Return the summary without the sentences and key figures that the brief does not bear out."""
    source = _Source(brief)
    told = [each.text for each in summary.sentences] + [each.text for each in summary.key_figures]
    wrong = {line: found for line in dict.fromkeys(told) if (found := _violations(source, line))}
    return Guarded(
        summary=replace(
            summary,
            sentences=tuple(each for each in summary.sentences if each.text not in wrong),
            key_figures=tuple(each for each in summary.key_figures if each.text not in wrong),
        ),
        dropped=tuple(Dropped(line=line, violations=found) for line, found in wrong.items()),
    )


def _violations(source: _Source, line: str) -> tuple[Violation, ...]:
    line = " ".join(line.split())
    if source.holds(line):
        return ()
    checked = ((claim, _fault(source, claim)) for claim in claims(as_brief(source.brief, line)))
    return tuple(Violation(text=claim.text, fault=fault) for claim, fault in checked if fault)


def _fault(source: _Source, claim: Claim) -> Fault | None:
    """Return what is wrong with a claim, by the claim of the source that comes closest to it."""
    faults = [_wrong(each, claim) for each in source.claims]
    if None in faults:
        return None
    return max((fault for fault in faults if fault), key=tuple(Fault).index, default=Fault.NUMBER)


def _occurrences(text: str, line: str) -> Iterator[Span]:
    """Yield where the line stands, as whole words; the first places are looked at."""
    start = -1
    for _ in range(_LOOKS):
        start = text.find(line, start + 1)
        if start < 0:
            return
        span = start, start + len(line)
        if not any(_inside_word(text, edge) for edge in span):
            yield span


def _inside_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


def _wrong(source: Claim, claim: Claim) -> Fault | None:
    """Return what is wrong with a claim that rests on this claim of the source, if anything."""
    if source.named != claim.named or not _same_value(source, claim):
        return Fault.NUMBER
    if claim.named:
        return None
    if not _same_thing(source, claim):
        return Fault.THING
    if claim.fates and claim.fates != (source.fates or claim.fates):
        return Fault.FATE
    if not _in_context(source, claim):
        return Fault.CONTEXT
    return None if _alike_qualified(source, claim) else Fault.QUALIFIER


def _same_value(source: Claim, claim: Claim) -> bool:
    if source.value is None or claim.value is None:
        return source.value is claim.value
    same = claim.named or _measure(source) == _measure(claim)
    return same and source.value == claim.value


def _measure(claim: Claim) -> str:
    """Return what a measure measures in; plain counts have none, nor has a part of something."""
    if claim.kind is FigureKind.PERCENT and claim.unit != "percent":
        return "part"
    return claim.unit if claim.kind in MEASURED else ""


def _same_thing(source: Claim, claim: Claim) -> bool:
    if claim.kind in MEASURED or claim.lent or not claim.unit:
        return True
    theirs, ours = _nouns(source.unit), _nouns(claim.unit)
    if ours[-1] in theirs or theirs[-1] in ours:
        return True
    if not source.unit:
        return ours[-1][:5] in source.sentence
    if source.kind in _HUMAN and ours[-1] in _ANY_PERSON:
        return True
    return any(ours[-1] in row and row.intersection(theirs[-1:]) for row in _ALIKE)


def _nouns(unit: str) -> list[str]:
    return [_singular(word) for word in re.findall(r"[^\W_]+", unit)] or [""]


def _singular(word: str) -> str:
    return word.removesuffix("s") if len(word) > 3 else word


def _in_context(source: Claim, claim: Claim) -> bool:
    """Tell whether the sentence of the source has half of the words around the claim."""
    if source.role and claim.role and _OPPOSITE[source.role] == claim.role:
        return False
    nouns = {noun[:5] for noun in _nouns(claim.unit)}
    others = claim.clause - nouns
    if len(others) < _TELLING:
        others = claim.sentence - nouns
    known = others & source.sentence
    if 2 * len(known) < len(others):
        return False
    if not claim.names - nouns <= source.sentence:
        return False
    return known & claim.near & claim.clause <= source.beside


def _alike_qualified(source: Claim, claim: Claim) -> bool:
    if isinstance(source.value, tuple):
        return {source.qualifier, claim.qualifier} <= {None, Qualifier.BETWEEN, source.qualifier}
    return source.qualifier is claim.qualifier
