"""Writes how all is doing in the lines that admins see; pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from alertbot.app.health import complaints
from alertbot.app.status import (
    feed_line,
    not_sent,
    pauses,
    processes,
    queue,
    sent,
    service,
    telegram_pauses,
)
from alertbot.app.wording import ago, counted
from alertbot.chat import Glance
from alertbot.model import FeedId, Topic, TopicId
from alertbot.ports import Act, FeedStatus, Ledger, Pausable, Progress, Status, Votes


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the store says at an instant."""

    status: Status
    ledger: Ledger
    #: of the last 30 days
    alerts: Mapping[TopicId, int]
    acts: tuple[Act, ...]
    broadcast: Progress | None
    at: datetime


def glance(seen: Seen, feeds: Mapping[FeedId, str], topics: Collection[Topic]) -> Glance:
    """Return how all is doing; feeds: the names of those of the config."""
    status, now = seen.status, seen.at
    return Glance(
        complaints=complaints(status, seen.ledger, now),
        service=tuple(_service(seen)),
        feeds=tuple(
            f"{feeds.get(feed.feed, feed.feed)}: {feed_line(feed, status, now)}"
            for feed in sorted(status.feeds, key=_trouble_first)
        ),
        topics=tuple(_topics(seen, topics)),
        acts=tuple(map(_act, seen.acts)),
    )


def _service(seen: Seen) -> Iterator[tuple[str, str]]:
    status, ledger, now = seen.status, seen.ledger, seen.at
    yield "Service", "; ".join([service(status, now), *processes(status, now)])
    if status.pauses:
        yield "Paused", ", ".join(pauses(status, now))
    yield "Queue", "; ".join([queue(status, ledger, now), *telegram_pauses(status, ledger, now)])
    yield "Sent", sent(status, ledger)
    yield "Not sent", not_sent(status)
    if seen.broadcast:
        yield "Broadcast", _broadcast(seen.broadcast, now)
    reachable = status.chats - status.unreachable
    yield "Chats", f"{reachable:,} reachable, {counted(status.subscriptions, 'subscription')}"


def _broadcast(progress: Progress, now: datetime) -> str:
    counts = [f"{count:,} {state}" for state, count in sorted(progress.deliveries.items())]
    left = [f"{progress.left:,} to go"] if progress.left else []
    return ", ".join([f"approved {ago(progress.approved_at, now)}", *counts, *left])


def _topics(seen: Seen, topics: Collection[Topic]) -> Iterator[str]:
    paused = {pause.id for pause in seen.status.pauses if pause.kind is Pausable.TOPIC}
    subscribers = seen.status.subscribers
    for topic in sorted(topics, key=lambda topic: -subscribers.get(topic.id, 0)):
        votes = seen.ledger.feedback.get(topic.id, Votes())
        parts = [
            counted(subscribers.get(topic.id, 0), "subscriber"),
            f"{counted(seen.alerts.get(topic.id, 0), 'alert')} in 30 days",
        ]
        parts += [f"{votes.up:,} 👍 {votes.down:,} 👎"] if votes != Votes() else []
        parts += ["paused by an admin"] if topic.id in paused else []
        yield f"{topic.name}: {', '.join(parts)}"


def _act(act: Act) -> str:
    when = f"{act.at:%B} {act.at.day}, {act.at:%H:%M} UTC"
    return f"{when}, {act.user}: {act.what} {act.detail}".rstrip()


def _trouble_first(feed: FeedStatus) -> tuple[bool, str]:
    return not (feed.stopped or feed.errors_in_row or feed.alarms), feed.feed
