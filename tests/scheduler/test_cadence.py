"""When a feed is asked again, and why then."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertbot.model import Feed, FeedId
from alertbot.ports import Failed, Fetched, Hints, Memory, NotModified, PollResult, Validators, Why
from alertbot.scheduler import next_poll
from alertbot.scheduler.cadence import Plan

#: a Sunday
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FEED = Feed(
    id=FeedId("fdd"),
    name="FDD",
    url="https://example.org/feed",
    interval=5 * MINUTE,
    min_interval=2 * MINUTE,
)
UNHINTED = replace(FEED, obey_hints=False)
READ = Fetched(entries=(), validators=Validators())


def plan(
    result: PollResult = READ, errors: int = 0, *, feed: Feed = FEED, memory: Memory | None = None
) -> Plan:
    return next_poll(feed, result, memory or Memory(), errors, NOW, 0.0)


def said(**hints: timedelta) -> NotModified:
    """A 304 with these wishes in its headers."""
    return NotModified(validators=Validators(), hints=Hints(**hints))


def written(**hints: object) -> Memory:
    """What is remembered of a feed with these wishes in its document."""
    return Memory(hints=Hints(**hints))  # type: ignore[arg-type]


def refused(status: int, **hints: timedelta) -> Failed:
    return Failed(reason=f"HTTP {status}", status=status, hints=Hints(**hints))


def test_a_feed_without_wishes_is_asked_at_its_interval() -> None:
    assert plan() == Plan(at=NOW + 5 * MINUTE, why=Why.INTERVAL)


# --- what servers ask for


@pytest.mark.parametrize(
    ("result", "memory", "why"),
    [
        (said(retry_after=12 * HOUR), Memory(), Why.RETRY_AFTER),
        (said(fresh_for=12 * HOUR), Memory(), Why.FRESH),
        (said(), written(ttl=12 * HOUR), Why.TTL),
        (said(), written(update_every=12 * HOUR), Why.UPDATE_PERIOD),
    ],
)
def test_case_14_15_50_54_a_servers_wish_for_more_time_wins(
    result: PollResult, memory: Memory, why: Why
) -> None:
    assert plan(result, memory=memory) == Plan(at=NOW + 12 * HOUR, why=why)


@pytest.mark.parametrize(
    ("result", "memory"),
    [
        (said(retry_after=MINUTE), Memory()),
        (said(fresh_for=MINUTE), Memory()),
        (said(), written(ttl=MINUTE)),
        (said(), written(update_every=MINUTE)),
    ],
)
def test_a_servers_wish_for_less_time_changes_nothing(result: PollResult, memory: Memory) -> None:
    assert plan(result, memory=memory) == plan()


def test_of_several_wishes_the_longest_wins() -> None:
    wishes = said(retry_after=HOUR, fresh_for=2 * HOUR)

    assert plan(wishes, memory=written(ttl=3 * HOUR)).why is Why.TTL


def test_case_16_of_max_age_and_retry_after_on_a_429_the_larger_wins() -> None:
    assert plan(refused(429, retry_after=HOUR, fresh_for=3 * HOUR)).at == NOW + 3 * HOUR
    assert plan(refused(429, retry_after=3 * HOUR, fresh_for=HOUR)).at == NOW + 3 * HOUR


@pytest.mark.parametrize("status", [429, 503])
def test_case_26_27_retry_after_is_obeyed_on_errors(status: int) -> None:
    assert plan(refused(status, retry_after=6 * HOUR)) == Plan(
        at=NOW + 6 * HOUR, why=Why.RETRY_AFTER
    )


def test_case_28_a_wish_for_years_is_capped_at_a_day() -> None:
    assert plan(refused(503, retry_after=timedelta.max)).at == NOW + DAY
    assert plan(said(fresh_for=timedelta.max), memory=written(ttl=timedelta.max)).at == NOW + DAY


@pytest.mark.parametrize("wishes", [{"fresh_for": DAY}, {"ttl": DAY}, {"update_every": DAY}])
def test_a_feed_under_an_agreement_is_asked_at_its_interval_whatever_it_wishes(
    wishes: dict[str, timedelta],
) -> None:
    saturday_off = replace(Hints(**wishes), skip_hours=frozenset(range(24)) - {3})

    unasked = plan(said(**wishes), feed=UNHINTED, memory=Memory(hints=saturday_off))

    assert unasked == plan()


def test_retry_after_is_obeyed_even_under_an_agreement() -> None:
    assert plan(said(retry_after=HOUR), feed=UNHINTED).at == NOW + HOUR


# --- hours and days to skip


def test_case_51_no_poll_falls_into_an_hour_to_skip() -> None:
    nap = written(skip_hours=frozenset({12, 13, 14}))

    assert plan(memory=nap) == Plan(at=NOW + 3 * HOUR, why=Why.SKIPPED)


def test_case_51_hours_to_skip_are_gmt_and_go_round_midnight() -> None:
    night = written(skip_hours=frozenset({22, 23, 0, 1}))

    late = next_poll(FEED, READ, night, 0, NOW.replace(hour=21, minute=59), 0.0)

    assert late.at == NOW.replace(hour=2) + DAY


def test_case_52_no_poll_falls_into_a_day_to_skip() -> None:
    weekend = written(skip_days=frozenset({5, 6}))

    friday_night = next_poll(FEED, READ, weekend, 0, datetime(2026, 3, 6, 23, 58, tzinfo=UTC), 0.0)

    assert friday_night.at == datetime(2026, 3, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "everything",
    [
        {"skip_hours": frozenset(range(24))},
        {"skip_hours": frozenset(range(25))},
        {"skip_days": frozenset(range(7))},
        {"skip_hours": frozenset(range(24)), "skip_days": frozenset({1})},
    ],
)
def test_case_53_a_feed_that_skips_every_hour_is_taken_to_skip_none(
    everything: dict[str, frozenset[int]],
) -> None:
    assert plan(memory=written(**everything)) == plan()


# --- errors


@pytest.mark.parametrize(
    ("errors", "minutes"), [(0, 5), (1, 10), (2, 20), (4, 80), (5, 120), (60, 120)]
)
def test_case_30_errors_in_a_row_double_the_wait_up_to_two_hours(errors: int, minutes: int) -> None:
    assert plan(Failed(reason="no answer"), errors).at == NOW + minutes * MINUTE


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_case_30_33_any_refusal_slows_us(status: int) -> None:
    assert plan(refused(status), 3) == Plan(at=NOW + 40 * MINUTE, why=Why.ERRORS)


def test_case_30_the_first_success_ends_the_slowness() -> None:
    assert plan(READ, 7) == plan()


@pytest.mark.parametrize(("slowed", "minutes"), [(1, 10), (2, 20), (5, 120)])
def test_case_29_who_said_too_often_is_asked_less_even_when_it_answers(
    slowed: int, minutes: int
) -> None:
    slow = plan(READ, memory=Memory(slowed=slowed))

    assert slow == Plan(at=NOW + minutes * MINUTE, why=Why.THROTTLED)


def test_a_slow_feed_is_not_asked_faster_because_it_fails() -> None:
    daily = replace(FEED, interval=DAY)

    assert plan(Failed(reason="HTTP 500"), 3, feed=daily).at == NOW + DAY


def test_what_its_document_asked_for_holds_while_it_fails() -> None:
    assert plan(refused(500), memory=written(ttl=3 * HOUR)).at == NOW + 3 * HOUR


# --- its habits


def office_hours(weeks: int = 6) -> Memory:
    """A feed that has published at 14, 15 and 16 o'clock of every working day until now."""
    days = (NOW - number * DAY for number in range(weeks * 7))
    hours = [day.replace(hour=hour) for day in days if day.weekday() < 5 for hour in (14, 15, 16)]
    return Memory(news_hours=tuple(sorted(hours)))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of the week that begins tomorrow, Monday."""
    return NOW.replace(hour=hour, minute=minute) + (day + 1) * DAY


@pytest.mark.parametrize(
    ("now", "minutes", "why"),
    [
        (at(0, 15), 2, Why.BUSY_HOURS),
        (at(4, 14, 30), 2, Why.BUSY_HOURS),
        (at(1, 3), 30, Why.QUIET_HOURS),
        (at(5, 3), 30, Why.QUIET_HOURS),
    ],
)
def test_a_feed_is_asked_fast_when_it_publishes_and_slowly_when_it_does_not(
    now: datetime, minutes: int, why: Why
) -> None:
    assert next_poll(FEED, READ, office_hours(), 0, now, 0.0) == Plan(
        at=now + minutes * MINUTE, why=why
    )


def test_a_quiet_wait_ends_where_busy_hours_begin() -> None:
    before = at(2, 12, 55)

    after = next_poll(FEED, READ, office_hours(), 0, before, 0.0)

    assert after.at < at(2, 13, 5)


def test_a_history_of_less_than_two_weeks_says_nothing() -> None:
    assert plan(memory=office_hours(weeks=1)) == plan()


def test_quiet_hours_of_an_impatient_feed_are_six_intervals() -> None:
    impatient = replace(FEED, interval=MINUTE, min_interval=MINUTE)

    quiet = next_poll(impatient, READ, office_hours(), 0, at(0, 3), 0.0)

    assert quiet.at == at(0, 3) + 6 * MINUTE


@pytest.mark.parametrize("hour", [3, 15])
def test_hours_that_change_nothing_are_not_named_as_the_reason(hour: int) -> None:
    hourly = replace(FEED, interval=HOUR, min_interval=HOUR)

    unmoved = next_poll(hourly, READ, office_hours(), 0, at(0, hour), 0.0)

    assert unmoved == Plan(at=at(0, hour) + HOUR, why=Why.INTERVAL)


def test_a_servers_wish_counts_in_busy_hours_too() -> None:
    busy = next_poll(FEED, said(fresh_for=10 * MINUTE), office_hours(), 0, at(0, 15), 0.0)

    assert busy == Plan(at=at(0, 15) + 10 * MINUTE, why=Why.FRESH)


def test_case_42_a_feed_that_leads_to_another_is_asked_once_a_day() -> None:
    assert plan(memory=Memory(twin=FeedId("other"))) == Plan(at=NOW + DAY, why=Why.TWIN)


# --- whatever comes

spans = st.none() | st.timedeltas(timedelta(), timedelta.max)
hours = st.frozensets(st.integers(0, 23))
hints = st.builds(
    Hints,
    retry_after=spans,
    fresh_for=spans,
    ttl=spans,
    update_every=spans,
    skip_hours=hours,
    skip_days=st.frozensets(st.integers(0, 6)),
)
histories = st.lists(st.integers(0, 120 * 24), max_size=60).map(
    lambda ages: tuple(NOW - age * HOUR for age in sorted(set(ages), reverse=True))
)
results = st.one_of(
    st.builds(NotModified, validators=st.just(Validators()), hints=hints),
    st.builds(Failed, reason=st.just("x"), hints=hints),
)
feeds = st.builds(
    lambda least, more, obey: replace(
        FEED, interval=least + more, min_interval=least, obey_hints=obey
    ),
    st.timedeltas(timedelta(seconds=1), 2 * DAY),
    st.timedeltas(timedelta(), 2 * DAY),
    st.booleans(),
)
jitters = st.floats(0, 1, exclude_max=True)


@given(
    feeds,
    results,
    st.builds(Memory, hints=hints, news_hours=histories),
    st.integers(0, 99),
    jitters,
)
def test_no_poll_is_early_or_in_a_skipped_hour_whatever_comes(
    feed: Feed, result: PollResult, memory: Memory, errors: int, jitter: float
) -> None:
    then = next_poll(feed, result, memory, errors, NOW, jitter).at

    wishes = [feed.min_interval, min(result.hints.retry_after or timedelta(), DAY)]
    skipped = False
    if feed.obey_hints:
        said, inside = result.hints, memory.hints
        wishes += [min(w, DAY) for w in (said.fresh_for, inside.ttl, inside.update_every) if w]
        skipped = then.hour in inside.skip_hours or then.weekday() in inside.skip_days
        skipped &= len(inside.skip_hours) < 24 and len(inside.skip_days) < 7
    assert then - NOW >= max(wishes)
    assert not skipped


@given(results, st.integers(0, 10_000), jitters)
def test_jitter_adds_a_tenth_and_five_minutes_at_most(
    result: PollResult, errors: int, jitter: float
) -> None:
    plain = next_poll(FEED, result, Memory(), errors, NOW, 0.0).at - NOW
    spread = next_poll(FEED, result, Memory(), errors, NOW, jitter).at - NOW

    assert plain <= spread <= min(plain * 1.1, plain + 5 * MINUTE)
