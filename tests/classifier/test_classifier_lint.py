"""`alertbot check` finds every mistake in rules and lists at once, in words."""

from collections.abc import Mapping, Sequence

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
