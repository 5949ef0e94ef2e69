"""What a feed's history tells of its hours."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertbot.model import Alert, Block, Brief, FeedId, Summary, Zone
from alertbot.scheduler.habits import REMEMBERED, busyness, news_hours, with_news

NOW = datetime(2026, 3, 1, 12, 34, 56, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BRIEF = Brief(
    feed=FeedId("fdd"),
    key="k",
    title="T",
    link=None,
    published=None,
    authors=(),
    tags=(),
    text="T",
    blocks=(Block(zone=Zone.TITLE, start=0, end=1),),
    quotes=(),
    truncated=False,
)


def published(*instants: datetime | None) -> list[Alert]:
    summary = Summary(sentences=(), figures=(), key_figures=())
    return [
        Alert(brief=replace(BRIEF, published=instant), summary=summary, matches=())
        for instant in instants
    ]


def test_news_came_in_the_hour_in_which_we_saw_them() -> None:
    assert news_hours(published(NOW - DAY, None), NOW, archive=False) == {
        NOW.replace(minute=0, second=0)
    }
    assert news_hours([], NOW, archive=False) == set()


def test_of_what_was_there_before_us_its_own_dates_tell() -> None:
    tehran = timezone(timedelta(hours=3, minutes=30))
    morning = datetime(2026, 2, 20, 9, 15, tzinfo=tehran)

    assert news_hours(published(morning, NOW - 3 * DAY), NOW, archive=True) == {
        datetime(2026, 2, 20, 5, tzinfo=UTC),
        datetime(2026, 2, 26, 12, tzinfo=UTC),
    }


@pytest.mark.parametrize(
    "date",
    [
        None,
        datetime(2026, 2, 20, tzinfo=UTC),
        datetime(2026, 2, 20, tzinfo=timezone(5 * HOUR)),
        NOW + HOUR,
        NOW - 200 * DAY,
        datetime(1970, 1, 1, 1, tzinfo=UTC),
    ],
)
def test_a_date_without_a_time_of_the_future_or_of_long_ago_tells_nothing(
    date: datetime | None,
) -> None:
    assert news_hours(published(date), NOW, archive=True) == set()


def test_history_is_in_order_without_repeats_and_bounded() -> None:
    every_hour = [NOW - number * HOUR for number in range(600)]

    kept = with_news(every_hour[1:300], every_hour[:1] + every_hour[200:], NOW)

    assert list(kept) == sorted(every_hour)[-REMEMBERED:]
    assert with_news([NOW - 121 * DAY], [NOW], NOW) == (NOW,)


def test_a_feed_that_publishes_round_the_clock_is_as_busy_at_any_hour() -> None:
    always = tuple(sorted(NOW - number * HOUR for number in range(400)))

    busy = [busyness(always, NOW + number * HOUR) for number in range(24)]

    assert all(one and 0.8 < one < 1.25 for one in busy)


def test_the_hours_beside_a_busy_one_are_rather_busy() -> None:
    daily = tuple(sorted(NOW.replace(hour=9) - number * DAY for number in range(40)))
    tomorrow = NOW + DAY

    far, near, hit = (busyness(daily, tomorrow.replace(hour=hour)) for hour in (3, 8, 9))

    assert far and near and hit
    assert far < 0.2 < 3 < near < hit


def test_old_habits_give_way_to_new_ones() -> None:
    before = [NOW.replace(hour=9) - number * DAY for number in range(40, 80)]
    since = [NOW.replace(hour=21) - number * DAY for number in range(1, 40)]
    history = with_news(before, since, NOW)

    old, new = (busyness(history, (NOW + DAY).replace(hour=hour)) for hour in (9, 21))

    assert old and new and new > 2 * old


@given(st.lists(st.integers(0, 24 * 120), max_size=80), st.integers(0, 24 * 30))
def test_busyness_is_above_nought_whatever_the_history(ages: list[int], ahead: int) -> None:
    history = with_news([NOW - age * HOUR for age in ages], [], NOW)

    busy = busyness(history, NOW + ahead * HOUR)

    assert busy is None or 0 < busy < 24 * 7
