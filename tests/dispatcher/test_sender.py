import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sender_samples import (
    ANNA,
    BORIS,
    CARLA,
    LEASE,
    NEWSROOM,
    ORDINARY,
    START,
    UPGRADED,
    Bench,
    write,
)

from alertbot.errors import TokenRefused
from alertbot.model import Alert, AlertId, ChatId, Message, Promise, TopicId
from alertbot.ports import (
    BotRefused,
    Migrated,
    NotSent,
    Refused,
    Throttled,
    Unknown,
)
from alertbot.store import open_store
from alertbot.words import Words
from fakes.sqlite import fresh_file


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    store = await open_store(fresh_file(tmp_path / "alertbot.db"))
    bench = Bench(store)
    yield bench
    if bench.running is not None:
        bench.running.cancel()
        await asyncio.gather(bench.running, return_exceptions=True)
    await store.close()


async def test_everyone_is_sent_everything_once_and_in_order(bench: Bench) -> None:
    await bench.publish("a", "b", to=(ANNA, BORIS, CARLA))
    bench.start()
    await bench.drain()
    await bench.end()

    assert sorted(bench.wire.arrived) == [
        (chat, key) for chat in (ANNA, BORIS, CARLA) for key in "ab"
    ]
    assert await bench.counts() == {"sent": 6}


async def test_each_chat_is_sent_what_was_written_in_its_language(bench: Bench) -> None:
    await bench.publish("a", to=(ANNA, BORIS, CARLA))
    await bench.store.chats.choose_language(BORIS, "he", START)
    await bench.store.chats.open_chat(CARLA, START, "fa")
    bench.start()
    await bench.drain()

    assert sorted(bench.wire.arrived) == [(ANNA, "a"), (BORIS, "a he"), (CARLA, "a fa")]


async def test_no_more_messages_are_on_the_wire_than_there_are_slots(bench: Bench) -> None:
    await bench.publish("a", to=tuple(map(ChatId, range(1, 21))))
    bench.sender.slots, bench.sender.per_second = 4, 1000
    bench.wire.answering.clear()
    bench.start()
    await bench.until(lambda: bench.wire.on_it == 4)
    bench.clock.time += timedelta(seconds=5)
    bench.sender.wake()
    assert await bench.counts() == {"sending": 4, "pending": 16}

    bench.wire.answering.set()
    await bench.drain()

    assert bench.wire.most_on_it == 4
    assert len(bench.wire.arrived) == 20


async def test_a_wake_sends_what_was_saved_meanwhile(bench: Bench) -> None:
    bench.start()
    await bench.until_settled()

    await bench.publish("a")
    bench.sender.wake()

    await bench.until(lambda: bench.wire.arrived == [(ANNA, "a")])


async def test_a_stop_waits_for_the_answers_and_starts_nothing_new(bench: Bench) -> None:
    bench.sender.slots, bench.sender.per_second = 2, 1000
    await bench.publish("a", "b", to=(ANNA, BORIS))
    bench.wire.answering.clear()
    bench.start()
    await bench.until(lambda: bench.wire.on_it == 2)

    bench.stop.set()
    bench.clock.time += timedelta(seconds=5)
    for _ in range(20):
        await asyncio.sleep(0)
    assert bench.running is not None and not bench.running.done()
    bench.wire.answering.set()
    await bench.running

    assert sorted(bench.wire.arrived) == [(ANNA, "a"), (BORIS, "a")]
    assert await bench.counts() == {"sent": 2, "pending": 2}


async def test_a_sender_that_is_killed_leaves_what_was_on_the_wire_to_the_next(
    bench: Bench,
) -> None:
    await bench.publish("a")
    bench.wire.answering.clear()
    bench.start()
    await bench.until(lambda: bench.wire.on_it == 1)
    assert bench.running is not None
    bench.running.cancel()
    await asyncio.gather(bench.running, return_exceptions=True)
    assert await bench.counts() == {"sending": 1}

    bench.outbox.under_way = 0
    bench.wire.answering.set()
    bench.start()
    await bench.drain()

    assert bench.wire.arrived == [(ANNA, "a (again?)")]
    assert bench.clock.time >= START + LEASE


async def test_what_was_not_sent_is_sent_later_and_is_no_repeat(bench: Bench) -> None:
    bench.wire.script[ANNA] = [NotSent(reason="connection refused")] * 3
    await bench.publish("a")
    bench.start()
    await bench.drain()

    assert bench.wire.arrived == [(ANNA, "a")]
    assert timedelta(seconds=3) <= bench.clock.time - START <= timedelta(seconds=8)


async def test_a_throttled_bot_sends_nothing_to_anyone_until_it_may(bench: Bench) -> None:
    bench.wire.script[ANNA] = [Throttled(retry_after=timedelta(seconds=30))]
    await bench.publish("a")
    bench.start()
    await bench.until_settled()

    bench.clock.time = START + timedelta(seconds=29)
    await bench.publish("b", to=(BORIS,))
    await bench.until_settled()
    assert bench.wire.arrived == []

    await bench.drain()
    assert sorted(bench.wire.arrived)[:1] == [(ANNA, "a")]
    assert bench.clock.time >= START + timedelta(seconds=30)


async def test_a_pause_of_days_is_cut_to_one_and_the_log_says_so(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.wire.script[ANNA] = [Throttled(retry_after=timedelta(days=3))]
    await bench.publish("a")
    bench.start()
    await bench.drain()

    assert bench.wire.arrived == [(ANNA, "a")]
    assert bench.clock.time == START + timedelta(days=1)
    assert "a pause of 3 days, 0:00:00 is cut to 1 day, 0:00:00" in caplog.text


async def test_a_lost_answer_leads_to_one_marked_repeat_after_the_lease(bench: Bench) -> None:
    bench.wire.script[ANNA] = [Unknown(reason="read timeout")]
    await bench.publish("a")
    bench.start()
    await bench.drain()

    assert bench.wire.arrived == [(ANNA, "a (again?)")]
    assert bench.clock.time == START + LEASE
    assert (await bench.store.status.status()).repeated == 1


async def test_a_repeat_on_an_urgent_topic_is_marked_and_makes_a_sound(bench: Bench) -> None:
    bench.wire.script[ANNA] = [Unknown(reason="read timeout")]
    await bench.publish("a", topic=replace(ORDINARY, urgent=True))
    bench.start()
    await bench.drain()

    assert bench.wire.arrived == [(ANNA, "a (again?) with a sound")]


async def test_at_most_once_a_lost_answer_is_the_end_and_said_to_be_unknown(bench: Bench) -> None:
    bench.wire.script[ANNA] = [Unknown(reason="read timeout")]
    await bench.publish("a", "b", topic=replace(ORDINARY, delivery=Promise.AT_MOST_ONCE))
    bench.start()
    await bench.drain()

    assert bench.wire.arrived == [(ANNA, "b")]
    assert await bench.counts() == {"unknown": 1, "sent": 1}


async def test_a_chat_whose_answers_are_always_lost_gets_a_message_five_times_at_most(
    bench: Bench,
) -> None:
    bench.wire.script[ANNA] = [Unknown(reason="read timeout")] * 5
    await bench.publish("a", "b")
    bench.start()
    await bench.drain()

    assert bench.wire.arrived == [(ANNA, "b")]
    assert (await bench.store.status.status()).dead_reasons == {
        "Telegram's answers were lost, try after try": 1
    }


async def test_an_error_nobody_expected_counts_as_a_lost_answer(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.wire.script[ANNA] = [ZeroDivisionError("secret words of the brief")]
    await bench.publish("a", to=(ANNA, BORIS))
    bench.start()
    await bench.drain()

    assert bench.wire.arrived == [(BORIS, "a"), (ANNA, "a (again?)")]
    assert "delivery 1" in caplog.text


async def test_a_chat_that_blocked_us_is_left_alone(bench: Bench) -> None:
    bench.wire.script[ANNA] = [Refused(reason="bot was blocked by the user", chat_gone=True)]
    await bench.publish("a", "b", to=(ANNA, BORIS))
    bench.start()
    await bench.drain()

    assert bench.wire.arrived == [(BORIS, "a"), (BORIS, "b")]
    status = await bench.store.status.status()
    assert status.dead_reasons == {"bot was blocked by the user": 2}


async def test_an_upgraded_group_is_sent_the_message_under_its_new_id(bench: Bench) -> None:
    bench.wire.script[NEWSROOM] = [Migrated(chat=UPGRADED)]
    await bench.publish("a", to=(NEWSROOM,))
    bench.start()
    await bench.drain()

    assert bench.wire.arrived == [(UPGRADED, "a")]


async def test_an_alert_that_cannot_be_written_is_dead_and_holds_up_nobody(bench: Bench) -> None:
    def write_most(
        alert: Alert, topics: Sequence[TopicId], words: Words, number: AlertId
    ) -> Message:
        if alert.brief.key == "a":
            raise KeyError("figure")
        return write(alert, topics, words, number)

    bench.sender.render = write_most
    await bench.publish("a", "b")
    bench.start()
    await bench.drain()

    assert bench.wire.arrived == [(ANNA, "b")]
    status = await bench.store.status.status()
    assert status.dead_reasons == {"cannot be written: KeyError": 1}


async def test_a_refused_token_ends_the_sender_and_everything_stays_due(bench: Bench) -> None:
    for chat in (ANNA, BORIS):
        bench.wire.script[chat] = [BotRefused(reason="Unauthorized")]
    await bench.publish("a", to=(ANNA, BORIS))

    with pytest.raises(TokenRefused, match="Unauthorized"):
        await bench.sender.run(bench.stop)

    assert await bench.counts() == {"pending": 2}


async def test_a_busy_database_neither_ends_the_sender_nor_repeats_a_message(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.outbox.failures = {"claim": 2, "finish": 3, "recover": 1, "next_due": 1}
    bench.sender.store_pause = timedelta(0)
    await bench.publish("a", "b")
    bench.start()
    await bench.drain()
    await bench.end()

    assert bench.wire.arrived == [(ANNA, "a"), (ANNA, "b")]
    assert set(bench.outbox.failures.values()) == {0}
    assert "database is locked" in caplog.text


async def test_an_answer_that_cannot_be_recorded_within_the_lease_is_given_up(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.outbox.failures = {"finish": 10**9}
    bench.sender.store_pause = timedelta(0)
    await bench.publish("a")
    bench.start()
    await bench.until(lambda: bench.wire.arrived == [(ANNA, "a")])

    bench.clock.time = START + 2 * LEASE
    await bench.until(lambda: "is not recorded" in caplog.text)


async def test_an_answer_that_takes_longer_than_the_lease_is_not_waited_for(
    bench: Bench,
) -> None:
    bench.sender.lease = timedelta(milliseconds=20)
    bench.wire.answering.clear()
    await bench.publish("a")
    bench.start()
    await bench.until(lambda: bench.wire.on_it == 1)

    await bench.until(lambda: bench.wire.on_it == 0)

    assert await bench.counts() == {"sending": 1}


async def test_the_log_names_deliveries_and_neither_chats_nor_words(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "alertbot")
    chat, group, new = ChatId(987_654_321), ChatId(-876_543_210), ChatId(-100_765_432_109)
    bench.wire.script[chat] = [NotSent(reason="refused"), Refused(reason="gone", chat_gone=True)]
    bench.wire.script[group] = [Migrated(chat=new)]
    await bench.publish("words of a brief", to=(chat, group))
    bench.start()
    await bench.drain()

    assert "delivery 1" in caplog.text
    for personal in (chat, group, new, "words"):
        assert str(personal) not in caplog.text
