"""Turns what the parser trips over into words for an editor, with the place in the rule.

Called by `grammar`; the result is a RuleError with a caret under the column.
"""

import difflib
import re
from collections.abc import Collection, Sequence
from typing import TypeAlias

from lark import UnexpectedToken

from alertbot.errors import RuleError

_OPENS_TERM = {"TERM", "LIST", "LPAR", "ZONE", "ATLEAST"}
_QUOTED = re.compile(r'["“”„][^"“”„]*["“”„]')
_LIKE_ATLEAST = re.compile(r"(?<!\S)(atleast(?:/\S*)?)\s*$", re.IGNORECASE)
_WANTS_MORE = re.compile(r"(AND|OR|NOT|O?NEAR/\d+|ATLEAST/\d+|[a-z]+:|\()$")


#: a token of a rule as written, and where it starts, 0-based
Lexeme: TypeAlias = tuple[str, int]


class Mistake(Exception):
    """A reason, and where in the rule it stands, 0-based."""

    def __init__(self, at: int, reason: str) -> None:
        self.at = at
        self.reason = reason
        super().__init__(reason)


def pointed(rule: str, mistake: Mistake) -> RuleError:
    """Return the error for the line of the rule that the mistake is in."""
    at = min(mistake.at, len(rule.rstrip()))
    start = rule.rfind("\n", 0, at) + 1
    line = rule[start:].partition("\n")[0].rstrip()
    shown = line.lstrip()
    return RuleError(shown, max(at - start - (len(line) - len(shown)), 0) + 1, mistake.reason)


def did_you_mean(name: str, known: Collection[str], mark: str = "") -> str:
    """Return the end of a message that offers the nearest known name, or nothing."""
    close = difflib.get_close_matches(name, sorted(known), n=1)
    return f"; did you mean {mark}{close[0]}?" if close else ""


def number_missing(operator: str) -> str:
    """Return how an operator is written that has to have a number."""
    return f"write {operator} in capitals and with a number, such as {operator}/5"


def misplaced(rule: str, lexemes: Sequence[Lexeme], error: UnexpectedToken) -> Mistake:
    """Word a token that cannot stand where it does, or the end of the rule coming too early."""
    kind, wanted = error.token.type, error.accepts
    if kind == "$END":
        return _unfinished(rule)
    index = error.token.start_pos or 0
    text, at = lexemes[index]
    if kind in _OPENS_TERM and "TERM" not in wanted:
        if before := _LIKE_ATLEAST.search(rule, 0, at):
            return Mistake(before.start(1), number_missing("ATLEAST"))
        return Mistake(at, _two_terms(text))
    if kind == "RPAR":
        missing = "something is missing before this parenthesis"
        return Mistake(at, missing if "TERM" in wanted else "this parenthesis closes nothing")
    if kind == "ZONE":
        return Mistake(at, _second_zone(text, lexemes[index - 1][0]))
    if kind == "_NOT":
        return Mistake(at, "NOT cannot stand here; put it, and what it excludes, in parentheses")
    return Mistake(at, f"{text} needs something before it")


def _second_zone(text: str, previous: str) -> str:
    if previous.startswith("ATLEAST"):
        return f"put {text} before ATLEAST"
    return f"{text} cannot stand right behind {previous}; one zone is enough"


def _two_terms(text: str) -> str:
    name = text.partition("/")[0].upper()
    if name in ("AND", "OR", "NOT"):
        return f"operators are written in capitals: {name}"
    if name in ("NEAR", "ONEAR"):
        return number_missing(name)
    return "put quotation marks around a phrase, or write AND, OR or NEAR/5 between two terms"


def _unfinished(rule: str) -> Mistake:
    end = len(rule.rstrip())
    if end == 0:
        return Mistake(0, "the rule is empty")
    bare = _QUOTED.sub(lambda quoted: "x" * len(quoted[0]), rule.rstrip())
    if last := _WANTS_MORE.search(bare):
        return Mistake(end, f"something is missing after {last[0]}")
    opened = []
    for at, char in enumerate(bare):
        if char == "(":
            opened.append(at)
        elif char == ")":
            opened.pop()
    return Mistake(opened[-1], "this parenthesis is never closed")
