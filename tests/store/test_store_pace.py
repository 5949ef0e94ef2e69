from bisect import bisect_left
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from store_samples import (
    ANNA,
    BORIS,
    MISSILES,
    NEWSROOM,
    START,
    Desk,
    alert,
    chats_and_keys,
    restarted,
)

from alertbot.model import ChatId
from alertbot.ports import Verdict

SECOND = timedelta(seconds=1)
SLOTS = 4


async def departures(desk: Desk, late: timedelta = timedelta()) -> list[datetime]:
    """Send all; the sender wakes `late` each time. Return when each message left."""
    times: list[datetime] = []
    while (due := await desk.next_due()) is not None:
        desk.now = max(desk.now, due + late)
        for delivery in await desk.claim(SLOTS, 30):
            times.append(desk.now)
            await desk.finish(delivery)
    return times


def fullest(times: list[datetime], window: timedelta) -> int:
    return max(bisect_left(times, start + window) - at for at, start in enumerate(times))


@pytest.mark.parametrize("late_ms", [0, pytest.param(8, marks=pytest.mark.slow), 30])
async def test_thirty_messages_a_second_leave_and_hardly_a_burst_more(
    desk: Desk, late_ms: int
) -> None:
    """A sender that wakes a little late keeps the rate all the same, but for half a percent."""
    await desk.subscribe(*map(ChatId, range(1, 76)))
    await desk.publish(alert("a", MISSILES))

    times = await departures(desk, late=timedelta(milliseconds=late_ms))

    assert len(times) == 75
    # the first left late, too
    assert 29.8 <= 73 / ((times[-1] - times[1]) / SECOND) <= 29.85
    assert fullest(times, SECOND) <= 31


async def test_a_long_rest_does_not_save_up_for_a_burst(desk: Desk) -> None:
    await desk.subscribe(*map(ChatId, range(1, 61)))
    await desk.publish(alert("a", MISSILES))
    await departures(desk)
    desk.later(hours=3)
    await desk.publish(alert("b", MISSILES))

    assert fullest(await departures(desk), SECOND) <= 31


@pytest.mark.parametrize("hours", [0, 3])
async def test_the_first_after_a_rest_gets_time_to_open_a_connection(
    desk: Desk, hours: int
) -> None:
    await desk.subscribe(*map(ChatId, range(1, 9)))
    await desk.publish(alert("a", MISSILES))
    if hours:
        await departures(desk)
        desk.later(hours=hours)
        await desk.publish(alert("b", MISSILES))

    times = await departures(desk)

    first, *others = (later - at for at, later in pairwise(times))
    assert first / SECOND == pytest.approx(3 / 30, abs=0.002)
    assert max(others) / SECOND == pytest.approx(1 / 30, abs=0.002)


async def test_a_private_chat_gets_one_message_a_second(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(*(alert(key, MISSILES) for key in "abcd"))

    assert [START + second * SECOND for second in range(4)] == await departures(desk)


async def test_a_group_gets_one_message_in_three_seconds_that_is_twenty_a_minute(
    desk: Desk,
) -> None:
    await desk.subscribe(NEWSROOM)
    await desk.publish(*(alert(key, MISSILES) for key in "abcd"))

    assert [START + second * SECOND for second in (0, 3, 6, 9)] == await departures(desk)


async def test_one_slow_chat_holds_up_nobody(desk: Desk) -> None:
    await desk.subscribe(NEWSROOM)
    await desk.publish(*(alert(key, MISSILES) for key in "abc"))
    await desk.subscribe(ANNA)
    await desk.publish(alert("d", MISSILES))

    assert chats_and_keys(await desk.claim()) == [(NEWSROOM, "a"), (ANNA, "d")]


async def test_the_pace_outlives_a_restart(desk: Desk, url: str) -> None:
    await desk.subscribe(NEWSROOM, *map(ChatId, range(1, 10)))
    await desk.publish(alert("a", MISSILES), alert("b", MISSILES))
    for delivery in await desk.claim(per_second=30):
        await desk.finish(delivery)
    due = await desk.next_due()
    assert due is not None and START < due < START + SECOND

    async with restarted(desk, url) as again:
        assert await again.claim() == ()
        assert due == await again.next_due()
        assert chats_and_keys(await again.drain())[-1] == (NEWSROOM, "b")
        assert again.now >= START + 3 * SECOND


async def test_a_pause_for_a_chat_holds_that_chat_alone(desk: Desk) -> None:
    await desk.subscribe(ANNA, BORIS)
    await desk.publish(alert("a", MISSILES), alert("b", MISSILES))
    anna, boris = await desk.claim()
    until = START + 30 * SECOND
    await desk.finish(anna, Verdict(retry_at=until, chat_paused_until=until))
    await desk.finish(boris)

    desk.later(seconds=29)
    assert chats_and_keys(await desk.claim()) == [(BORIS, "b")]
    desk.now = until
    assert chats_and_keys(await desk.claim()) == [(ANNA, "a")]


async def test_a_pause_for_everyone_holds_everyone_over_a_restart_too(desk: Desk, url: str) -> None:
    await desk.subscribe(ANNA, BORIS)
    await desk.publish(alert("a", MISSILES))
    [anna] = await desk.claim(slots=1)
    until = START + 30 * SECOND
    await desk.finish(anna, Verdict(retry_at=until, all_paused_until=until))
    assert until == (await desk.store.status.status()).paused_until

    async with restarted(desk, url) as again:
        again.later(seconds=29)
        assert await again.claim() == ()
        assert until == await again.next_due()
        again.now = until
        assert chats_and_keys(await again.claim()) == [(ANNA, "a"), (BORIS, "a")]


async def test_a_shorter_pause_does_not_cut_a_longer_one(desk: Desk) -> None:
    await desk.subscribe(ANNA, BORIS)
    await desk.publish(alert("a", MISSILES))
    anna, boris = await desk.claim()
    for delivery, seconds in ((anna, 60), (boris, 5)):
        until = START + seconds * SECOND
        await desk.finish(
            delivery, Verdict(retry_at=until, chat_paused_until=until, all_paused_until=until)
        )

    assert await desk.next_due() == START + 60 * SECOND


async def test_a_pause_does_not_cut_the_pace_of_a_chat(desk: Desk) -> None:
    await desk.subscribe(NEWSROOM)
    await desk.publish(alert("a", MISSILES))
    [delivery] = await desk.claim()
    await desk.finish(delivery, Verdict(retry_at=START, chat_paused_until=START + SECOND))

    assert await desk.next_due() == START + 3 * SECOND


async def test_a_pace_kept_by_a_clock_that_was_ahead_is_caught_up_with_at_start(
    desk: Desk, url: str
) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("a", MISSILES))
    desk.later(days=6)
    [delivery] = await desk.claim()
    await desk.finish(delivery)
    desk.later(days=-6)
    await desk.subscribe(BORIS)
    await desk.publish(alert("b", MISSILES))

    async with restarted(desk, url) as again:
        await again.store.outbox.recover(again.now, everything=True)
        again.later(seconds=3)
        assert chats_and_keys(await again.claim()) == [(BORIS, "b")]


async def test_a_pause_for_all_outlives_a_start(desk: Desk, url: str) -> None:
    await desk.subscribe(ANNA, BORIS)
    await desk.publish(alert("a", MISSILES))
    until = desk.now + timedelta(hours=2)
    first, second = await desk.claim()
    await desk.finish(first, Verdict(retry_at=until, all_paused_until=until))
    await desk.finish(second)

    async with restarted(desk, url) as again:
        await again.store.outbox.recover(again.now, everything=True)
        assert until == await again.next_due()
