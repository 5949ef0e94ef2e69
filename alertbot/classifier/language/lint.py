"""Finds everything that is wrong or doubtful in topics' rules and term lists.

`alertbot check` shows it, a reload refuses what it reports, /watch says it in chat.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from alertbot.classifier.language.doubts import doubts_of_list, doubts_of_rule
from alertbot.classifier.language.grammar import parse_rule
from alertbot.classifier.language.lists import compile_lists, nested_in
from alertbot.classifier.language.nodes import ListRef, Term, walk
from alertbot.classifier.language.terms import parse_term
from alertbot.errors import RuleError
from alertbot.model import Topic, TopicId


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleProblem:
    """Something wrong in a rule or a list, in words for the person who wrote it."""

    #: the topic whose rule it is, or None
    topic: TopicId | None = None
    #: the list it is in, or None
    term: str | None = None
    #: the place of the term in that list, from 0; None where the whole list is meant
    index: int | None = None
    #: the reason, and below it the line of the rule with a caret
    message: str
    #: which line of the rule or term that is, from 0; None where the whole is meant
    line: int | None = None
    #: 1-based, into that line; None where the whole is meant
    column: int | None = None
    #: True for what works but is probably not meant
    warning: bool = False


def lint(
    topics: Sequence[Topic], terms: Mapping[str, Sequence[str]], *, complete: bool = True
) -> tuple[RuleProblem, ...]:
    """Return every problem of the lists, then of the rules, in the order of the config.

    complete: whether these are all the rules there are; only then a list can be of no use.
    """
    lists, in_lists = compile_lists(terms)
    problems = [
        RuleProblem(
            topic=None,
            term=problem.name,
            index=problem.index,
            message=str(problem.error) if problem.error.rule else problem.error.reason,
            line=problem.error.line if problem.error.rule else None,
            column=problem.error.column if problem.error.rule else None,
        )
        for problem in in_lists
    ]
    problems += [problem for name in terms for problem in _doubts_of_list(name, terms)]
    used: set[str] = set()
    for topic in topics:
        if topic.rule is None:
            continue
        in_rule, named = _check(topic.id, topic.rule, lists)
        problems += in_rule
        used |= named
    if complete and not any(problem.topic and not problem.warning for problem in problems):
        problems += _unused(terms, used)
    return tuple(problems)


def lint_rule(rule: str, terms: Mapping[str, Sequence[str]]) -> tuple[RuleProblem, ...]:
    """Return every problem of one rule, a chat's own; those of the lists are not its business."""
    return tuple(_check(TopicId(""), rule, compile_lists(terms)[0])[0])


def _check(
    topic: TopicId, rule: str, lists: Mapping[str, Sequence[Term]]
) -> tuple[list[RuleProblem], set[str]]:
    """Return what is wrong or doubtful in a rule, and the lists it names."""
    try:
        parsed = parse_rule(rule, lists.keys())
    except RuleError as error:
        return [_of_topic(topic, error, warning=False)], set()
    named = {node.name for node in walk(parsed.node) if isinstance(node, ListRef)}
    problems = [_of_topic(topic, one, warning=True) for one in parsed.warnings]
    problems += [
        RuleProblem(topic=topic, message=doubt, warning=True)
        for doubt in doubts_of_rule(parsed.node, lists)
    ]
    return problems, named


def _of_topic(topic: TopicId, error: RuleError, *, warning: bool) -> RuleProblem:
    return RuleProblem(
        topic=topic,
        message=str(error),
        line=error.line,
        column=error.column,
        warning=warning,
    )


def _doubts_of_list(name: str, terms: Mapping[str, Sequence[str]]) -> Iterator[RuleProblem]:
    parsed: list[Term | ListRef | None] = []
    for one in terms[name]:
        try:
            parsed.append(parse_term(one, terms.keys()))
        except RuleError:  # which is told by itself
            parsed.append(None)
    for index, message in doubts_of_list(parsed):
        yield RuleProblem(term=name, index=index, message=message, warning=True)


def _unused(terms: Mapping[str, Sequence[str]], used: Iterable[str]) -> Iterator[RuleProblem]:
    """Yield a warning for each list that no rule leads to; call it when all rules parse."""
    reached: set[str] = set()
    waiting = list(used)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += nested_in(name, terms)
    for name in terms:
        if name not in reached:
            yield RuleProblem(term=name, message="no rule uses this list", warning=True)
