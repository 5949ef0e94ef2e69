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
#: what a rule may be written to look at, besides the whole brief
ZONES = ("title", "lead", "body", "quote", "background")
_SIGNS = {
    "&": "AND",
    "&&": "AND",
    "+": "AND",
    "|": "OR",
    "||": "OR",
    ",": "OR",
    ";": "OR",
    "!": "NOT",
}
_GLUED = re.compile(r"(O?NEAR|ATLEAST)-?(\d+)")
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
    column = max(at - start - (len(line) - len(shown)), 0) + 1
    return RuleError(shown, column, mistake.reason, rule.count("\n", 0, start))


def did_you_mean(name: str, known: Collection[str], mark: str = "") -> str:
    """Return the end of a message that offers the nearest known name, or nothing."""
    close = difflib.get_close_matches(name, sorted(known), n=1)
    return f"; did you mean {mark}{close[0]}?" if close else ""


def number_missing(operator: str) -> str:
    """Return how an operator is written that has to have a number."""
    return f"write {operator} in capitals, with a number right behind the stroke: {operator}/5"


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
        return Mistake(at, _two_terms(text, lexemes[index - 1][0]))
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


def _two_terms(text: str, previous: str) -> str:
    """Word a term that stands right behind another, as what was probably meant."""
    if previous.endswith(":") and not previous.startswith(('"', "=")):
        return no_zone(previous)
    if previous == "@":
        return f"no blank after @: write @{text}"
    return (
        _like_operator(text)
        or _like_sign(text)
        or "put quotation marks around a phrase, or write AND, OR or NEAR/5 between two terms"
    )


def _like_operator(text: str) -> str | None:
    name, _, number = text.partition("/")
    if name.upper() in ("AND", "OR", "NOT"):
        return f"operators are written in capitals: {name.upper()}"
    if name.upper() in ("NEAR", "ONEAR"):
        return number_missing(name.upper())
    if glued := _GLUED.fullmatch(text):
        return f"write {glued[1]}/{glued[2]}"
    if number.isdigit():
        close = difflib.get_close_matches(name.upper(), ("NEAR", "ONEAR", "ATLEAST"), n=1)
        meant = f"did you mean {close[0]}/{number}?" if close else "NEAR/5 and ONEAR/5 are"
        return f"{text} is no operator; {meant}"
    return None


def _like_sign(text: str) -> str | None:
    if text in _SIGNS:
        return f"{text} is no operator; write {_SIGNS[text]}"
    if text.startswith("#"):
        return "a rule holds no notes; write them above it, on a line of their own"
    if text.startswith("-"):
        return f"a hyphen excludes nothing; write NOT {text.lstrip('-')}"
    return None


def no_zone(written: str) -> str:
    """Say that `written`, with its colon, names no zone, and which one may have been meant."""
    name = written.partition(":")[0]
    if name.lower() in ZONES:
        return f"a zone is written in small letters: {name.lower()}:"
    known = " ".join(f"{zone}:" for zone in ZONES)
    close = difflib.get_close_matches(name.lower(), ZONES, n=1)
    hint = f"; did you mean {close[0]}:?" if close else f"; those are {known}"
    return f"{name}: is no zone{hint}"


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
