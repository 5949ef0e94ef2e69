"""Evaluates the nodes of a rule on a scanned brief: Scan -> the places that made it fire.

A plain walk over the tree, called by `match`. An engine for many thousands of rules would keep
this as its reference and only run it on the rules whose rarest word is in the brief.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from alertbot.classifier.language.nodes import (
    And,
    AtLeast,
    InZone,
    ListRef,
    Near,
    Node,
    Not,
    Or,
    Term,
    has_places,
)
from alertbot.classifier.scan import Place, Scan
from alertbot.model import Prominence, Zone

#: in a shorter brief every mention is prominent
SHORT_WORDS = 120
#: so many separate mentions are prominent wherever they stand, the background apart
MANY = 3
#: so many pairs of one NEAR are looked at; what is rarer than "the NEAR/100 of" never has as many
_MAX_PAIRS = 10_000

Places = tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class _View:
    """What a node is evaluated on: the whole brief, or one zone of it."""

    scan: Scan
    zone: Zone | None
    #: whether what is found must be prominent
    main: bool


def evaluate(node: Node, scan: Scan, prominence: Prominence) -> Places:
    """Return the places that make the rule fire; none where it does not."""
    main = prominence is Prominence.MAIN and len(scan) >= SHORT_WORDS
    return _fires(node, _View(scan, None, main))


def separate(places: Iterable[Place]) -> int:
    """Count the places that do not overlap: as many of them as there can be."""
    count, end = 0, -1
    for place in sorted(places, key=lambda place: place.last):
        if place.first > end:
            count, end = count + 1, place.last
    return count


def _fires(node: Node, view: _View) -> Places:
    match node:
        case And(parts):
            return _all(parts, view)
        case Or(branches):
            return _any(branches, view)
        case AtLeast(count, inner):
            found = _places(inner, view)
            return found if separate(found) >= count else ()
        case InZone(zone, inner):
            if view.zone not in (None, zone):
                return ()
            return _fires(inner, _View(view.scan, zone, main=False))
        case Not():
            raise AssertionError("NOT is evaluated by the AND around it")
        case _:
            return _if_prominent(_places(node, view), view)


def _all(parts: tuple[Node, ...], view: _View) -> Places:
    found: Places = ()
    anywhere = _View(view.scan, view.zone, main=False)
    for part in parts:
        if isinstance(part, Not):
            if _fires(part.inner, anywhere):
                return ()
        elif places := _fires(part, view):
            found += places
        else:
            return ()
    return found


def _any(branches: tuple[Node, ...], view: _View) -> Places:
    """Unite the branches; words, phrases, lists and NEAR are counted together."""
    countable = Or(tuple(branch for branch in branches if has_places(branch)))
    found = _if_prominent(_places(countable, view), view)
    for branch in branches:
        if not has_places(branch):
            found += _fires(branch, view)
    return found


def _if_prominent(places: Places, view: _View) -> Places:
    if not view.main or any(view.scan.in_opening(place) for place in places):
        return places
    news = (place for place in places if view.scan.zone(place.first) is not Zone.BACKGROUND)
    return places if separate(news) >= MANY else ()


def _places(node: Node, view: _View) -> Places:
    """Return where a node that `has_places` stands."""
    match node:
        case Term():
            return _in_zone(view.scan.places(node), view)
        case ListRef(name):
            return _in_zone(view.scan.places_in_list(name), view)
        case Or(branches):
            return tuple(place for branch in branches for place in _places(branch, view))
        case Near():
            return _near(node, view)
        case _:
            raise AssertionError(f"{node} has no places")


def _in_zone(places: Places, view: _View) -> Places:
    if view.zone is None:
        return places
    return tuple(place for place in places if view.scan.zone(place.first) is view.zone)


def _near(node: Near, view: _View) -> Places:
    """Pair what is near: apart from each other, in one block, in order if so asked."""
    found: dict[tuple[int, int], Place] = {}
    reach = node.gap + 1
    candidates = _within(reach, _places(node.left, view), _places(node.right, view))
    for a, b in islice(candidates, _MAX_PAIRS):
        after = a.last < b.first <= a.last + reach
        before = not node.ordered and b.last < a.first <= b.last + reach
        if after or before:
            first, last = min(a.first, b.first), max(a.last, b.last)
            found.setdefault((first, last), Place(first, last, (*a.words, *b.words)))
    return tuple(found.values())


def _within(reach: int, left: Places, right: Places) -> Iterator[tuple[Place, Place]]:
    """Yield the pairs that may be near, without looking at all the others."""
    right = tuple(sorted(right, key=lambda place: place.first))
    longest = max((place.last - place.first for place in right), default=0)
    for a in left:
        start = bisect_left(right, a.first - reach - longest, key=lambda place: place.first)
        stop = bisect_right(right, a.last + reach, key=lambda place: place.first)
        for b in right[start:stop]:
            yield a, b
