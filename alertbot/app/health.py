"""Says what of a status needs a person; pure. `alertbot status` and /health show it."""

from datetime import datetime, timedelta

from alertbot.app.wording import ago, counted, span
from alertbot.ports import (
    Alarm,
    FeedStatus,
    Ledger,
    Pausable,
    ServiceProcess,
    Status,
    Stopped,
)

#: signs of life come every 30 seconds
SILENCE = timedelta(minutes=2)
#: an outage of a publisher mends itself; one of a day rarely does
FEED_FAILING = timedelta(days=1)
BACKLOG = timedelta(minutes=15)
OVERDUE = timedelta(hours=1)
#: Telegram is asked for news all the time, and answers at least once a minute
DEAF = timedelta(minutes=10)
LONG_PAUSE = timedelta(hours=1)
#: what a process of the role does, and one of the role "all", too
WORK = {"poll": "polls the feeds", "send": "sends alerts", "chat": "answers the chats"}
#: what Telegram says where the chat is the reason, in small letters: somebody's own doing
CHATS_OWN = (
    "forbidden",
    "blocked by the user",
    "removed from the",
    "not allowed to post in the channel",
    "need administrator rights in the channel",
    "chat not found",
    "user not found",
    "deactivated",
    "peer_id_invalid",
    "chat_id_invalid",
)
#: why a feed is not asked any more
ENDED = {
    Stopped.GONE: "the publisher says it is gone (HTTP 410)",
    Stopped.MISSING: "the publisher has not had it for a week (HTTP 404)",
    Stopped.EXPIRED: "it says itself that it has ended",
}


def complaints(status: Status, ledger: Ledger, now: datetime) -> tuple[str, ...]:
    """Return one line for each thing that needs a person; none when all is fine.

    A feed that an admin has paused is as it should be, whatever is wrong with it.
    """
    found = [*_service(status, now), *_telegram(status, now), *_queue(status, ledger, now)]
    found += _refused(ledger)
    paused = {pause.id for pause in status.pauses if pause.kind is Pausable.FEED}
    asked = (feed for feed in status.feeds if feed.feed not in paused)
    found += [line for feed in asked for line in _feed(feed, now)]
    return tuple(found)


def _service(status: Status, now: datetime) -> list[str]:
    if status.alive_at is None:
        return ["the service has never run on this database"]
    if now - status.alive_at > SILENCE:
        last = ago(status.alive_at, now)
        return [f"the service is not running, or cannot write: last sign of life {last}"]
    roles = {process.role for process in at_work(status, now)}
    if not roles or "all" in roles:
        return []
    return [
        f"no process {work}: start one with --role {role}"
        for role, work in WORK.items()
        if role not in roles
    ]


def at_work(status: Status, now: datetime) -> list[ServiceProcess]:
    """Return the processes of the service that gave a sign of life lately."""
    return [process for process in status.processes if now - process.alive_at <= SILENCE]


def _telegram(status: Status, now: datetime) -> list[str]:
    """Tell of an outage of Telegram, or of the way to it, even while nothing waits to be sent."""
    if status.telegram_at is None or status.alive_at is None:
        return []
    if status.alive_at - status.telegram_at <= DEAF:
        return []
    return [f"Telegram has not answered for {span(now - status.telegram_at)}: see the log"]


def _queue(status: Status, ledger: Ledger, now: datetime) -> list[str]:
    if status.paused_until is not None and status.paused_until > now:
        left = status.paused_until - now
        return [f"Telegram has us send nothing for {span(left)}"] if left > LONG_PAUSE else []
    if ledger.hold_overdue and now - ledger.hold_overdue > BACKLOG:
        return [f"digests are stuck: one has been due for {span(now - ledger.hold_overdue)}"]
    if ledger.oldest_due and now - ledger.oldest_due > BACKLOG:
        waited, waiting = span(now - ledger.oldest_due), ledger.due + ledger.waiting
        return [f"deliveries are stuck: the oldest of {waiting:,} has waited {waited}"]
    return []


def _refused(ledger: Ledger) -> list[str]:
    """Tell of alerts that nobody will get: the chats were there, the message was not good."""
    return [
        f"{counted(count, 'alert')} of the last 24 h could not be sent: {reason}"
        for reason, count in ledger.dead_last_day.items()
        if not any(why in reason.lower() for why in CHATS_OWN)
    ]


def _feed(feed: FeedStatus, now: datetime) -> list[str]:
    if feed.stopped:
        return [f"feed {feed.feed}: {ENDED[feed.stopped]}; change its url or remove it"]
    if now - feed.next_poll_at > OVERDUE:
        return [
            f"feed {feed.feed} should have been polled {ago(feed.next_poll_at, now)}: see the log"
        ]
    failing = feed.errors_in_row > 1 and (
        feed.last_ok_at is None or now - feed.last_ok_at >= FEED_FAILING
    )
    if failing:
        since = f"last good poll {ago(feed.last_ok_at, now)}" if feed.last_ok_at else "never read"
        return [f"feed {feed.feed}: {feed.error} ({feed.errors_in_row} times in a row, {since})"]
    return [
        f"feed {feed.feed} {said}"
        for alarm, since in feed.alarms.items()
        if (said := alarm_text(alarm, since, now))
    ]


def alarm_text(alarm: Alarm, since: datetime, now: datetime) -> str | None:
    """Return what is wrong with a feed that can be read; None if it cannot."""
    match alarm:
        case Alarm.QUIET:
            return f"has been quiet for {span(now - since)}, unusually long for it"
        case Alarm.UNTAGGED:
            return f"carries no tags any more, noticed {ago(since, now)}"
        case _:
            return None
