"""What a rule means, said as plainly as possible: the specification that the engine is held to.

No index, no automaton, no candidates: every term is tried at every word of the brief, every pair of
places is looked at. Slow, and meant to be read beside docs/rules.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

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
from alertbot.classifier.normalise import tokens, with_case
from alertbot.model import Brief, Prominence, Zone

#: the block, then the numbers of the first and last word in it
Span = tuple[int, int, int]


@dataclass(frozen=True)
class Spot:
    """Where something was found, and the words found there."""

    block: int
    first: int
    last: int
    words: frozenset[Span]

    def overlaps(self, other: "Spot") -> bool:
        return self.block == other.block and self.first <= other.last and other.first <= self.last


@dataclass(frozen=True)
class Page:
    """A brief as lists of words, without bylines and related links."""

    zones: list[Zone]
    keys: list[list[str]]
    written: list[list[str]]
    opening: set[tuple[int, int]]
    lists: Mapping[str, Sequence[Term]]


def fires(node: Node, page: Page, prominence: Prominence) -> frozenset[Span]:
    """Return the words that make the rule fire, none where it does not."""
    long = sum(map(len, page.keys)) >= 120
    found = evaluate(node, page, None, long and prominence is Prominence.MAIN)
    return frozenset(span for spot in found for span in spot.words)


def read(brief: Brief, lists: Mapping[str, Sequence[Term]]) -> Page:
    page = Page([], [], [], set(), lists)
    left = 80
    for block in brief.blocks:
        if block.zone in (Zone.BYLINE, Zone.RELATED):
            continue
        text = brief.text[block.start : block.end]
        found = list(tokens(text))
        number = len(page.zones)
        page.zones.append(block.zone)
        page.keys.append([token.key for token in found])
        page.written.append([with_case(text[token.start : token.end]) for token in found])
        for at in range(len(found)):
            if block.zone is Zone.TITLE or (block.zone is Zone.LEAD and at < left):
                page.opening.add((number, at))
        if block.zone is Zone.LEAD and not block.heading:
            left = max(0, left - len(found))
    return page


def evaluate(node: Node, page: Page, zone: Zone | None, main: bool) -> set[Spot]:
    match node:
        case And(parts):
            needed = [
                evaluate(part, page, zone, main) for part in parts if not isinstance(part, Not)
            ]
            refused = [
                evaluate(part.inner, page, zone, False) for part in parts if isinstance(part, Not)
            ]
            return set().union(*needed) if all(needed) and not any(refused) else set()
        case Or(branches):
            together = Or(tuple(branch for branch in branches if has_places(branch)))
            others = [branch for branch in branches if not has_places(branch)]
            found = standing_out(places(together, page, zone), page, main)
            return found.union(*(evaluate(branch, page, zone, main) for branch in others))
        case AtLeast(count, inner):
            found = places(inner, page, zone)
            return found if separate(found) >= count else set()
        case InZone(own, inner):
            return evaluate(inner, page, own, False) if zone in (None, own) else set()
        case _:
            return standing_out(places(node, page, zone), page, main)


def standing_out(found: set[Spot], page: Page, main: bool) -> set[Spot]:
    news = {spot for spot in found if page.zones[spot.block] is not Zone.BACKGROUND}
    prominent = any((spot.block, spot.last) in page.opening for spot in found)
    return found if not main or prominent or separate(news) >= 3 else set()


def places(node: Node, page: Page, zone: Zone | None) -> set[Spot]:
    match node:
        case Term():
            more = len(node.words) - 1
            return {
                Spot(block, at, at + more, frozenset({(block, at, at + more)}))
                for block in range(len(page.zones))
                if zone in (None, page.zones[block])
                for at in range(len(page.keys[block]) - more)
                if stands_at(node, page.keys[block], page.written[block], at)
            }
        case ListRef(name):
            return {spot for term in page.lists[name] for spot in places(term, page, zone)}
        case Or(branches):
            return {spot for branch in branches for spot in places(branch, page, zone)}
        case Near(left, right, gap, ordered):
            return {
                Spot(a.block, min(a.first, b.first), max(a.last, b.last), a.words | b.words)
                for a in places(left, page, zone)
                for b in places(right, page, zone)
                if a.block == b.block
                and not a.overlaps(b)
                and (a.first < b.first or not ordered)
                and max(a.first, b.first) - min(a.last, b.last) - 1 <= gap
            }
        case _:
            raise AssertionError(f"{node} has no places")


def stands_at(term: Term, keys: Sequence[str], written: Sequence[str], at: int) -> bool:
    return all(
        keys[at + more].startswith(word.key)
        and (word.prefix or keys[at + more] == word.key)
        and (not term.exact or written[at + more].startswith(term.exact[more]))
        for more, word in enumerate(term.words)
    )


def separate(found: Iterable[Spot]) -> int:
    """Count as many places as can be chosen so that no two overlap."""
    chosen: list[Spot] = []
    for spot in sorted(found, key=lambda spot: (spot.block, spot.last)):
        if not any(spot.overlaps(one) for one in chosen):
            chosen.append(spot)
    return len(chosen)
