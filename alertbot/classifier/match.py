"""Brief -> Matches: which topics fire on a brief, by their rule or a publisher's tag, and why.

The scheduler calls it once per new brief; preview and backtest on whatever they are given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alertbot.classifier.engine import evaluate
from alertbot.classifier.language.grammar import parse_rule
from alertbot.classifier.language.lists import compile_lists
from alertbot.classifier.language.nodes import Node
from alertbot.classifier.normalise import words
from alertbot.classifier.scan import Place, Scan, TermTable
from alertbot.model import Brief, Evidence, Match, Topic, Via


@dataclass(frozen=True, slots=True)
class _Compiled:
    topic: Topic
    rule: Node | None
    tags: frozenset[str]


class Classifier:
    """Topics with their rules parsed; immutable, so one may serve many at once."""

    def __init__(self, topics: Sequence[_Compiled], lists: Mapping[str, TermTable]) -> None:
        self._topics = tuple(topics)
        self._lists = lists

    def match(self, brief: Brief, *, publisher_tags: bool = True) -> tuple[Match, ...]:
        """Return the topics that fire, in the order of the config.

        Where both the rule and a tag fire, the match is the rule's: its evidence explains more.
        """
        scan = Scan(brief, self._lists)
        tags = {tag_key(tag): tag for tag in reversed(brief.tags)} if publisher_tags else {}
        found = (_match(compiled, brief, scan, tags) for compiled in self._topics)
        return tuple(match for match in found if match is not None)


def compile_topics(topics: Sequence[Topic], terms: Mapping[str, Sequence[str]]) -> Classifier:
    """Parse the rules of `topics` and the lists they refer to.

    Raises:
        RuleError: The first rule or term that is wrong; `lint` finds them all.
    """
    lists, problems = compile_lists(terms)
    if problems:
        raise problems[0].error
    compiled = [
        _Compiled(
            topic,
            None if topic.rule is None else parse_rule(topic.rule, lists).node,
            frozenset(tag_key(tag) for tag in topic.publisher_tags) - {""},
        )
        for topic in topics
    ]
    return Classifier(compiled, {name: TermTable(found) for name, found in lists.items()})


def tag_key(tag: str) -> str:
    """Return what two ways to write a tag have in common ("U.S. Defense", "u-s-defense")."""
    return "".join(words(tag.replace("&", " and ")))


def _match(compiled: _Compiled, brief: Brief, scan: Scan, tags: Mapping[str, str]) -> Match | None:
    topic = compiled.topic
    if compiled.rule is not None and (places := evaluate(compiled.rule, scan, topic.prominence)):
        return Match(topic=topic.id, via=Via.RULE, evidence=_evidence(places, brief, scan))
    if found := [tag for key, tag in tags.items() if key in compiled.tags]:
        evidence = tuple(
            Evidence(zone=Via.PUBLISHER_TAG.value, text=tag) for tag in reversed(found)
        )
        return Match(topic=topic.id, via=Via.PUBLISHER_TAG, evidence=evidence)
    return None


def _evidence(places: Sequence[Place], brief: Brief, scan: Scan) -> tuple[Evidence, ...]:
    """Return the words found, in text order; of those that overlap, the first and longest."""
    found = {words for place in places for words in place.words}
    evidence = []
    end = -1
    for first, last in sorted(found, key=lambda words: (words[0], -words[1])):
        if first > end:
            end = last
            start, stop = scan.span((first, last))
            zone = scan.zone(first).value
            evidence.append(Evidence(zone=zone, text=brief.text[start:stop], start=start, end=stop))
    return tuple(evidence)
