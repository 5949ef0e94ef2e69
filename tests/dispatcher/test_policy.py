from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alertbot.dispatcher import judge
from alertbot.model import AlertId, ChatId, DeliveryId, Message
from alertbot.ports import (
    BotRefused,
    Delivery,
    Migrated,
    NotSent,
    Refused,
    SendOutcome,
    Sent,
    ThreadGone,
    Throttled,
    Unknown,
    Verdict,
)

NOW = datetime(2024, 1, 23, 12, tzinfo=UTC)
PRIVATE, GROUP = ChatId(11), ChatId(-21)
MINUTE = timedelta(minutes=1)


def delivery(chat: ChatId = PRIVATE, attempt: int = 1) -> Delivery:
    return Delivery(
        id=DeliveryId(1),
        token="t",
        chat=chat,
        alert_id=AlertId(1),
        content=Message(html="t", text="t"),
        topics=(),
        attempt=attempt,
        maybe_repeat=False,
    )


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [
        (Sent(message_id=7), Verdict(message_id=7)),
        (Refused(reason="too long"), Verdict(dead="too long")),
        (Refused(reason="blocked", chat_gone=True), Verdict(dead="blocked", chat_gone=True)),
        (Migrated(chat=ChatId(-100)), Verdict(migrated_to=ChatId(-100))),
        (ThreadGone(reason="TOPIC_CLOSED"), Verdict(thread_gone=True)),
        (Unknown(reason="read timeout"), Verdict()),
        (BotRefused(reason="Unauthorized"), Verdict(retry_at=NOW)),
    ],
)
def test_an_outcome_has_its_verdict(outcome: SendOutcome, verdict: Verdict) -> None:
    assert judge(outcome, delivery(), NOW, 0.5) == verdict


def test_the_fifth_lost_answer_is_the_last() -> None:
    lost_before = replace(delivery(attempt=5), maybe_repeat=True, lost_answers=4)

    verdict = judge(Unknown(reason="read timeout"), lost_before, NOW, 0.5)

    assert verdict == Verdict(dead="Telegram's answers were lost, try after try")


def test_a_first_lost_answer_is_never_the_last() -> None:
    verdict = judge(Unknown(reason="read timeout"), delivery(attempt=9), NOW, 0.5)

    assert verdict == Verdict()


def test_tries_that_were_refused_for_now_are_no_lost_answers() -> None:
    lost_before = replace(delivery(attempt=50), maybe_repeat=True, lost_answers=3)

    verdict = judge(Unknown(reason="read timeout"), lost_before, NOW, 0.5)

    assert verdict == Verdict()


def test_what_was_not_sent_is_tried_again_however_many_tries_there_were() -> None:
    verdict = judge(NotSent(reason="refused"), delivery(attempt=5), NOW, 1.0)

    assert verdict == Verdict(retry_at=NOW + timedelta(seconds=16))


def test_a_private_chat_that_is_throttled_speaks_for_the_whole_bot() -> None:
    verdict = judge(Throttled(retry_after=MINUTE), delivery(PRIVATE), NOW, 0.5)

    until = NOW + MINUTE
    assert verdict == Verdict(retry_at=until, chat_paused_until=until, all_paused_until=until)


def test_a_group_that_is_throttled_speaks_for_itself() -> None:
    verdict = judge(Throttled(retry_after=MINUTE), delivery(GROUP), NOW, 0.5)

    assert verdict == Verdict(retry_at=NOW + MINUTE, chat_paused_until=NOW + MINUTE)


def test_what_was_not_sent_is_tried_again_after_a_second_then_two_up_to_five_minutes() -> None:
    waits = [
        judge(NotSent(reason="refused"), delivery(attempt=attempt), NOW, 1.0)
        for attempt in (1, 2, 3, 9, 10, 5000)
    ]

    assert waits == [
        Verdict(retry_at=NOW + timedelta(seconds=seconds)) for seconds in (1, 2, 4, 256, 300, 300)
    ]


def test_jitter_takes_up_to_half_of_a_wait_away() -> None:
    verdict = judge(NotSent(reason="refused"), delivery(attempt=3), NOW, 0.0)

    assert verdict == Verdict(retry_at=NOW + timedelta(seconds=2))
