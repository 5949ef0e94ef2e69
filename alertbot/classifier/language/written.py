"""Writes nodes as a rule again, so that a part of a rule can be shown to whoever wrote it."""

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
)


def written(node: Node) -> str:
    """Return the text of a node; parsed again, it is an equal node."""
    match node:
        case Term():
            return node.written
        case ListRef(name):
            return f"@{name}"
        case Near(left, right, gap, ordered):
            # NEAR joins from the left, so a NEAR on its left needs no parentheses
            first = written(left) if isinstance(left, Near) else _unit(left)
            return f"{first} {'ONEAR' if ordered else 'NEAR'}/{gap} {_unit(right)}"
        case Or(branches):
            return " OR ".join(
                f"({written(one)})" if isinstance(one, And) else written(one) for one in branches
            )
        case And(parts):
            return _all(parts)
        case Not(inner):
            return f"NOT {_near(inner)}"
        case AtLeast(count, inner):
            return f"ATLEAST/{count} {_operand(inner)}"
        case InZone(zone, inner):
            counted = isinstance(inner, AtLeast)
            return f"{zone}:{written(inner) if counted else _operand(inner)}"


def _all(parts: tuple[Node, ...]) -> str:
    text = ""
    for part in parts:
        joint = " " if isinstance(part, Not) else " AND "
        text += (joint if text else "") + (written(part) if isinstance(part, Not) else _near(part))
    return text


def _near(node: Node) -> str:
    return written(node) if isinstance(node, Near) else _unit(node)


def _operand(node: Node) -> str:
    return written(node) if isinstance(node, Term | ListRef) else f"({written(node)})"


def _unit(node: Node) -> str:
    return written(node) if isinstance(node, AtLeast | InZone) else _operand(node)
