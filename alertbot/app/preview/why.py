"""Writes why: why a topic fires on a brief or does not, and why these figures and not others."""

from collections.abc import Iterator
from textwrap import shorten
from typing import Any

from alertbot.app.wording import because, words_by_zone
from alertbot.classifier import Explained
from alertbot.model import Alert, Match, TopicId
from alertbot.summarizer import explain

YES, NO = "✓", "✗"
#: characters of a rule's part in a line
WIDTH = 76


def outline(topic: TopicId, match: Match | None, explained: Explained | None) -> str:
    """Return why the topic fires on a brief, or why not, part by part."""
    if match is None:
        lines = [f"{NO} {topic} does not fire."]
    else:
        lines = [f"{YES} {topic} fires: {because(match)}"]
    if explained is None:
        lines.append("  It has no rule, only publisher tags.")
    elif explained.parts and not explained.reason:  # the topic's line has said it of the whole
        lines += [line for part in explained.parts for line in _lines(part, 1)]
    else:
        lines += _lines(explained, 1)
    return "\n".join(lines)


def as_data(explained: Explained) -> dict[str, Any]:
    """Return a part and all in it, ready for JSON."""
    return {
        "rule": explained.rule,
        "fires": explained.fires,
        "found": [{"zone": item.zone, "text": item.text} for item in explained.found],
        "reason": explained.reason,
        "parts": [as_data(part) for part in explained.parts],
    }


def weighed(alert: Alert) -> str:
    """Return the figures with what speaks for and against each; the key figures are marked."""
    figures = alert.summary.figures
    key = {each.figure for each in alert.summary.key_figures}
    lines = []
    for each in explain(alert.brief):
        figure = figures[each.figure]
        said = {
            "kind": f"kind ({figure.kind})",
            "place": f"place ({figure.zone})",
            "qualifier": f"qualifier ({figure.qualifier})",
        }
        parts = ", ".join(
            f"{said.get(name, name)} {part:+g}" for name, part in each.parts.items() if part
        )
        mark = "▪️" if each.figure in key else "  "
        lines.append(f"{mark} {each.score:5.1f}  “{figure.text}”: {parts}")
    return "\n".join(["Figures, best first (▪️ key figures):", *lines] if lines else ["No figures."])


def _lines(part: Explained, depth: int) -> Iterator[str]:
    indent = "  " * depth
    yield f"{indent}{YES if part.fires else NO} {shorten(part.rule, WIDTH, placeholder=' …')}"
    shown = part.found and (not part.parts or part.reason)
    told = [words_by_zone(part.found)] if shown else []
    told += [part.reason] if part.reason else []
    if told:
        yield f"{indent}    {': '.join(told)}"
    for inner in part.parts:
        yield from _lines(inner, depth + 1)
