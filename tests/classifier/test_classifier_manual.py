"""docs/rules.md keeps its word: every example in it is run."""

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from alertbot.classifier import lint
from alertbot.model import Match, Prominence, Topic, TopicId

MANUAL = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", MANUAL, re.MULTILINE | re.DOTALL)


def examples() -> Iterator[tuple[str, str, bool]]:
    for block in blocks("examples"):
        for line in block.splitlines():
            rule, text, fires = (cell.strip() for cell in line.split(" | "))
            yield rule, text, {"yes": True, "no": False}[fires]


CONFIGS: list[dict[str, Any]] = [tomllib.loads(block) for block in blocks("toml")]
TERMS: dict[str, list[str]] = CONFIGS[0]["terms"]
EXAMPLES = list(examples())


def test_the_manual_has_examples_of_every_operator() -> None:
    rules = " ".join(rule for rule, _, _ in EXAMPLES)
    operators = ["AND", "OR", "NOT", "NEAR/", "ONEAR/", "ATLEAST/", "*", "=", '"', "@", "("]
    zones = ["title:", "lead:", "quote:", "body:", "background:"]
    assert [one for one in operators + zones if one not in rules] == []


@pytest.mark.parametrize(("rule", "text", "fires"), EXAMPLES)
def test_an_example_of_the_manual_is_true(
    rule: str, text: str, fires: bool, match_of: Callable[..., tuple[Match, ...]]
) -> None:
    assert fires == bool(match_of(rule, text, TERMS))


@pytest.mark.parametrize("config", CONFIGS)
def test_a_topic_of_the_manual_is_well_written(config: dict[str, Any]) -> None:
    topics = [
        Topic(
            id=TopicId(topic["id"]),
            name=topic["name"],
            publisher_tags=tuple(topic.get("publisher_tags", ())),
            rule=topic["rule"],
            prominence=Prominence(topic.get("prominence", "main")),
        )
        for topic in config["topics"]
    ]
    assert [problem for problem in lint(topics, TERMS) if not problem.warning] == []


def test_every_doubt_of_the_manual_is_one() -> None:
    doubtful = ["iran NOT iran*", "lead:(title:iran)", "iran OR iraq OR iran", "iran NEAR/51 iraq"]
    assert [rule for rule in doubtful if rule not in MANUAL and "NEAR" not in rule] == []
    topics = [Topic(id=TopicId(rule), name="It", rule=rule) for rule in doubtful]
    assert [problem.topic for problem in lint(topics, {}) if problem.warning] == doubtful


def test_the_manual_shows_a_mistake_as_it_is_shown() -> None:
    rule = "ballistic missile AND iran"
    (problem,) = lint([Topic(id=TopicId("it"), name="It", rule=rule)], {})
    assert problem.message.splitlines() == [
        line.removeprefix("    ")
        for line in MANUAL.partition("mark under the place:\n\n")[2].splitlines()[:3]
    ]
