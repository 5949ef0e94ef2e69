"""`alertbot check` finds every mistake in rules and lists at once, in words."""

from collections.abc import Mapping, Sequence

import pytest

from alertbot.classifier import RuleProblem, lint
from alertbot.model import Topic, TopicId


def problems(
    terms: Mapping[str, Sequence[str]], **rules: str
) -> list[tuple[str | None, str | None, str, bool]]:
    """Each as (topic, list, first line of the message, warning)."""
    topics = [Topic(id=TopicId(key), name=key, rule=rule) for key, rule in rules.items()]
    return [
        (one.topic, one.term, one.message.splitlines()[0], one.warning)
        for one in lint(topics, terms)
    ]


def test_good_rules_and_lists_have_no_problem() -> None:
    terms = {"iran": ["Iran*", "IRGC"], "actors": ["@iran", "Houthi*"]}
    assert problems(terms, one="@actors", two='iraq AND "red sea"') == []


def test_a_topic_without_a_rule_is_no_matter_of_the_lint() -> None:
    assert lint([Topic(id=TopicId("it"), name="It", publisher_tags=("It",))], {}) == ()


def test_every_bad_rule_is_told_not_only_the_first() -> None:
    assert problems({}, one="(a", two="a", three="a AND") == [
        ("one", None, "this parenthesis is never closed", False),
        ("three", None, "something is missing after AND", False),
    ]


def test_a_problem_shows_the_rule_with_a_caret_under_the_column() -> None:
    (problem,) = lint([Topic(id=TopicId("it"), name="It", rule="iran OR (iraq")], {})
    assert problem == RuleProblem(
        topic=TopicId("it"),
        term=None,
        message="this parenthesis is never closed\n    iran OR (iraq\n            ^",
        line=0,
        column=9,
    )


def test_an_unknown_list_is_told_with_the_nearest_name() -> None:
    assert [one for one in problems({"missiles": ["missile*"]}, it="@missles") if not one[3]] == [
        ("it", None, "there is no list @missles; did you mean @missiles?", False)
    ]


def test_every_bad_term_of_every_list_is_told() -> None:
    terms = {
        "stars": ["mis*", "missile*", "ro*"],
        "nested": ["@star"],
        "nothing": [],
        "blank": ["-"],
    }
    assert problems(terms, it="@stars OR @nested OR @nothing OR @blank") == [
        (None, "stars", "a star needs at least 4 letters before it", False),
        (None, "stars", "a star needs at least 4 letters before it", False),
        (None, "nested", "there is no list @star; did you mean @stars?", False),
        (None, "nothing", "the list is empty", False),
        (None, "blank", "there is no word in this", False),
    ]


def test_lists_in_a_circle_are_told_once_with_the_way_around() -> None:
    terms = {"a": ["x", "@b"], "b": ["@c"], "c": ["@a"], "d": ["@a", "@d"]}
    topics = [Topic(id=TopicId("it"), name="It", rule="@d")]
    assert [
        (problem.term, problem.message.splitlines()[1].strip()) for problem in lint(topics, terms)
    ] == [("a", "@a -> @b -> @c -> @a"), ("d", "@d -> @d")]


def test_a_problem_of_a_term_says_which_of_its_list_so_that_its_line_can_be_told() -> None:
    found = lint([], {"iran": ["Iran*", "mis*", "Iranian", "Tehran", "tehran"]})
    assert [(one.index, one.warning) for one in found if one.index is not None] == [
        (1, False),
        (2, True),
        (4, True),
    ]


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        (["Iran*", "Iranian"], '"Iranian" is found by "Iran*", which is in this list'),
        (
            ["al Qaida", "al-Qa'ida"],
            '"al-Qa\'ida" is the same as "al Qaida", which is in this list',
        ),
        (["Tehran AND Qom"], "a list holds words and phrases; here AND is an ordinary word"),
        (["US", "=US"], '"=US" is found by "US", which is in this list'),
        (["missile* test", "missiles test"], '"missiles test" is found by "missile* test"'),
    ],
)
def test_a_term_that_adds_nothing_to_its_list_is_a_warning(terms: list[str], message: str) -> None:
    ((_, name, found, warning),) = problems({"it": terms}, it="@it")
    assert (name, warning) == ("it", True)
    assert found.startswith(message)


@pytest.mark.parametrize(
    "terms",
    [
        ["missile*", "ballistic missile*"],  # the longer one is better evidence
        ["=ISIS", "Isis river"],
        ["Iran", "Iraq*"],
    ],
)
def test_terms_that_add_something_are_not_doubted(terms: list[str]) -> None:
    assert problems({"it": terms}, it="@it") == []


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("iran NOT iran*", "this rule can never match: it needs iran and refuses iran*"),
        ("@iran NOT (@iran OR oil)", "this rule can never match: it needs @iran and refuses"),
        ('"iran deal" NOT iran', 'this rule can never match: it needs "iran deal" and refuses'),
        ("title:iran NOT iran", "this rule can never match: it needs title:iran and refuses iran"),
        ("lead:(title:iran)", "this rule can never match: nothing is in the lead and in the title"),
        ("oil OR (iran NOT iran)", "iran NOT iran can never match: it needs iran"),
        ("iran OR oil OR Iran", "Iran stands twice in iran OR oil OR Iran"),
        ("(iran AND oil) AND iran", "iran stands twice in iran AND oil AND iran"),
        ("iran NEAR/51 oil", "NEAR/51 reaches over several sentences"),
        ("title:(iran ONEAR/99 oil)", "ONEAR/99 reaches over several sentences"),
    ],
)
def test_a_rule_that_is_hardly_meant_is_a_warning(rule: str, message: str) -> None:
    terms = {"iran": ["Iran", "Tehran"]}
    ((topic, _, found, warning),) = problems(terms, it=rule, other="@iran")
    assert (topic, warning) == ("it", True)
    assert found.startswith(message)


@pytest.mark.parametrize(
    "rule",
    [
        "iran NOT tehran",
        'iran NOT "iran deal"',
        "iran NOT title:iran",
        "(iran OR oil) NOT iran",
        "iran NOT ATLEAST/2 iran",
        "iran* NOT iran",
        'us NOT ="US"',
        "iran NEAR/50 oil",
    ],
)
def test_a_rule_that_may_match_is_not_doubted(rule: str) -> None:
    assert problems({}, it=rule) == []


def test_and_beside_or_is_a_warning() -> None:
    ((topic, _, message, warning),) = problems({}, it="a AND b OR c")
    assert (topic, warning) == ("it", True)
    assert "put parentheses around" in message


def test_a_list_that_no_rule_reaches_is_a_warning() -> None:
    terms = {"outer": ["@inner"], "inner": ["x"], "lost": ["y"]}
    assert problems(terms, it="@outer") == [(None, "lost", "no rule uses this list", True)]


def test_lists_are_not_called_unused_while_a_rule_cannot_be_read() -> None:
    assert [message for _, _, message, _ in problems({"used": ["x"]}, it="(@used")] == [
        "this parenthesis is never closed"
    ]
