"""Scores figures and summaries against the labels of tests/data/dev.gold.json."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """What is compared of a figure."""

    text: str
    value: Any
    qualifier: str | None = None
    unit: str = ""


#: what one makes of a brief: figures, or the text of a summary
Reading = Sequence[Figure] | str


def scored(pairs: Sequence[tuple[list[dict[str, Any]], Reading]]) -> dict[str, float]:
    """Return F1 for figures, or for a summary the share of salient figures it tells."""
    if any(isinstance(reading, str) for _, reading in pairs):
        told = [
            figure["text"].lower() in str(reading).lower()
            for gold, reading in pairs
            for figure in gold
            if figure["salient"]
        ]
        return {"salient_told": sum(told) / len(told)}
    found = value = full = wanted = guessed = 0
    for gold, reading in pairs:
        left = [figure for figure in reading if isinstance(figure, Figure)]
        wanted, guessed = wanted + len(gold), guessed + len(left)
        for figure in gold:
            match = _paired(figure, left)
            if match:
                left.remove(match)
                right = _same_value(figure["value"], match.value)
                found, value = found + 1, value + right
                full += right and _same_meaning(figure, match)
    both = wanted + guessed
    return {"detection": 2 * found / both, "value": 2 * value / both, "full_tuple": 2 * full / both}


def _paired(gold: dict[str, Any], guesses: Sequence[Figure]) -> Figure | None:
    """Return the guess that overlaps the label, one of the same value first."""
    overlapping = [guess for guess in guesses if _overlap(gold["text"], guess.text)]
    same = [guess for guess in overlapping if _same_value(gold["value"], guess.value)]
    return next(iter(same or overlapping), None)


def _overlap(one: str, other: str) -> bool:
    one, other = one.lower(), other.lower()
    x, y = set(_words(one)), set(_words(other))
    shared = len(x & y) / min(len(x), len(y)) if x and y else 0
    return bool(one and other) and (one in other or other in one or shared >= 0.5)


def _same_value(gold: Any, guess: Any) -> bool:
    if gold is None or guess is None:
        return gold is guess
    x, y = ([*v] if isinstance(v, (list, tuple)) else [v, v] for v in (gold, guess))
    return all(
        abs(a - b) <= max(1e-6 * abs(a), 0.01 * (0 < a < 1)) for a, b in zip(x, y, strict=True)
    )


def _same_meaning(gold: dict[str, Any], guess: Figure) -> bool:
    qualifiers = {gold["qualifier"], guess.qualifier}
    ranged = isinstance(gold["value"], list) and qualifiers <= {None, "between"}
    x, y = ([word.rstrip("s") for word in _words(unit)] for unit in (gold["unit"], guess.unit))
    same_unit = bool(x and y) and (x[-1] in y or y[-1] in x)
    return (len(qualifiers) == 1 or ranged) and (same_unit or x == y == [])


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", (text or "").lower())
