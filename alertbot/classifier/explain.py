"""Says why a rule fires on a brief, or why not: part by part, with what was found of each.

`alertbot preview` shows it. The parts are evaluated as the engine does it, each by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from alertbot.classifier.engine.plan import MANY, Places, separate
from alertbot.classifier.engine.rules import SHORT_WORDS, Rules
from alertbot.classifier.engine.scan import OPENING_WORDS, Scan
from alertbot.classifier.evidence import evidence
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
)
from alertbot.classifier.language.written import written
from alertbot.model import Brief, Evidence, Prominence, Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A part of a rule, and what a brief holds of it."""

    #: as one would write it
    rule: str
    fires: bool
    #: the words it fires on; where it does not fire, what stands of it anywhere
    found: tuple[Evidence, ...] = ()
    #: why it does not fire, where its parts do not say it
    reason: str | None = None
    #: a part that refuses the brief if it fires
    excludes: bool = False
    parts: tuple["Explained", ...] = ()
    #: whether one of the parts is enough
    alternatives: bool = False

    @property
    def branches(self) -> tuple[str, ...]:
        """Return the alternatives that fire, or the whole where it has none."""
        if not self.fires:
            return ()
        fired = [part.rule for part in self.parts if part.fires] if self.alternatives else []
        return tuple(fired) or (self.rule,)


def explain_rule(node: Node, rules: Rules, brief: Brief, prominence: Prominence) -> Explained:
    """Explain a rule of which all terms are among those of `rules`."""
    scan = rules.scan(brief)
    main = prominence is Prominence.MAIN and len(scan) >= SHORT_WORDS
    return _Explainer(rules, brief, scan).part(node, None, main=main)


@dataclass(frozen=True, slots=True)
class _Explainer:
    rules: Rules
    brief: Brief
    scan: Scan

    def part(self, node: Node, zone: Zone | None, *, main: bool) -> Explained:
        """Explain a node as it is evaluated: in one zone or anywhere, standing out or not."""
        match node:
            case And(parts):
                return self._and(node, [self._of_and(part, zone, main=main) for part in parts])
            case Or(branches) if not _is_plain(node):
                return self._or(node, zone, [self.part(b, zone, main=main) for b in branches], main)
            case InZone(own, inner):
                return self._in_zone(node, self.part(inner, own, main=False), zone)
            case Near(left, right):
                sides = tuple(self.part(side, zone, main=False) for side in (left, right))
                return self._leaf(node, zone, sides, main=main)
            case _:
                return self._leaf(node, zone, (), main=main)

    def _of_and(self, node: Node, zone: Zone | None, *, main: bool) -> Explained:
        if not isinstance(node, Not):
            return self.part(node, zone, main=main)
        inner = self.part(node.inner, zone, main=False)
        found = inner.found if inner.fires else ()
        reason = "excluded, and it is there" if inner.fires else None
        return Explained(
            rule=written(node), fires=not inner.fires, found=found, reason=reason, excludes=True
        )

    def _and(self, node: Node, parts: Sequence[Explained]) -> Explained:
        fires = all(part.fires for part in parts)
        words = [item for part in parts if not part.excludes for item in part.found]
        return Explained(
            rule=written(node),
            fires=fires,
            found=tuple(words) if fires else (),
            parts=tuple(parts),
        )

    def _or(
        self, node: Node, zone: Zone | None, parts: Sequence[Explained], main: bool
    ) -> Explained:
        places = self._evaluate(node, zone, main=main)
        together = places and not any(part.fires for part in parts)
        return Explained(
            rule=written(node),
            fires=bool(places),
            found=self._told(places),
            reason=f"counted together, in {MANY} places or more" if together else None,
            parts=tuple(parts),
            alternatives=True,
        )

    def _in_zone(self, node: InZone, inner: Explained, around: Zone | None) -> Explained:
        if around not in (None, node.zone):
            reason = f"nothing is in the {around} and in the {node.zone} at once"
            return Explained(rule=written(node), fires=False, reason=reason)
        return Explained(
            rule=written(node),
            fires=inner.fires,
            found=inner.found,
            reason=inner.reason,
            parts=inner.parts,
            alternatives=inner.alternatives,
        )

    def _leaf(
        self, node: Node, zone: Zone | None, parts: tuple[Explained, ...], *, main: bool
    ) -> Explained:
        places = self._evaluate(node, zone, main=main)
        if places:
            return Explained(rule=written(node), fires=True, found=self._told(places))
        inner = node.inner if isinstance(node, AtLeast) else node
        here = self._evaluate(inner, zone, main=False)
        anywhere = here or self._evaluate(inner, None, main=False)
        return Explained(
            rule=written(node),
            fires=False,
            found=self._told(anywhere),
            reason=self._reason(node, zone, here, anywhere),
            parts=parts if not anywhere else (),
        )

    def _reason(self, node: Node, zone: Zone | None, here: Places, anywhere: Places) -> str | None:
        if isinstance(node, AtLeast) and here:
            return f"in {separate(here)} of the {node.count} places it needs"
        if not here and zone is not None and anywhere:
            return f"not in the {zone}"
        if here:
            return self._not_prominent(here)
        if isinstance(node, Near):
            order = " in this order" if node.ordered else ""
            words = "word" if node.gap == 1 else "words"
            return f"nowhere with at most {node.gap} {words} between them{order}"
        return f"nowhere in the {zone}" if zone else "nowhere"

    def _not_prominent(self, here: Places) -> str:
        news = [place for place in here if self.scan.zone(place[0]) is not Zone.BACKGROUND]
        if not news:
            return f"does not stand out: it is only in the {Zone.BACKGROUND}, which does not count"
        return (
            "does not stand out: it is not in the title, nor in the first "
            f"{OPENING_WORDS} words of the lead, and in {separate(news)} of {MANY} places outside "
            f"the {Zone.BACKGROUND}"
        )

    def _evaluate(self, node: Node, zone: Zone | None, *, main: bool) -> Places:
        return self.rules.plan(node).evaluate(self.scan, zone, main)

    def _told(self, places: Places) -> tuple[Evidence, ...]:
        return evidence(places, self.brief, self.scan)


def _is_plain(node: Or) -> bool:
    return all(isinstance(branch, Term | ListRef) for branch in node.branches)
