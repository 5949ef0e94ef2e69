"""Turns the text of a rule into nodes.

The language is that of media-monitoring services: NOT binds before AND, AND before OR, and
NEAR/n counts the words between. docs/rules.md is its manual; `mistakes` words what went wrong.

lark parses the *shape* of a rule, one character for each token: `(a OR "b c") NEAR/5 @d` is
`(t|t)~@`. Rules have few shapes, so that of a hundred thousand rules a few hundred are parsed, and
a position in a shape is the number of a token.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from lark import Lark, Token, Transformer, UnexpectedToken, v_args
from lark.tree import Meta

from alertbot.classifier.language.mistakes import (
    ZONES,
    Lexeme,
    Mistake,
    misplaced,
    no_zone,
    number_missing,
    pointed,
)
from alertbot.classifier.language.nodes import (
    And,
    AtLeast,
    InZone,
    Near,
    Node,
    Not,
    Or,
    Term,
    has_places,
    looks_for_something,
)
from alertbot.classifier.language.terms import list_ref, parse_words
from alertbot.errors import RuleError
from alertbot.model import Zone

_GRAMMAR = r"""
    start: either
    either: both (OR both)*
    both: (near | exclusion) (_AND (near | exclusion) | exclusion)*
    exclusion: _NOT near
    near: unit (NEAR unit)*
    unit: ZONE? ATLEAST? (TERM | LIST | "(" either ")")

    OR: "|"
    _AND: "&"
    _NOT: "!"
    NEAR: "~"
    ATLEAST: "#"
    ZONE: ":"
    LIST: "@"
    TERM: "t"
"""
_PARSER = Lark(_GRAMMAR, parser="lalr", lexer="basic", propagate_positions=True)

_ENDS = r'(?![^\s()"“”„=])'
#: each group is a kind of token, in the order of `_KINDS`
_TOKEN = re.compile(
    rf"""
      (\() | (\))
    | (OR{_ENDS}) | (AND{_ENDS}) | (NOT{_ENDS})
    | (O?NEAR/\d+{_ENDS}) | (ATLEAST/\d+{_ENDS})
    | ((?:{"|".join(ZONES)}):)
    | (@[^\s()"“”„]*)
    | (=?["“”„][^"“”„]*["“”„] | [^\s()"“”„@]+)
    | (["“”„])
    """,
    re.VERBOSE,
)
_KINDS = '?()|&!~#:@t"'

_MAX_DEPTH = 20
_MAX_GAP = 100
_MAX_COUNT = 50
_MAX_NEAR = 10
_ZONE_LIKE = re.compile(r"([A-Za-z]+):")
_OPERATOR_LIKE = re.compile(r"(O?NEAR|ATLEAST)(/\S*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A rule as nodes, and what in it is probably not meant."""

    node: Node
    warnings: tuple[RuleError, ...]


def parse_rule(rule: str, lists: Collection[str] = ()) -> Parsed:
    """Parse a rule that may refer to `lists`; raise RuleError at its first mistake."""
    try:
        shape, lexemes = _lexemes(rule)
        builder = _Builder(lexemes, lists)
        node = builder.node(_parts(shape))
        if not looks_for_something(node):
            raise Mistake(0, "NOT only excludes: the rule needs something to look for as well")
    except Mistake as mistake:
        raise pointed(rule, mistake) from None
    except UnexpectedToken as error:
        raise pointed(rule, misplaced(rule, lexemes, error)) from None
    return Parsed(node=node, warnings=tuple(pointed(rule, one) for one in builder.warnings))


def _lexemes(rule: str) -> tuple[str, list[Lexeme]]:
    """Return the shape of a rule and its tokens; what stands in quotation marks is one."""
    kinds: list[str] = []
    lexemes: list[Lexeme] = []
    for found in _TOKEN.finditer(rule):
        kinds.append(_KINDS[found.lastindex or 0])
        lexemes.append((found[0], found.start()))
    shape = "".join(kinds)
    if (unclosed := shape.find('"')) >= 0:
        raise Mistake(lexemes[unclosed][1], "this quotation mark is never closed")
    depth = 0
    for index, kind in enumerate(shape if shape.count("(") > _MAX_DEPTH else ""):
        depth += (kind == "(") - (kind == ")")
        if depth > _MAX_DEPTH:
            reason = f"parentheses are nested more than {_MAX_DEPTH} deep"
            raise Mistake(lexemes[index][1], reason)
    return shape, lexemes


class _Part(NamedTuple):
    """A part of a shape: its tokens from `first` to `last`, and what they are to each other."""

    kind: str
    first: int
    last: int
    parts: tuple["_Part", ...] = ()
    #: the tokens that join the parts (OR, NEAR), or stand before (title:, ATLEAST)
    operators: tuple[int, ...] = ()


@v_args(meta=True)
class _Parts(Transformer[Token, _Part]):
    """Turns lark's tree into parts, without the steps that join nothing."""

    def start(self, _: Meta, children: list[_Part]) -> _Part:
        return children[0]

    def either(self, meta: Meta, children: list[_Part | Token]) -> _Part:
        return _joined("or", meta, children)

    def both(self, meta: Meta, children: list[_Part | Token]) -> _Part:
        return _joined("and", meta, children)

    def near(self, meta: Meta, children: list[_Part | Token]) -> _Part:
        return _joined("near", meta, children)

    def exclusion(self, meta: Meta, children: list[_Part | Token]) -> _Part:
        return _part("not", meta, children)

    def unit(self, meta: Meta, children: list[_Part | Token]) -> _Part:
        last = children[-1]
        if isinstance(last, Token):
            at = last.start_pos or 0
            children[-1] = last = _Part("leaf", at, at)
        elif len(children) == 1:
            return _part("group", meta, children)
        return last if len(children) == 1 else _part("modified", meta, children)


def _joined(kind: str, meta: Meta, children: list[_Part | Token]) -> _Part:
    only = children[0]
    if len(children) == 1 and isinstance(only, _Part):
        return only
    return _part(kind, meta, children)


def _part(kind: str, meta: Meta, children: list[_Part | Token]) -> _Part:
    return _Part(
        kind,
        meta.start_pos,
        meta.end_pos - 1,
        tuple(child for child in children if isinstance(child, _Part)),
        tuple(child.start_pos or 0 for child in children if isinstance(child, Token)),
    )


@lru_cache(maxsize=4096)
def _parts(shape: str) -> _Part:
    return _Parts().transform(_PARSER.parse(shape))


class _Builder:
    """Builds nodes from the parts of a shape; collects what in it is probably not meant."""

    def __init__(self, lexemes: Sequence[Lexeme], lists: Collection[str]) -> None:
        self._lexemes = lexemes
        self._lists = lists
        self.warnings: list[Mistake] = []
        self._build = {
            "or": self._or,
            "and": self._and,
            "not": self._not,
            "near": self._near,
            "group": self._group,
            "modified": self._modified,
            "leaf": self._leaf,
        }

    def node(self, part: _Part) -> Node:
        """Return the node of a part; raises Mistake."""
        return self._build[part.kind](part)

    def _start(self, part: _Part) -> int:
        return self._lexemes[part.first][1]

    def _or(self, part: _Part) -> Node:
        branches: list[Node] = []
        for one in part.parts:
            node = self.node(one)
            if not looks_for_something(node):
                raise Mistake(self._start(one), "a side of OR needs something to look for")
            branches += node.branches if isinstance(node, Or) else (node,)
        if any(one.kind in ("and", "not") for one in part.parts):
            self.warnings.append(
                Mistake(
                    self._lexemes[part.operators[0]][1],
                    "AND and NOT bind before OR here; put parentheses around what belongs together",
                )
            )
        return Or(tuple(branches))

    def _and(self, part: _Part) -> Node:
        parts: list[Node] = []
        for one in part.parts:
            node = self.node(one)
            parts += node.parts if isinstance(node, And) else (node,)
        return And(tuple(parts))

    def _not(self, part: _Part) -> Node:
        inner = self.node(part.parts[0])
        if not looks_for_something(inner):
            raise Mistake(self._start(part), "NOT of a NOT: write what is meant instead")
        return Not(inner)

    def _group(self, part: _Part) -> Node:
        return self.node(part.parts[0])

    def _near(self, part: _Part) -> Node:
        first, *others = part.parts
        node = self.node(first)
        if len(others) >= _MAX_NEAR:
            raise Mistake(self._start(part), f"NEAR joins at most {_MAX_NEAR} terms")
        for at, one in zip(part.operators, others, strict=True):
            operator, start = self._lexemes[at]
            right = self.node(one)
            for side in (node, right):
                if not has_places(side):
                    raise Mistake(start, _no_side(operator.partition("/")[0], side))
            gap = _number(self._lexemes[at], 0, _MAX_GAP)
            node = Near(node, right, gap, ordered=operator.startswith("O"))
        return node

    def _modified(self, part: _Part) -> Node:
        node = self.node(part.parts[0])
        for at in reversed(part.operators):
            lexeme = self._lexemes[at]
            wrap = self._at_least if "/" in lexeme[0] else self._in_zone
            node = wrap(lexeme, node)
        return node

    def _leaf(self, part: _Part) -> Node:
        text, start = self._lexemes[part.first]
        try:
            return list_ref(text, self._lists) if text[0] == "@" else _term(text)
        except Mistake as mistake:
            raise Mistake(start + mistake.at, mistake.reason) from None

    def _at_least(self, lexeme: Lexeme, node: Node) -> Node:
        if not has_places(node):
            reason = "ATLEAST counts words, phrases, lists, OR groups and NEAR only"
            raise Mistake(lexeme[1], reason)
        return AtLeast(_number(lexeme, 1, _MAX_COUNT), node)

    def _in_zone(self, lexeme: Lexeme, node: Node) -> Node:
        text, start = lexeme
        if not looks_for_something(node):
            raise Mistake(start, f"write NOT before {text} instead")
        return InZone(Zone(text.rstrip(":")), node)


def _no_side(name: str, side: Node) -> str:
    """Say what NEAR does not join, and how to write what was meant."""
    if isinstance(side, And):
        return f"{name} cannot join an AND group; write (a {name}/5 c) AND (b {name}/5 c)"
    if isinstance(side, InZone):
        return f"the zone goes around {name}: {side.zone}:(a {name}/5 b)"
    if isinstance(side, AtLeast):
        return f"ATLEAST goes around {name}: ATLEAST/{side.count} (a {name}/5 b)"
    return f"{name} joins words, phrases, lists and OR groups only"


@lru_cache(maxsize=65_536)
def _term(text: str) -> Term:
    """Return the term; raises Mistake for what only looks like one."""
    if like := _ZONE_LIKE.match(text):
        raise Mistake(0, no_zone(like[0]))
    if like := _OPERATOR_LIKE.fullmatch(text):
        raise Mistake(0, number_missing(like[1].upper()))
    if text in ("and", "or", "not"):
        reason = f'operators are written in capitals; to look for the word itself, write "{text}"'
        raise Mistake(0, reason)
    if text.strip('"“”„').startswith("@"):
        raise Mistake(0, f"a list takes no quotation marks: {text.strip(chr(34))}")
    return parse_words(text)


def _number(lexeme: Lexeme, least: int, most: int) -> int:
    text, start = lexeme
    name, _, digits = text.partition("/")
    if len(digits) > len(str(most)) or not least <= int(digits) <= most:
        raise Mistake(start, f"{name} takes a number from {least} to {most}")
    return int(digits)
