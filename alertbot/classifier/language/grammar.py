"""Turns the text of a rule, or of one term of a list, into nodes.

The language is that of media-monitoring services: NOT binds before AND, AND before OR, and
NEAR/n counts the words between. docs/rules.md is its manual; `mistakes` words what went wrong.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from lark import Lark, Token, Tree, UnexpectedCharacters, UnexpectedToken

from alertbot.classifier.language.mistakes import (
    Mistake,
    did_you_mean,
    misplaced,
    number_missing,
    pointed,
    unclosed_quote,
)
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
    has_places,
    looks_for_something,
)
from alertbot.classifier.normalise import tokens, with_case
from alertbot.errors import RuleError
from alertbot.model import Zone

_GRAMMAR = r"""
    start: either
    either: both (OR both)*
    both: (near | exclusion) (_AND (near | exclusion) | exclusion)*
    exclusion: _NOT near
    near: unit (NEAR unit)*
    unit: ZONE? ATLEAST? (TERM | LIST | "(" either ")")

    OR.3:      /OR(?![^\s()"“”„=])/
    _AND.3:    /AND(?![^\s()"“”„=])/
    _NOT.3:    /NOT(?![^\s()"“”„=])/
    NEAR.3:    /O?NEAR\/\d+(?![^\s()"“”„=])/
    ATLEAST.3: /ATLEAST\/\d+(?![^\s()"“”„=])/
    ZONE.3:    /(title|lead|body|quote|background):/
    LIST.2:    /@[^\s()"“”„]*/
    TERM.1:    /=?["“”„][^"“”„]*["“”„]|[^\s()"“”„@]+/
    %ignore /\s+/
"""
_PARSER = Lark(_GRAMMAR, parser="lalr", lexer="basic", propagate_positions=True)

_MAX_DEPTH = 20
_MAX_GAP = 100
_MAX_COUNT = 50
_MAX_NEAR = 10
_SHORTEST_STEM = 4
_STAR = re.compile(r"\*(?!\w)")
_ZONE_LIKE = re.compile(r"([A-Za-z]+):")
_OPERATOR_LIKE = re.compile(r"(O?NEAR|ATLEAST)(/\S*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A rule as nodes, and what in it is probably not meant."""

    node: Node
    warnings: tuple[RuleError, ...]


def parse_rule(rule: str, lists: Collection[str] = ()) -> Parsed:
    """Parse a rule that may refer to `lists`; raise RuleError at its first mistake."""
    builder = _Builder(lists)
    try:
        _check_depth(rule)
        node = builder.either(_trees(_PARSER.parse(rule))[0])
        if not looks_for_something(node):
            raise Mistake(0, "NOT only excludes: the rule needs something to look for as well")
    except Mistake as mistake:
        raise pointed(rule, mistake) from None
    except UnexpectedCharacters as error:
        raise pointed(rule, unclosed_quote(error)) from None
    except UnexpectedToken as error:
        raise pointed(rule, misplaced(rule, error)) from None
    return Parsed(node=node, warnings=tuple(pointed(rule, one) for one in builder.warnings))


def parse_term(written: str, lists: Collection[str] = ()) -> Term | ListRef:
    """Parse one term of a list: words, a phrase without quotes, `=US`, `word*` or `@other`.

    Raises:
        RuleError: It is no term, or `@other` is not among `lists`.
    """
    text = written.strip()
    try:
        return _list_ref(text, 0, lists) if text.startswith("@") else _term(text, 0)
    except Mistake as mistake:
        raise pointed(text, mistake) from None


def _check_depth(rule: str) -> None:
    depth = 0
    for at, char in enumerate(rule):
        depth += (char == "(") - (char == ")")
        if depth > _MAX_DEPTH:
            raise Mistake(at, f"parentheses are nested more than {_MAX_DEPTH} deep")


def _list_ref(written: str, at: int, lists: Collection[str]) -> ListRef:
    name = written.removeprefix("@")
    if name not in lists:
        raise Mistake(at, f"there is no list @{name}" + did_you_mean(name, lists, "@"))
    return ListRef(name)


def _term(written: str, at: int) -> Term:
    """Parse words, with or without quotation marks, that stand at `at` in the rule."""
    exact = written.startswith("=")
    found = list(tokens(written))
    if not found:
        raise Mistake(at, "there is no word in this")
    starred = [_STAR.match(written, token.end) is not None for token in found]
    if written.count("*") != sum(starred):
        raise Mistake(at + written.index("*"), "a star goes at the end of a word: missile*")
    for token, star in zip(found, starred, strict=True):
        if star and len(token.key) < _SHORTEST_STEM:
            reason = f"a star needs at least {_SHORTEST_STEM} letters before it"
            raise Mistake(at + token.start, reason)
    words = tuple(Word(t.key, star) for t, star in zip(found, starred, strict=True))
    cased = tuple(with_case(written[t.start : t.end]) for t in found) if exact else ()
    return Term(words, cased)


def _trees(tree: Tree[Token]) -> list[Tree[Token]]:
    return [child for child in tree.children if isinstance(child, Tree)]


def _tokens(tree: Tree[Token]) -> list[Token]:
    return [child for child in tree.children if isinstance(child, Token)]


def _number(token: Token, least: int, most: int) -> int:
    name, _, digits = token.partition("/")
    if len(digits) > len(str(most)) or not least <= int(digits) <= most:
        raise Mistake(token.start_pos or 0, f"{name} takes a number from {least} to {most}")
    return int(digits)


class _Builder:
    """Builds nodes from lark's tree; collects what in it is probably not meant."""

    def __init__(self, lists: Collection[str]) -> None:
        self._lists = lists
        self.warnings: list[Mistake] = []

    def either(self, tree: Tree[Token]) -> Node:
        parts = _trees(tree)
        if len(parts) == 1:
            return self._both(parts[0])
        branches: list[Node] = []
        for part in parts:
            node = self._both(part)
            if not looks_for_something(node):
                raise Mistake(part.meta.start_pos, "a side of OR needs something to look for")
            branches += node.branches if isinstance(node, Or) else (node,)
        if any(len(part.children) > 1 for part in parts):
            self.warnings.append(
                Mistake(
                    _tokens(tree)[0].start_pos or 0,
                    "AND and NOT bind before OR here; put parentheses around what belongs together",
                )
            )
        return Or(tuple(branches))

    def _both(self, tree: Tree[Token]) -> Node:
        parts: list[Node] = []
        for child in _trees(tree):
            node = self._exclusion(child) if child.data == "exclusion" else self._near(child)
            parts += node.parts if isinstance(node, And) else (node,)
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _exclusion(self, tree: Tree[Token]) -> Node:
        inner = self._near(_trees(tree)[0])
        if not looks_for_something(inner):
            raise Mistake(tree.meta.start_pos, "NOT of a NOT: write what is meant instead")
        return Not(inner)

    def _near(self, tree: Tree[Token]) -> Node:
        units = _trees(tree)
        node = self._unit(units[0])
        if len(units) > _MAX_NEAR:
            raise Mistake(tree.meta.start_pos, f"NEAR joins at most {_MAX_NEAR} terms")
        for operator, unit in zip(_tokens(tree), units[1:], strict=True):
            right = self._unit(unit)
            if not (has_places(node) and has_places(right)):
                name = operator.partition("/")[0]
                raise Mistake(
                    operator.start_pos or 0,
                    f"{name} joins words, phrases, lists and OR groups only;"
                    " a zone or ATLEAST goes before parentheses around it",
                )
            gap = _number(operator, 0, _MAX_GAP)
            node = Near(node, right, gap, ordered=operator.startswith("O"))
        return node

    def _unit(self, tree: Tree[Token]) -> Node:
        *modifiers, last = tree.children
        node = self.either(last) if isinstance(last, Tree) else self._leaf(last)
        for modifier in reversed(modifiers):
            if isinstance(modifier, Token):
                wrap = self._in_zone if modifier.type == "ZONE" else self._at_least
                node = wrap(modifier, node)
        return node

    def _leaf(self, token: Token) -> Node:
        at = token.start_pos or 0
        if token.type == "LIST":
            return _list_ref(token, at, self._lists)
        if like := _ZONE_LIKE.match(token):
            raise Mistake(
                at, f"{like[0]} is no zone; those are title: lead: body: quote: background:"
            )
        if like := _OPERATOR_LIKE.fullmatch(token):
            raise Mistake(at, number_missing(like[1].upper()))
        return _term(token, at)

    def _at_least(self, token: Token, node: Node) -> Node:
        if not has_places(node):
            reason = "ATLEAST counts words, phrases, lists, OR groups and NEAR only"
            raise Mistake(token.start_pos or 0, reason)
        return AtLeast(_number(token, 1, _MAX_COUNT), node)

    def _in_zone(self, token: Token, node: Node) -> Node:
        if not looks_for_something(node):
            raise Mistake(token.start_pos or 0, f"write NOT before {token} instead")
        return InZone(Zone(token.rstrip(":")), node)
