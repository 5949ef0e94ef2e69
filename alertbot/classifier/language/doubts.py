"""Finds what in a rule or a list is well written but hardly meant.

Called by `lint`; a rule with doubts works.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

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
    children,
    walk,
)
from alertbot.classifier.language.written import written
from alertbot.model import Zone

#: a NEAR wider than this joins words of different sentences
WIDE = 50

_OPERATOR = re.compile(r"(?<=\s)(?:AND|OR|NOT|O?NEAR/\d+)(?=\s)")

Lists = Mapping[str, Sequence[Term]]


def doubts_of_rule(rule: Node, lists: Lists) -> Iterator[str]:
    """Yield what is doubtful in a rule, in words."""
    if reason := _never(rule, None, lists):
        yield f"this rule can never match: {reason}"
    else:
        yield from _dead_branches(rule, lists)
    for node in walk(rule):
        if isinstance(node, Near) and node.gap > WIDE:
            name = "ONEAR" if node.ordered else "NEAR"
            yield (
                f"{name}/{node.gap} reaches over several sentences, and what is so far apart "
                "rarely belongs together; 10 to 15 suits most subjects"
            )
        if isinstance(node, Or | And):
            yield from _twice(node)


def doubts_of_list(terms: Sequence[Term | ListRef | None]) -> Iterator[tuple[int, str]]:
    """Yield the places, from 0, of terms that add nothing to their list, and why.

    terms: in the order of the config; None for one that could not be read.
    """
    for at, term in enumerate(terms):
        if isinstance(term, Term) and (operator := _OPERATOR.search(term.written)):
            yield at, f"a list holds words and phrases; here {operator[0]} is an ordinary word"
        for other_at, other in enumerate(terms):
            if term is None or other is None or at == other_at:
                continue
            if term == other and other_at < at:
                yield at, f"{_quoted(term)} is the same as {_quoted(other)}, which is in this list"
                break
            if term != other and _covers(other, term):
                yield at, f"{_quoted(term)} is found by {_quoted(other)}, which is in this list"
                break


def _quoted(term: Term | ListRef) -> str:
    return f'"{written(term).strip(chr(34))}"'


def _twice(node: Or | And) -> Iterator[str]:
    inner = node.branches if isinstance(node, Or) else node.parts
    seen: set[Node] = set()
    for one in inner:
        if one in seen:
            yield f"{written(one)} stands twice in {written(node)}"
        seen.add(one)


def _dead_branches(rule: Node, lists: Lists) -> Iterator[str]:
    for node, zone in _zoned(rule, None):
        for branch in node.branches if isinstance(node, Or) else ():
            if reason := _never(branch, zone, lists):
                yield f"{written(branch)} can never match: {reason}"


def _never(node: Node, zone: Zone | None, lists: Lists) -> str | None:
    """Return why the node can never fire; None if it may."""
    match node:
        case InZone(own, inner):
            if zone not in (None, own):
                return f"nothing is in the {zone} and in the {own} at once"
            return _never(inner, own, lists)
        case And(parts):
            return next(_never_all(parts, zone, lists), None)
        case Or(branches):
            reasons = [_never(branch, zone, lists) for branch in branches]
            return reasons[0] if all(reasons) else None
        case AtLeast(_, inner):
            return _never(inner, zone, lists)
        case _:
            return None


def _never_all(parts: Sequence[Node], zone: Zone | None, lists: Lists) -> Iterator[str]:
    """Yield why an AND of these can never fire."""
    refused = [part.inner for part in parts if isinstance(part, Not)]
    for part in parts:
        if isinstance(part, Not):
            continue
        if reason := _never(part, zone, lists):
            yield reason
        for excluded in refused:
            if _implies(part, excluded, lists):
                yield f"it needs {written(part)} and refuses {written(excluded)}"


def _implies(node: Node, excluded: Node, lists: Lists) -> bool:
    """Return whether wherever the node fires, the excluded one does as well."""
    while isinstance(node, InZone | AtLeast):
        node = node.inner
    needed = _alternatives(node, lists)
    refused = _alternatives(excluded, lists)
    return bool(needed and refused) and all(
        any(_within(one, term) for one in refused) for term in needed
    )


def _alternatives(node: Node, lists: Lists) -> list[Term]:
    """Return the terms of which any one makes the node fire; none where it is not so simple."""
    match node:
        case Term():
            return [node]
        case ListRef(name):
            return list(lists.get(name, ()))
        case Or(branches):
            found = [_alternatives(branch, lists) for branch in branches]
            return [term for terms in found for term in terms] if all(found) else []
        case _:
            return []


def _covers(other: Term | ListRef, term: Term | ListRef) -> bool:
    """Return whether `other` is found, at the same words, wherever `term` is."""
    if isinstance(other, ListRef) or isinstance(term, ListRef) or other.exact:
        return False
    return len(other.words) == len(term.words) and _within(other, term)


def _within(other: Term, term: Term) -> bool:
    """Return whether `other` is found wherever `term` is, at some of its words."""
    size = len(other.words)
    if other.exact:
        return other == term
    return any(
        all(
            ours.key.startswith(theirs.key) if theirs.prefix else ours == theirs
            for theirs, ours in zip(other.words, term.words[at : at + size], strict=True)
        )
        for at in range(len(term.words) - size + 1)
    )


def _zoned(node: Node, zone: Zone | None) -> Iterator[tuple[Node, Zone | None]]:
    """Yield the node and all in it, each with the zone it is looked for in."""
    yield node, zone
    within = node.zone if isinstance(node, InZone) else zone
    for child in children(node):
        yield from _zoned(child, within)
