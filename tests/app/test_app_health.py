"""What of a status needs a person."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alertbot.app.health import complaints
from alertbot.app.status import as_json, as_text
from alertbot.app.wording import span
from alertbot.model import FeedId, TopicId
from alertbot.ports import FeedStatus, Status

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
IRAN, HOUTHIS = TopicId("iran"), TopicId("houthis")
OFFERED = {IRAN, HOUTHIS}
FEED = FeedStatus(
    feed=FeedId("fdd"),
    last_ok_at=NOW - timedelta(minutes=4),
    last_new_at=NOW - 3 * HOUR,
    next_poll_at=NOW + timedelta(minutes=1),
    briefs=12,
    errors_in_row=0,
    error=None,
    gone=False,
)
FINE = Status(
    feeds=(FEED,),
    chats=3,
    unreachable=1,
    subscriptions=5,
    subscribers={IRAN: 3, HOUTHIS: 2},
    deliveries={"sent": 7},
    repeated=0,
    dead_reasons={},
    oldest_due=None,
    paused_until=None,
    alive_at=NOW - timedelta(seconds=20),
)


def with_feed(**changes: object) -> Status:
    return replace(FINE, feeds=(replace(FEED, **changes),))  # type: ignore[arg-type]


def test_a_healthy_service_needs_nobody() -> None:
    assert complaints(FINE, NOW) == ()


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (replace(FINE, alive_at=None), "the service has never run on this database"),
        (
            replace(FINE, alive_at=NOW - HOUR),
            "the service is not running: last sign of life 1 h ago",
        ),
        (
            replace(FINE, oldest_due=NOW - HOUR),
            "deliveries are stuck: the oldest has waited 1 h",
        ),
        (
            with_feed(gone=True),
            "feed fdd: the publisher says it is gone (HTTP 410); change its url or remove it",
        ),
        (
            with_feed(errors_in_row=9, error="HTTP 503", last_ok_at=NOW - 24 * HOUR),
            "feed fdd: HTTP 503 (9 times in a row, last good poll 1 d ago)",
        ),
        (
            with_feed(next_poll_at=NOW - 2 * HOUR),
            "feed fdd should have been polled 2 h ago: see the log",
        ),
        (
            with_feed(errors_in_row=2, error="host not found", last_ok_at=None),
            "feed fdd: host not found (2 times in a row, never read)",
        ),
    ],
)
def test_what_does_not_mend_itself_is_told(status: Status, line: str) -> None:
    assert complaints(status, NOW) == (line,)


@pytest.mark.parametrize(
    "status",
    [
        with_feed(errors_in_row=9, error="HTTP 503", last_ok_at=NOW - HOUR),
        replace(FINE, oldest_due=NOW - HOUR, paused_until=NOW + HOUR),
        replace(FINE, dead_reasons={"Forbidden: bot was blocked by the user": 3}),
    ],
)
def test_what_mends_itself_or_is_nobodys_fault_is_not(status: Status) -> None:
    assert complaints(status, NOW) == ()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "0 s"), (59, "59 s"), (60, "1 min"), (90, "90 s"), (7200, "2 h"), (172_800, "2 d")],
)
def test_a_length_of_time_is_told_in_one_unit(seconds: int, text: str) -> None:
    assert span(timedelta(seconds=seconds)) == text


def test_the_report_shows_each_feed_and_ends_with_the_verdict() -> None:
    report = as_text(FINE, (), NOW, OFFERED)

    assert "fdd  12 briefs, newest came 3 h ago, next poll in 1 min" in report
    assert report.endswith("All is well.")


def test_the_report_ends_with_what_needs_a_person() -> None:
    assert as_text(FINE, ("the sky falls",), NOW, OFFERED).endswith(
        "Needs a person:\n    the sky falls"
    )


def test_the_json_report_holds_the_complaints() -> None:
    assert '"complaints": ["the sky falls"]' in as_json(FINE, ("the sky falls",), OFFERED)


def test_subscriptions_to_topics_that_left_the_config_are_told_but_need_nobody() -> None:
    report = as_text(FINE, (), NOW, {IRAN})

    assert "5 subscriptions\n            2 paused, as not in the config: houthis (2)\n" in report
    assert report.endswith("All is well.")
    assert '"paused": {"houthis": 2}' in as_json(FINE, (), {IRAN})
