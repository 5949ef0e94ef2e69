"""Says what of a status needs a person; pure. `alertbot status` and /health show it."""

from datetime import datetime, timedelta

from alertbot.app.wording import ago, span
from alertbot.ports import FeedStatus, Status

#: signs of life come every 30 seconds
SILENCE = timedelta(minutes=2)
#: an outage of a publisher mends itself; one of half a day rarely does
FEED_FAILING = timedelta(hours=12)
BACKLOG = timedelta(minutes=15)
OVERDUE = timedelta(hours=1)


def complaints(status: Status, now: datetime) -> tuple[str, ...]:
    """Return one line for each thing that needs a person; none when all is fine."""
    found = [*_service(status, now), *_queue(status, now)]
    found += [line for feed in status.feeds for line in _feed(feed, now)]
    return tuple(found)


def _service(status: Status, now: datetime) -> list[str]:
    if status.alive_at is None:
        return ["the service has never run on this database"]
    if now - status.alive_at > SILENCE:
        return [f"the service is not running: last sign of life {ago(status.alive_at, now)}"]
    return []


def _queue(status: Status, now: datetime) -> list[str]:
    paused = status.paused_until is not None and status.paused_until > now
    if status.oldest_due and now - status.oldest_due > BACKLOG and not paused:
        return [f"deliveries are stuck: the oldest has waited {span(now - status.oldest_due)}"]
    return []


def _feed(feed: FeedStatus, now: datetime) -> list[str]:
    if feed.gone:
        return [
            f"feed {feed.feed}: the publisher says it is gone (HTTP 410); "
            "change its url or remove it"
        ]
    if now - feed.next_poll_at > OVERDUE:
        return [
            f"feed {feed.feed} should have been polled {ago(feed.next_poll_at, now)}: see the log"
        ]
    failing = feed.errors_in_row > 1 and (
        feed.last_ok_at is None or now - feed.last_ok_at > FEED_FAILING
    )
    if failing:
        since = f"last good poll {ago(feed.last_ok_at, now)}" if feed.last_ok_at else "never read"
        return [f"feed {feed.feed}: {feed.error} ({feed.errors_in_row} times in a row, {since})"]
    return []
