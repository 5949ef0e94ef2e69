"""The rule language: how text becomes nodes, and how a mistake is told."""

import pytest

from alertbot.classifier.language.grammar import parse_rule
from alertbot.classifier.language.nodes import (
    And,
    AtLeast,
    InZone,
    ListRef,
    Near,
    Node,
    Not,
    Or,
    Term,
    Word,
)
from alertbot.classifier.language.terms import parse_term
from alertbot.errors import RuleError
from alertbot.model import Zone

A, B, C = (Term((Word(letter),)) for letter in "abc")


@pytest.mark.parametrize(
    ("rule", "node"),
    [
        ("a", A),
        ('"a b"', Term((Word("a"), Word("b")))),
        ("“a b”", Term((Word("a"), Word("b")))),
        ("a-b", Term((Word("a"), Word("b")))),
        ("U.S.", Term((Word("us"),))),
        ("miss*", Term((Word("miss", prefix=True),))),
        (
            '"ballistic missile* fell"',
            Term((Word("ballistic"), Word("missile", True), Word("fell"))),
        ),
        ('="US troops"', Term((Word("us"), Word("troops")), ("US", "troops"))),
        ("=U.S.", Term((Word("us"),), ("US",))),
        ("@known", ListRef("known")),
        ("ORDER", Term((Word("order"),))),
        ("ANDROID", Term((Word("android"),))),
        ("a AND b", And((A, B))),
        ("a OR b OR c", Or((A, B, C))),
        ("(a OR b) OR c", Or((A, B, C))),
        ("a NOT b", And((A, Not(B)))),
        ("a AND NOT b", And((A, Not(B)))),
        ("NOT b AND a", And((Not(B), A))),
        ("a AND (NOT b)", And((A, Not(B)))),
        ("a AND b AND c", And((A, B, C))),
        ("a OR b AND c", Or((A, And((B, C))))),
        ("(a OR b) AND c", And((Or((A, B)), C))),
        ("a OR b NOT c", Or((A, And((B, Not(C)))))),
        ("NOT a NEAR/2 b AND c", And((Not(Near(A, B, 2)), C))),
        ("a NEAR/5 b", Near(A, B, 5)),
        ("a ONEAR/0 b", Near(A, B, 0, ordered=True)),
        ("a NEAR/5 b NEAR/2 c", Near(Near(A, B, 5), C, 2)),
        ("a NEAR/5 (b OR c)", Near(A, Or((B, C)), 5)),
        ("ATLEAST/3 a", AtLeast(3, A)),
        ("ATLEAST/3 (a NEAR/2 b)", AtLeast(3, Near(A, B, 2))),
        ("title:a", InZone(Zone.TITLE, A)),
        ("title: a", InZone(Zone.TITLE, A)),
        ("lead:(a AND b)", InZone(Zone.LEAD, And((A, B)))),
        ("quote:ATLEAST/2 a", InZone(Zone.QUOTE, AtLeast(2, A))),
        ("a\n  OR\n  b", Or((A, B))),
    ],
)
def test_a_rule_means(rule: str, node: Node) -> None:
    assert node == parse_rule(rule, {"known"}).node


@pytest.mark.parametrize(
    ("rule", "column", "reason"),
    [
        ("", 1, "the rule is empty"),
        (" \n ", 1, "the rule is empty"),
        ("a b", 3, "put quotation marks around a phrase"),
        ('"a b" c', 7, "put quotation marks around a phrase"),
        ("a (b)", 3, "put quotation marks around a phrase"),
        ("a and b", 3, "operators are written in capitals: AND"),
        ("a not b", 3, "operators are written in capitals: NOT"),
        ("a near/5 b", 3, "write NEAR in capitals, with a number right behind the stroke: NEAR/5"),
        ("a NEAR b", 3, "write NEAR in capitals, with a number right behind the stroke: NEAR/5"),
        ("a NEAR/x b", 3, "write NEAR in capitals, with a number right behind the stroke: NEAR/5"),
        (
            "atleast/2 a",
            1,
            "write ATLEAST in capitals, with a number right behind the",
        ),
        ("a NEAR/101 b", 3, "NEAR takes a number from 0 to 100"),
        ("ATLEAST/0 a", 1, "ATLEAST takes a number from 1 to 50"),
        ('"a', 1, "this quotation mark is never closed"),
        ('a AND "b', 7, "this quotation mark is never closed"),
        ("(a", 1, "this parenthesis is never closed"),
        ('a AND (b OR "c)"', 7, "this parenthesis is never closed"),
        ("a)", 2, "this parenthesis closes nothing"),
        ("()", 2, "something is missing before this parenthesis"),
        ("(a OR )", 7, "something is missing before this parenthesis"),
        ("a AND", 6, "something is missing after AND"),
        ("a NEAR/5", 9, "something is missing after NEAR/5"),
        ("title:", 7, "something is missing after title:"),
        ("a OR (", 7, "something is missing after ("),
        ("OR a", 1, "OR needs something before it"),
        ("a AND OR b", 7, "OR needs something before it"),
        ("a NOT NOT b", 7, "NOT cannot stand here"),
        ("NOT a", 1, "NOT only excludes"),
        ("NOT a AND NOT b", 1, "NOT only excludes"),
        ("a OR NOT b", 6, "a side of OR needs something to look for"),
        ("a NOT (NOT b)", 3, "NOT of a NOT"),
        ("title:(NOT a)", 1, "write NOT before title: instead"),
        ("headline:a", 1, "headline: is no zone; those are title: lead: body:"),
        ("titel:a", 1, "titel: is no zone; did you mean title:?"),
        ("titel:(a OR b)", 7, "titel: is no zone; did you mean title:?"),
        ("Title:a", 1, "a zone is written in small letters: title:"),
        ("title:a NEAR/5 b", 9, "the zone goes around NEAR: title:(a NEAR/5 b)"),
        ("a ONEAR/5 ATLEAST/2 b", 3, "ATLEAST goes around ONEAR: ATLEAST/2 (a ONEAR/5 b)"),
        ("a NEAR/5 (b AND c)", 3, "NEAR cannot join an AND group; write (a NEAR/5 c) AND (b"),
        ("a NAER/15 b", 3, "NAER/15 is no operator; did you mean NEAR/15?"),
        ("a WITHIN/5 b", 3, "WITHIN/5 is no operator; NEAR/5 and ONEAR/5 are"),
        ("AT LEAST/3 a", 4, "LEAST/3 is no operator; did you mean ATLEAST/3?"),
        ("a NEAR15 b", 3, "write NEAR/15"),
        ("a & b", 3, "& is no operator; write AND"),
        ("a , b", 3, ", is no operator; write OR"),
        ("a # soon more", 3, "a rule holds no notes"),
        ("a -b", 3, "a hyphen excludes nothing; write NOT b"),
        ("@ missing", 3, "no blank after @: write @missing"),
        ('"@missing"', 1, "a list takes no quotation marks: @missing"),
        ("or", 1, 'operators are written in capitals; to look for the word itself, write "or"'),
        ("ATLEAST/2 (a AND b)", 1, "ATLEAST counts words, phrases, lists, OR groups and NEAR"),
        ("ATLEAST/2 title:a", 11, "put title: before ATLEAST"),
        ("lead:title:a", 6, "title: cannot stand right behind lead:; one zone is enough"),
        ("abc*", 1, "a star needs at least 4 letters before it"),
        ("missile AND fo*o", 15, "a star goes at the end of a word"),
        ("*", 1, "there is no word in this"),
        ('a AND "-"', 7, "there is no word in this"),
        ("@mising", 1, "there is no list @mising; did you mean @missing?"),
        ("a AND @nothing_like_it", 7, "there is no list @nothing_like_it"),
        ("a AND\n   b c", 3, "put quotation marks around a phrase"),
        ("(" * 21 + "a" + ")" * 21, 21, "parentheses are nested more than 20 deep"),
        (" NEAR/1 ".join("abcdefghijk"), 1, "NEAR joins at most 10 terms"),
    ],
)
def test_a_mistake_is_told_with_its_column(rule: str, column: int, reason: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_rule(rule, {"missing"})
    assert reason in caught.value.reason
    assert column == caught.value.column


def test_a_mistake_shows_its_line_of_a_long_rule_with_a_caret_below() -> None:
    with pytest.raises(RuleError) as caught:
        parse_rule("\n    iran AND missile\n    OR houthi rocket\n")
    assert str(caught.value).splitlines()[1:] == [
        "    OR houthi rocket",
        "              ^",
    ]


@pytest.mark.parametrize(
    ("rule", "columns"),
    [
        ("a AND b OR c", [9]),
        ("a OR b NOT c", [3]),
        ("(a AND b) OR c", []),
        ("a OR b OR c", []),
        ("a AND b NOT c", []),
        ("title:(a AND b) OR c", []),
        ("(a OR b AND c) NOT d", [4]),
    ],
)
def test_and_beside_or_without_parentheses_is_a_warning(rule: str, columns: list[int]) -> None:
    assert columns == [warning.column for warning in parse_rule(rule).warnings]


@pytest.mark.parametrize(
    ("written", "term"),
    [
        ("Tehran", Term((Word("tehran"),))),
        ("ballistic missile*", Term((Word("ballistic"), Word("missile", prefix=True)))),
        ("=US", Term((Word("us"),), ("US",))),
        ("al-Qa'ida", Term((Word("al"), Word("qaida")))),
        (" @known ", ListRef("known")),
        ("title: iran", Term((Word("title"), Word("iran")))),
    ],
)
def test_a_term_of_a_list_means(written: str, term: Term | ListRef) -> None:
    assert term == parse_term(written, {"known"})
