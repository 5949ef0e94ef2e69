"""When a feed's silence is told to admins, and that it is over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alertbot.model import Alert, Block, Brief, FeedId, Summary, Zone
from alertbot.ports import (
    Alarm,
    DueFeed,
    Event,
    Failed,
    Fetched,
    Memory,
    NotModified,
    Stopped,
    Validators,
)
from alertbot.scheduler.silence import alarm_notices, is_quiet, with_alarms

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: a Monday
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SAME = NotModified(validators=Validators())
READ = Fetched(entries=(), validators=Validators())
DOWN = Failed(reason="HTTP 503")
DUE = DueFeed(
    feed=FeedId("fdd"),
    token="t",
    address="https://fdd.example/",
    host="fdd.example",
    validators=Validators(),
    first_read_at=NOW,
    errors_in_row=0,
)
DAILY = tuple(NOW - number * DAY for number in range(40, -1, -1))
WORKDAYS = tuple(day for day in DAILY if day.weekday() < 5)


def alert(*tags: str) -> Alert:
    brief = Brief(
        feed=DUE.feed,
        key="k",
        title="T",
        link=None,
        published=None,
        authors=(),
        tags=tags,
        text="T",
        blocks=(Block(zone=Zone.TITLE, start=0, end=1),),
        quotes=(),
        truncated=False,
    )
    return Alert(brief=brief, summary=Summary(sentences=(), figures=(), key_figures=()), matches=())


def events(before: Memory, after: Memory, end: Stopped | None = None) -> list[Event]:
    due = replace(DUE, memory=before)
    return [notice.event for notice in alarm_notices(due, after, DOWN, end)]


@pytest.mark.parametrize(
    ("history", "quiet_for", "told"),
    [
        pytest.param(DAILY, 2 * DAY, False, id="a daily feed leaves out a day"),
        pytest.param(DAILY, 4 * DAY, True, id="a daily feed leaves out three"),
        pytest.param(tuple(DAILY[0] + n * HOUR for n in range(900)), 20 * HOUR, False, id="hours"),
        pytest.param(tuple(DAILY[0] + n * HOUR for n in range(900)), 30 * HOUR, True, id="a day"),
        pytest.param(DAILY[-10:], 20 * DAY, False, id="too short a history"),
        pytest.param((), 20 * DAY, False, id="none"),
    ],
)
def test_a_feed_is_quiet_after_three_times_its_usual_gap_and_a_day(
    history: tuple[datetime, ...], quiet_for: timedelta, told: bool
) -> None:
    last = history[-1] if history else NOW

    assert is_quiet(history, last + quiet_for) is told


def test_a_weekend_is_no_silence_of_a_feed_that_rests_then() -> None:
    until_friday = WORKDAYS[:-1]
    assert until_friday[-1].weekday() == 4

    assert not is_quiet(until_friday, NOW + 12 * HOUR)
    assert is_quiet(until_friday, NOW + 4 * DAY)


def test_silence_is_told_once_and_its_end() -> None:
    start = Memory(news_hours=DAILY)
    quiet = with_alarms(start, SAME, (), NOW + 4 * DAY)
    still = with_alarms(quiet, READ, (), NOW + 5 * DAY)
    over = with_alarms(still, READ, (alert(),), NOW + 6 * DAY)

    assert quiet.alarms == {Alarm.QUIET: NOW}
    assert events(start, quiet) == [Event.QUIET]
    assert events(quiet, still) == []
    assert events(still, over) == [Event.NEWS_AGAIN]


def test_a_failure_of_a_day_is_told_once_and_its_end() -> None:
    start = with_alarms(Memory(), DOWN, (), NOW)
    hours = with_alarms(start, DOWN, (), NOW + 23 * HOUR)
    day = with_alarms(hours, DOWN, (), NOW + 25 * HOUR)
    more = with_alarms(day, DOWN, (), NOW + 99 * HOUR)
    over = with_alarms(more, SAME, (), NOW + 100 * HOUR)

    assert [events(start, hours), events(hours, day), events(day, more), events(more, over)] == [
        [],
        [Event.FAILING],
        [],
        [Event.READ_AGAIN],
    ]
    assert alarm_notices(DUE, day, DOWN, None)[0].detail == "2026-03-02T09:00:00+00:00 HTTP 503"


def test_a_failure_that_ends_before_a_day_is_over_counts_anew() -> None:
    first = with_alarms(Memory(), DOWN, (), NOW)
    good = with_alarms(first, SAME, (), NOW + 20 * HOUR)
    again = with_alarms(good, DOWN, (), NOW + 21 * HOUR)

    assert not with_alarms(again, DOWN, (), NOW + 30 * HOUR).alarms


def test_the_end_of_a_feed_is_told_by_itself() -> None:
    failing = replace(Memory(), alarms={Alarm.FAILING: NOW})

    assert events(Memory(), failing, Stopped.MISSING) == []


def test_lost_tags_are_told_once_and_their_return() -> None:
    memory = with_alarms(Memory(), READ, [alert("iran")] * 12, NOW)
    few = with_alarms(memory, READ, [alert()] * 4, NOW)
    lost = with_alarms(few, READ, [alert()], NOW)
    still = with_alarms(lost, READ, [alert()] * 50, NOW)
    back = with_alarms(still, READ, [alert("iran")], NOW)

    assert [events(memory, few), events(few, lost), events(lost, still), events(still, back)] == [
        [],
        [Event.UNTAGGED],
        [],
        [Event.TAGGED_AGAIN],
    ]


def test_a_feed_that_never_had_many_tags_loses_none() -> None:
    mixed = [alert("iran"), alert(), alert()] * 5

    assert not with_alarms(Memory(), READ, [*mixed, *[alert()] * 9], NOW).alarms


def test_a_feed_is_heard_again_when_its_hub_has_pushed_news_since() -> None:
    silent = Memory(news_hours=DAILY[:-4], alarms={Alarm.QUIET: DAILY[-5]})
    assert Alarm.QUIET in with_alarms(silent, SAME, (), NOW).alarms

    pushed = replace(silent, news_hours=(*silent.news_hours, NOW - HOUR))
    heard = with_alarms(pushed, SAME, (), NOW)

    assert heard.alarms == {}
    assert events(silent, heard) == [Event.NEWS_AGAIN]


def test_tags_of_what_was_pushed_count_as_those_of_what_was_polled() -> None:
    lost = Memory(tagged=(True,) * 10 + (False,) * 5)
    assert Alarm.UNTAGGED in with_alarms(lost, SAME, (), NOW).alarms

    told = replace(lost, tagged=(*lost.tagged, True), alarms={Alarm.UNTAGGED: NOW - DAY})
    assert with_alarms(told, SAME, (), NOW).alarms == {}
