"""`alertbot preview`: what would be sent for each entry of a source, and why."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from alertbot.app.wording import because
from alertbot.classifier import compile_topics
from alertbot.config import Config
from alertbot.dispatcher import Renderer
from alertbot.model import Alert, Entry, Message
from alertbot.scheduler import understand


def preview(
    entries: Sequence[Entry], config: Config, *, publisher_tags: bool
) -> Iterator[tuple[Alert, Message]]:
    """Yield each entry's alert, in the order of the source, with the message all topics make."""
    classifier = compile_topics(config.topics, config.terms)
    renderer = Renderer({topic.id: topic.name for topic in config.topics}, {})
    for entry in entries:
        alert = understand(entry, classifier, publisher_tags=publisher_tags)
        yield alert, renderer.message(alert, [match.topic for match in alert.matches])


def as_json(alert: Alert, message: Message) -> str:
    """Return the alert as one line of JSON, in the shape that other programs rely on."""
    brief, summary = alert.brief, alert.summary
    line: dict[str, Any] = {
        "id": brief.key,
        "title": brief.title,
        "published": brief.published.isoformat() if brief.published else None,
        "topics": [
            {
                "id": match.topic,
                "via": match.via.value,
                "evidence": [{"zone": item.zone, "text": item.text} for item in match.evidence],
            }
            for match in alert.matches
        ],
        "summary": [sentence.text for sentence in summary.sentences],
        "figures": [
            {
                "text": figure.text,
                "value": figure.value,
                "qualifier": figure.qualifier,
                "unit": figure.unit,
                "kind": figure.kind,
            }
            for figure in summary.figures
        ],
        "key_figures": [key.figure for key in summary.key_figures],
        "message": {"html": message.html, "text": message.text},
    }
    return json.dumps(line, ensure_ascii=False)


def as_text(alert: Alert, message: Message) -> str:
    """Return the alert for a person: the message, then why it would go out."""
    if alert.matches:
        reasons = (f"  {match.topic}: {because(match)}" for match in alert.matches)
        verdict = "\n".join(["Sent to those who follow:", *reasons])
    else:
        verdict = "Not sent: no topic matches."
    rule = "─" * 72
    return f"{rule}\n{message.text}\n\n{verdict}\n"
