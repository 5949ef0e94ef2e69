"""When it is eight, and when it is night, where the subscriber lives.

Clock changes as the tz database has them (data.iana.org/time-zones/tz-link.html).
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertbot.dispatcher.times import instant_of, next_digest, plan, quiet_window
from alertbot.ports import Hold, QuietHours, Settings

NIGHT = QuietHours(start=22 * 60, end=7 * 60)
BERLIN, NEW_YORK, TEHRAN, LORD_HOWE, CASABLANCA, BEIRUT = ZONES = tuple(
    map(
        ZoneInfo,
        "Europe/Berlin America/New_York Asia/Tehran Australia/Lord_Howe Africa/Casablanca "
        "Asia/Beirut".split(),
    )
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "evening", "start", "end"),
    [
        # an hour less in the night of the change, an hour more, and as ever
        (BERLIN, "2024-03-30 12:00", "2024-03-30 21:00", "2024-03-31 05:00"),
        (BERLIN, "2024-10-26 12:00", "2024-10-26 20:00", "2024-10-27 06:00"),
        (BERLIN, "2024-07-01 12:00", "2024-07-01 20:00", "2024-07-02 05:00"),
        (NEW_YORK, "2024-03-09 20:00", "2024-03-10 03:00", "2024-03-10 11:00"),
        (NEW_YORK, "2024-11-02 20:00", "2024-11-03 02:00", "2024-11-03 12:00"),
        # summer time until 2022, changed at midnight
        (TEHRAN, "2021-03-21 12:00", "2021-03-21 18:30", "2021-03-22 02:30"),
        (TEHRAN, "2021-09-21 12:00", "2021-09-21 17:30", "2021-09-22 03:30"),
        (TEHRAN, "2024-03-21 12:00", "2024-03-21 18:30", "2024-03-22 03:30"),
        # half an hour of summer time
        (LORD_HOWE, "2024-10-05 03:00", "2024-10-05 11:30", "2024-10-05 20:00"),
        (LORD_HOWE, "2024-04-06 03:00", "2024-04-06 11:00", "2024-04-06 20:30"),
        # an hour back for Ramadan, and forth
        (CASABLANCA, "2024-03-09 12:00", "2024-03-09 21:00", "2024-03-10 07:00"),
        (CASABLANCA, "2024-04-13 12:00", "2024-04-13 22:00", "2024-04-14 06:00"),
        # summer time begins and ends at midnight
        (BEIRUT, "2024-03-30 12:00", "2024-03-30 20:00", "2024-03-31 04:00"),
        (BEIRUT, "2024-10-26 12:00", "2024-10-26 19:00", "2024-10-27 05:00"),
    ],
)
def test_quiet_hours_are_those_of_the_clock_on_the_wall(
    zone: ZoneInfo, evening: str, start: str, end: str
) -> None:
    window = (utc(start), utc(end))

    assert quiet_window(NIGHT, zone, utc(evening)) == window
    assert quiet_window(NIGHT, zone, utc(start)) == window
    assert quiet_window(NIGHT, zone, utc(end) - timedelta(milliseconds=1)) == window
    following = quiet_window(NIGHT, zone, utc(end))
    assert following is not None
    assert following[0] > utc(end)


@pytest.mark.parametrize(
    ("zone", "day", "minutes", "instant"),
    [
        # left out: the first moment after the gap
        (BERLIN, date(2024, 3, 31), 2 * 60 + 30, "2024-03-31 01:00"),
        (LORD_HOWE, date(2024, 10, 6), 2 * 60 + 15, "2024-10-05 15:30"),
        (BEIRUT, date(2024, 3, 31), 0, "2024-03-30 22:00"),
        (TEHRAN, date(2021, 3, 22), 30, "2021-03-21 20:30"),
        # a whole day left out, at the date line
        (ZoneInfo("Pacific/Apia"), date(2011, 12, 30), 600, "2011-12-30 10:00"),
        # twice: the first time
        (BERLIN, date(2024, 10, 27), 2 * 60 + 30, "2024-10-27 00:30"),
        (LORD_HOWE, date(2024, 4, 7), 1 * 60 + 45, "2024-04-06 14:45"),
    ],
)
def test_a_time_that_clocks_skip_is_when_they_go_on_and_one_they_show_twice_the_first(
    zone: ZoneInfo, day: date, minutes: int, instant: str
) -> None:
    assert instant_of(day, minutes, zone) == utc(instant)


@pytest.mark.parametrize(
    ("hold", "now", "then"),
    [
        (Hold.HOURLY, "2024-01-23 12:00", "2024-01-23 12:30"),
        (Hold.HOURLY, "2024-01-23 12:29:59.999", "2024-01-23 12:30"),
        (Hold.HOURLY, "2024-01-23 12:30", "2024-01-23 13:30"),
        (Hold.DAILY, "2024-01-23 04:29:59.999", "2024-01-23 04:30"),
        (Hold.DAILY, "2024-01-23 04:30", "2024-01-24 04:30"),
        (Hold.WEEKLY, "2024-01-23 12:00", "2024-01-27 04:30"),
        (Hold.WEEKLY, "2024-01-27 04:30", "2024-02-03 04:30"),
    ],
)
def test_a_digest_comes_at_its_local_time_and_then_not_before_the_next(
    hold: Hold, now: str, then: str
) -> None:
    saturdays = Settings(timezone="Asia/Tehran", digest_weekday=5)

    assert next_digest(hold, saturdays, TEHRAN, utc(now)) == utc(then)


def test_a_day_with_two_half_past_ones_has_one_digest_all_the_same() -> None:
    settings = Settings(timezone="Europe/Berlin", digest_time=2 * 60 + 30)
    first = next_digest(Hold.DAILY, settings, BERLIN, utc("2024-10-26 12:00"))

    assert first == utc("2024-10-27 00:30")
    assert next_digest(Hold.DAILY, settings, BERLIN, first) == utc("2024-10-28 01:30")


def test_a_zone_that_is_not_known_counts_as_utc() -> None:
    planned = plan(Settings(timezone="Mars/Phobos"), [Hold.DAILY], utc("2024-01-23 12:00"))

    assert planned.digests == {Hold.DAILY: utc("2024-01-24 08:00")}


INSTANTS = st.integers(0, 15 * 366 * 24 * 60 * 60).map(
    lambda seconds: utc("2015-01-01") + timedelta(seconds=seconds)
)
MINUTES = st.integers(0, 24 * 60 - 1)
ANYWHERE = st.sampled_from(ZONES)


@given(now=INSTANTS, zone=ANYWHERE, start=MINUTES, end=MINUTES)
def test_quiet_hours_follow_one_another_and_never_overlap(
    now: datetime, zone: ZoneInfo, start: int, end: int
) -> None:
    quiet = QuietHours(start=start, end=end)
    window = quiet_window(quiet, zone, now)
    assert window is not None
    assert window[0] < window[1] > now
    following = quiet_window(quiet, zone, window[1])
    assert following is not None
    assert window[1] <= following[0]
    assert following[0] - window[0] < timedelta(hours=50)


@given(now=INSTANTS, zone=ANYWHERE, minutes=MINUTES, hold=st.sampled_from(list(Hold)[1:]))
def test_digests_come_once_in_their_period(
    now: datetime, zone: ZoneInfo, minutes: int, hold: Hold
) -> None:
    settings = Settings(digest_time=minutes)
    first = next_digest(hold, settings, zone, now)
    second = next_digest(hold, settings, zone, first)
    period = {Hold.HOURLY: 1, Hold.DAILY: 24, Hold.WEEKLY: 24 * 7}[hold]

    slack = timedelta(hours=0 if hold is Hold.HOURLY else 1)
    assert now < first <= now + timedelta(hours=period) + slack
    assert abs(second - first - timedelta(hours=period)) <= slack
    if hold is Hold.DAILY:
        assert second.astimezone(zone).date() - first.astimezone(zone).date() == timedelta(days=1)
