from store_samples import (
    ANNA,
    BORIS,
    CARLA,
    CYBER,
    HOUTHIS,
    LEASE,
    MISSILES,
    NEWSROOM,
    SENT,
    START,
    Desk,
    alert,
    chats_and_keys,
    restarted,
)

from alertbot.ports import Verdict


async def test_each_chat_that_follows_the_topic_is_told_once(desk: Desk) -> None:
    await desk.subscribe(ANNA, BORIS)
    await desk.subscribe(CARLA, topic=CYBER)

    assert await desk.publish(alert("k1", MISSILES)) == 2

    assert chats_and_keys(await desk.drain()) == [(ANNA, "k1"), (BORIS, "k1")]
    assert await desk.counts() == {"sent": 2}


async def test_a_chat_that_follows_two_of_the_topics_gets_one_message_naming_both(
    desk: Desk,
) -> None:
    told = alert("k1", MISSILES, CYBER, HOUTHIS)
    await desk.subscribe(ANNA, topic=MISSILES)
    await desk.subscribe(ANNA, topic=HOUTHIS)

    assert await desk.publish(told) == 1

    [delivery] = await desk.claim()
    assert delivery.topics == (HOUTHIS, MISSILES)
    assert told == delivery.content


async def test_a_topic_that_matched_in_two_ways_is_named_once(desk: Desk) -> None:
    told = alert("k1", MISSILES, MISSILES)
    await desk.subscribe(ANNA)
    await desk.publish(told)

    [delivery] = await desk.claim()

    assert delivery.topics == (MISSILES,)
    assert delivery.content == told


async def test_a_first_try_is_no_repeat(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("k1", MISSILES))

    [delivery] = await desk.claim()

    assert (delivery.attempt, delivery.maybe_repeat) == (1, False)


async def test_a_quiet_poll_makes_no_deliveries_then_or_later(desk: Desk) -> None:
    await desk.subscribe(ANNA)

    assert await desk.publish(alert("k1", MISSILES), quiet=True) == 0
    assert await desk.publish(alert("k1", MISSILES)) == 0

    assert await desk.drain() == []


async def test_who_subscribes_later_is_not_told_of_what_was(desk: Desk) -> None:
    await desk.publish(alert("k1", MISSILES))
    await desk.subscribe(ANNA)

    assert await desk.drain() == []


async def test_a_chat_is_told_in_the_order_alerts_were_made(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(*(alert(key, MISSILES) for key in "abc"))

    assert [delivery.content.brief.key for delivery in await desk.drain()] == ["a", "b", "c"]


async def test_a_later_alert_does_not_overtake_one_that_has_to_wait(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("a", MISSILES), alert("b", MISSILES))
    [first] = await desk.claim()
    await desk.finish(first, Verdict(retry_at=desk.now))

    desk.later(seconds=1)
    [again] = await desk.claim()

    assert (first.id, 2) == (again.id, again.attempt)


async def test_a_chat_has_one_message_on_the_wire_at_a_time(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("a", MISSILES), alert("b", MISSILES))
    [first] = await desk.claim()

    desk.later(seconds=30)
    assert await desk.claim() == ()

    await desk.finish(first)
    [second] = await desk.claim()
    assert second.content.brief.key == "b"


async def test_a_claimed_delivery_is_nobody_elses(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("a", MISSILES))
    await desk.claim()

    desk.later(seconds=30)
    assert await desk.claim() == ()
    assert await desk.store.outbox.recover(desk.now) == 0


async def test_no_more_is_claimed_than_there_are_slots(desk: Desk) -> None:
    await desk.subscribe(ANNA, BORIS, CARLA)
    await desk.publish(alert("a", MISSILES))

    assert [delivery.chat for delivery in await desk.claim(slots=2)] == [ANNA, BORIS]


async def test_nothing_is_sent_twice_over_a_restart(desk: Desk, url: str) -> None:
    await desk.subscribe(ANNA, BORIS)
    await desk.publish(alert("a", MISSILES))
    [one] = await desk.claim(slots=1)
    await desk.finish(one)

    async with restarted(desk, url) as again:
        assert await again.store.outbox.recover(again.later(seconds=5), everything=True) == 0
        assert chats_and_keys(await again.drain()) == [(BORIS, "a")]


async def test_after_a_crash_what_was_on_the_wire_is_due_again_and_marked(
    desk: Desk, url: str
) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("a", MISSILES))
    await desk.claim()

    async with restarted(desk, url) as again:
        assert await again.store.outbox.recover(again.later(seconds=2), everything=True) == 1
        [delivery] = await again.drain()
        assert (delivery.attempt, delivery.maybe_repeat) == (2, True)
        assert (await again.store.status.status()).repeated == 1


async def test_a_lapsed_lease_makes_a_delivery_due_again(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("a", MISSILES))
    await desk.claim()

    desk.now = START + LEASE
    assert await desk.store.outbox.recover(desk.now) == 1

    [again] = await desk.claim()
    assert again.maybe_repeat


async def test_a_chat_whose_answers_keep_getting_lost_is_tried_ever_less_often(
    desk: Desk,
) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("a", MISSILES))
    gaps = []
    for _ in range(12):
        [delivery] = await desk.claim()
        await desk.finish(delivery, Verdict())
        due = await desk.next_due()
        assert due is not None
        gaps.append((due - desk.now) / LEASE)
        desk.now = due
        await desk.store.outbox.recover(desk.now)

    assert gaps == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10]


async def test_who_comes_too_late_cannot_finish_what_another_holds(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("a", MISSILES))
    [frozen] = await desk.claim()
    desk.now = START + LEASE
    await desk.store.outbox.recover(desk.now)
    [taken_over] = await desk.claim()

    for verdict in (SENT, Verdict(retry_at=desk.now), Verdict(dead="no", chat_gone=True)):
        assert not await desk.finish(frozen, verdict)

    assert await desk.counts() == {"sending": 1}
    assert (await desk.store.status.status()).unreachable == 0
    assert await desk.finish(taken_over)


async def test_nothing_finishes_twice(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("a", MISSILES))
    [delivery] = await desk.claim()

    assert await desk.finish(delivery)
    assert not await desk.finish(delivery, Verdict(retry_at=desk.now))

    assert await desk.counts() == {"sent": 1}


async def test_a_retry_waits_for_its_time_and_stays_a_maybe_repeat(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("a", MISSILES))
    await desk.claim()
    await desk.store.outbox.recover(desk.later(seconds=2), everything=True)
    [delivery] = await desk.claim()
    await desk.finish(delivery, Verdict(retry_at=desk.now.replace(minute=1)))

    assert desk.now.replace(minute=1) == await desk.next_due()
    assert await desk.claim() == ()
    desk.later(minutes=1)
    [again] = await desk.claim()
    assert again.maybe_repeat


async def test_a_dead_delivery_stays_dead_and_its_chat_alive(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("a", MISSILES), alert("b", MISSILES))
    [delivery] = await desk.claim()
    await desk.finish(delivery, Verdict(dead="message is too long"))

    assert chats_and_keys(await desk.drain()) == [(ANNA, "b")]
    assert (await desk.store.status.status()).dead_reasons == {"message is too long": 1}


async def test_an_unknown_outcome_is_left_to_the_lease(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("a", MISSILES))
    [delivery] = await desk.claim()

    assert await desk.finish(delivery, Verdict())

    assert await desk.counts() == {"sending": 1}
    assert await desk.next_due() == START + LEASE


async def test_nothing_is_due_when_nothing_waits(desk: Desk) -> None:
    assert await desk.next_due() is None

    await desk.subscribe(ANNA, NEWSROOM)
    await desk.publish(alert("a", MISSILES))
    assert desk.now == await desk.next_due()

    await desk.drain()
    assert await desk.next_due() is None
