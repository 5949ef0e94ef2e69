"""Brief -> Matches: which topics fire on a brief, by their rule or a publisher's tag, and why.

The scheduler calls it once per new brief; preview and backtest on whatever they are given.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

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
        #: the topics of each tag, by its key
        self._tagged: dict[str, list[int]] = {}
        for number, topic in enumerate(topics):
            for key in {tag_key(tag) for tag in topic.publisher_tags} - {""}:
                self._tagged.setdefault(key, []).append(number)

    def match(self, brief: Brief, *, publisher_tags: bool = True) -> tuple[Match, ...]:
        """Return the topics that fire, in the order of the config.

        Where both the rule and a tag fire, the match is the rule's: its evidence explains more.
        """
        found = self._by_tags(brief) if publisher_tags else {}
        scan = self._rules.scan(brief)
        for rule, places in self._rules.fired(scan):
            number = self._ruled[rule]
            topic = self._topics[number].id
            told = evidence(places, brief, scan)
            found[number] = Match(topic=topic, via=Via.RULE, evidence=told)
        return tuple(found[number] for number in sorted(found))

    def match_tags(self, brief: Brief) -> tuple[Match, ...]:
        """Return the topics that fire by a publisher's tag, whatever their rules say."""
        found = self._by_tags(brief)
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

    def _by_tags(self, brief: Brief) -> dict[int, Match]:
        """Return the matches by tag, by the number of the topic; of equal tags, the first."""
        tagged: dict[int, list[str]] = {}
        for key, tag in {tag_key(tag): tag for tag in reversed(brief.tags)}.items():
            for number in self._tagged.get(key, ()):
                tagged.setdefault(number, []).insert(0, tag)
        return {number: _tag_match(self._topics[number], tags) for number, tags in tagged.items()}


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


@lru_cache(maxsize=4096)  # a publisher has a few hundred tags, on every brief
def tag_key(tag: str) -> str:
    """Return what two ways to write a tag have in common ("U.S. Defense", "u-s-defense")."""
    return "".join(words(tag.replace("&", " and ")))


def _tag_match(topic: Topic, tags: Sequence[str]) -> Match:
    told = tuple(Evidence(zone=Via.PUBLISHER_TAG.value, text=tag) for tag in tags)
    return Match(topic=topic.id, via=Via.PUBLISHER_TAG, evidence=told)
