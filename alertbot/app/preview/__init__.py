"""`alertbot preview`: what would be sent for each entry of a source, and why."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from alertbot.app.preview.why import as_data, outline, weighed
from alertbot.app.shortener import open_shortener
from alertbot.app.wording import because, known_topic
from alertbot.classifier import Explained, compile_topics
from alertbot.config import Config
from alertbot.dispatcher import Renderer
from alertbot.model import Alert, Entry, Match, Message, TopicId, Via
from alertbot.scheduler import understand
from alertbot.summarizer import explain

RULER = "─" * 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewed:
    """What would be sent of an entry, and why."""

    alert: Alert
    #: as all matched topics together make it
    message: Message
    #: of each topic that fires by its rule, and of the one that was asked for
    explained: Mapping[TopicId, Explained]


class Preview:
    """Shows entries as the topics of a config would alert them."""

    def __init__(self, config: Config, *, publisher_tags: bool, asked: str | None = None) -> None:
        """Compile the topics; raises AlertbotError if `asked` is the id of none."""
        self.asked = known_topic(asked, [topic.id for topic in config.topics]) if asked else None
        #: entries on which that topic fired
        self.fired = 0
        self._config = config
        self._publisher_tags = publisher_tags
        self._classifier = compile_topics(config.topics, config.terms)
        self._renderer = Renderer({topic.id: topic.name for topic in config.topics}, {})

    def show(self, entries: Iterable[Entry]) -> Iterator[Previewed]:
        """Yield what would be sent of each entry, in the order given."""
        alerts = (
            understand(entry, self._classifier, publisher_tags=self._publisher_tags)
            for entry in entries
        )
        for alert in _shortened(alerts, self._config):
            yield self._previewed(alert)

    def _previewed(self, alert: Alert) -> Previewed:
        topics = {match.topic for match in alert.matches if match.via is Via.RULE}
        topics |= {self.asked} if self.asked else set()
        self.fired += any(match.topic == self.asked for match in alert.matches)
        explained = {topic: self._classifier.explain(topic, alert.brief) for topic in topics}
        return Previewed(
            alert=alert,
            message=self._renderer.message(alert, [match.topic for match in alert.matches]),
            explained={topic: found for topic, found in explained.items() if found},
        )


def _shortened(alerts: Iterator[Alert], config: Config) -> Iterator[Alert]:
    """Shorten the alerts as the service would, one by one, if a language model is configured."""
    shortener = open_shortener(config)
    if shortener is None:
        yield from alerts
        return
    with asyncio.Runner() as runner:
        for alert in alerts:
            yield from runner.run(shortener.shorten([alert])) if alert.matches else [alert]
        runner.run(shortener.aclose())


def as_json(shown: Previewed, asked: TopicId | None, *, verbose: bool = False) -> str:
    """Return the alert as one line of JSON, in the shape that other programs rely on.

    verbose: add "salience", the parts of each figure's score.
    """
    alert = shown.alert
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
                "branches": _branches(match, shown),
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
        "message": {"html": shown.message.html, "text": shown.message.text},
    }
    if asked:
        explained = shown.explained.get(asked)
        line["explanation"] = explained and as_data(explained)
    if verbose:
        line["salience"] = [
            {"figure": each.figure, "score": each.score, "parts": each.parts}
            for each in explain(brief)
        ]
    return json.dumps(line, ensure_ascii=False)


def as_text(shown: Previewed, asked: TopicId | None, *, verbose: bool = False) -> str:
    """Return the alert for a person: the message, then why it would go out.

    asked: tell all of this topic instead. verbose: and why these figures and not others.
    """
    matches = shown.alert.matches
    if asked:
        match = next((match for match in matches if match.topic == asked), None)
        why = outline(asked, match, shown.explained.get(asked))
        return f"{RULER}\n{shown.alert.brief.title}\n{why}\n"
    if matches:
        reasons = (line for match in matches for line in _reason(match, shown))
        verdict = "\n".join(["Sent to those who follow:", *reasons])
    else:
        verdict = "Not sent: no topic matches."
    figures = f"\n{weighed(shown.alert)}\n" if verbose else ""
    return f"{RULER}\n{shown.message.text}\n\n{verdict}\n{figures}"


def _reason(match: Match, shown: Previewed) -> Iterator[str]:
    yield f"  {match.topic}: {because(match)}"
    for branch in _branches(match, shown):
        yield f"    by {branch}"


def _branches(match: Match, shown: Previewed) -> list[str]:
    """Return the branches of the topic's rule that fired; none where a tag did."""
    explained = shown.explained.get(match.topic) if match.via is Via.RULE else None
    return list(explained.branches) if explained else []
