"""`alertbot status`: feeds, chats and deliveries at one glance, and what needs a person."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from alertbot.app.wording import ago, counted, span
from alertbot.model import TopicId
from alertbot.ports import FeedStatus, Status


def as_json(status: Status, complaints: Sequence[str], offered: Collection[TopicId]) -> str:
    """Return the status as one line of JSON; instants in ISO 8601.

    offered: the topics of the config; `paused` are those with subscribers that are not in it.
    """
    paused = _paused(status, offered)
    line: dict[str, Any] = {**asdict(status), "paused": paused, "complaints": list(complaints)}
    return json.dumps(line, default=datetime.isoformat)


def as_text(
    status: Status, complaints: Sequence[str], now: datetime, offered: Collection[TopicId]
) -> str:
    """Return the status for a person, complaints last, where the eye rests.

    offered: the topics of the config. Subscriptions to others are told, but need nobody: they are
    kept until an admin decides, and may be kept for good.
    """
    alive = ago(status.alive_at, now) if status.alive_at else "never"
    lines = [f"Service     last sign of life {alive}"]
    lines.append(
        f"Chats       {status.chats - status.unreachable} reachable, "
        f"{status.unreachable} lost, {counted(status.subscriptions, 'subscription')}"
    )
    if paused := _paused(status, offered):
        topics = ", ".join(f"{topic} ({count})" for topic, count in paused.items())
        lines.append(f"            {sum(paused.values())} paused, as not in the config: {topics}")
    lines += [f"Deliveries  {_deliveries(status, now)}"]
    lines += [f"    dead: {reason} ({count})" for reason, count in status.dead_reasons.items()]
    lines.append("Feeds")
    width = max((len(feed.feed) for feed in status.feeds), default=0)
    lines += [f"    {feed.feed:<{width}}  {_feed(feed, now)}" for feed in status.feeds]
    if complaints:
        lines += ["", "Needs a person:", *(f"    {line}" for line in complaints)]
    else:
        lines += ["", "All is well."]
    return "\n".join(lines)


def _paused(status: Status, offered: Collection[TopicId]) -> dict[TopicId, int]:
    return {topic: count for topic, count in status.subscribers.items() if topic not in offered}


def _deliveries(status: Status, now: datetime) -> str:
    counts = [f"{count} {state}" for state, count in status.deliveries.items() if count]
    parts = [", ".join(counts) or "none yet"]
    if status.repeated:
        parts.append(f"{status.repeated} sent twice to be sure")
    if status.oldest_due:
        parts.append(f"the oldest has waited {span(now - status.oldest_due)}")
    if status.paused_until and status.paused_until > now:
        parts.append(f"paused by Telegram for {span(status.paused_until - now)}")
    return "; ".join(parts)


def _feed(feed: FeedStatus, now: datetime) -> str:
    if feed.gone:
        return "gone for good (HTTP 410)"
    parts = [counted(feed.briefs, "brief")]
    if feed.last_new_at:
        parts.append(f"newest came {ago(feed.last_new_at, now)}")
    if feed.errors_in_row:
        parts.append(f"{counted(feed.errors_in_row, 'error')} in a row: {feed.error}")
    elif not feed.last_ok_at:
        parts.append("not polled yet")
    parts.append(f"next poll in {span(feed.next_poll_at - now)}")
    return ", ".join(parts)
