"""What of a status needs a person."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest

from alertbot.app.health import complaints
from alertbot.app.status import as_json, as_text
from alertbot.app.wording import span
from alertbot.chat.wire.messenger import NO_SUCH_CHAT
from alertbot.model import FeedId, TopicId
from alertbot.ports import (
    Alarm,
    FeedStatus,
    HubStatus,
    Ledger,
    Pausable,
    Pause,
    ServiceProcess,
    Status,
    Stopped,
    Traffic,
    Votes,
    Why,
)

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
)
FINE = Status(
    feeds=(FEED,),
    chats=3,
    unreachable=1,
    subscriptions=5,
    subscribers={IRAN: 3, HOUTHIS: 2},
    deliveries={"sent": 1007},
    repeated=0,
    dead_reasons={},
    paused_until=None,
    alive_at=NOW - timedelta(seconds=20),
    telegram_at=NOW - timedelta(seconds=25),
)
CALM = Ledger(
    due=0,
    waiting=0,
    oldest_due=None,
    paused_chats=0,
    chats_paused_until=None,
    sent_last_day=7,
    dead_last_day={},
)
BUSY = replace(CALM, due=1200, waiting=40, oldest_due=NOW - HOUR)


def with_feed(**changes: object) -> Status:
    return replace(FINE, feeds=(replace(FEED, **changes),))  # type: ignore[arg-type]


def test_digests_that_nobody_sends_need_a_person() -> None:
    late = replace(CALM, hold_overdue=NOW - HOUR)

    assert complaints(FINE, late, NOW) == ("digests are stuck: one has been due for 1 h",)
    assert complaints(FINE, replace(CALM, hold_overdue=NOW - HOUR / 60), NOW) == ()


def test_a_paused_feed_is_no_complaint_and_is_named() -> None:
    paused = replace(
        with_feed(next_poll_at=NOW - 5 * HOUR, alarms={Alarm.QUIET: NOW - 72 * HOUR}),
        pauses=(
            Pause(kind=Pausable.FEED, id="fdd", since=NOW - 5 * HOUR),
            Pause(kind=Pausable.TOPIC, id="iran", since=NOW - HOUR),
        ),
    )

    assert complaints(paused, CALM, NOW) == ()
    said = as_text(paused, CALM, (), NOW, OFFERED)
    assert "Paused      by admins: feed fdd for 5 h, topic iran for 1 h\n" in said
    assert "    fdd  12 briefs, paused by an admin 5 h ago\n" in said
    line = json.loads(as_json(paused, CALM, (), OFFERED))
    assert line["pauses"][1] == {
        "kind": "topic",
        "id": "iran",
        "since": "2026-03-01T11:00:00+00:00",
    }


def test_what_is_held_is_part_of_the_queue() -> None:
    held = replace(FINE, deliveries={"sent": 7, "held": 1200, "carried": 3})

    assert (
        "Queue       1,200 held for quiet hours and digests; 3 in digests that wait\n"
        in as_text(held, CALM, (), NOW, [IRAN, HOUTHIS])
    )


def test_a_healthy_service_needs_nobody() -> None:
    assert complaints(FINE, CALM, NOW) == ()


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (replace(FINE, alive_at=None), "the service has never run on this database"),
        (
            replace(FINE, alive_at=NOW - HOUR),
            "the service is not running, or cannot write: last sign of life 1 h ago",
        ),
        (
            replace(FINE, telegram_at=NOW - HOUR),
            "Telegram has not answered for 1 h: see the log",
        ),
        (
            replace(FINE, paused_until=NOW + 5 * HOUR),
            "Telegram has us send nothing for 5 h",
        ),
        (
            with_feed(stopped=Stopped.GONE),
            "feed fdd: the publisher says it is gone (HTTP 410); change its url or remove it",
        ),
        (
            with_feed(stopped=Stopped.MISSING),
            "feed fdd: the publisher has not had it for a week (HTTP 404); "
            "change its url or remove it",
        ),
        (
            with_feed(stopped=Stopped.EXPIRED),
            "feed fdd: it says itself that it has ended; change its url or remove it",
        ),
        (
            with_feed(errors_in_row=9, error="HTTP 503", last_ok_at=NOW - 24 * HOUR),
            "feed fdd: HTTP 503 (9 times in a row, last good poll 1 d ago)",
        ),
        (
            with_feed(alarms={Alarm.QUIET: NOW - 72 * HOUR}),
            "feed fdd has been quiet for 3 d, unusually long for it",
        ),
        (
            with_feed(alarms={Alarm.UNTAGGED: NOW - 2 * HOUR}),
            "feed fdd carries no tags any more, noticed 2 h ago",
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
    assert complaints(status, CALM, NOW) == (line,)


@pytest.mark.parametrize(
    ("ledger", "line"),
    [
        (BUSY, "deliveries are stuck: the oldest of 1,240 has waited 1 h"),
        (
            replace(CALM, dead_last_day={"Message is too long": 2}),
            "2 alerts of the last 24 h could not be sent: Message is too long",
        ),
        (
            replace(CALM, dead_last_day={"cannot be written: KeyError": 1}),
            "1 alert of the last 24 h could not be sent: cannot be written: KeyError",
        ),
    ],
)
def test_alerts_that_nobody_gets_are_told(ledger: Ledger, line: str) -> None:
    assert complaints(FINE, ledger, NOW) == (line,)


@pytest.mark.parametrize(
    ("status", "ledger"),
    [
        (with_feed(errors_in_row=9, error="HTTP 503", last_ok_at=NOW - HOUR), CALM),
        (replace(FINE, paused_until=NOW + HOUR), BUSY),
        (FINE, replace(CALM, paused_chats=2, chats_paused_until=NOW + 5 * HOUR)),
        (replace(FINE, deliveries={"unknown": 2, "expired": 3}), CALM),
        (replace(FINE, telegram_at=None), CALM),
        (replace(FINE, dead_reasons={"Message is too long": 3}), CALM),
        (with_feed(moved_to="https://example.net/feed"), CALM),
        (with_feed(why=Why.TWIN, twin=FeedId("other")), CALM),
    ],
)
def test_what_mends_itself_or_is_over_is_not(status: Status, ledger: Ledger) -> None:
    assert complaints(status, ledger, NOW) == ()


@pytest.mark.parametrize(
    "reason",
    [
        "Forbidden: bot was blocked by the user",
        "Forbidden: bot was kicked from the supergroup chat",
        "blocked by the user",
        "removed from the supergroup",
        "not allowed to post in the channel",
        *NO_SUCH_CHAT,
    ],
)
def test_that_a_chat_is_lost_is_nobodys_fault(reason: str) -> None:
    assert complaints(FINE, replace(CALM, dead_last_day={reason: 3}), NOW) == ()


def process(role: str, seconds_ago: int = 20) -> ServiceProcess:
    return ServiceProcess(
        id=role,
        host="atlas",
        pid=7,
        role=role,
        started_at=NOW - HOUR,
        alive_at=NOW - timedelta(seconds=seconds_ago),
    )


@pytest.mark.parametrize(
    ("processes", "lines"),
    [
        ((process("all"),), ()),
        ((process("poll"), process("send"), process("chat")), ()),
        (
            (process("poll"), process("chat"), process("send", seconds_ago=600)),
            ("no process sends alerts: start one with --role send",),
        ),
        (
            (process("send"),),
            (
                "no process polls the feeds: start one with --role poll",
                "no process answers the chats: start one with --role chat",
            ),
        ),
    ],
)
def test_work_that_no_process_does_is_told(
    processes: tuple[ServiceProcess, ...], lines: tuple[str, ...]
) -> None:
    assert complaints(replace(FINE, processes=processes), CALM, NOW) == lines


def test_the_report_names_the_processes_where_there_are_several() -> None:
    status = replace(FINE, processes=(process("poll"), process("send", seconds_ago=5)))

    assert as_text(status, CALM, (), NOW, OFFERED).splitlines()[1:3] == [
        "            poll on atlas (process 7), last sign of life 20 s ago",
        "            send on atlas (process 7), last sign of life 5 s ago",
    ]


def test_a_service_that_does_not_run_is_not_blamed_on_telegram() -> None:
    stopped = replace(FINE, alive_at=NOW - 3 * HOUR, telegram_at=NOW - 3 * HOUR)

    assert complaints(stopped, CALM, NOW) == (
        "the service is not running, or cannot write: last sign of life 3 h ago",
    )


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "0 s"), (59, "59 s"), (60, "1 min"), (90, "90 s"), (7200, "2 h"), (172_800, "2 d")],
)
def test_a_length_of_time_is_told_in_one_unit(seconds: int, text: str) -> None:
    assert span(timedelta(seconds=seconds)) == text


def test_the_report_shows_each_feed_and_ends_with_the_verdict() -> None:
    report = as_text(FINE, CALM, (), NOW, OFFERED)

    assert "fdd  12 briefs, newest came 3 h ago, next poll in 1 min (its interval)\n" in report
    assert report.endswith("All is well.")


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (Why.BUSY_HOURS, "its busy hours"),
        (Why.QUIET_HOURS, "its quiet hours"),
        (Why.RETRY_AFTER, "the server's Retry-After"),
        (Why.FRESH, "the server's max-age or Expires"),
        (Why.TTL, "the feed's ttl"),
        (Why.UPDATE_PERIOD, "the feed's update period"),
        (Why.SKIPPED, "hours the feed asks to skip"),
        (Why.ERRORS, "after errors"),
        (Why.THROTTLED, "asked too often before (429)"),
        (Why.TWIN, "it leads to feed other, which is read anyway: please remove one"),
    ],
)
def test_the_report_says_why_a_feed_is_asked_then(why: Why, words: str) -> None:
    report = as_text(with_feed(why=why, twin=FeedId("other")), CALM, (), NOW, OFFERED)

    assert f"next poll in 1 min ({words})\n" in report


def test_the_report_says_about_how_much_304s_saved() -> None:
    saved = with_feed(traffic=Traffic(requests=900, unchanged=850, bytes_saved=139_264_000))

    assert "(its interval), about 139.3 MB saved by 850 304s\n" in as_text(
        saved, CALM, (), NOW, OFFERED
    )
    assert '"bytes_saved": 139264000' in as_json(saved, CALM, (), OFFERED)


def test_the_report_says_where_a_feed_has_moved() -> None:
    moved = with_feed(moved_to="https://example.net/feed")

    assert "moved to https://example.net/feed: please edit its url\n" in as_text(
        moved, CALM, (), NOW, OFFERED
    )


@pytest.mark.parametrize("stop", Stopped)
def test_the_report_says_of_a_feed_that_is_not_asked_any_more_why(stop: Stopped) -> None:
    report = as_text(with_feed(stopped=stop), CALM, (), NOW, OFFERED)

    assert "not asked any more\n" in report
    assert "next poll" not in report


def test_the_report_ends_with_what_needs_a_person() -> None:
    assert as_text(FINE, CALM, ("the sky falls",), NOW, OFFERED).endswith(
        "Needs a person:\n    the sky falls"
    )


def test_the_json_report_holds_the_complaints() -> None:
    assert '"complaints": ["the sky falls"]' in as_json(FINE, CALM, ("the sky falls",), OFFERED)


def test_subscriptions_to_topics_that_left_the_config_are_told_but_need_nobody() -> None:
    report = as_text(FINE, CALM, (), NOW, {IRAN})

    assert "5 subscriptions\n            2 paused, as not in the config: houthis (2)\n" in report
    assert report.endswith("All is well.")
    assert '"paused": {"houthis": 2}' in as_json(FINE, CALM, (), {IRAN})


def test_the_report_says_how_alerts_are_liked_by_topic() -> None:
    liked = replace(CALM, feedback={IRAN: Votes(up=1200, down=3), HOUTHIS: Votes(down=1)})

    text = as_text(FINE, liked, (), NOW, OFFERED)

    assert "\nLiked       in the last 30 days: iran 1,200 👍 3 👎, houthis 0 👍 1 👎\n" in text
    assert "Liked" not in as_text(FINE, CALM, (), NOW, OFFERED)


def test_of_many_topics_the_report_tells_those_with_the_most_votes() -> None:
    votes = {TopicId(f"topic-{n}"): Votes(up=20 - n) for n in range(10)}

    text = as_text(FINE, replace(CALM, feedback=votes), (), NOW, OFFERED)

    assert "topic-7 13 👍 0 👎, and 2 more topics\n" in text


@pytest.mark.parametrize(
    ("watches", "told"), [(0, ""), (1, ", 1 watch"), (2_000, ", 2,000 watches")]
)
def test_what_chats_watch_is_counted_and_no_more(watches: int, told: str) -> None:
    report = as_text(replace(FINE, watches=watches), CALM, (), NOW, OFFERED)

    assert f"5 subscriptions{told}\n" in report


def test_the_report_is_read_at_one_glance() -> None:
    status = replace(
        FINE,
        chats=9134,
        unreachable=14,
        deliveries={"sent": 120_400, "sending": 2, "pending": 1240, "dead": 12, "expired": 2},
        repeated=3,
        dead_reasons={"Forbidden: bot was blocked by the user": 9, "Message is too long": 3},
        paused_until=NOW + timedelta(minutes=20),
    )
    ledger = replace(
        BUSY,
        paused_chats=2,
        chats_paused_until=NOW + timedelta(minutes=50),
        sent_last_day=412,
        dead_last_day={"Message is too long": 1},
    )

    assert as_text(status, ledger, (), NOW, OFFERED) == (
        "Service     last sign of life 20 s ago, Telegram answered 25 s ago\n"
        "Chats       9,120 reachable, 14 lost, 5 subscriptions\n"
        "Queue       1,200 due, the oldest for 1 h; 40 for later; 2 being sent\n"
        "            all paused by Telegram for 20 min\n"
        "            2 chats paused by Telegram, the longest for 50 min\n"
        "Sent        412 in the last 24 h, 120,400 in all; 3 of them twice to be sure\n"
        "Not sent    12 dead, 2 expired\n"
        "    dead: Forbidden: bot was blocked by the user (9)\n"
        "    dead: Message is too long (3, 1 in the last 24 h)\n"
        "Feeds\n"
        "    fdd  12 briefs, newest came 3 h ago, next poll in 1 min (its interval)\n"
        "\n"
        "All is well."
    )


def test_the_json_report_holds_every_number_of_the_status_and_the_ledger() -> None:
    report = json.loads(as_json(FINE, BUSY, (), OFFERED))

    assert report.keys() == {
        *(field.name for field in (*fields(Status), *fields(Ledger))),
        "paused",
        "complaints",
    }
    assert (report["due"], report["oldest_due"]) == (1200, "2026-03-01T11:00:00+00:00")


HUB = HubStatus(
    feed=FeedId("fdd"),
    hub="https://hub.example/",
    lease_until=NOW + timedelta(days=9),
    tries=0,
    error=None,
    pushes=1200,
    pushed_at=NOW - timedelta(minutes=5),
    refused=0,
)


@pytest.mark.parametrize(
    ("hub", "line"),
    [
        (
            HUB,
            "fdd  https://hub.example/ pushes, for 9 d or longer, 1,200 so far, the last 5 min ago",
        ),
        (
            replace(HUB, pushes=0, pushed_at=None, refused=3),
            "fdd  https://hub.example/ pushes, for 9 d or longer, 3 ignored for a wrong signature",
        ),
        (
            replace(HUB, lease_until=None, pushed_at=None, tries=4, error="HTTP 503"),
            "fdd  https://hub.example/ does not push, asked 4 times: HTTP 503",
        ),
    ],
)
def test_the_status_tells_what_hubs_do(hub: HubStatus, line: str) -> None:
    report = as_text(replace(FINE, hubs=(hub,)), CALM, (), NOW, OFFERED)

    assert f"\nHubs\n    {line}\n" in report


def test_without_hubs_the_status_is_as_short_as_before() -> None:
    assert "Hubs" not in as_text(FINE, CALM, (), NOW, OFFERED)
