"""Rules compiled together: one automaton for all their literals, and which brief needs which rule.

A rule is a candidate for a brief that holds some of its anchor, the rarest thing it cannot do
without (the idea of Lucene's Monitor and of percolators); only candidates are evaluated.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from alertbot.classifier.engine.literals import Checked, Literals
from alertbot.classifier.engine.plan import (
    AllPlan,
    AnyPlan,
    AtLeastPlan,
    NearPlan,
    Places,
    Plan,
    Sought,
    ZonePlan,
)
from alertbot.classifier.engine.scan import Scan
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
    walk,
)
from alertbot.model import Brief, Prominence

#: in a shorter brief every mention is prominent
SHORT_WORDS = 120


class Rules:
    """Rules ready to be run; each is known by its number, in the order given."""

    def __init__(
        self, rules: Sequence[tuple[Node, Prominence]], lists: Mapping[str, Sequence[Term]]
    ) -> None:
        in_rules = (node for rule, _ in rules for node in walk(rule) if isinstance(node, Term))
        in_lists = (term for name in lists for term in lists[name])
        self._literals = Literals((*in_rules, *in_lists))
        self._lists = {name: self._list(lists[name]) for name in lists}
        self._rules = [
            (self.plan(node), prominence is Prominence.MAIN) for node, prominence in rules
        ]
        #: the rules that a literal, or a literal of a list, makes candidates
        self._by_literal: dict[int, list[int]] = {}
        self._by_list: dict[Sought, list[int]] = {}
        self._lists_of: dict[int, list[Sought]] = {}
        self._index()

    def scan(self, brief: Brief) -> Scan:
        """Read a brief once for all rules."""
        return Scan(brief, self._literals)

    def fired(self, scan: Scan) -> Iterator[tuple[int, Places]]:
        """Yield the rules that fire, in order, and the places that made them."""
        long = len(scan) >= SHORT_WORDS
        for number in sorted(self._candidates(scan)):
            plan, main = self._rules[number]
            if places := plan.evaluate(scan, None, main and long):
                yield number, places

    def plan(self, node: Node) -> Plan:
        """Return what runs a rule, or a part of one, of which the terms are among ours."""
        match node:
            case Or(branches):
                return self._any(branches)
            case And(parts):
                needed = [self.plan(part) for part in parts if not isinstance(part, Not)]
                excluded = [self.plan(part.inner) for part in parts if isinstance(part, Not)]
                return AllPlan(self._likeliest_last(needed), tuple(excluded))
            case AtLeast(count, inner):
                return AtLeastPlan(count, self._sought([inner]))
            case InZone(zone, inner):
                return ZonePlan(zone, self.plan(inner))
            case Not():
                raise AssertionError("NOT is planned by the AND around it")
            case _:
                return self._sought([node])

    def _likeliest_last(self, plans: list[Plan]) -> tuple[Plan, ...]:
        """Put the anchor last: a candidate has it, so it is another part that rules it out."""
        return tuple(sorted(plans, key=lambda plan: -plan.anchor().weight))

    def _any(self, branches: Sequence[Node]) -> Plan:
        """Words, phrases, lists and NEARs are counted together, as if they were one list."""
        countable = [branch for branch in branches if has_places(branch)]
        if len(countable) == len(branches):
            return self._sought(countable)
        others = tuple(self.plan(branch) for branch in branches if not has_places(branch))
        return AnyPlan((self._sought(countable), *others) if countable else others)

    def _list(self, terms: Iterable[Term]) -> Sought:
        found = self._sought(terms)
        return replace(found, literals=frozenset(found.literals))

    def _sought(self, nodes: Iterable[Node]) -> Sought:
        literals: list[int] = []
        checked: list[Checked] = []
        lists: list[Sought] = []
        nears: list[NearPlan] = []
        for node in _flat(nodes):
            match node:
                case Term():
                    number = self._literals.number(node)
                    if isinstance(number, int):
                        literals.append(number)
                    else:
                        checked.append(number)
                case ListRef(name):
                    lists.append(self._lists[name])
                case Near(left, right, gap, ordered):
                    sides = self._sought([left]), self._sought([right])
                    nears.append(NearPlan(*sides, gap + 1, ordered))
                case _:
                    raise AssertionError(f"{node} has no places")
        weights = self._literals.weights
        weight = sum([weights[number] for number in literals])
        weight += sum([weights[term.literal] for term in checked])
        weight += sum([one.weight for one in lists])
        return Sought(tuple(literals), tuple(checked), tuple(lists), tuple(nears), weight)

    def _index(self) -> None:
        for number, (plan, _) in enumerate(self._rules):
            anchor = plan.anchor()
            for literal in anchor.literals:
                self._by_literal.setdefault(literal, []).append(number)
            for one in anchor.lists:
                self._by_list.setdefault(one, []).append(number)
        for one in self._by_list:
            for literal in one.anchor().literals:
                self._lists_of.setdefault(literal, []).append(one)

    def _candidates(self, scan: Scan) -> set[int]:
        by_literal, lists_of = self._by_literal, self._lists_of
        parts = [by_literal[literal] for literal in scan.found if literal in by_literal]
        if lists_of:
            found = {one for literal in scan.found for one in lists_of.get(literal, ())}
            parts += [self._by_list[one] for one in found]
        return set().union(*parts)


def _flat(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        if isinstance(node, Or):
            yield from _flat(node.branches)
        else:
            yield node
