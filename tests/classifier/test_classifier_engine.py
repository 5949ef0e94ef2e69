"""The engine finds exactly what the plain evaluator finds, whatever the rules and the briefs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_evaluator import Page, fires, read
from rules_at_random import BRIEF, LISTS, RULE

from alertbot.classifier.engine.rules import Rules
from alertbot.classifier.evidence import evidence
from alertbot.classifier.language.grammar import parse_rule
from alertbot.classifier.language.lists import compile_lists
from alertbot.classifier.normalise import words
from alertbot.model import Brief, Prominence

PARSED, _ = compile_lists(LISTS)


def told_by_definition(rule: str, page: Page, prominence: Prominence) -> list[str]:
    """Return the words that make the rule fire; of those that overlap, the first and longest."""
    spans = fires(parse_rule(rule, PARSED).node, page, prominence)
    told, end = [], (-1, -1)
    for block, first, last in sorted(spans, key=lambda span: (span[0], span[1], -span[2])):
        if (block, first) > end:
            end = (block, last)
            told.append(" ".join(page.keys[block][first : last + 1]))
    return told


def agrees(rules: list[str], brief: Brief, prominence: Prominence) -> None:
    compiled = Rules([(parse_rule(rule, PARSED).node, prominence) for rule in rules], PARSED)
    scan = compiled.scan(brief)
    told = {
        number: [" ".join(words(item.text)) for item in evidence(places, brief, scan)]
        for number, places in compiled.fired(scan)
    }
    page = read(brief, PARSED)
    wanted = {at: told_by_definition(rule, page, prominence) for at, rule in enumerate(rules)}
    assert told == {number: words for number, words in wanted.items() if words}


ANYTHING = given(st.lists(RULE, min_size=4, max_size=4), BRIEF, st.sampled_from(Prominence))


@settings(max_examples=150)
@ANYTHING
def test_the_engine_agrees_with_the_plain_meaning_of_rules(
    rules: list[str], brief: Brief, prominence: Prominence
) -> None:
    agrees(rules, brief, prominence)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=10_000)
@ANYTHING
def test_the_engine_agrees_with_the_plain_meaning_of_rules_at_length(
    rules: list[str], brief: Brief, prominence: Prominence
) -> None:
    agrees(rules, brief, prominence)
