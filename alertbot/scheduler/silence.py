"""When a feed's silence is worth telling the admins, and when it is over; pure, all in UTC."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from alertbot.model import Alert
from alertbot.ports import Alarm, DueFeed, Event, Failed, Memory, Notice, PollResult, Stopped
from alertbot.scheduler.habits import HOUR, Pace, pace

#: the shortest silence, and the shortest failure, that is told
A_DAY = timedelta(days=1)
#: how many times its usual gap a feed may be quiet
UNUSUAL = 3
#: new briefs of which it is remembered whether they had tags
BRIEFS_REMEMBERED = 40
#: so many of the latest without a tag, where of those before nearly all had some
UNTAGGED, TAGGED_BEFORE, NEARLY_ALL = 5, 10, 0.8

_BEGUN = {
    Alarm.QUIET: Event.QUIET,
    Alarm.FAILING: Event.FAILING,
    Alarm.UNTAGGED: Event.UNTAGGED,
}
_OVER = {
    Alarm.QUIET: Event.NEWS_AGAIN,
    Alarm.FAILING: Event.READ_AGAIN,
    Alarm.UNTAGGED: Event.TAGGED_AGAIN,
}


def with_alarms(
    memory: Memory, result: PollResult, alerts: Sequence[Alert], now: datetime
) -> Memory:
    """Return what is remembered, with the alarms that hold after a poll, and since when.

    memory: as it is after the poll otherwise. alerts: of its new briefs, oldest first.
    """
    if isinstance(result, Failed):
        since = memory.failing_since or now
        alarms = dict(memory.alarms)
        if now - since >= A_DAY:
            alarms[Alarm.FAILING] = since
        return replace(memory, failing_since=since, alarms=alarms)
    alarms = {alarm: at for alarm, at in memory.alarms.items() if alarm is not Alarm.FAILING}
    tagged = (*memory.tagged, *(bool(alert.brief.tags) for alert in alerts))[-BRIEFS_REMEMBERED:]
    if alerts or memory.twin or _heard_since(alarms.get(Alarm.QUIET), memory):
        alarms.pop(Alarm.QUIET, None)
    elif Alarm.QUIET not in alarms and is_quiet(memory.news_hours, now):
        alarms[Alarm.QUIET] = memory.news_hours[-1]
    if any(tagged[-UNTAGGED:]):
        alarms.pop(Alarm.UNTAGGED, None)
    if lost_tags(tagged):
        alarms.setdefault(Alarm.UNTAGGED, now)
    return replace(memory, failing_since=None, alarms=alarms, tagged=tagged)


def alarm_notices(
    due: DueFeed, memory: Memory, result: PollResult, end: Stopped | None
) -> tuple[Notice, ...]:
    """Return what admins are to be told of alarms that have begun or are over.

    end: why the feed is asked no more, which tells enough by itself.
    """
    if end:
        return ()
    before, after = due.memory.alarms, memory.alarms
    reason = result.reason if isinstance(result, Failed) else ""
    begun = [
        Notice(event=_BEGUN[alarm], feed=due.feed, detail=f"{since.isoformat()} {reason}".strip())
        for alarm, since in after.items()
        if alarm not in before
    ]
    over = [Notice(event=_OVER[alarm], feed=due.feed) for alarm in before if alarm not in after]
    return (*begun, *over)


def is_quiet(hours: Sequence[datetime], now: datetime) -> bool:
    """Tell whether a feed has been quiet three times its usual gap, and a day at least.

    hours: those in which it had news, oldest first. Time is counted as the feed spends it: its busy
    hours of the week for more, those in which it never publishes for nothing, so that no weekend
    is a silence. Without enough history nothing is.
    """
    if not hours or now - hours[-1] < A_DAY or (rate := pace(hours, hours[-1])) is None:
        return False
    gaps = [_own_time(rate, hour, following) for hour, following in pairwise(hours)]
    limit = max(A_DAY / HOUR, UNUSUAL * median(gaps))
    return _own_time(rate, hours[-1], now) >= limit


def lost_tags(tagged: Sequence[bool]) -> bool:
    """Tell whether the latest briefs have no tags, where nearly all before them had.

    tagged: whether each had some, oldest first.
    """
    before, latest = tagged[:-UNTAGGED], tagged[-UNTAGGED:]
    if len(before) < TAGGED_BEFORE or any(latest):
        return False
    while before and not before[-1]:
        before = before[:-1]
    return len(before) >= TAGGED_BEFORE and sum(before) >= NEARLY_ALL * len(before)


def _heard_since(since: datetime | None, memory: Memory) -> bool:
    """Tell whether a hub has pushed news since a feed fell silent."""
    return since is not None and any(hour > since for hour in memory.news_hours[-1:])


def _own_time(rate: Pace, start: datetime, end: datetime) -> float:
    """Return the hours between two instants, each counted for what the feed mostly does in it."""
    hours = int((end - start) / HOUR)
    return sum(rate.at(start + number * HOUR) for number in range(hours))
