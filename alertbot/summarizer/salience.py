"""Weighs figures as an editor would who may show three of them.

A score is a sum of named parts, so that a choice can be explained; `summarize` calls it. The
weights are rounded from a logistic regression on 43 labelled briefs. No part is there that did not
help on briefs left out of the fit; changing all weights by up to a half changes little.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log2, log10

from alertbot.model import Brief, Figure, FigureKind, Qualifier, Zone
from alertbot.summarizer.figures import Found
from alertbot.summarizer.places import Place, place_at

#: harm, its means and money before anything else
_KIND = {
    FigureKind.CASUALTIES: 1.5,
    FigureKind.MUNITIONS: 1.0,
    FigureKind.MONEY: 1.0,
    FigureKind.DURATION: -0.5,
}
#: what is vouched for as a floor or a reach is the point of its sentence; a rough count often is
_QUALIFIER: dict[Qualifier | None, float] = {
    Qualifier.AT_LEAST: 1.5,
    Qualifier.MORE_THAN: 1.5,
    Qualifier.NEARLY: 1.5,
    Qualifier.UP_TO: 1.5,
    Qualifier.ABOUT: 0.75,
}
_TOLD = frozenset({Zone.LEAD, Zone.BODY})
_FIRST_PLACE = 5.0
#: taken off each time the distance from the beginning doubles
_FALL = 1.25
#: beside these no number is shown while there is another
_UNTOLD = -4.0
#: of which a few are no news
_PLAIN = frozenset({FigureKind.COUNT, FigureKind.PEOPLE})
_HANDFUL = 4
_REACH = 60

#: an older value, or one to compare with
_FORMER = re.compile(
    r"\b(?:from|than|against|earlier|previous|former|instead\sof|out\sof"
    r"|(?:compared|along)\swith)\s(?:an?\s(?:[^\W\d_]{1,20}\sof\s)?)?$"
)
_FROM = re.compile(r"\bfrom\s$")
_TO = re.compile(r"\bto\s$")
#: the many of whom few or none are told of
_OF_THE = re.compile(
    r"\b(?:[Nn]one|[Oo]ne|[Ss]ome|[Mm]ost|[Aa]ny)\sof\s(?:the|its|their|his|her|those|these)\s$"
)
#: dates what happened: "in the 24 hours before", "nine weeks after"
_WHEN = re.compile(
    r"\b(?:in|over|during|within|after)\s(?:an?\s|the\s)?(?:(?:first|last|past|next|previous)\s)?$"
    r"|\bfirst\s$"
)
_THEN = re.compile(r"\s(?:before|after|since)\b")
#: says where a thing is: "62 nautical miles southwest of"
_WHERE = re.compile(r"\s(?:(?:north|south|east|west)\w*|from|off|up|down|outside|inside|beyond)\b")
#: how far something went or can go
_WENT = re.compile(
    r"\b(?:fl[eyo]w\w*|flies|reach\w*|throw\w*|rose|climb\w*|advanc\w*|travel\w*|struck|hit|miss"
    r"|range\w*)\b[^,;\n]{0,40}$"
)
#: the same sum in another currency follows
_CONVERTED = re.compile(r"\s\((?:about\s|some\s|roughly\s)?(?:[A-Z]{2,3})?[$€£]")
#: what a thing is rated at, not how many there are
_RATING = re.compile(r"\b(?:kilovolts?|kv|degrees?|knots|megawatts?|mw|gigawatts?|horsepower)\b")
#: a running total: "some 90 missiles since October"
_SINCE = re.compile(r"[^,;.\n]{0,50}\bsince\b")
_SINCE_THEN = re.compile(r"\bSince\b[^;.\n]*$")


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
    stands = [place_at(places, each.figure.start) for each in found]
    told = [i for i, place in enumerate(places) if place.zone in _TOLD and not place.heading]
    numbers = {index: number for number, index in enumerate(told, start=1)}
    opening = _opening(brief.text, places)
    results = _results(brief.text, found, stands)
    weighed = []
    for index, each in enumerate(found):
        first = index == 0 or stands[index - 1] != stands[index]
        parts = {
            "kind": _KIND.get(each.figure.kind, 0.0),
            "place": _place(each, numbers.get(stands[index])),
            "first": 0.5 * first,
            "opening": 2.0 * (first and stands[index] in opening),
            "qualifier": _QUALIFIER.get(each.figure.qualifier, 0.0),
            "size": _size(each.figure),
            "result": 1.5 * (index in results),
            **dict(_roles(brief.text, each, found[max(0, index - 2) : index])),
        }
        weighed.append(Salience(figure=index, parts=parts))
    weighed.sort(key=lambda salience: (-salience.score, salience.figure))
    return _once(found, weighed)


def _place(each: Found, number: int | None) -> float:
    """Weigh the place: the beginning of the report above all, then less and less.

    number: of the sentence in the report, from 1; None outside of it.
    """
    if each.heading or each.figure.zone is Zone.QUOTE:
        return _UNTOLD
    return max(0.0, round(_FIRST_PLACE - _FALL * log2(number), 1)) if number else 0.0


def _opening(text: str, places: Sequence[Place]) -> frozenset[int]:
    """Return the sentences that open a section of the lead, the very first aside."""
    lead = [i for i, place in enumerate(places) if place.zone is Zone.LEAD and not place.heading]
    return frozenset(i for i in lead[1:] if text[places[i].start - 1] == "\n")


def _size(figure: Figure) -> float:
    """Weigh how many people or things there are: the more, the more news, and a handful none."""
    value = figure.value[1] if isinstance(figure.value, tuple) else figure.value
    if value in (None, 1) or (value < _HANDFUL and figure.kind in _PLAIN):
        return -1.0
    if figure.kind not in _PLAIN or value < 1:
        return 0.0
    return min(1.5, round(0.3 * log10(value), 1))


def _results(text: str, found: Sequence[Found], stands: Sequence[int]) -> frozenset[int]:
    """Return what came of a change: the second number of "from $8 billion to $11.3 billion"."""
    return frozenset(
        index + 1
        for index, (left, right) in enumerate(pairwise(found))
        if stands[index] == stands[index + 1]
        and _FROM.search(text, max(0, left.figure.start - _REACH), left.figure.start)
        and _TO.search(text, max(0, right.figure.start - _REACH), right.figure.start)
    )


def _roles(text: str, each: Found, before: Sequence[Found]) -> Iterator[tuple[str, float]]:
    """Yield what a number is there for, where that is not to tell how many or how much."""
    figure = each.figure
    lead = text[max(0, figure.start - _REACH) : figure.start]
    within = any(other.figure.end >= figure.end for other in before)
    if within or _OF_THE.search(lead):
        yield "whole", -1.5
    elif _FORMER.search(lead):
        yield "former", -1.0
    rated = each.compound and figure.kind is not FigureKind.DURATION
    if rated or _RATING.search(figure.unit):
        yield "rating", -1.5
    if figure.zone is Zone.BACKGROUND and (
        _SINCE.match(text, figure.end) or _SINCE_THEN.search(lead)
    ):
        yield "tally", 3.0
    if figure.kind is FigureKind.DURATION and (
        _WHEN.search(lead)
        or _THEN.match(text, figure.end)
        or figure.text.lower().startswith("within")
    ):
        yield "when", -1.0
    if figure.kind is FigureKind.DISTANCE:
        if _WHERE.match(text, figure.end):
            yield "where", -1.0
        elif _WENT.search(lead):
            yield "went", 1.5
    if figure.kind is FigureKind.MONEY and _CONVERTED.match(text, figure.end):
        yield "converted", -2.0


def _once(found: Sequence[Found], weighed: Sequence[Salience]) -> tuple[Salience, ...]:
    seen: set[tuple[object, str]] = set()
    kept = []
    for salience in weighed:
        figure = found[salience.figure].figure
        fact = (figure.value, figure.unit.split(" ")[-1].removesuffix("s"))
        if fact not in seen:
            seen.add(fact)
            kept.append(salience)
    return tuple(kept)
