"""Brief -> Matches: which topics fire on a brief, by their rule or a publisher's tag, and why.

The scheduler calls it once per new brief; preview and backtest on whatever they are given.
"""

from collections.abc import Mapping, Sequence

from alertbot.classifier.engine.plan import Places, words_of
from alertbot.classifier.engine.rules import Rules
from alertbot.classifier.engine.scan import Scan
from alertbot.classifier.language.grammar import parse_rule
from alertbot.classifier.language.lists import compile_lists
from alertbot.classifier.normalise import words
from alertbot.model import Brief, Evidence, Match, Topic, Via


class Classifier:
    """Topics with their rules compiled; immutable, so one may serve many at once."""

    def __init__(self, topics: Sequence[Topic], ruled: Sequence[int], rules: Rules) -> None:
        self._topics = tuple(topics)
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
            self._ruled[rule]: _by_rule(self._topics[self._ruled[rule]], places, brief, scan)
            for rule, places in self._rules.fired(scan)
        }
        if publisher_tags:
            for number, tags in self._tagged(brief).items():
                if number not in found:
                    found[number] = _by_tag(self._topics[number], tags)
        return tuple(found[number] for number in sorted(found))

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
    return Classifier(topics, [number for number, _, _ in rules], compiled)


def tag_key(tag: str) -> str:
    """Return what two ways to write a tag have in common ("U.S. Defense", "u-s-defense")."""
    return "".join(words(tag.replace("&", " and ")))


def _by_rule(topic: Topic, places: Places, brief: Brief, scan: Scan) -> Match:
    return Match(topic=topic.id, via=Via.RULE, evidence=evidence(places, brief, scan))


def _by_tag(topic: Topic, tags: Sequence[str]) -> Match:
    told = tuple(Evidence(zone=Via.PUBLISHER_TAG.value, text=tag) for tag in tags)
    return Match(topic=topic.id, via=Via.PUBLISHER_TAG, evidence=told)


def evidence(places: Places, brief: Brief, scan: Scan) -> tuple[Evidence, ...]:
    """Return the words found, in text order; of those that overlap, the first and longest."""
    found = {words for place in places for words in words_of(place)}
    told = []
    end = -1
    for first, last in sorted(found, key=lambda words: (words[0], -words[1])):
        if first > end:
            end = last
            start, stop = scan.span(first, last)
            zone = scan.zone(first).value
            told.append(Evidence(zone=zone, text=brief.text[start:stop], start=start, end=stop))
    return tuple(told)
