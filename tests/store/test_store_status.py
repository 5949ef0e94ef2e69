from datetime import timedelta

from store_samples import ANNA, BORIS, CYBER, MISSILES, NEWSROOM, SENT, START, Desk, alert

from alertbot.ports import Ledger, Verdict
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
    assert (status.paused_until, status.alive_at, status.telegram_at) == (None, None, None)


async def test_the_oldest_waiting_delivery_is_dated_by_its_alert(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("a", MISSILES))
    desk.later(hours=1)
    await desk.publish(alert("b", MISSILES))

    assert (await desk.store.status.ledger(desk.now)).oldest_due == START
    [delivery] = await desk.claim()
    await desk.finish(delivery)
    assert START + timedelta(hours=1) == (await desk.store.status.ledger(desk.now)).oldest_due


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


async def test_telegrams_last_answer_is_kept_beside_the_sign_of_life(store: Store) -> None:
    await store.status.alive(START)
    await store.status.telegram_answered(START - timedelta(minutes=7))

    status = await store.status.status()
    assert (status.alive_at, status.telegram_at) == (START, START - timedelta(minutes=7))


async def test_only_what_was_sent_counts_as_repeated(desk: Desk) -> None:
    await desk.subscribe(ANNA, BORIS)
    await desk.publish(alert("a", MISSILES))
    await desk.claim()
    await desk.store.outbox.recover(desk.later(seconds=2), everything=True)
    anna, boris = await desk.claim()
    await desk.finish(anna)
    await desk.finish(boris, Verdict(dead="blocked"))

    assert (await desk.store.status.status()).repeated == 1


async def test_the_ledger_of_a_new_store_is_empty(store: Store) -> None:
    assert await store.status.ledger(START) == Ledger(
        due=0,
        waiting=0,
        oldest_due=None,
        paused_chats=0,
        chats_paused_until=None,
        sent_last_day=0,
        dead_last_day={},
    )


async def test_what_waits_is_due_or_for_later(desk: Desk) -> None:
    await desk.subscribe(ANNA, BORIS)
    await desk.publish(alert("a", MISSILES), alert("b", MISSILES))
    anna, _ = await desk.claim()
    await desk.finish(anna, Verdict(retry_at=desk.now + timedelta(minutes=5)))

    ledger = await desk.store.status.ledger(desk.later(minutes=1))
    assert (ledger.due, ledger.waiting) == (2, 1)
    ledger = await desk.store.status.ledger(desk.later(minutes=4))
    assert (ledger.due, ledger.waiting) == (3, 0)


async def test_a_delivery_that_is_tried_again_and_again_has_waited_since_it_was_made(
    desk: Desk,
) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("a", MISSILES))
    [anna] = await desk.claim()
    await desk.finish(anna, Verdict(retry_at=desk.now + timedelta(hours=1)))

    assert (await desk.store.status.ledger(desk.later(minutes=30))).oldest_due == START


async def test_a_paused_chat_is_counted_and_what_waits_for_it_holds_up_nothing(
    desk: Desk,
) -> None:
    await desk.subscribe(NEWSROOM, BORIS)
    await desk.publish(alert("a", MISSILES))
    until = desk.now + timedelta(hours=2)
    for delivery in await desk.claim():
        paused = Verdict(retry_at=until, chat_paused_until=until)
        await desk.finish(delivery, paused if delivery.chat == NEWSROOM else SENT)

    ledger = await desk.store.status.ledger(desk.later(hours=1))
    assert (ledger.paused_chats, ledger.chats_paused_until) == (1, until)
    assert (ledger.waiting, ledger.oldest_due) == (1, None)
    assert (await desk.store.status.ledger(until)).paused_chats == 0


async def test_the_pace_alone_is_no_pause(desk: Desk) -> None:
    await desk.subscribe(NEWSROOM)
    await desk.publish(alert("a", MISSILES))
    await desk.drain()

    assert (await desk.store.status.ledger(desk.now)).paused_chats == 0


async def test_the_last_day_is_told_apart_from_all_before(desk: Desk) -> None:
    await desk.subscribe(ANNA, BORIS)
    for key in "ab":
        await desk.publish(alert(key, MISSILES))
        anna, boris = await desk.claim()
        await desk.finish(anna)
        await desk.finish(boris, Verdict(dead="too long"))
        desk.later(hours=23)

    ledger = await desk.store.status.ledger(desk.now)
    assert (ledger.sent_last_day, ledger.dead_last_day) == (1, {"too long": 1})
    status = await desk.store.status.status()
    assert (status.deliveries["sent"], status.dead_reasons) == (2, {"too long": 2})
