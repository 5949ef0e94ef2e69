"""What a poll changes in what is remembered of a feed: its hints, habits, moves and end; pure."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from alertbot.model import FeedId
from alertbot.ports import (
    DueFeed,
    Event,
    Failed,
    Fetched,
    Memory,
    Move,
    Notice,
    NotModified,
    PollResult,
    Stopped,
    Traffic,
)
from alertbot.scheduler.habits import with_news

#: a permanent redirect is believed when it was seen so often, without another one, over so long:
#: FreshRSS believes the first, NewsBlur the tenth, Feedbin the 577th; a mistake of a publisher, or
#: of the network we are in, is mended within a day
MOVE_SIGHTINGS = 10
MOVE_LASTS = timedelta(days=1)
#: errors in a row after which the url of the config is asked again instead of where it led
DEAD_END = 3
#: a server that says 404 for so long has no such feed any more
MISSING_FOR = timedelta(days=7)
#: how often 429 may double the interval, and how long we then stay so slow
MOST_SLOWED = 5
SLOW_FOR = timedelta(days=1)

_NOT_FOUND, _TOO_MANY_REQUESTS = 404, 429


def remembered(
    due: DueFeed,
    result: PollResult,
    *,
    news: Collection[datetime],
    twin: FeedId | None,
    now: datetime,
) -> Memory:
    """Return what is remembered after this result.

    news: the hours in which its new briefs came. twin: another feed that is read where this one
    leads to.
    """
    known = due.memory
    memory = replace(
        _slowed(known, result, now),
        news_hours=with_news(known.news_hours, news, now),
        missing_since=_missing_since(known, result, now),
        traffic=_traffic(known.traffic, result),
    )
    if isinstance(result, Failed):
        return memory
    memory = replace(memory, twin=twin, move=None if twin else _move(known.move, result, now))
    if isinstance(result, Fetched):
        written = replace(result.hints, retry_after=None, fresh_for=None)
        memory = replace(memory, hints=written)
    return memory


def believed_address(
    due: DueFeed, url: str, result: PollResult, memory: Memory, now: datetime
) -> str:
    """Return where to ask from now on.

    url: of the config. A permanent redirect (RFC 9110 15.4.2, 15.4.9) is followed each time, and
    remembered once it has proved lasting; where it led to is left again when nothing is there.
    """
    if isinstance(result, Failed):
        dead_end = result.gone or due.errors_in_row + 1 >= DEAD_END
        return url if dead_end else due.address
    move = memory.move
    if move and move.times >= MOVE_SIGHTINGS and now - move.since >= MOVE_LASTS:
        return move.to
    return due.address


def stopped(
    due: DueFeed, url: str, result: PollResult, memory: Memory, now: datetime
) -> Stopped | None:
    """Return why the feed is not to be asked any more; None if it is.

    url: of the config; what is gone from another address may still be at that.
    """
    if isinstance(result, Fetched) and result.expired:
        return Stopped.EXPIRED
    if not isinstance(result, Failed) or due.address != url:
        return None
    if result.gone:
        return Stopped.GONE
    missing = result.status == _NOT_FOUND and memory.missing_since
    return Stopped.MISSING if missing and now - missing >= MISSING_FOR else None


def notices(
    due: DueFeed, memory: Memory, address: str, url: str, end: Stopped | None
) -> tuple[Notice, ...]:
    """Return what admins are to be told of what has changed."""
    found = []
    if end:
        found.append(Notice(event=Event(end.value), feed=due.feed))
    if address not in (due.address, url):
        found.append(Notice(event=Event.MOVED, feed=due.feed, detail=address))
    if memory.twin and memory.twin != due.memory.twin:
        found.append(Notice(event=Event.TWIN, feed=due.feed, detail=memory.twin))
    return tuple(found)


def _slowed(known: Memory, result: PollResult, now: datetime) -> Memory:
    """Slow down by one doubling at each 429 (RFC 6585 4), and up again a day after the last."""
    if isinstance(result, Failed):
        if result.status != _TOO_MANY_REQUESTS:
            return known
        return replace(known, slowed=min(known.slowed + 1, MOST_SLOWED), slowed_at=now)
    if known.slowed_at and now - known.slowed_at >= SLOW_FOR:
        slowed = known.slowed - 1
        return replace(known, slowed=slowed, slowed_at=now if slowed else None)
    return known


def _missing_since(known: Memory, result: PollResult, now: datetime) -> datetime | None:
    if not isinstance(result, Failed):
        return None
    missing = result.status == _NOT_FOUND
    return known.missing_since or (now if missing else None)


def _traffic(known: Traffic, result: PollResult) -> Traffic:
    unchanged = isinstance(result, NotModified) and not result.bytes
    brought = 0 if isinstance(result, Failed) else result.bytes
    return Traffic(
        requests=known.requests + 1,
        unchanged=known.unchanged + unchanged,
        feed_bytes=brought or known.feed_bytes,
        bytes_saved=known.bytes_saved + unchanged * known.feed_bytes,
    )


def _move(known: Move | None, result: Fetched | NotModified, now: datetime) -> Move | None:
    if result.moved_to is None or "@" in urlsplit(result.moved_to).netloc:
        return None  # logs and status show addresses, so none with a password is remembered
    if known is None or known.to != result.moved_to:
        return Move(to=result.moved_to, since=now, times=1)
    return replace(known, times=known.times + 1)
