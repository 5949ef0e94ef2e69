"""The topics of the example config find what their names promise, and little else."""

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from alertbot.classifier import Classifier, compile_topics, lint
from alertbot.model import Brief, Prominence, Topic, TopicId

ROOT = Path(__file__).parents[2]
SKETCHES = Path(__file__).parent / "data" / "sketches.txt"


def example_config() -> dict[str, Any]:
    return tomllib.loads((ROOT / "config.example.toml").read_text(encoding="utf-8"))


CONFIG = example_config()
TOPICS = [
    Topic(
        id=TopicId(topic["id"]),
        name=topic["name"],
        publisher_tags=tuple(topic.get("publisher_tags", ())),
        rule=topic["rule"],
        prominence=Prominence(topic.get("prominence", "main")),
    )
    for topic in CONFIG["topics"]
]


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return compile_topics(TOPICS, CONFIG["terms"])


def sketches() -> Iterator[tuple[str, str, set[str], set[str]]]:
    for line in SKETCHES.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            title, lead, wanted, near = (cell.strip() for cell in line.split("|"))
            yield title, lead, set(wanted.split()), set(near.split())


def test_the_example_rules_have_no_problem_and_no_warning() -> None:
    assert lint(TOPICS, CONFIG["terms"]) == ()


def test_every_topic_has_a_sketch_that_should_fire_it() -> None:
    wanted = {topic for _, _, topics, _ in sketches() for topic in topics}
    assert wanted == {topic.id for topic in TOPICS}


def test_the_example_topics_find_what_the_sketches_are_about(
    classifier: Classifier, brief_of: Callable[..., Brief]
) -> None:
    missed, wrong, right = [], [], 0
    for title, lead, wanted, near in sketches():
        brief = brief_of(f"title: {title} / lead: {lead} / background: …")
        found = {str(match.topic) for match in classifier.match(brief)} - (near - wanted)
        right += len(found & wanted)
        missed += [(topic, title) for topic in wanted - found]
        wrong += [(topic, title) for topic in found - wanted]
    assert right / (right + len(wrong)) >= 0.95, wrong
    assert right / (right + len(missed)) >= 0.95, missed


@pytest.mark.parametrize(
    ("written", "topic"),
    [
        ("title: Flu on Farms / lead: Growers lost 1.8 million turkeys. Turkey is dear.", "turkey"),
        ("title: Tirana Votes / lead: Albania went to the polls.", "iran-nuclear"),
        ("title: Mayor Resigns / lead: He left. / byline: Jo Doe, Center on Cyber", "cyber"),
        ("title: Mayor Resigns / lead: He left. / related: The Houthi Threat", "houthis"),
        ("title: Army Post Stormed in Somalia / lead: Gunmen came. / body: …", "us-defense"),
        ("title: Kataib Hezbollah Frees Scholar / lead: It was in Baghdad.", "hezbollah"),
        ("title: Tankers Collide in Gulf of Oman / lead: Two ships burned.", "gulf-states"),
        ("title: Gunmen Named / lead: The Pakistani Taliban claimed it.", "afghanistan"),
    ],
)
def test_a_word_that_only_looks_like_the_topic_does_not_fire_it(
    written: str, topic: str, classifier: Classifier, brief_of: Callable[..., Brief]
) -> None:
    assert topic not in {match.topic for match in classifier.match(brief_of(written))}
