"""What a rule is made of: the tree that `grammar` builds and `engine` evaluates.

Every node is frozen and compares by value, so that an engine may share, index or rewrite rules.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from alertbot.model import Zone


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a term, folded; or the beginning of one."""

    key: str
    #: written with a star: longer words that begin so count too
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand next to each other."""

    words: tuple[Word, ...]
    #: with these capitals, one string for each word; empty where case does not matter
    exact: tuple[str, ...] = ()
    #: as it stands in the rule or list
    written: str = field(default="", compare=False, repr=False)
    _hash: int = field(default=0, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.words, self.exact)))

    def __hash__(self) -> int:
        """Return what was computed once: a hundred thousand rules share their terms."""
        return self._hash


@dataclass(frozen=True, slots=True)
class ListRef:
    """Any term of a list, `@name`."""

    name: str


@dataclass(frozen=True, slots=True)
class Near:
    """Two places in one paragraph with at most `gap` words between them."""

    left: "Node"
    right: "Node"
    gap: int
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Or:
    """One or more of the branches."""

    branches: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts; those that are `Not` only exclude."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Nothing of this."""

    inner: "Node"


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The inner node in `count` separate places or more."""

    count: int
    inner: "Node"


@dataclass(frozen=True, slots=True)
class InZone:
    """The inner node, all of it in one zone."""

    zone: Zone
    inner: "Node"


Node: TypeAlias = Term | ListRef | Near | Or | And | Not | AtLeast | InZone


def has_places(node: Node) -> bool:
    """Return whether the node is found at places that can be counted and be near to another."""
    if isinstance(node, Or):
        return all(has_places(branch) for branch in node.branches)
    return isinstance(node, Term | ListRef | Near)


def looks_for_something(node: Node) -> bool:
    """Return whether the node needs some words to be there, rather than only to be absent."""
    match node:
        case Term() | ListRef() | Near():
            return True
        case Not():
            return False
        case And(parts):
            return any(looks_for_something(part) for part in parts)
        case Or(branches):
            return all(looks_for_something(branch) for branch in branches)
        case AtLeast(_, inner) | InZone(_, inner):
            return looks_for_something(inner)


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes that the node is made of."""
    match node:
        case Or(several) | And(several):
            return several
        case Near(left, right):
            return left, right
        case Not(inner) | AtLeast(_, inner) | InZone(_, inner):
            return (inner,)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """Yield the node and all that it is made of, each before its own."""
    yield node
    for child in children(node):
        yield from walk(child)
