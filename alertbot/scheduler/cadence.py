"""Says when a feed is asked again: from its interval, the server's wishes and errors in a row."""

from datetime import datetime, timedelta

from alertbot.model import Feed
from alertbot.ports import Failed, Hints, PollResult

#: what a server may ask for at most; a wish beyond it is a mistake or mischief
LONGEST_WISH = timedelta(days=1)
#: how slow errors can make us: an alert is wanted within the hours of a working day
LONGEST_BACKOFF = timedelta(hours=2)
#: share of the wait that jitter may add, so that feeds drift apart
SPREAD = 0.1


def next_poll(
    feed: Feed, result: PollResult, errors_in_row: int, now: datetime, jitter: float
) -> datetime:
    """Return when to ask the feed again.

    errors_in_row: before this result. jitter: uniform in [0, 1).
    Never earlier than the feed's `min_interval`, Retry-After (RFC 9110 10.2.3), freshness
    (RFC 9111 4.2.1) or `<ttl>` (RSS 2.0), each capped at a day; errors double the wait.
    """
    wait = feed.interval
    if isinstance(result, Failed):
        doublings = min(errors_in_row, 16)
        wait = max(wait, min(wait * 2**doublings, LONGEST_BACKOFF))
    wait = max(wait, feed.min_interval, min(_wish(result.hints), LONGEST_WISH))
    return now + wait * (1 + SPREAD * jitter)


def _wish(hints: Hints) -> timedelta:
    return max(hint or timedelta() for hint in (hints.retry_after, hints.fresh_for, hints.ttl))
