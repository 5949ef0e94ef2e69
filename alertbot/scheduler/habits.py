"""What a feed's history tells of the hours in which it publishes; pure, all in UTC."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How many times as often as on average a feed publishes, by hour and by weekday."""

    by_hour: tuple[float, ...]
    by_day: tuple[float, ...]

    def at(self, instant: datetime) -> float:
        """Return it for an hour of the week."""
        return self.by_hour[instant.hour] * self.by_day[instant.weekday()]


def busyness(hours: Sequence[datetime], at: datetime) -> float | None:
    """Return how many times as often as on average a feed publishes at that hour of the week.

    hours: those in which it had news, oldest first. None if they are too few to tell.
    """
    found = pace(hours, at)
    return found.at(at) if found else None


def pace(hours: Sequence[datetime], at: datetime) -> Pace | None:
    """Return a feed's pace as it was at an instant; None if its news are too few to tell.

    hours: those in which it had news, oldest first. The hour of the day and the day of the week are
    judged apart: a month of briefs fills 31 counters, not 168.
    """
    if len(hours) < ENOUGH or at - hours[0] < LONG_ENOUGH:
        return None
    total, by_hour, by_day = DOUBT, [DOUBT / 24] * 24, [DOUBT / 7] * 7
    for hour in hours:
        weight = 0.5 ** ((at - hour) / HALF_LIFE)
        total += weight
        by_day[hour.weekday()] += weight
        for away, share in _NEAR.items():
            by_hour[(hour.hour + away) % 24] += weight * share
    return Pace(
        by_hour=tuple(each / total * 24 for each in by_hour),
        by_day=tuple(each / total * 7 for each in by_day),
    )


def _hour_of(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0)
