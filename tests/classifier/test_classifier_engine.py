"""The engine finds exactly what the plain evaluator finds, whatever the rules and the briefs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_evaluator import Page, fires, read

from alertbot.classifier.engine.rules import Rules
from alertbot.classifier.language.grammar import parse_rule
from alertbot.classifier.language.lists import compile_lists
from alertbot.classifier.match import evidence
from alertbot.classifier.normalise import words
from alertbot.model import Brief, Prominence, Zone
from conftest import make_brief

#: few and short words, so that rules fire and places overlap; some are written in many ways
WORDS = ["iran", "Iran", "Iran’s", "iranian", "US", "us", "U.S.", "deal", "Fateh-110", "ß", "İran"]
TERMS = [
    "iran",
    "iran*",
    '"iran deal"',
    '"iran* deal"',
    '="US"',
    "us",
    '"us iran"',
    "fateh*",
    "110",
]
LISTS = {"one": ["iran", "Iran deal", "=US"], "two": ["@one", "deal", "iran* us", "ss"]}
TERM = st.sampled_from([*TERMS, "@one", "@two", "deal", "nothing"])


def joined(operator: str, parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(parts, min_size=2, max_size=3).map(
        lambda some: f"({f' {operator} '.join(some)})"
    )


GAP = st.integers(0, 4)
#: what has places: it may be counted, and be near to another
COUNTABLE = st.recursive(
    TERM,
    lambda inner: st.one_of(
        joined("OR", inner),
        st.builds("({} {}/{} {})".format, inner, st.sampled_from(["NEAR", "ONEAR"]), GAP, inner),
    ),
    max_leaves=4,
)
ZONES = st.sampled_from([zone.value for zone in Zone if zone not in (Zone.BYLINE, Zone.RELATED)])
RULE = st.recursive(
    COUNTABLE | st.builds("ATLEAST/{} {}".format, st.integers(1, 4), COUNTABLE),
    lambda inner: st.one_of(
        joined("OR", inner),
        joined("AND", inner),
        st.builds("({} NOT {})".format, inner, inner),
        st.builds("{}:({})".format, ZONES, inner),
    ),
    max_leaves=5,
)
SENTENCE = st.lists(st.sampled_from([*WORDS, "x", "y", "—"]), max_size=12).map(" ".join)
BLOCK = st.builds("{}: {}".format, st.sampled_from([zone.value for zone in Zone]), SENTENCE)
BRIEF = st.builds(
    lambda blocks, long: make_brief(" / ".join([*blocks, *(["body: …"] if long else [])])),
    st.lists(BLOCK, min_size=1, max_size=6),
    st.booleans(),
)
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


@pytest.mark.timeout(180)
@settings(max_examples=500, deadline=None)
@given(st.lists(RULE, min_size=4, max_size=4), BRIEF, st.sampled_from(Prominence))
def test_the_engine_agrees_with_the_plain_meaning_of_rules(
    rules: list[str], brief: Brief, prominence: Prominence
) -> None:
    compiled = Rules([(parse_rule(rule, PARSED).node, prominence) for rule in rules], PARSED)
    scan = compiled.scan(brief)
    told = {
        number: [" ".join(words(item.text)) for item in evidence(places, brief, scan)]
        for number, places in compiled.fired(scan)
    }
    page = read(brief, PARSED)
    wanted = {at: told_by_definition(rule, page, prominence) for at, rule in enumerate(rules)}
    assert told == {number: words for number, words in wanted.items() if words}
