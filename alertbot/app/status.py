"""`alertbot status`: feeds, chats and deliveries at one glance, and what needs a person."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from alertbot.app.health import alarm_text, at_work
from alertbot.app.wording import ago, counted, size, span
from alertbot.model import TopicId
from alertbot.ports import (
    FeedStatus,
    HubStatus,
    Ledger,
    Pausable,
    Status,
    Stopped,
    Why,
)

INDENT = " " * 12
#: the ends of a delivery but one
NOT_SENT = ("dead", "unknown", "expired", "cancelled")
#: topics whose votes are told, those with the most
VOTES_SHOWN = 8
STOPPED = {
    Stopped.GONE: "gone for good (HTTP 410), not asked any more",
    Stopped.MISSING: "not there for a week (HTTP 404), not asked any more",
    Stopped.EXPIRED: "ended, as it says itself, not asked any more",
}
WHY = {
    Why.INTERVAL: "its interval",
    Why.BUSY_HOURS: "its busy hours",
    Why.QUIET_HOURS: "its quiet hours",
    Why.RETRY_AFTER: "the server's Retry-After",
    Why.FRESH: "the server's max-age or Expires",
    Why.TTL: "the feed's ttl",
    Why.UPDATE_PERIOD: "the feed's update period",
    Why.SKIPPED: "hours the feed asks to skip",
    Why.ERRORS: "after errors",
    Why.THROTTLED: "asked too often before (429)",
    Why.PUSHED: "its hub pushes what is new",
}


def as_json(
    status: Status, ledger: Ledger, complaints: Sequence[str], offered: Collection[TopicId]
) -> str:
    """Return the status as one line of JSON; instants in ISO 8601.

    offered: the topics of the config; `paused` are those with subscribers that are not in it.
    """
    line: dict[str, Any] = {
        **asdict(status),
        **asdict(ledger),
        "paused": _paused(status, offered),
        "complaints": list(complaints),
    }
    return json.dumps(line, default=datetime.isoformat)


def as_text(
    status: Status,
    ledger: Ledger,
    complaints: Sequence[str],
    now: datetime,
    offered: Collection[TopicId],
) -> str:
    """Return the status for a person, complaints last, where the eye rests.

    offered: the topics of the config. Subscriptions to others are told, but need nobody: they are
    kept until an admin decides, and may be kept for good.
    """
    lines = [
        f"Service     {service(status, now)}",
        *(f"{INDENT}{line}" for line in processes(status, now)),
        f"Chats       {status.chats - status.unreachable:,} reachable, "
        f"{status.unreachable:,} lost, {_followed(status)}",
    ]
    if paused := _paused(status, offered):
        topics = ", ".join(f"{topic} ({count:,})" for topic, count in paused.items())
        lines.append(f"{INDENT}{sum(paused.values()):,} paused, as not in the config: {topics}")
    if status.pauses:
        lines.append(f"Paused      by admins: {', '.join(pauses(status, now))}")
    lines.append(f"Queue       {queue(status, ledger, now)}")
    lines += [f"{INDENT}{line}" for line in telegram_pauses(status, ledger, now)]
    lines.append(f"Sent        {sent(status, ledger)}")
    lines.append(f"Not sent    {not_sent(status)}")
    lines += [f"    dead: {line}" for line in _dead(status, ledger)]
    lines += [f"Liked       {_liked(ledger)}"] if ledger.feedback else []
    lines.append("Feeds")
    width = max((len(feed.feed) for feed in status.feeds), default=0)
    lines += [f"    {feed.feed:<{width}}  {feed_line(feed, status, now)}" for feed in status.feeds]
    if status.hubs:
        lines.append("Hubs")
        width = max(len(hub.feed) for hub in status.hubs)
        lines += [f"    {hub.feed:<{width}}  {_hub(hub, now)}" for hub in status.hubs]
    if complaints:
        lines += ["", "Needs a person:", *(f"    {line}" for line in complaints)]
    else:
        lines += ["", "All is well."]
    return "\n".join(lines)


def _paused(status: Status, offered: Collection[TopicId]) -> dict[TopicId, int]:
    return {topic: count for topic, count in status.subscribers.items() if topic not in offered}


def _followed(status: Status) -> str:
    topics = counted(status.subscriptions, "subscription")
    if not status.watches:
        return topics
    return f"{topics}, {status.watches:,} watch{'' if status.watches == 1 else 'es'}"


def service(status: Status, now: datetime) -> str:
    """Return when the service and Telegram were last heard."""
    alive = ago(status.alive_at, now) if status.alive_at else "never"
    parts = [f"last sign of life {alive}"]
    if status.telegram_at:
        parts.append(f"Telegram answered {ago(status.telegram_at, now)}")
    return ", ".join(parts)


def processes(status: Status, now: datetime) -> list[str]:
    """Tell who is at work where there are several."""
    working = at_work(status, now)
    if len(working) < 2:
        return []
    return [
        f"{process.role} on {process.host} (process {process.pid}), "
        f"last sign of life {ago(process.alive_at, now)}"
        for process in working
    ]


def pauses(status: Status, now: datetime) -> list[str]:
    """Return what admins have paused, and for how long."""
    return [f"{pause} for {span(now - pause.since)}" for pause in status.pauses]


def queue(status: Status, ledger: Ledger, now: datetime) -> str:
    """Return how many deliveries wait, and for what."""
    waited = f", the oldest for {span(now - ledger.oldest_due)}" if ledger.oldest_due else ""
    sending, held, carried = (
        status.deliveries.get(state, 0) for state in ("sending", "held", "carried")
    )
    counts = (
        (ledger.due, f"{ledger.due:,} due{waited}"),
        (ledger.waiting, f"{ledger.waiting:,} for later"),
        (sending, f"{sending:,} being sent"),
        (held, f"{held:,} held for quiet hours and digests"),
        (carried, f"{carried:,} in digests that wait"),
    )
    return "; ".join(said for count, said in counts if count) or "empty"


def telegram_pauses(status: Status, ledger: Ledger, now: datetime) -> list[str]:
    """Return for how long Telegram has us send nothing."""
    lines = []
    if status.paused_until and status.paused_until > now:
        lines.append(f"all paused by Telegram for {span(status.paused_until - now)}")
    if ledger.chats_paused_until:
        longest = span(ledger.chats_paused_until - now)
        chats = counted(ledger.paused_chats, "chat")
        lines.append(f"{chats} paused by Telegram, the longest for {longest}")
    return lines


def sent(status: Status, ledger: Ledger) -> str:
    """Return how many deliveries arrived."""
    arrived = status.deliveries.get("sent", 0)
    parts = [f"{ledger.sent_last_day:,} in the last 24 h, {arrived:,} in all"]
    if status.repeated:
        parts.append(f"{status.repeated:,} of them twice to be sure")
    return "; ".join(parts) if arrived else "nothing yet"


def not_sent(status: Status) -> str:
    """Return how many deliveries came to another end."""
    counts = {state: status.deliveries.get(state, 0) for state in NOT_SENT}
    return ", ".join(f"{count:,} {state}" for state, count in counts.items() if count) or "none"


def _dead(status: Status, ledger: Ledger) -> list[str]:
    lines = []
    for reason, count in status.dead_reasons.items():
        lately = ledger.dead_last_day.get(reason, 0)
        lines.append(f"{reason} ({count:,}{f', {lately:,} in the last 24 h' if lately else ''})")
    return lines


def _liked(ledger: Ledger) -> str:
    votes = [f"{topic} {of.up:,} 👍 {of.down:,} 👎" for topic, of in ledger.feedback.items()]
    more = f", and {counted(len(votes) - VOTES_SHOWN, 'more topic')}" * (len(votes) > VOTES_SHOWN)
    return f"in the last 30 days: {', '.join(votes[:VOTES_SHOWN])}{more}"


def feed_line(feed: FeedStatus, status: Status, now: datetime) -> str:
    """Return how a feed of the status is doing."""
    pause = Pausable.FEED, feed.feed
    since = next((one.since for one in status.pauses if (one.kind, one.id) == pause), None)
    if since:
        return f"{counted(feed.briefs, 'brief')}, paused by an admin {ago(since, now)}"
    if feed.stopped:
        return STOPPED[feed.stopped]
    parts = [counted(feed.briefs, "brief")]
    if feed.last_new_at:
        parts.append(f"newest came {ago(feed.last_new_at, now)}")
    if feed.errors_in_row:
        parts.append(f"{counted(feed.errors_in_row, 'error')} in a row: {feed.error}")
    elif not feed.last_ok_at:
        parts.append("not polled yet")
    for alarm, since in feed.alarms.items():
        if said := alarm_text(alarm, since, now):
            parts.append(said)
    parts.append(f"next poll in {span(feed.next_poll_at - now)} ({_why(feed)})")
    if saved := feed.traffic.bytes_saved:
        parts.append(f"about {size(saved)} saved by {counted(feed.traffic.unchanged, '304')}")
    if feed.moved_to:
        parts.append(f"moved to {feed.moved_to}: please edit its url")
    return ", ".join(parts)


def _why(feed: FeedStatus) -> str:
    if feed.why is Why.TWIN:
        return f"it leads to feed {feed.twin}, which is read anyway: please remove one"
    return WHY[feed.why]


def _hub(hub: HubStatus, now: datetime) -> str:
    if hub.lease_until and hub.lease_until > now:
        parts = [f"{hub.hub} pushes, for {span(hub.lease_until - now)} or longer"]
    else:
        asked = f"asked {hub.tries} times" if hub.tries > 1 else "asked"
        parts = [f"{hub.hub} does not push, {asked}{f': {hub.error}' if hub.error else ''}"]
    if hub.pushed_at:
        parts.append(f"{hub.pushes:,} so far, the last {ago(hub.pushed_at, now)}")
    if hub.refused:
        parts.append(f"{hub.refused:,} ignored for a wrong signature")
    return ", ".join(parts)
