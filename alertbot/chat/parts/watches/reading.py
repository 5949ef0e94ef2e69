"""Reads a rule that somebody typed in a chat: what is wrong in it, and what is hardly meant."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alertbot.classifier import lint_rule

#: characters of a rule
LONGEST = 300
#: characters shown before and behind the place of a mistake
BEFORE, BEHIND = 24, 40
HERE = "▸"
#: control characters, which a database may refuse, and those that turn the direction of a line
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRule:
    """A rule, with what there is to say of it."""

    #: on one line
    rule: str
    #: why it cannot be used; None if it can
    mistake: str | None = None
    #: the part of it with the mistake, a mark before it; "" where the whole is meant
    place: str = ""
    #: what is well written and hardly meant
    doubts: tuple[str, ...] = ()


def one_line(said: str) -> str:
    """Return the text of a rule on one line, without what nobody sees."""
    return " ".join(_UNSEEN.sub(" ", said).split())


def read_rule(rule: str, terms: Mapping[str, Sequence[str]]) -> ReadRule:
    """Read a rule, on one line, that may refer to the lists of the config."""
    problems = lint_rule(rule, terms)
    for problem in problems:
        if not problem.warning:
            column = problem.column or 1
            return ReadRule(rule=rule, mistake=_reason(problem.message), place=_at(rule, column))
    return ReadRule(rule=rule, doubts=tuple(_reason(problem.message) for problem in problems))


def _reason(message: str) -> str:
    """Return what is wrong, without the rule and the caret below it, which a chat would garble."""
    return message.partition("\n")[0]


def _at(rule: str, column: int) -> str:
    before, behind = rule[: column - 1], rule[column - 1 :]
    start = f"…{before[-BEFORE:]}" if len(before) > BEFORE else before
    end = f"{behind[:BEHIND]}…" if len(behind) > BEHIND else behind
    return f"{start}{HERE}{end}"
