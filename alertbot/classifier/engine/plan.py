"""What a rule becomes to be run: a tree whose leaves are numbers of literals.

`evaluate` in each node says where a scanned brief makes it fire; the plain meaning of the language
is in tests/classifier/plain_evaluator.py, and both agree on whatever hypothesis can think of.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from alertbot.classifier.engine.literals import Checked, Place
from alertbot.classifier.engine.scan import Scan
from alertbot.model import Zone

#: so many separate mentions are prominent wherever they stand, the background apart
MANY = 3
#: so many pairs of one NEAR are looked at; what is rarer than "the NEAR/100 of" never has as many
_MAX_PAIRS = 10_000

Places: TypeAlias = Sequence[Place]


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a brief must hold some of before a rule is worth evaluating."""

    literals: tuple[int, ...]
    lists: tuple["Sought", ...]
    #: about how often that is; the smaller, the fewer briefs
    weight: float


@dataclass(frozen=True, slots=True, eq=False)
class Sought:
    """Any of these terms, lists and NEARs: what can be counted, and be near to another."""

    #: a set in a list, which may have hundreds, of which a brief holds few
    literals: Collection[int] = ()
    checked: tuple[Checked, ...] = ()
    lists: tuple["Sought", ...] = ()
    nears: tuple["NearPlan", ...] = ()
    #: about how often a brief holds any of the terms and lists
    weight: float = 0.0

    def places(self, scan: Scan, zone: Zone | None) -> Places:
        """Return where any of them stands, in one zone or anywhere they are looked for."""
        found = scan.found
        places: list[Place] = []
        for number in self.literals:
            if number in found:
                places += found[number]
        if self.checked or self.lists:
            for term in self.checked:
                places += scan.checked(term)
            for one in self.lists:
                places += scan.once(one, one.everywhere)
        if zone is not None:
            places = [place for place in places if scan.zone(place[0]) is zone]
        for near in self.nears:
            places += near.places(scan, zone)
        return places

    def everywhere(self, scan: Scan) -> list[Place]:
        """Return all the places of a list, in order, each once."""
        found = scan.found
        literals = [literal for literal in found if literal in self.literals]
        places = {place for literal in literals for place in found[literal]}
        for term in self.checked:
            if term.literal in found:
                places.update(scan.checked(term))
        return sorted(places)

    def evaluate(self, scan: Scan, zone: Zone | None, main: bool) -> Places:
        """Return the places; none where they must stand out and do not."""
        places = self.places(scan, zone)
        return places if not (main and places) or _stands_out(places, scan) else ()

    def anchor(self) -> Anchor:
        """Return all the literals: any one will do."""
        literals = (*self.literals, *(term.literal for term in self.checked))
        own = Anchor(literals, self.lists, self.weight)
        return _either([own, *(near.anchor() for near in self.nears)]) if self.nears else own


@dataclass(frozen=True, slots=True, eq=False)
class NearPlan:
    """Two things in one block with at most `reach - 1` words between them."""

    left: Sought
    right: Sought
    reach: int
    ordered: bool

    def places(self, scan: Scan, zone: Zone | None) -> list[Place]:
        """Return one place for each two that are near and do not overlap."""
        left = self.left.places(scan, zone)
        if not left:
            return []
        right = self.right.places(scan, zone)
        if not right:
            return []
        found: dict[tuple[int, int], set[tuple[int, int]]] = {}
        for a, b in islice(_within(self.reach, left, right), _MAX_PAIRS):
            after = a[1] < b[0] <= a[1] + self.reach
            before = not self.ordered and b[1] < a[0] <= b[1] + self.reach
            if (after or before) and scan.block(a[0]) == scan.block(b[0]):
                first, last = min(a[0], b[0]), max(a[1], b[1])
                found.setdefault((first, last), set()).update(words_of(a), words_of(b))
        return [(*extent, tuple(words)) for extent, words in found.items()]

    def anchor(self) -> Anchor:
        """Return the rarer side: both must be there."""
        return min(self.left.anchor(), self.right.anchor(), key=lambda one: one.weight)


@dataclass(frozen=True, slots=True, eq=False)
class AllPlan:
    """All of the parts and none of the excluded."""

    parts: tuple["Plan", ...]
    excluded: tuple["Plan", ...]

    def evaluate(self, scan: Scan, zone: Zone | None, main: bool) -> Places:
        """Return the places of all the parts."""
        found: list[Place] = []
        for part in self.parts:
            places = part.evaluate(scan, zone, main)
            if not places:
                return ()
            found += places
        if any(one.evaluate(scan, zone, False) for one in self.excluded):
            return ()
        return found

    def anchor(self) -> Anchor:
        """Return the rarest part."""
        return min((part.anchor() for part in self.parts), key=lambda one: one.weight)


@dataclass(frozen=True, slots=True, eq=False)
class AnyPlan:
    """One of the branches or more."""

    branches: tuple["Plan", ...]

    def evaluate(self, scan: Scan, zone: Zone | None, main: bool) -> Places:
        """Return the places of all branches that fire."""
        return [place for branch in self.branches for place in branch.evaluate(scan, zone, main)]

    def anchor(self) -> Anchor:
        """Return what any branch needs."""
        return _either([branch.anchor() for branch in self.branches])


@dataclass(frozen=True, slots=True, eq=False)
class AtLeastPlan:
    """`count` separate places or more."""

    count: int
    inner: Sought

    def evaluate(self, scan: Scan, zone: Zone | None, main: bool) -> Places:
        """Return the places if there are enough, standing out or not."""
        places = self.inner.places(scan, zone)
        return places if separate(places) >= self.count else ()

    def anchor(self) -> Anchor:
        """Return what the inner needs."""
        return self.inner.anchor()


@dataclass(frozen=True, slots=True, eq=False)
class ZonePlan:
    """The inner, all of it in one zone."""

    zone: Zone
    inner: "Plan"

    def evaluate(self, scan: Scan, zone: Zone | None, main: bool) -> Places:
        """Return the places in the zone, standing out or not."""
        if zone is not None and zone is not self.zone:
            return ()
        return self.inner.evaluate(scan, self.zone, False)

    def anchor(self) -> Anchor:
        """Return what the inner needs."""
        return self.inner.anchor()


Plan: TypeAlias = Sought | AllPlan | AnyPlan | AtLeastPlan | ZonePlan


def separate(places: Iterable[Place]) -> int:
    """Count the places that do not overlap: as many of them as there can be."""
    count, end = 0, -1
    for place in sorted(places, key=lambda place: place[1]):
        if place[0] > end:
            count, end = count + 1, place[1]
    return count


def words_of(place: Place) -> tuple[tuple[int, int], ...]:
    """Return the (first, last) positions of the words found, without what stands between."""
    return (place,) if len(place) == 2 else place[2]


def _stands_out(places: Places, scan: Scan) -> bool:
    end = scan.opening_end
    for place in places:
        if place[1] <= end and scan.in_opening(place):
            return True
    if len(places) < MANY:
        return False
    return separate(one for one in places if scan.zone(one[0]) is not Zone.BACKGROUND) >= MANY


def _within(reach: int, left: Places, right: Places) -> Iterator[tuple[Place, Place]]:
    """Yield the pairs that may be near, without looking at all the others."""
    right = sorted(right)
    longest = max(place[1] - place[0] for place in right)
    for a in left:
        end = a[1] + reach
        for at in range(bisect_left(right, (a[0] - reach - longest,)), len(right)):
            if right[at][0] > end:
                break
            yield a, right[at]


def _either(anchors: Sequence[Anchor]) -> Anchor:
    if len(anchors) == 1:
        return anchors[0]
    return Anchor(
        tuple(dict.fromkeys(number for one in anchors for number in one.literals)),
        tuple(dict.fromkeys(one for anchor in anchors for one in anchor.lists)),
        sum(one.weight for one in anchors),
    )
