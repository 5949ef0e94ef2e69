"""What a poll leaves behind for the polls to come."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alertbot.model import FeedId
from alertbot.ports import (
    DueFeed,
    Event,
    Failed,
    Fetched,
    Hints,
    Memory,
    Move,
    Notice,
    NotModified,
    PollResult,
    Stopped,
    Traffic,
    Validators,
)
from alertbot.scheduler.memory import believed_address, notices, remembered, stopped

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OLD, NEW = "https://example.org/feed", "https://example.net/feed"
DUE = DueFeed(
    feed=FeedId("fdd"),
    token="t",
    address=OLD,
    host="example.org",
    validators=Validators(),
    first_read_at=NOW,
    errors_in_row=0,
)
UNCHANGED = NotModified(validators=Validators())
READ = Fetched(entries=(), validators=Validators())
MOVED = replace(UNCHANGED, moved_to=NEW)
NOT_FOUND = Failed(reason="HTTP 404", status=404)
TOO_OFTEN = Failed(reason="HTTP 429", status=429)
GONE = Failed(reason="HTTP 410", status=410, gone=True)
DOWN = Failed(reason="no answer")


class Course:
    """A feed polled again and again, as the poller does it, without any I/O."""

    def __init__(self, **memory: object) -> None:
        self.due = replace(DUE, memory=Memory(**memory))  # type: ignore[arg-type]
        self.now = NOW
        self.told: list[Notice] = []
        self.stopped: Stopped | None = None

    def poll(self, result: PollResult, times: int = 1, every: timedelta = HOUR) -> Memory:
        for _ in range(times):
            self._poll(result)
            self.now += every
        return self.due.memory

    def _poll(self, result: PollResult) -> None:
        memory = remembered(self.due, result, news=(), twin=None, now=self.now)
        address = believed_address(self.due, OLD, result, memory, self.now)
        self.stopped = stopped(self.due, OLD, result, memory, self.now)
        self.told += notices(self.due, memory, address, OLD, self.stopped)
        errors = self.due.errors_in_row + 1 if isinstance(result, Failed) else 0
        self.due = replace(self.due, memory=memory, address=address, errors_in_row=errors)


# --- hints


def test_what_a_document_asks_for_is_remembered_over_304s_and_errors() -> None:
    course = Course()
    course.poll(replace(READ, hints=Hints(ttl=3 * HOUR, skip_hours=frozenset({1}))))

    course.poll(UNCHANGED)
    course.poll(DOWN)

    assert course.due.memory.hints == Hints(ttl=3 * HOUR, skip_hours=frozenset({1}))


def test_what_a_document_no_longer_asks_for_is_forgotten() -> None:
    course = Course(hints=Hints(ttl=3 * HOUR))

    assert course.poll(READ).hints == Hints()


def test_what_headers_ask_for_counts_once() -> None:
    once = Hints(retry_after=HOUR, fresh_for=HOUR, ttl=HOUR)

    assert Course().poll(replace(READ, hints=once)).hints == Hints(ttl=HOUR)


def test_case_29_each_429_doubles_the_interval_and_each_good_day_halves_it() -> None:
    course = Course()
    slowed = [course.poll(result).slowed for result in (TOO_OFTEN, TOO_OFTEN, READ, DOWN, READ)]
    course.now += DAY
    slowed += [course.poll(UNCHANGED).slowed for _ in range(3)]
    course.now += DAY
    slowed.append(course.poll(UNCHANGED).slowed)

    assert slowed == [1, 2, 2, 2, 2, 1, 1, 1, 0]


# --- moves


@pytest.mark.parametrize(
    ("times", "every", "address"),
    [
        (9, 6 * HOUR, OLD),
        (200, timedelta(minutes=5), OLD),
        (10, 3 * HOUR, NEW),
        (400, timedelta(minutes=5), NEW),
    ],
)
def test_case_37_38_a_permanent_redirect_is_believed_when_it_lasts(
    times: int, every: timedelta, address: str
) -> None:
    course = Course()

    course.poll(MOVED, times, every)

    assert course.due.address == address
    assert course.told == [Notice(event=Event.MOVED, feed=DUE.feed, detail=NEW)] * (address == NEW)


def test_case_37_a_redirect_that_pauses_or_changes_is_counted_anew() -> None:
    course = Course()
    course.poll(MOVED, 9, DAY)
    course.poll(UNCHANGED)
    course.poll(MOVED, 9, DAY)
    course.poll(replace(MOVED, moved_to="https://else.example/"))

    assert course.due.address == OLD
    assert course.due.memory.move == Move(
        to="https://else.example/", since=course.now - HOUR, times=1
    )


def test_an_address_with_a_password_is_not_remembered() -> None:
    course = Course()

    course.poll(replace(UNCHANGED, moved_to="https://me:secret@example.net/"), 20, DAY)

    assert (course.due.address, course.due.memory.move) == (OLD, None)


def test_errors_in_between_neither_count_for_a_redirect_nor_against_it() -> None:
    course = Course()
    course.poll(MOVED, 9, DAY)
    course.poll(DOWN, 2)

    course.poll(MOVED)

    assert course.due.address == NEW


def test_case_39_a_feed_that_is_not_said_to_move_for_good_stays_where_it_is() -> None:
    course = Course()

    course.poll(UNCHANGED, 50, DAY)

    assert (course.due.address, course.due.memory.move) == (OLD, None)


@pytest.mark.parametrize(("result", "times"), [(DOWN, 3), (NOT_FOUND, 3), (GONE, 1)])
def test_an_address_that_has_become_a_dead_end_is_left_for_that_of_the_config(
    result: PollResult, times: int
) -> None:
    course = Course()
    course.due = replace(course.due, address=NEW)

    course.poll(result, times)

    assert (course.due.address, course.stopped, course.told) == (OLD, None, [])


# --- ends


def test_case_31_a_410_ends_it_and_admins_are_told() -> None:
    course = Course()

    course.poll(GONE)

    assert course.stopped is Stopped.GONE
    assert course.told == [Notice(event=Event.GONE, feed=DUE.feed)]


def test_case_32_a_week_of_404_ends_it_and_admins_are_told() -> None:
    course = Course()
    course.poll(NOT_FOUND, 7 * 12, 2 * HOUR)
    assert (course.stopped, course.told) == (None, [])

    course.poll(NOT_FOUND)

    assert course.stopped is Stopped.MISSING
    assert course.told == [Notice(event=Event.MISSING, feed=DUE.feed)]


def test_case_32_a_week_of_outages_before_a_404_ends_nothing() -> None:
    course = Course()
    course.poll(DOWN, 8, DAY)

    course.poll(NOT_FOUND)

    assert course.stopped is None


def test_case_32_one_good_answer_begins_the_week_anew() -> None:
    course = Course()
    course.poll(NOT_FOUND, 6, DAY)
    course.poll(READ)
    course.poll(NOT_FOUND, 6, DAY)

    assert course.stopped is None


@pytest.mark.parametrize("status", [401, 403, 500])
def test_case_33_no_other_refusal_ends_it(status: int) -> None:
    course = Course()

    course.poll(Failed(reason="no", status=status), 60, DAY)

    assert course.stopped is None


def test_case_55_a_feed_that_says_it_has_ended_is_believed() -> None:
    course = Course()

    course.poll(replace(READ, expired=True))

    assert course.stopped is Stopped.EXPIRED


# --- twins and traffic


def test_case_42_admins_are_told_once_that_a_feed_leads_to_another() -> None:
    other = FeedId("other")
    found = remembered(DUE, MOVED, news=(), twin=other, now=NOW)
    again = remembered(replace(DUE, memory=found), MOVED, news=(), twin=other, now=NOW)

    assert (found.twin, found.move) == (other, None)
    assert notices(DUE, found, OLD, OLD, None) == (
        Notice(event=Event.TWIN, feed=DUE.feed, detail=other),
    )
    assert notices(replace(DUE, memory=found), again, OLD, OLD, None) == ()


def test_a_304_saves_what_the_last_answer_brought() -> None:
    course = Course()
    for result in (
        UNCHANGED,
        replace(READ, bytes=1_000),
        UNCHANGED,
        UNCHANGED,
        replace(UNCHANGED, bytes=1_200),
        DOWN,
        UNCHANGED,
    ):
        course.poll(result)

    assert course.due.memory.traffic == Traffic(
        requests=7, unchanged=4, feed_bytes=1_200, bytes_saved=3_200
    )
