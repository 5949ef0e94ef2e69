"""Says what sort of thing a figure counts, from the unit and from what the sentence does to it."""

import re

from alertbot.model import FigureKind
from alertbot.summarizer.figures.lexicon.amounts import (
    CURRENCY_WORDS,
    DISTANCES,
    DURATIONS,
    WEIGHTS,
)
from alertbot.summarizer.figures.lexicon.people import CASUALTY_NOUNS, CREW_LIKE, NOT_PEOPLE, PEOPLE
from alertbot.summarizer.figures.lexicon.things import ATTACKS, MUNITIONS

_MEASURE = re.compile(
    r"(?:\s|(?<=\d))?(?P<of>(?:nautical|metric|statute|short|long|square|cubic)\s)?"
    r"(?P<noun>[^\W\d_]+)\b(?!-)",
    re.IGNORECASE,
)
_PER = re.compile(r"\s(?:an?|per|each)\s(?:second|minute|hour|day|night|week|month|quarter|year)\b")
_HARMED = (
    r"(?:killed|wounded|injured|dead|died|hurt|slain|maimed|perished|drowned|executed|shot|burned"
    r"|missing|hospitali[sz]ed)"
)
_HARMING = re.compile(
    r"\b(?:kill(?:s|ed|ing)?|wound(?:s|ed|ing)?|injur(?:e|es|ed|ing)|maim(?:s|ed|ing)|hurt(?:s|ing)?|slew"
    r"|slain|murder(?:ed|ing)|execut(?:ed|ing)|shot(?!\s(?:at|down|toward))|dead|victims|casualties|toll|fatalities|lives)\b"
    r"(?!\sby\b)",
    re.IGNORECASE,
)
_CLAUSE_START = re.compile(
    r"\n|[,;:.!?—()]\s|\s(?:while|but|after|when|before|because|since|with)\s"
    r"|\sand\s(?=(?:took|left|held|seized|captured|[^\W\d_]+ed)\s)"
)
_CLAUSE_END = re.compile(
    r"[\n,;:.!?—()]|\s(?:and|but|after|when|as|while|because|before|since|in\sa|following)\s"
)
#: "12 militants killed a guard" tells of one casualty, not twelve
_SUFFERED = re.compile(
    rf"\b{_HARMED}\b(?!\s(?:a|an|the|at\sleast|his|her|its|their|more|some|about|nearly|\d[\d,]*|one|two"
    r"|three|four|five|six|seven|eight|nine|ten|dozens|hundreds)\b)",
    re.IGNORECASE,
)
#: between the people and what befell them
_AMONG = re.compile(r",\s[^;.]{1,60}?,(?=\s(?:were|was|have|had|has|are|died)\b)")
_ATTACKED = re.compile(
    r"\b(?:attack(?:s|ed|ing)?|struck|strikes?|targeted|bombed|shelled|raided|fired\s(?:on|at|upon))\b",
    re.IGNORECASE,
)
#: "the crash claimed 61 lives", but "it changed 61 lives"
_TAKEN = re.compile(r"\b(?:claim\w*|cost|t[ao]k\w+|took|lost)\s(?:\w+\s){0,2}$")
_PERSONAL = ("ists", "ees", "ers", "ors", "ants", "ians", "icans", "eans")
_PERSON = ("ist", "ian", "ican", "ean")
_REACH = 70


def measure_after(text: str, end: int) -> tuple[str, FigureKind, int] | None:
    """Return unit, kind and end of a measure or currency word that follows a number directly."""
    match = _MEASURE.match(text, end)
    if match is None:
        return None
    noun = match["noun"].lower()
    per = _PER.match(text, match.end())
    if match["of"] and match["of"].lower().startswith(("square", "cubic")):
        unit = f"{match['of']}{noun}{per[0] if per else ''}".lower()
        return unit, FigureKind.COUNT, per.end() if per else match.end()
    named = measure(noun)
    if named is None or (noun == "second" and not match["of"]):
        return None
    unit, kind = named
    if kind is FigureKind.MONEY:
        return unit, kind, match.end()
    unit = f"{match['of'] or ''}{unit}{per[0] if per else ''}".lower()
    return unit, kind, per.end() if per else match.end()


def measure(noun: str) -> tuple[str, FigureKind] | None:
    """Return unit and kind if a lower-case noun is a measure or a currency."""
    if noun in CURRENCY_WORDS:
        return CURRENCY_WORDS[noun], FigureKind.MONEY
    if noun in WEIGHTS:
        return WEIGHTS[noun], FigureKind.WEIGHT
    if noun in DISTANCES:
        return DISTANCES[noun], FigureKind.DISTANCE
    if noun in DURATIONS:
        return noun, FigureKind.DURATION
    return None


def kind_of_unit(unit: str) -> FigureKind:
    """Return the kind of what is counted, whatever happened to it."""
    words = unit.split() or [""]
    head = _head(words)
    if head in MUNITIONS:
        return FigureKind.MUNITIONS
    if head in ATTACKS:
        return FigureKind.ATTACKS
    if (named := measure(head)) is not None and len(words) < 4:
        return named[1]
    if head in CASUALTY_NOUNS:
        return FigureKind.CASUALTIES
    return FigureKind.PEOPLE if _people(words, head) else FigureKind.COUNT


def _head(words: list[str]) -> str:
    """Return the head of "drones a day" and "crew members" alike."""
    for index, word in enumerate(words):
        if index and word in {"a", "an", "per", "of", "in"}:
            return words[index - 1]
    return words[-1]


def _people(words: list[str], head: str) -> bool:
    if any(any(map(str.isdigit, word)) for word in words):
        return False
    if head in {"member", "members"}:
        return len(words) == 1 or bool(CREW_LIKE.intersection(words))
    if head in PEOPLE or head.endswith(("men", "women")):
        return True
    if f"{head}s" in PEOPLE or (len(head) > 5 and head.endswith(_PERSON)):
        return True
    return len(head) > 5 and head.endswith(_PERSONAL) and head not in NOT_PEOPLE


def suffers(text: str, start: int, end: int) -> bool:
    """Tell whether the clause around `text[start:end]` kills or hurts what stands there."""
    among = _AMONG.match(text, end)
    if text.endswith(" lives", start, end) and _TAKEN.search(text, max(0, start - 32), start):
        return True
    low, high = clause(text, start, among.end() if among else end)
    if _HARMING.search(text[low:start]):
        return True
    return bool(_SUFFERED.search(text[among.end() if among else end : high]))


def clause(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the clause around `text[start:end]`, as far as 70 characters to either side."""
    low = max(0, start - _REACH)
    cuts = [match.end() for match in _CLAUSE_START.finditer(text[low:start])]
    cut = _CLAUSE_END.search(text[end : end + _REACH])
    return low + (cuts[-1] if cuts else 0), end + (cut.start() if cut else _REACH)


def is_attacked(text: str, start: int) -> bool:
    """Tell whether the words before a count of times are about attacks."""
    return bool(_ATTACKED.search(text, max(0, start - _REACH), start))
