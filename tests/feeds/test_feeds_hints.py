"""How soon a server would like to be asked again, from what it says in its headers."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from feeds_site import NOW

from alertbot.feeds.http import read_hints
from alertbot.ports import Hints

DATE = "Wed, 24 Jan 2024 12:00:00 GMT"
#: the server's clock is ten minutes slow
SLOW = "Wed, 24 Jan 2024 11:50:00 GMT"
HOUR = timedelta(hours=1)
YEAR = timedelta(days=366)


def hints(**headers: str) -> Hints:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return read_hints(httpx.Headers(named, encoding="latin-1"), NOW)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("3600", HOUR),
        (" 60 ", timedelta(minutes=1)),
        ("Wed, 24 Jan 2024 13:00:00 GMT", HOUR),
        ("Wednesday, 24-Jan-24 13:00:00 GMT", HOUR),
        ("Wed Jan 24 13:00:00 2024", HOUR),
        ("315360000", timedelta(days=3650)),
        ("9" * 5000, timedelta(seconds=999_999_999_999)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC) - NOW),
        ("Mon, 01 Jan 0001 00:00:00 -2359", None),
        ("Wed, 24 Jan 2024 11:00:00 GMT", None),
        ("0", None),
        ("-5", None),
        ("1.5", None),
        ("\xb2", None),
        ("abc", None),
        ("", None),
    ],
)
def test_case_28_retry_after_is_seconds_or_a_date_within_two_days(value, expected):
    assert expected == hints(Retry_After=value).retry_after


def test_case_27_a_retry_date_is_relative_to_the_clock_of_the_server():
    wish = hints(Retry_After="Wed, 24 Jan 2024 13:00:00 GMT", Date=SLOW)

    assert timedelta(minutes=70) == wish.retry_after


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("max-age=3600", HOUR),
        ("public, MAX-AGE = 3600 , must-revalidate", HOUR),
        ('max-age="3600"', HOUR),
        ("max-age=3600, max-age=60", HOUR),
        ("max-age=99999999999", timedelta(seconds=99_999_999_999)),
        ('no-cache="set-cookie, x", max-age=3600', HOUR),
        ("no-cache, max-age=3600", None),
        ("no-store, max-age=3600", None),
        ("max-age=0", None),
        ("max-age=-5", None),
        ("max-age", None),
        ("max-age=soon", None),
        ("s-maxage=3600", None),
        (",,=,", None),
    ],
)
def test_case_20_21_22_max_age_is_how_long_the_answer_is_fresh(value, expected):
    assert expected == hints(Cache_Control=value).fresh_for


@pytest.mark.parametrize(
    ("age", "expected"),
    [("600", timedelta(minutes=50)), ("3600", None), ("9999", None), ("old", HOUR), ("-1", HOUR)],
)
def test_time_spent_in_a_cache_is_taken_off(age, expected):
    assert expected == hints(Cache_Control="max-age=3600", Age=age).fresh_for


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Wed, 24 Jan 2024 15:00:00 GMT", 3 * HOUR),
        ("Fri, 24 Jan 2025 12:00:00 GMT", YEAR),
        (DATE, None),
        ("0", None),
        ("-1", None),
        ("never", None),
    ],
)
def test_case_17_19_without_max_age_expires_counts(value, expected):
    assert expected == hints(Expires=value, Date=DATE).fresh_for


def test_expires_is_relative_to_the_clock_of_the_server():
    expires = "Wed, 24 Jan 2024 15:00:00 GMT"

    assert timedelta(hours=3, minutes=10) == hints(Expires=expires, Date=SLOW).fresh_for
    assert timedelta(hours=3) == hints(Expires=expires).fresh_for
    assert timedelta(hours=3) == hints(Expires=expires, Date="today").fresh_for


def test_case_18_max_age_beats_expires_even_if_it_is_malformed():
    expires = "Wed, 24 Jan 2024 15:00:00 GMT"

    assert hints(Expires=expires, Cache_Control="max-age=3600").fresh_for == HOUR
    assert hints(Expires=expires, Cache_Control="max-age=x").fresh_for is None


def test_a_server_without_wishes_gives_no_hints():
    assert Hints() == hints()
