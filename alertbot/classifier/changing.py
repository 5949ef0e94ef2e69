"""Rules that come and go one by one while all others stay: those of watches.

Ten thousand rules compile in seconds, so they are kept in parts, each some times larger than the
next: a new rule is compiled with the small ones alone (O'Neil et al., "The log-structured
merge-tree", 1996).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from alertbot.classifier.engine.rules import Rules
from alertbot.classifier.evidence import evidence
from alertbot.classifier.language.grammar import parse_rule
from alertbot.classifier.language.lists import compile_lists
from alertbot.classifier.language.nodes import ListRef, Node, Term, walk
from alertbot.errors import RuleError
from alertbot.model import Brief, Match, Prominence, TopicId, Via

#: a part is compiled anew with what comes until it is so many times larger than that
TIMES = 8

_Lists = Mapping[str, Sequence[Term]]


class _Part:
    """Some of the rules, compiled together with the lists they name."""

    def __init__(self, nodes: Mapping[TopicId, Node], lists: _Lists) -> None:
        self.nodes = nodes
        self.topics = tuple(nodes)
        named = {
            one.name for node in nodes.values() for one in walk(node) if isinstance(one, ListRef)
        }
        self.rules = Rules(
            [(node, Prominence.MAIN) for node in nodes.values()],
            {name: lists[name] for name in sorted(named)},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangingRules:
    """Rules by topic, of which some may come and go; each state is immutable."""

    _lists: _Lists
    _parts: tuple[_Part, ...] = ()
    #: all topics given, those whose rules are mistaken too
    topics: frozenset[TopicId] = frozenset()
    #: the rules that cannot be matched, and why
    mistakes: Mapping[TopicId, RuleError] = field(default_factory=lambda: MappingProxyType({}))

    def match(self, brief: Brief) -> tuple[Match, ...]:
        """Return the topics whose rules fire on the brief, in no order that means anything."""
        found: list[Match] = []
        for part in self._parts:
            scan = part.rules.scan(brief)
            for number, places in part.rules.fired(scan):
                topic = part.topics[number]
                if topic in self.topics:
                    told = evidence(places, brief, scan)
                    found.append(Match(topic=topic, via=Via.RULE, evidence=told))
        return tuple(found)

    def changed(self, come: Mapping[TopicId, str], gone: Collection[TopicId]) -> "ChangingRules":
        """Return the rules with those that come, by topics that never were here, less the gone."""
        nodes: dict[TopicId, Node] = {}
        mistakes = {topic: why for topic, why in self.mistakes.items() if topic not in gone}
        for topic, rule in come.items():
            try:
                nodes[topic] = parse_rule(rule, self._lists.keys()).node
            except RuleError as error:
                mistakes[topic] = error
        topics = self.topics.difference(gone).union(come)
        return replace(
            self,
            _parts=self._with(nodes, topics),
            topics=topics,
            mistakes=MappingProxyType(mistakes),
        )

    def _with(
        self, nodes: Mapping[TopicId, Node], topics: Collection[TopicId]
    ) -> tuple[_Part, ...]:
        if not nodes:
            return self._parts
        kept, together = list(self._parts), dict(nodes)
        while kept and len(kept[-1].topics) <= TIMES * len(together):
            small = kept.pop()
            together |= {topic: node for topic, node in small.nodes.items() if topic in topics}
        return (*kept, _Part(together, self._lists))


def changing_rules(terms: Mapping[str, Sequence[str]]) -> ChangingRules:
    """Return no rules yet, which may refer to these lists; raises RuleError for a mistaken list."""
    lists, problems = compile_lists(terms)
    if problems:
        raise problems[0].error
    return ChangingRules(_lists=lists)
