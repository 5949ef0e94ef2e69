"""`alertbot backtest`: what the rules would have sent, over the archive or a feed file."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from alertbot.app.wording import counted
from alertbot.briefs import make_brief
from alertbot.classifier import compile_topics
from alertbot.config import Config
from alertbot.errors import AlertbotError
from alertbot.model import Brief, Entry, TopicId, Via

TITLES_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicHistory:
    """What one topic would have sent."""

    topic: TopicId
    #: the matching briefs, in the order given
    titles: tuple[str, ...]
    #: how many of them the rule found, and how many only the publisher's tags did
    by_rule: int
    by_tag: int


def of_entries(entries: Sequence[Entry]) -> tuple[Brief, ...]:
    """Understand the entries of a feed file."""
    return tuple(map(make_brief, entries))


def backtest(briefs: Sequence[Brief], config: Config, only: str | None) -> list[TopicHistory]:
    """Match every brief anew and return each topic's history, in the order of the config.

    Raises AlertbotError if `only` names no topic.
    """
    topics = [topic for topic in config.topics if only in (None, topic.id)]
    if not topics:
        raise AlertbotError(f"no topic has the id {only!r}")
    classifier = compile_topics(topics, config.terms)
    found = [(brief.title, match) for brief in briefs for match in classifier.match(brief)]
    histories = []
    for topic in topics:
        hits = [(title, match.via) for title, match in found if match.topic == topic.id]
        by_rule = sum(via is Via.RULE for _, via in hits)
        histories.append(
            TopicHistory(
                topic=topic.id,
                titles=tuple(title for title, _ in hits),
                by_rule=by_rule,
                by_tag=len(hits) - by_rule,
            )
        )
    return histories


def as_json(histories: Sequence[TopicHistory], briefs: int) -> str:
    """Return one JSON object a line, one per topic."""
    return "\n".join(
        json.dumps(
            {
                "topic": history.topic,
                "briefs": briefs,
                "alerts": len(history.titles),
                "by_rule": history.by_rule,
                "by_publisher_tag": history.by_tag,
                "titles": history.titles,
            },
            ensure_ascii=False,
        )
        for history in histories
    )


def as_text(histories: Sequence[TopicHistory], briefs: int) -> str:
    """Return a table for a person, with the newest titles of each topic."""
    width = max((len(history.topic) for history in histories), default=0)
    lines = [f"Over {counted(briefs, 'brief')}, the newest titles of each topic below it:"]
    for history in histories:
        by_tag = f", {history.by_tag} by publisher tag alone" if history.by_tag else ""
        alerts = counted(len(history.titles), "alert")
        lines.append(f"{history.topic:<{width}}  {alerts}{by_tag}")
        lines += [f"    {title}" for title in history.titles[:TITLES_SHOWN]]
    return "\n".join(lines)
