"""Why a rule fires, or why not: which part, what was found of it, and where."""

from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given
from rules_at_random import BRIEF, LISTS, RULE

from alertbot.classifier import Explained, compile_topics
from alertbot.classifier.language.grammar import parse_rule
from alertbot.classifier.language.written import written
from alertbot.model import Brief, Topic, TopicId

Explain = Callable[..., Explained]
TERMS = {"iran": ["Iran*", "Tehran"], "missiles": ["missile*", "rocket*"]}
LONG = "title: Polls Open / lead: It began. / body: …"


@pytest.fixture
def explain(brief_of: Callable[..., Brief]) -> Explain:
    def explained(
        rule: str, text: str, terms: Mapping[str, Sequence[str]] = TERMS
    ) -> Explained | None:
        topic = Topic(id=TopicId("it"), name="It", rule=rule)
        return compile_topics([topic], terms).explain(topic.id, brief_of(text))

    return explained


def outline(part: Explained, depth: int = 0) -> list[str]:
    """Return a line for each part: yes or no, the part, what was found of it, the reason."""
    found = ", ".join(f"{item.text} in {item.zone}" for item in part.found)
    said = [part.rule, *([found] if found else []), *([part.reason] if part.reason else [])]
    line = f"{'  ' * depth}{'yes' if part.fires else 'no'}: {'; '.join(said)}"
    return [line, *(line for inner in part.parts for line in outline(inner, depth + 1))]


def test_the_branches_that_fired_are_told_from_those_that_did_not(explain: Explain) -> None:
    assert outline(explain("title:@iran OR (@missiles AND deal)", "title: Tehran Votes")) == [
        "yes: title:@iran OR (@missiles AND deal); Tehran in title",
        "  yes: title:@iran; Tehran in title",
        "  no: @missiles AND deal",
        "    no: @missiles; nowhere",
        "    no: deal; nowhere",
    ]


@pytest.mark.parametrize(
    ("rule", "text", "line"),
    [
        ("iran", "title: Polls", "no: iran; nowhere"),
        (
            "title:iran",
            "title: Polls / lead: Iran votes.",
            "no: title:iran; Iran in lead; not in the title",
        ),
        ("title:iran", "title: Polls", "no: title:iran; nowhere in the title"),
        (
            "iran NEAR/1 @missiles",
            "body: Iran has shown a missile.",
            "no: iran NEAR/1 @missiles; nowhere with at most 1 word between them",
        ),
        (
            "ATLEAST/3 iran",
            "body: Iran and Iran.",
            "no: ATLEAST/3 iran; Iran in body, Iran in body; in 2 of the 3 places it needs",
        ),
        (
            "lead:(title:iran)",
            "title: Iran",
            "no: lead:(title:iran); nothing is in the lead and in the title at once",
        ),
    ],
)
def test_the_reason_is_told_in_words(explain: Explain, rule: str, text: str, line: str) -> None:
    assert outline(explain(rule, text))[0] == line


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "Iran voted. Iran won.",
            "it is not in the title, nor in the first 80 words of the lead, and in 2 of 3 places "
            "outside the background",
        ),
        (
            "Iran voted. / background: Iran. Iran.",
            "it is not in the title, nor in the first 80 words of the lead, and in 1 of 3 places "
            "outside the background",
        ),
        (
            "So. / background: Iran. Iran. Iran.",
            "it is only in the background, which does not count",
        ),
    ],
)
def test_what_does_not_stand_out_is_told_with_what_counts(
    explain: Explain, text: str, reason: str
) -> None:
    assert explain("iran", f"{LONG} {text}").reason == f"does not stand out: {reason}"


def test_the_sides_of_a_near_say_which_of_them_is_missing(explain: Explain) -> None:
    assert outline(explain("iran NEAR/5 @missiles", "body: Iran voted."))[1:] == [
        "  yes: iran; Iran in body",
        "  no: @missiles; nowhere",
    ]


def test_what_excludes_is_named(explain: Explain) -> None:
    assert outline(explain("iran NOT (video AND game)", "body: A video game of Iran.")) == [
        "no: iran NOT (video AND game)",
        "  yes: iran; Iran in body",
        "  no: NOT (video AND game); video in body, game in body; excluded, and it is there",
    ]


def test_branches_that_only_together_stand_out_say_so(explain: Explain) -> None:
    told = explain("iran OR tehran OR (polls NEAR/9 moon)", f"{LONG} Iran. Tehran. Iran.")
    assert told.fires
    assert told.reason == "counted together, in 3 places or more"


def test_a_topic_without_a_rule_has_nothing_to_explain(brief_of: Callable[..., Brief]) -> None:
    topic = Topic(id=TopicId("it"), name="It", publisher_tags=("It",))
    assert compile_topics([topic], {}).explain(topic.id, brief_of("title: It")) is None


@given(RULE)
def test_a_rule_written_again_is_the_same_rule(rule: str) -> None:
    node = parse_rule(rule, LISTS).node
    assert parse_rule(written(node), LISTS).node == node


@given(RULE, BRIEF)
def test_a_rule_is_explained_as_firing_when_it_fires(rule: str, brief: Brief) -> None:
    topic = Topic(id=TopicId("it"), name="It", rule=rule)
    classifier = compile_topics([topic], LISTS)
    assert classifier.explain(topic.id, brief).fires == bool(classifier.match(brief))
