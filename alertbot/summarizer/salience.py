"""Weighs figures as an editor would who may show three of them.

A score is a sum of named parts, so that a choice can be explained; `summarize` calls it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log10

from alertbot.model import Brief, Figure, FigureKind, Qualifier, Zone
from alertbot.summarizer.figures import Found
from alertbot.summarizer.figures.masks import cover
from alertbot.summarizer.figures.numbers import read_numbers
from alertbot.summarizer.places import Place, place_at

_KIND = {
    FigureKind.CASUALTIES: 4.0,
    FigureKind.MUNITIONS: 3.0,
    FigureKind.MONEY: 3.0,
    FigureKind.ATTACKS: 2.5,
    FigureKind.PERCENT: 2.5,
    FigureKind.WEIGHT: 2.0,
    FigureKind.PEOPLE: 2.0,
    FigureKind.COUNT: 2.0,
    FigureKind.DISTANCE: 1.5,
    FigureKind.DURATION: 0.0,
}
#: kinds of which one clause may well tell two
_OFTEN = frozenset({FigureKind.CASUALTIES, FigureKind.MUNITIONS, FigureKind.MONEY})
_ZONE = {Zone.LEAD: 4.0, Zone.BODY: 1.5, Zone.BACKGROUND: 0.0, Zone.QUOTE: -4.0}
#: by place in the lead: the sentence that opens it, the next, the rest
_ORDER = (2.5, 1.0, 0.5)
#: an older value, or one to compare with
_FORMER = re.compile(r"\b(?:from|than|earlier|previous|former|compared\swith|out\sof)\s$")
#: the whole of which a part is told
_WHOLE = re.compile(r"\bof\s(?:[\w’'-]+\s){0,3}$", re.IGNORECASE)
#: says when rather than how long: "in the 24 hours before"
_FRAME = re.compile(
    r"\b(?:in|over|during|within|for)\s(?:the\s)?(?:first|last|past|next|previous)?\s?$|\bfirst\s$"
)
_FOR = re.compile(r"\bfor\s$")
#: says where rather than how far: "62 nautical miles southwest of"
_WHERE = re.compile(r"\s(?:(?:north|south|east|west)\w*|from|off|up|down|outside|inside)\b")
#: the same sum in another currency follows
_CONVERTED = re.compile(r"\s\((?:about\s|some\s|roughly\s)?[$€£]")
#: a difference: "three minutes longer"
_THAN = re.compile(r"\s(?:longer|shorter|more|less|fewer|higher|lower|later|earlier)\b")
_RATE = re.compile(r"\s(?:an?|per)\s\w+$")
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Salience:
    """How much a figure deserves a line, and why."""

    figure: int
    parts: dict[str, float]

    @property
    def score(self) -> float:
        """Return the sum of the parts."""
        return sum(self.parts.values())


def weigh(brief: Brief, found: Sequence[Found], places: Sequence[Place]) -> tuple[Salience, ...]:
    """Return the figures worth telling, best first; repeats of one fact count once."""
    title = _stems(brief.title)
    told = {number.value for number in read_numbers(cover(brief.title, heading=True))}
    ranks = _ranks(places)
    weighed = []
    for index, each in enumerate(found):
        place = place_at(places, each.figure.start)
        parts = {
            "kind": _KIND[each.figure.kind],
            "zone": _ZONE.get(each.figure.zone, 0.0),
            "order": ranks.get(place, 0.0),
            "noun_in_title": 1.0 if _stems(each.figure.unit) & title else 0.0,
            "number_in_title": 2.0 if each.figure.value in told else 0.0,
            "size": _size(each.figure),
            "form": _form(each, found[max(0, index - 2) : index]),
            "role": _role(brief.text, each.figure),
            "exact": 5.0 if _rounded_above(each, found) else 0.0,
        }
        weighed.append(Salience(figure=index, parts=parts))
    weighed.sort(key=lambda salience: (-salience.score, salience.figure))
    return _varied(found, _once(found, weighed))


def _ranks(places: Sequence[Place]) -> dict[int, float]:
    """Return what the place of a sentence in the lead is worth."""
    lead = [i for i, p in enumerate(places) if p.zone is Zone.LEAD and not p.heading]
    ranks = {index: _ORDER[min(rank, 2)] for rank, index in enumerate(lead)}
    for index in lead[1:]:
        if places[index - 1].heading or places[index - 1].end + 1 < places[index].start:
            ranks[index] = max(ranks[index], _ORDER[1])
    return ranks


def _size(figure: Figure) -> float:
    """Weigh the number itself: people and things in large numbers, not one or two of them."""
    value = figure.value[1] if isinstance(figure.value, tuple) else figure.value
    if value is None:
        return -1.5
    if value == 1:
        return -2.0
    if figure.kind in {FigureKind.COUNT, FigureKind.PEOPLE}:
        return -1.0 if value < 4 else min(2.0, 0.4 * log10(value))
    return 0.0


def _form(each: Found, before: Sequence[Found]) -> float:
    score = -3.0 * each.heading - 3.5 * each.compound
    if any(other.figure.end >= each.figure.end for other in before):
        score -= 2.0
    return score + (0.5 if each.figure.qualifier is Qualifier.AT_LEAST else 0.0)


def _rounded_above(each: Found, found: Sequence[Found]) -> bool:
    """Tell whether a heading rounds this number: "More Than 150 Attacks" over "at least 151".

    A tally that a section is named for is news, and the exact value of it is what to tell.
    """
    value = each.figure.value
    if each.heading or not isinstance(value, (int, float)):
        return False
    rounded = (
        other.figure.value
        for other in found
        if other.heading
        and (other.figure.kind, other.figure.zone) == (each.figure.kind, each.figure.zone)
    )
    return any(
        isinstance(round_, (int, float)) and round_ % 10 == 0 and round_ < value <= 1.1 * round_
        for round_ in rounded
    )


def _role(text: str, figure: Figure) -> float:
    """Take off what only compares, places or dates; a time that something lasted gains."""
    before = text[max(0, figure.start - 40) : figure.start]
    if _FORMER.search(before) or _WHOLE.search(before):
        return -2.0
    if _THAN.match(text, figure.end) or _RATE.search(figure.unit):
        return -1.5
    if figure.kind is FigureKind.DURATION:
        return 1.0 if _FOR.search(before) else -1.5 if _FRAME.search(before) else 0.0
    if figure.kind is FigureKind.DISTANCE and _WHERE.match(text, figure.end):
        return -4.0
    if figure.kind is FigureKind.MONEY and _CONVERTED.match(text, figure.end):
        return -3.0
    return 0.0


def _stems(text: str) -> frozenset[str]:
    words = (word.lower() for word in _WORD.findall(text))
    return frozenset(word.removesuffix("s") for word in words)


def _once(found: Sequence[Found], weighed: Sequence[Salience]) -> list[Salience]:
    seen: set[tuple[object, str]] = set()
    kept = []
    for salience in weighed:
        figure = found[salience.figure].figure
        fact = (figure.value, figure.unit.split(" ")[-1].removesuffix("s"))
        if fact not in seen:
            seen.add(fact)
            kept.append(salience)
    return kept


def _varied(found: Sequence[Found], weighed: Sequence[Salience]) -> tuple[Salience, ...]:
    """Take something off the second count of the same things, and sort again."""
    seen: set[str] = set()
    result = []
    for salience in weighed:
        figure = found[salience.figure].figure
        again = figure.unit in seen and figure.kind not in _OFTEN
        seen.add(figure.unit)
        parts = {**salience.parts, "again": -1.5 if again else 0.0}
        result.append(replace(salience, parts=parts))
    return tuple(sorted(result, key=lambda salience: (-salience.score, salience.figure)))
