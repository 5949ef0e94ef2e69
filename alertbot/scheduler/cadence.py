"""Says when a feed is asked again, and why then; pure, all in UTC.

From its interval, its habits, what its server asks for, and errors in a row.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from alertbot.model import Feed
from alertbot.ports import Failed, Hints, Memory, PollResult, Why
from alertbot.scheduler.habits import HOUR, busyness

#: what a server may ask for at most, but for hours and days to skip: more is a mistake or mischief,
#: and a max-age of a year is meant for files that never change
LONGEST_WISH = timedelta(days=1)
#: how slow errors can make us: an alert is wanted within the hours of a working day
LONGEST_BACKOFF = timedelta(hours=2)
#: how slow quiet hours can make us, and how many intervals that is at most
QUIET_INTERVAL = timedelta(minutes=30)
QUIET_SHARE = 6
#: an hour with so many times the average of briefs, or so small a part of it, is like any other
USUAL = 1.5
#: share of the wait that jitter may add, so that feeds drift apart, and the most it may add
SPREAD = 0.1
LONGEST_SPREAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When to ask, and what decided that."""

    at: datetime
    why: Why


def next_poll(
    feed: Feed, result: PollResult, memory: Memory, errors_in_row: int, now: datetime, jitter: float
) -> Plan:
    """Return when to ask the feed again.

    memory: with what this result says. errors_in_row: before it. jitter: uniform in [0, 1).

    Never earlier than the feed's `min_interval` and the server's Retry-After (RFC 9110 10.2.3), nor
    than its freshness (RFC 9111 4.2.1), `<ttl>`, `<skipHours>`, `<skipDays>` (RSS 2.0) or
    `sy:update*` (RSS 1.0 syndication module), unless the feed's `obey_hints` is off.
    """
    wait, why = _own_pace(feed, memory, now)
    for slower, reason in _reasons_to_wait(feed, result, memory, errors_in_row):
        if slower > wait:
            wait, why = slower, reason
    spread = min(wait * SPREAD, LONGEST_SPREAD) * jitter
    at = now + wait + spread
    allowed = not_before(feed, memory, at, jitter)
    return Plan(at=allowed, why=why if allowed == at else Why.SKIPPED)


def skips_everything(hints: Hints) -> bool:
    """Tell whether a feed asks never to be asked, which is not obeyed."""
    return len(hints.skip_days & set(range(7))) == 7 or len(hints.skip_hours & set(range(24))) == 24


def not_before(feed: Feed, memory: Memory, at: datetime, jitter: float) -> datetime:
    """Return the instant, or one soon after the hours and days to skip that it is in (RSS 2.0).

    jitter: uniform in [0, 1). A feed that skips everything is taken to skip nothing.
    """
    hints = memory.hints
    if not feed.obey_hints or skips_everything(hints):
        return at
    allowed = at
    while allowed.hour in hints.skip_hours or allowed.weekday() in hints.skip_days:
        allowed = _next_hour(allowed)
    return allowed if allowed == at else allowed + LONGEST_SPREAD * jitter


def _own_pace(feed: Feed, memory: Memory, now: datetime) -> tuple[timedelta, Why]:
    """Return how long we would wait if nobody else had a say, ready when busy hours begin."""
    next_hour = _next_hour(now)
    wait, why = _pace_at(feed, memory, now)
    then, why_then = _pace_at(feed, memory, next_hour)
    if next_hour - now + then < wait:
        return next_hour - now + then, why_then
    return wait, why


def _pace_at(feed: Feed, memory: Memory, at: datetime) -> tuple[timedelta, Why]:
    busy = busyness(memory.news_hours, at)
    if busy is None or 1 / USUAL < busy < USUAL:
        return feed.interval, Why.INTERVAL
    slowest = max(feed.interval, min(QUIET_INTERVAL, QUIET_SHARE * feed.interval))
    wait = min(max(feed.interval / busy, feed.min_interval), slowest)
    if wait == feed.interval:
        return wait, Why.INTERVAL
    return wait, Why.BUSY_HOURS if busy > 1 else Why.QUIET_HOURS


def _reasons_to_wait(
    feed: Feed, result: PollResult, memory: Memory, errors_in_row: int
) -> Iterator[tuple[timedelta, Why]]:
    """Yield what may make us slower, each with how long it wants us to wait."""
    if memory.slowed:
        yield _doubled(feed, memory.slowed), Why.THROTTLED
    if isinstance(result, Failed):
        yield _doubled(feed, errors_in_row), Why.ERRORS
    yield from _wishes(feed, result.hints, memory.hints)
    if memory.twin:
        yield LONGEST_WISH, Why.TWIN


def _doubled(feed: Feed, times: int) -> timedelta:
    """Return the interval doubled so many times, at most two hours unless that is the interval."""
    doubled: timedelta = feed.interval * 2 ** min(times, 16)
    return max(feed.interval, min(doubled, LONGEST_BACKOFF))


def _wishes(feed: Feed, said: Hints, written: Hints) -> Iterator[tuple[timedelta, Why]]:
    """Yield what the server asks for: said in the headers, written in the document."""
    wishes = [(said.retry_after, Why.RETRY_AFTER)]
    if feed.obey_hints:
        wishes += [
            (said.fresh_for, Why.FRESH),
            (written.ttl, Why.TTL),
            (written.update_every, Why.UPDATE_PERIOD),
        ]
    for wish, why in wishes:
        if wish:
            yield min(wish, LONGEST_WISH), why


def _next_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0) + HOUR
