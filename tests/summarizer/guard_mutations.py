"""Ways in which a sentence of a brief can come to say something false, one number at a time."""

import re
from collections.abc import Iterator
from itertools import pairwise

from alertbot.model import Brief, FigureKind, Zone
from alertbot.summarizer.figures import Found, find_figures
from alertbot.summarizer.places import Place, place_at, places

#: one word in, one word out
FATES = {
    "killed": "wounded",
    "killing": "wounding",
    "wounded": "killed",
    "wounding": "killing",
    "injured": "killed",
    "dead": "wounded",
}
DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?")
SMALL = re.compile(r"\b(?:two|three|four|five|six|seven|eight|nine|ten)\b", re.IGNORECASE)
NUMBER = re.compile(
    rf"(?:NT\$|[$€£])?{DIGITS.pattern}|\b(?:an?|one|half|twelve|nineteen)\b(?! least)"
    rf"|{SMALL.pattern}",
    re.IGNORECASE,
)
Mutant = tuple[str, str]


def mutants(brief: Brief) -> Iterator[Mutant]:
    """Yield (kind of mutation, mutated sentence) for every number of the brief."""
    found, stands = find_figures(brief), places(brief)
    for index, each in enumerate(found):
        place = stands[place_at(stands, each.figure.start)]
        yield from _of_number(brief.text, place, each)
        yield from _of_words(brief.text, place, each)
        yield from _swaps(brief.text, place, each, found[:index][-2:] + found[index + 1 :][:2])
    for left, right in pairwise(found):
        place = stands[place_at(stands, left.figure.start)]
        if right.figure.start < place.end and left.figure.kind is right.figure.kind:
            yield from _sum(brief.text, place, left, right)


def sentences(brief: Brief) -> list[str]:
    """Return every sentence and heading that may be told, as it stands."""
    told = (place for place in places(brief) if place.zone not in {Zone.BYLINE, Zone.RELATED})
    return [brief.text[place.start : place.end] for place in told]


def _put(text: str, place: Place, start: int, end: int, new: str) -> str:
    return text[place.start : start] + new + text[end : place.end]


def _written(value: float) -> str:
    return f"{int(value):,}" if value == int(value) else f"{value:g}"


def _of_number(text: str, place: Place, each: Found) -> Iterator[Mutant]:
    start, end = each.figure.start, each.number_end
    if not isinstance(each.figure.value, float) or each.figure.value <= 1:
        return
    number = DIGITS.search(text, start, end) or SMALL.search(text, start, end)
    if number is None:
        return
    plain = number[0].replace(",", "")
    value = float(plain) if plain[0].isdigit() else each.figure.value
    yield "number + 1", _put(text, place, *number.span(), _written(value + 1))
    yield "number x 10", _put(text, place, *number.span(), _written(value * 10))
    back = plain[::-1].lstrip("0")
    if plain.isdigit() and back != plain:
        yield "digits reversed", _put(text, place, *number.span(), back)
    if scale := re.compile(r"\b[mb]illion\b").search(text, start, end):
        other = "billion" if scale[0] == "million" else "million"
        yield "million for billion", _put(text, place, *scale.span(), other)


def _of_words(text: str, place: Place, each: Found) -> Iterator[Mutant]:
    figure = each.figure
    number = NUMBER.search(text, figure.start, each.number_end)
    qualified = figure.qualifier and isinstance(figure.value, float)
    if qualified and number and number.start() > figure.start:
        yield "qualifier dropped", _put(text, place, figure.start, number.start(), "")
    noun = figure.unit.rsplit(" ", 1)[-1]
    at = figure.text.lower().rfind(noun)
    if at > 0 and figure.kind not in {FigureKind.MONEY, FigureKind.PERCENT}:
        start = figure.start + at
        yield "noun replaced", _put(text, place, start, start + len(noun), "turnips")
    if figure.kind is FigureKind.CASUALTIES:
        low, high = max(place.start, figure.start - 40), min(place.end, figure.end + 30)
        for fate in re.compile(rf"\b(?:{'|'.join(FATES)})\b").finditer(text, low, high):
            yield "killed for wounded", _put(text, place, *fate.span(), FATES[fate[0]])


def _swaps(text: str, place: Place, each: Found, others: tuple[Found, ...]) -> Iterator[Mutant]:
    for other in others:
        if other.figure.value != each.figure.value:
            new = text[other.figure.start : other.number_end]
            yield "swapped", _put(text, place, each.figure.start, each.number_end, new)


def _sum(text: str, place: Place, left: Found, right: Found) -> Iterator[Mutant]:
    values = left.figure.value, right.figure.value
    if isinstance(values[0], float) and isinstance(values[1], float) and min(values) >= 1:
        sign = "$" if left.figure.unit == "usd" else ""
        new = f"{sign}{_written(values[0] + values[1])}"
        yield "sum of two", _put(text, place, left.figure.start, left.number_end, new)
