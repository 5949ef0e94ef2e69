"""What a feed's history tells of the hours in which it publishes; pure, all in UTC."""

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta

from alertbot.model import Alert

HOUR = timedelta(hours=1)

#: hours with news that are remembered; a feed that has some every hour fills them in 16 days
REMEMBERED = 400
#: what a feed did so long ago says nothing of today
LONGEST_MEMORY = timedelta(days=120)
#: news of so long ago counts half
HALF_LIFE = timedelta(days=30)
#: before so many hours with news, over so long a time, a history says nothing
ENOUGH = 20
LONG_ENOUGH = timedelta(days=14)
#: what each hour and each day is given beforehand, in hours with news, shared among them
DOUBT = 4.0
#: how much of an hour's news counts for the hour itself and for those beside it
_NEAR = {0: 0.5, 1: 0.25, 23: 0.25}


def news_hours(alerts: Collection[Alert], now: datetime, *, archive: bool) -> set[datetime]:
    """Return the hours in which these new briefs came.

    archive: they were there when the feed was first read, so that their own dates have to tell;
    a date at midnight is taken for one without a time.
    """
    if not archive:
        return {_hour_of(now)} if alerts else set()
    dates = {alert.brief.published for alert in alerts if alert.brief.published}
    return {
        _hour_of(date.astimezone(now.tzinfo))
        for date in dates
        if now - LONGEST_MEMORY < date <= now and date.time() != time()
    }


def with_news(
    known: Sequence[datetime], new: Collection[datetime], now: datetime
) -> tuple[datetime, ...]:
    """Return the hours with news, old and new, oldest first, as many as are remembered."""
    hours = sorted({*known, *new})
    return tuple(hour for hour in hours[-REMEMBERED:] if hour > now - LONGEST_MEMORY)


def busyness(hours: Sequence[datetime], at: datetime) -> float | None:
    """Return how many times as often as on average a feed publishes at that hour of the week.

    hours: those in which it had news, oldest first. None if they are too few to tell. The hour of
    the day and the day of the week are judged apart: a month of briefs fills 31 counters, not 168.
    """
    if len(hours) < ENOUGH or at - hours[0] < LONG_ENOUGH:
        return None
    total = by_hour = by_day = 0.0
    for hour in hours:
        weight = 0.5 ** ((at - hour) / HALF_LIFE)
        total += weight
        by_hour += weight * _NEAR.get((at.hour - hour.hour) % 24, 0)
        by_day += weight * (at.weekday() == hour.weekday())
    in_this_hour = (by_hour + DOUBT / 24) / (total + DOUBT)
    on_this_day = (by_day + DOUBT / 7) / (total + DOUBT)
    return in_this_hour * 24 * on_this_day * 7


def _hour_of(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0)
