"""Brief -> Matches: which topics fire on a brief, by their rule or a publisher's tag, and why.

The scheduler calls it once per new brief; preview and backtest on whatever they are given.
"""

from collections.abc import Collection, Mapping, Sequence

from alertbot.classifier.engine.rules import Rules
from alertbot.classifier.evidence import evidence
from alertbot.classifier.explain import Explained, explain_rule
from alertbot.classifier.language.grammar import parse_rule
from alertbot.classifier.language.lists import compile_lists
from alertbot.classifier.normalise import words
from alertbot.model import Brief, Evidence, Match, Topic, TopicId, Via


class Classifier:
    """Topics with their rules compiled; immutable, so one may serve many at once."""

    def __init__(
        self, topics: Sequence[Topic], ruled: Sequence[int], rules: Rules, lists: Collection[str]
    ) -> None:
        self._topics = tuple(topics)
        self._by_id = {topic.id: topic for topic in topics}
        self._lists = lists
        #: the topic of each rule, by its number
        self._ruled = tuple(ruled)
        self._rules = rules
        self._by_tag: dict[str, list[int]] = {}
        for number, topic in enumerate(topics):
            for key in {tag_key(tag) for tag in topic.publisher_tags} - {""}:
                self._by_tag.setdefault(key, []).append(number)

    def match(self, brief: Brief, *, publisher_tags: bool = True) -> tuple[Match, ...]:
        """Return the topics that fire, in the order of the config.

        Where both the rule and a tag fire, the match is the rule's: its evidence explains more.
        """
        scan = self._rules.scan(brief)
        found = {
            self._ruled[rule]: Match(
                topic=self._topics[self._ruled[rule]].id,
                via=Via.RULE,
                evidence=evidence(places, brief, scan),
            )
            for rule, places in self._rules.fired(scan)
        }
        if publisher_tags:
            for number, tags in self._tagged(brief).items():
                if number not in found:
                    found[number] = _by_tag(self._topics[number], tags)
        return tuple(found[number] for number in sorted(found))

    def explain(self, topic: TopicId, brief: Brief) -> Explained | None:
        """Say why the topic's rule fires on the brief, or why not; None if it has no rule.

        Raises KeyError if there is no such topic.
        """
        asked = self._by_id[topic]
        if asked.rule is None:
            return None
        node = parse_rule(asked.rule, self._lists).node
        return explain_rule(node, self._rules, brief, asked.prominence)

    def _tagged(self, brief: Brief) -> dict[int, list[str]]:
        """Return the topics that have a tag of the brief, and those tags, each once."""
        tagged: dict[int, list[str]] = {}
        for key, tag in {tag_key(tag): tag for tag in reversed(brief.tags)}.items():
            for number in self._by_tag.get(key, ()):
                tagged.setdefault(number, []).insert(0, tag)
        return tagged


def compile_topics(topics: Sequence[Topic], terms: Mapping[str, Sequence[str]]) -> Classifier:
    """Parse the rules of `topics` and the lists they refer to.

    Raises:
        RuleError: The first rule or term that is wrong; `lint` finds them all.
    """
    lists, problems = compile_lists(terms)
    if problems:
        raise problems[0].error
    rules = [
        (number, parse_rule(topic.rule, lists).node, topic.prominence)
        for number, topic in enumerate(topics)
        if topic.rule is not None
    ]
    compiled = Rules([(node, prominence) for _, node, prominence in rules], lists)
    return Classifier(topics, [number for number, _, _ in rules], compiled, lists.keys())


def tag_key(tag: str) -> str:
    """Return what two ways to write a tag have in common ("U.S. Defense", "u-s-defense")."""
    return "".join(words(tag.replace("&", " and ")))


def _by_tag(topic: Topic, tags: Sequence[str]) -> Match:
    told = tuple(Evidence(zone=Via.PUBLISHER_TAG.value, text=tag) for tag in tags)
    return Match(topic=topic.id, via=Via.PUBLISHER_TAG, evidence=told)
