"""When a feed is asked again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertbot.model import Feed, FeedId
from alertbot.ports import Failed, Fetched, Hints, NotModified, PollResult, Validators
from alertbot.scheduler import next_poll

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FEED = Feed(
    id=FeedId("fdd"),
    name="FDD",
    url="https://example.org/feed",
    interval=5 * MINUTE,
    min_interval=2 * MINUTE,
)


def wait(result: PollResult, errors: int = 0, jitter: float = 0.0) -> timedelta:
    return next_poll(FEED, result, errors, NOW, jitter) - NOW


def read(**hints: timedelta) -> NotModified:
    return NotModified(validators=Validators(), hints=Hints(**hints))


def test_a_feed_without_wishes_is_asked_at_its_interval() -> None:
    assert wait(Fetched(entries=(), validators=Validators())) == 5 * MINUTE


@pytest.mark.parametrize("hint", ["retry_after", "fresh_for", "ttl"])
def test_a_servers_wish_for_more_time_wins(hint: str) -> None:
    assert wait(read(**{hint: 30 * MINUTE})) == 30 * MINUTE


@pytest.mark.parametrize("hint", ["retry_after", "fresh_for", "ttl"])
def test_a_servers_wish_for_less_time_changes_nothing(hint: str) -> None:
    assert wait(read(**{hint: MINUTE})) == 5 * MINUTE


def test_a_wish_for_years_is_capped_at_a_day() -> None:
    assert wait(read(retry_after=timedelta(days=3650))) == timedelta(days=1)


@pytest.mark.parametrize(
    ("errors", "minutes"), [(0, 5), (1, 10), (2, 20), (4, 80), (5, 120), (60, 120)]
)
def test_errors_in_a_row_double_the_wait_up_to_two_hours(errors: int, minutes: int) -> None:
    assert wait(Failed(reason="HTTP 500"), errors) == minutes * MINUTE


def test_retry_after_is_obeyed_on_errors() -> None:
    slow_down = Failed(reason="HTTP 429", hints=Hints(retry_after=timedelta(hours=6)))

    assert wait(slow_down) == timedelta(hours=6)


def test_a_slow_feed_is_not_asked_faster_because_it_fails() -> None:
    daily = Feed(
        id=FEED.id,
        name="",
        url=FEED.url,
        interval=timedelta(days=1),
        min_interval=2 * MINUTE,
    )

    assert next_poll(daily, Failed(reason="HTTP 500"), 3, NOW, 0.0) - NOW == timedelta(days=1)


@given(errors=st.integers(0, 10_000), jitter=st.floats(0, 1, exclude_max=True))
def test_jitter_only_ever_adds_a_tenth(errors: int, jitter: float) -> None:
    plain = wait(Failed(reason="x"), errors)

    assert plain <= wait(Failed(reason="x"), errors, jitter) <= plain * 1.1
