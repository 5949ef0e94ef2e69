"""When digests are due and when a chat is quiet, in its own time zone; pure.

A local time that a clock change leaves out is taken at the first moment after the gap, one that
comes twice the first time (as RFC 5545, 3.3.5, has it for the latter).
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from alertbot.ports import Hold, Plan, QuietHours, Settings

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def plan(settings: Settings, digests: Collection[Hold], now: datetime) -> Plan:
    """Return when the holds of a chat end next after `now`; instants in UTC.

    digests: those that the chat has. A zone that is not known, or no longer, counts as UTC.
    """
    try:
        zone = ZoneInfo(settings.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    quiet = settings.quiet
    return Plan(
        digests={hold: next_digest(hold, settings, zone, now) for hold in digests},
        quiet=quiet_window(quiet, zone, now) if quiet else None,
    )


def next_digest(hold: Hold, settings: Settings, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the first time of a digest after `now`, in UTC.

    An hourly one comes at the full hour of the local clock, the others at the chat's time of day.
    """
    local = now.astimezone(zone)
    if hold is Hold.HOURLY:
        since_full = timedelta(minutes=local.minute, seconds=local.second)
        return now.astimezone(UTC).replace(microsecond=0) - since_full + HOUR
    at = partial(instant_of, minutes=settings.digest_time, zone=zone)
    days = [local.date() + offset * DAY for offset in range(-1, 16)]
    if hold is Hold.WEEKLY:
        days = [day for day in days if day.weekday() == settings.digest_weekday]
    return min(instant for day in days if (instant := at(day)) > now)


def quiet_window(
    quiet: QuietHours, zone: ZoneInfo, now: datetime
) -> tuple[datetime, datetime] | None:
    """Return the quiet hours that `now` is in, else the next ones, in UTC, the end exclusive.

    Those that a clock change leaves nothing of are passed over.
    """
    overnight = DAY if quiet.end <= quiet.start else timedelta()
    today = now.astimezone(zone).date()
    for offset in range(-2, 5):
        day = today + offset * DAY
        start = instant_of(day, quiet.start, zone)
        end = instant_of(day + overnight, quiet.end, zone)
        if start < end and now < end:
            return start, end
    return None


def instant_of(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Return when the clocks of a zone show so many minutes after midnight on a day, in UTC."""
    wall = datetime.combine(day, time(*divmod(minutes, 60)), zone)
    found = wall.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return found
    # in a gap: by the offset after it (fold=1) too early, by that before it too late
    return _change_between(wall.replace(fold=1).astimezone(UTC), found, zone)


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant, to the second, at which the offset is that of `after`."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // (2 * SECOND) * SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after
