from datetime import timedelta

from store_samples import ANNA, BORIS, CYBER, MISSILES, START, Desk, alert

from alertbot.ports import Verdict
from alertbot.store import Store


async def test_a_new_store_is_empty(store: Store) -> None:
    status = await store.status.status()

    assert (
        status.feeds,
        status.chats,
        status.unreachable,
        status.subscriptions,
    ) == ((), 0, 0, 0)
    assert {0} == set(status.deliveries.values())
    assert (status.oldest_due, status.paused_until, status.alive_at) == (None, None, None)


async def test_the_oldest_waiting_delivery_is_dated_by_its_alert(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("a", MISSILES))
    desk.later(hours=1)
    await desk.publish(alert("b", MISSILES))

    assert (await desk.store.status.status()).oldest_due == START
    [delivery] = await desk.claim()
    await desk.finish(delivery)
    assert START + timedelta(hours=1) == (await desk.store.status.status()).oldest_due


async def test_deliveries_are_counted_by_state_and_the_dead_by_reason(desk: Desk) -> None:
    await desk.subscribe(ANNA, BORIS)
    await desk.subscribe(BORIS, topic=CYBER)
    await desk.publish(alert("a", MISSILES), alert("b", CYBER))
    anna, boris = await desk.claim()
    await desk.finish(anna)
    await desk.finish(boris, Verdict(dead="too long"))

    status = await desk.store.status.status()

    assert await desk.counts() == {"sent": 1, "dead": 1, "pending": 1}
    assert status.dead_reasons == {"too long": 1}
    assert (
        status.chats,
        status.unreachable,
        status.subscriptions,
        status.repeated,
    ) == (2, 0, 3, 0)


async def test_the_last_sign_of_life_counts(store: Store) -> None:
    await store.status.alive(START)
    await store.status.alive(START + timedelta(minutes=1))

    assert START + timedelta(minutes=1) == (await store.status.status()).alive_at


async def test_only_what_was_sent_counts_as_repeated(desk: Desk) -> None:
    await desk.subscribe(ANNA, BORIS)
    await desk.publish(alert("a", MISSILES))
    await desk.claim()
    await desk.store.outbox.recover(desk.later(seconds=2), everything=True)
    anna, boris = await desk.claim()
    await desk.finish(anna)
    await desk.finish(boris, Verdict(dead="blocked"))

    assert (await desk.store.status.status()).repeated == 1
