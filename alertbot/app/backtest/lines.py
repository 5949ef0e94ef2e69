"""The report for programs: one JSON object a line, one per topic; docs/backtest.md has the keys."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from alertbot.classifier.backtest import Agreement, Hit, Outcome, Report, TopicReport

#: what a topic sends that is not there
NOTHING = Outcome(alerts=(), by_rule=0, weekly={}, per_week=None, agreement=None)


def as_json(report: Report) -> Iterator[str]:
    """Yield the line of each topic."""
    base = {
        "briefs": report.briefs,
        "undated": report.undated,
        "tagged": report.tagged,
        "first": _instant(report.first),
        "last": _instant(report.last),
    }
    for found in report.topics:
        line = {"topic": found.topic, **base, **_topic(found), "overlaps": _overlaps(report, found)}
        yield json.dumps(line, ensure_ascii=False)


def _topic(found: TopicReport) -> dict[str, Any]:
    return {
        **_outcome(found.after or NOTHING),
        "change": found.change,
        "before": _outcome(found.before) if found.before else None,
        "gained": _briefs(found.gained),
        "lost": _briefs(found.lost),
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "alerts": len(outcome.alerts),
        "by_rule": outcome.by_rule,
        "by_publisher_tag": len(outcome.alerts) - outcome.by_rule,
        "per_week": outcome.per_week,
        "weekly": [
            {"week": week.isoformat(), "alerts": count} for week, count in outcome.weekly.items()
        ],
        "titles": [hit.trial.title for hit in outcome.alerts],
        "agreement": _agreement(outcome.agreement) if outcome.agreement else None,
    }


def _agreement(agreement: Agreement) -> dict[str, Any]:
    return {
        "precision": agreement.precision,
        "recall": agreement.recall,
        "both": agreement.both,
        "rule_only": _briefs(agreement.rule_only),
        "tag_only": _briefs(agreement.tag_only),
    }


def _briefs(hits: Sequence[Hit]) -> list[dict[str, Any]]:
    return [
        {
            "id": hit.trial.key,
            "title": hit.trial.title,
            "link": hit.trial.link,
            "published": _instant(hit.trial.published),
            "via": hit.fired.match.via,
            "evidence": [
                {"zone": item.zone, "text": item.text} for item in hit.fired.match.evidence
            ],
        }
        for hit in hits
    ]


def _overlaps(report: Report, found: TopicReport) -> list[dict[str, Any]]:
    return [
        {"topic": overlap.other, "shared": overlap.shared, "share": overlap.share}
        for overlap in report.overlaps
        if overlap.topic == found.topic
    ]


def _instant(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
