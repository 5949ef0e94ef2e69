"""Turns the [terms] of a config into flat lists of terms, nested lists resolved.

Called by `match` and `lint`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from alertbot.classifier.language.nodes import ListRef, Term
from alertbot.classifier.language.terms import parse_term
from alertbot.errors import RuleError


@dataclass(frozen=True, slots=True)
class ListProblem:
    """A mistake in one list."""

    name: str
    error: RuleError
    #: the place of the term in the list, from 0; None where the whole list is meant
    index: int | None = None


def compile_lists(
    terms: Mapping[str, Sequence[str]],
) -> tuple[dict[str, tuple[Term, ...]], tuple[ListProblem, ...]]:
    """Return the terms of every list, nested lists included, and every mistake found.

    What is wrong is left out, so that one mistake hides no other.
    """
    parsed: dict[str, list[Term | ListRef]] = {}
    problems = []
    for name, written in terms.items():
        parsed[name] = []
        if not written:
            problems.append(ListProblem(name, RuleError("", 1, "the list is empty")))
        for index, one in enumerate(written):
            try:
                parsed[name].append(parse_term(one, terms.keys()))
            except RuleError as error:
                problems.append(ListProblem(name, error, index))
    problems += [ListProblem(circle[0], _circle(circle)) for circle in _circles(parsed)]
    return {name: tuple(dict.fromkeys(_flat(name, parsed, set()))) for name in parsed}, tuple(
        problems
    )


def nested_in(name: str, terms: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Return the lists that `name` refers to directly."""
    written = (one.strip() for one in terms.get(name, ()))
    return frozenset(one.removeprefix("@") for one in written if one.startswith("@"))


def _flat(
    name: str, parsed: Mapping[str, Sequence[Term | ListRef]], seen: set[str]
) -> Iterator[Term]:
    """Yield the terms of a list and of those in it, each list once."""
    seen.add(name)
    for one in parsed[name]:
        if isinstance(one, Term):
            yield one
        elif one.name not in seen:
            yield from _flat(one.name, parsed, seen)


def _circles(parsed: Mapping[str, Sequence[Term | ListRef]]) -> Iterator[tuple[str, ...]]:
    """Yield a way from a list back to itself for each reference that closes one."""
    done: set[str] = set()

    def walk(path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for one in parsed[path[-1]]:
            if not isinstance(one, ListRef):
                continue
            if one.name in path:
                yield path[path.index(one.name) :]
            elif one.name not in done:
                yield from walk((*path, one.name))
        done.add(path[-1])

    for name in parsed:
        if name not in done:
            yield from walk((name,))


def _circle(names: tuple[str, ...]) -> RuleError:
    way = " -> ".join(f"@{name}" for name in (*names, names[0]))
    return RuleError(way, 1, "the list contains itself")
