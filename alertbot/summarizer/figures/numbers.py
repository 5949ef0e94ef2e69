"""Reads numbers: digits, words, magnitudes, ranges, fractions and vague ones ("dozens").

`read_numbers` takes the covered copy of a block (see `masks`) and gives every number left in it,
with what is written onto the number itself: a currency sign, a percent sign, "-stage".
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from alertbot.model import Qualifier
from alertbot.summarizer.figures.lexicon.amounts import (
    CURRENCY_SIGNS,
    DISTANCES,
    DURATIONS,
    PARTS,
    SCALES,
    SHORT_SCALES,
    TENS,
    UNITS,
    WEIGHTS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number as written: `covered[start:end]`."""

    start: int
    end: int
    value: float | tuple[float, float] | None
    #: said by the number itself: dozens, 60-odd, 100+
    qualifier: Qualifier | None = None
    currency: str | None = None
    percent: bool = False
    #: a part of what follows: a third, half, one in five
    part: bool = False
    #: grown onto the number: "stage" of three-stage
    compound: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Amount:
    start: int
    end: int
    value: float
    #: 1 if it has none of its own
    scale: float
    currency: str | None


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_SMALL = _any(list(UNITS)[1:10])
_SCALE = _any(SCALES)
#: "1.1m records" but "300m deep" and "300m from the gate"
_MANY = (
    r"(?=\s(?!(?:deep|wide|long|high|tall|thick|away|of|from|to|off|in|on|at|above|below|north|south"
    r"|east|west|under|behind|and|or)\b)(?:[^\W\d_][\w-]*\s){0,2}(?:[^\W\d_][\w-]*s|people|men"
    r"|women|children)\b)"
)
_SIMPLE = rf"(?:(?:{_any(TENS)})(?:[-\s](?:{_SMALL}))?|{_any(list(UNITS)[1:])})\b"
_AMOUNT = (
    rf"(?:(?P<sign>{_any(map(re.escape, CURRENCY_SIGNS))})\s?|(?<![\w.,-]))(?:"
    r"(?P<digits>\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,9})?(?![\d]|,\d)"
    r"|(?<!\d)\d{1,15}(?:\.\d{1,9})?(?!\d|,\d))"
    rf"(?P<short>(?(sign)(?:\s?(?:bn|mn|tn)|[mbk])|(?:\s?(?:bn|mn|tn)|[mk]{_MANY}))\b)?"
    rf"(?:[\s-](?P<scale>(?:{_SCALE})(?:\s(?:{_SCALE}))?)\b)?"
    rf"|(?P<words>(?:{_SIMPLE}|(?:half\san?|a\shalf|an?)(?=[\s-](?:{_SCALE})\b))"
    rf"(?:[\s-](?:{_SCALE})\b(?:\s(?:and\s)?{_SIMPLE}(?!-))?){{0,3}}))"
    rf"(?:\sand\sa\s(?P<plus>half|quarter)\b(?:\s(?P<after>{_SCALE})\b)?)?"
)
_OF_A_MILLION = (
    r"(?<![\w-])(?P<share>(?:an?|one|two|three)[\s-](?:third|quarter|fifth|tenth)s?|half)\sof\san?\s"
    r"(?P<million>thousand|million|billion|trillion)\b"
)
_SLASHED = (
    r"(?<![\w/.-])(?P<over>\d)/(?P<under>[1-9]\d{0,2})(?:th|rd|nd|s)?(?=\s(?:of|the|its|their)\b)"
)
_HALF_MEASURE = (
    rf"(?<![\w-])(?P<half_a>half[\s-]an?)(?=\s(?:{_any((*DURATIONS, *DISTANCES, *WEIGHTS))})\b)"
)
_PART = (
    rf"(?<![\w-])(?:(?P<count>an?|{_SMALL})[\s-](?P<part>{_any(list(PARTS)[1:])})s?"
    rf"|(?P<half>half)(?!\san?\s(?:{_SCALE})\b))\b(?!-)"
)
#: "nine out of 12" counts members, "nine out of 10" is a share
_ONE_IN = (
    rf"(?<![\w-])(?P<some>{_SMALL}|[1-9])\s(?:in|out\sof)\s(?:every\s)?"
    rf"(?P<whole>(?<!out\sof\s)(?:{_any(list(UNITS)[2:])}|\d{{1,3}})|three|four|five|ten|[345]|100?)"
    r"(?=\s[^\W\d_]|\s•)"
    rf"(?!\s(?:\w+\s)?(?:{_any(DURATIONS)})\b)"
)
_VAGUE = (
    rf"(?<![\w-])(?:(?:a\sfew|several|many)\s(?P<few>{_SCALE})(?:\s(?:{_SCALE}))?"
    r"|(?:(?:many|several|a\sfew)\s)?(?P<many>tens(?=\sof\s\w+s\b)|dozens|scores(?=\sof)|hundreds"
    r"|thousands|millions|billions|trillions)"
    r"(?:\sof\s(?:thousands|millions|billions|trillions))?)\b(?!-)"
)
_SIGNS = {sign[-1] for sign in CURRENCY_SIGNS}
_INITIALS = "".join(
    sorted({word[0] for word in (*UNITS, *TENS, *SCALES, *CURRENCY_SIGNS, "a", "several")})
)
_WRITTEN = "|".join((_VAGUE, _OF_A_MILLION, _SLASHED, _HALF_MEASURE, _ONE_IN, _PART, _AMOUNT))
#: they begin with a digit, a sign, or the first letter of a word; to say so first makes the search
#: fast
_NUMBER = re.compile(
    rf"(?=[\d{''.join(_SIGNS)}]|(?<![^\W\d_])[{_INITIALS}])(?:{_WRITTEN})", re.IGNORECASE
)
_AMOUNT_ONLY = re.compile(_AMOUNT.replace(r"(?<![\w.,-])", ""), re.IGNORECASE)

_VAGUE_AS = {
    "dozen": Qualifier.DOZENS,
    "score": Qualifier.DOZENS,
    "hundred": Qualifier.HUNDREDS,
    "thousand": Qualifier.THOUSANDS,
}
#: a part says so by what follows it, or by what stands before
_PART_AFTER = re.compile(
    r"\s(?:of|the|its|their|his|her|all|these|those|that|what|as|less|more|fewer)\b"
)
_PART_BEFORE = re.compile(
    r"\b(?:about|roughly|nearly|almost|than|by|least|most|only|just|over|approximately|some|to"
    r"|under|quite|around)\s$"
)
_TO = re.compile(r"(?:-?\sto\s|-to-)(?=\S)")
_DASH = re.compile(r"[-–](?=[\d$€£¥])")
_OR = re.compile(r"\sor\s(?=\S)")
_AND = re.compile(
    r"(?:\s?%|\s(?:percent|per\scent|kilometers|miles|meters|kilograms|tons|years|months|weeks"
    r"|days|hours))?\sand\s(?=\S)"
)
_PERCENT_TO = re.compile(r"(?:\s?%|\s(?:percent|per\scent))\sto\s(?=\S)")
_PERCENT = re.compile(r"\s?%|[-\s](?:percent|per\scent|pct)\b", re.IGNORECASE)
_COMPOUND = re.compile(r"-(?!(?:to|and|or|plus)\b)([^\W\d_]{2,30})(?:-[^\W\d_]{1,30}){0,3}")
_ODD = re.compile(r"-odd\b|-plus\b|\+(?!\w)", re.IGNORECASE)
#: a range is an uncertainty; "jumped $6 to $91 a barrel" and "From 1,500 to 21,000" are changes
WIDEST = 8
_OPENER = re.compile(r"\b(between|from)\s(?:\w+\s)?$")
#: "rose from 12 to 19" is two numbers, "from 12 to 19 launchers" is one range
_CHANGE = re.compile(
    r"\b(?:r[oi]se|risen|rising|gr[eo]w\w*|increas\w+|climb\w+|jump\w+|up|rais\w+|went|gone"
    r"|expand\w+|widen\w+|recover\w+|surg\w+|lift\w+|boost\w+|improv\w+|mov\w+|sw[eo]ll\w+|push\w+"
    r"|chang\w+|double[sd]?|extend\w+)\b[^.;]{0,60}\bfrom\s(?:\w+\s)?$",
    re.IGNORECASE,
)


def read_numbers(covered: str) -> Iterator[Number]:
    """Yield the numbers of a covered block, in order, none overlapping."""
    position = 0
    while match := _NUMBER.search(covered, position):
        number = _read(covered, match)
        if number is not None:
            yield number
        position = max(match.end() if number is None else number.end, match.start() + 1)


def _read(text: str, match: re.Match[str]) -> Number | None:
    start, end = match.span()
    if vague := match["few"] or match["many"]:
        word = "thousand" if match[0].lower().endswith("tens of thousands") else vague.lower()
        return Number(
            start=start, end=end, value=None, qualifier=_VAGUE_AS.get(word.removesuffix("s"))
        )
    if match["million"]:
        value = _share(match["share"]) * SCALES[match["million"].lower()]
        return Number(start=start, end=end, value=value)
    if match["over"]:
        value = float(match["over"]) / float(match["under"])
        return Number(start=start, end=end, value=value, part=True) if 0 < value < 1 else None
    if match["half_a"]:
        return Number(start=start, end=end, value=0.5)
    if match["some"]:
        some, whole = _plain(match["some"]), _plain(match["whole"])
        return Number(start=start, end=end, value=some / whole, part=True) if some < whole else None
    if match["part"] or match["half"]:
        return _part(text, match)
    amount = _amount(match)
    if _tally(text, amount):
        return None
    return _finish(text, _range(text, amount), amount.currency)


def _share(text: str) -> float:
    """Return the value of "a quarter" and "half"."""
    *count, part = re.split(r"[\s-]", text.lower())
    many = 1 if not count or count[0] in {"a", "an"} else UNITS[count[0]]
    return many / PARTS[part.removesuffix("s")]


def _part(text: str, match: re.Match[str]) -> Number | None:
    start, end = match.span()
    after = _PART_AFTER.match(text, end)
    hyphened = match["part"] and "-" in match[0]
    if match["half"] and text[max(0, start - 4) : start].lower() == "the ":
        return None
    if not (after or hyphened or _PART_BEFORE.search(text, max(0, start - 16), start)):
        return None
    if match["half"]:
        return Number(start=start, end=end, value=0.5, part=True)
    count = match["count"].lower()
    value = (1 if count in {"a", "an"} else UNITS[count]) / PARTS[match["part"].lower()]
    return Number(start=start, end=end, value=value, part=True) if value < 1 else None


def _amount(match: re.Match[str]) -> _Amount:
    sign = (match["sign"] or "").upper()
    if match["digits"]:
        scale = SHORT_SCALES.get((match["short"] or "").strip().lower(), 1.0)
        for word in (match["scale"] or "").lower().split():
            scale *= SCALES[word]
        value = _plain(match["digits"])
    else:
        value, scale = _words(match["words"])
    value += {"half": 0.5, "quarter": 0.25}.get((match["plus"] or "").lower(), 0)
    scale *= SCALES.get((match["after"] or "").lower(), 1)
    return _Amount(
        start=match.start(),
        end=match.end(),
        value=value * scale,
        scale=scale,
        currency=CURRENCY_SIGNS.get(sign),
    )


def _plain(text: str) -> float:
    return float(UNITS[text.lower()] if text.lower() in UNITS else text.replace(",", ""))


def _words(text: str) -> tuple[float, float]:
    """Return the value of number words, and the magnitude they end on if that is all they have."""
    total = current = 0.0
    words = [word for word in re.split(r"[\s-]+", text.lower()) if word not in {"and", "a", "an"}]
    for word in words:
        if word in SCALES:
            current = (current or 1) * SCALES[word]
            if SCALES[word] >= 1000:
                total, current = total + current, 0.0
        else:
            current += 0.5 if word == "half" else UNITS.get(word) or TENS[word]
    value = total + current
    scale = float(SCALES[words[-1]]) if words[-1] in SCALES else 1.0
    return value / scale, scale


def _tally(text: str, high: _Amount) -> bool:
    """Tell whether this is a vote or a score: 312-118."""
    joint = _DASH.match(text, high.end)
    low = _AMOUNT_ONLY.match(text, joint.end()) if joint else None
    return low is not None and _amount(low).value <= high.value and high.scale == 1


def _range(text: str, low: _Amount) -> Number:
    for pattern in _joints(text, low):
        joint = pattern.match(text, low.end)
        match = _AMOUNT_ONLY.match(text, joint.end()) if joint else None
        if match is None:
            continue
        high = _amount(match)
        if (high.currency and not low.currency) or (
            pattern is _PERCENT_TO and not _PERCENT.match(text, high.end)
        ):
            continue
        bottom = low.value * (high.scale if low.scale == 1 and low.value < 1000 else 1)
        if not bottom < high.value:
            bottom = low.value
        if bottom < high.value <= (2 if pattern is _OR else WIDEST) * bottom:
            return Number(start=low.start, end=high.end, value=(bottom, high.value))
    return Number(start=low.start, end=low.end, value=low.value)


def _joints(text: str, low: _Amount) -> tuple[re.Pattern[str], ...]:
    before = text[max(0, low.start - 100) : low.start].lower()
    opener = _OPENER.search(before[-32:])
    if opener and opener[1] == "between":
        return (_AND, _DASH)
    if opener and _CHANGE.search(before):
        return ()
    if before.endswith("from "):
        return (_TO, _DASH)
    return (_TO, _DASH, _OR, _PERCENT_TO)


def _finish(text: str, number: Number, currency: str | None) -> Number | None:
    if currency:
        number = replace(number, currency=currency)
    if match := _ODD.match(text, number.end):
        qualifier = Qualifier.ABOUT if "o" in match[0].lower() else Qualifier.AT_LEAST
        number = replace(number, end=match.end(), qualifier=qualifier)
    if match := _PERCENT.match(text, number.end):
        return replace(number, end=match.end(), percent=True)
    if match := _COMPOUND.match(text, number.end):
        return replace(number, end=match.end(), compound=match[1].lower())
    return number
