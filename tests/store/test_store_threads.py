"""Forum threads: who is told where, and what becomes of it when a thread is gone."""

from sqlalchemy import select
from store_samples import CYBER, MISSILES, NEWSROOM, SENT, UPGRADED, Desk, alert
from test_store_holding import TOMORROW_AT_EIGHT, follow, publish, release, told

from alertbot.ports import Mode, Settings, Subscription, Verdict
from alertbot.store.tables import deliveries

GONE = Verdict(thread_gone=True)


async def follow_in(desk: Desk, thread: int | None, *topics: str) -> None:
    for topic in topics:
        await desk.store.chats.subscribe(NEWSROOM, topic, desk.now, thread)


async def test_each_thread_is_told_of_its_own_topics(desk: Desk) -> None:
    await follow_in(desk, 5, MISSILES)
    await follow_in(desk, 6, CYBER)

    assert await desk.publish(alert("a", MISSILES, CYBER), alert("b", CYBER)) == 3

    sent = await desk.drain()
    assert [(one.thread, one.topics, one.content.brief.key) for one in sent] == [
        (5, (MISSILES,), "a"),
        (6, (CYBER,), "a"),
        (6, (CYBER,), "b"),
    ]


async def test_subscribing_in_another_thread_moves_it_there(desk: Desk) -> None:
    assert await desk.store.chats.subscribe(NEWSROOM, MISSILES, desk.now, 5)
    assert not await desk.store.chats.subscribe(NEWSROOM, MISSILES, desk.now, 6)

    assert await desk.store.chats.following(NEWSROOM) == {MISSILES: Subscription(thread=6)}

    await desk.publish(alert("a", MISSILES))
    assert [one.thread for one in await desk.drain()] == [6]


async def test_digests_of_two_threads_are_two(desk: Desk) -> None:
    await follow_in(desk, 5, MISSILES)
    await follow_in(desk, None, CYBER)
    await desk.store.chats.set_mode(NEWSROOM, Mode.DAILY)
    await release(desk)
    await publish(desk, "a", "b")
    await publish(desk, "c", "d", topic=CYBER)

    assert await release(desk, TOMORROW_AT_EIGHT) == 2

    sent = await desk.drain()
    assert [(one.thread, *told([one])) for one in sent] == [(5, ["a", "b"]), (None, ["c", "d"])]


async def test_what_is_for_a_thread_that_is_gone_goes_to_the_group_itself_from_then_on(
    desk: Desk,
) -> None:
    await follow_in(desk, 5, MISSILES)
    await desk.publish(alert("a", MISSILES), alert("b", MISSILES))
    [first] = await desk.claim()

    assert await desk.finish(first, GONE)

    assert await desk.store.chats.following(NEWSROOM) == {MISSILES: Subscription()}
    sent = await desk.drain()
    assert [(one.thread, *told([one])) for one in sent] == [(None, ["a"]), (None, ["b"])]
    assert not any(one.maybe_repeat for one in sent)


async def test_what_the_group_is_told_anyway_it_is_told_once(desk: Desk) -> None:
    await follow_in(desk, 5, MISSILES)
    await follow_in(desk, None, CYBER)
    await desk.publish(alert("a", MISSILES, CYBER))
    [first] = await desk.claim()
    if first.thread is None:
        await desk.finish(first)
        desk.later(seconds=5)
        [first] = await desk.claim()

    await desk.finish(first, GONE)

    await desk.drain()
    assert await desk.counts() == {"sent": 1, "cancelled": 1}


async def test_a_digest_for_a_thread_that_is_gone_goes_to_the_group_itself(desk: Desk) -> None:
    await follow_in(desk, 5, MISSILES)
    await desk.store.chats.set_mode(NEWSROOM, Mode.DAILY)
    await release(desk)
    await publish(desk, "a", "b", "c")
    await release(desk, TOMORROW_AT_EIGHT)
    [digest] = await desk.claim()

    await desk.finish(digest, GONE)

    sent = await desk.drain()
    assert [(one.thread, *told([one])) for one in sent] == [(None, ["a", "b", "c"])]
    assert await desk.counts() == {"sent": 3}


async def test_a_digest_whose_first_alert_the_group_has_leaves_it_the_others(desk: Desk) -> None:
    await follow_in(desk, 5, MISSILES)
    await follow_in(desk, None, CYBER)
    await desk.store.chats.set_mode(NEWSROOM, Mode.DAILY, [MISSILES])
    await release(desk)
    await desk.publish(alert("a", MISSILES, CYBER), alert("b", MISSILES), alert("c", MISSILES))
    [direct] = await desk.claim()
    await desk.finish(direct)
    await release(desk, TOMORROW_AT_EIGHT)
    [digest] = await desk.claim()

    await desk.finish(digest, GONE)

    assert told(await desk.drain()) == [["b"], ["c"]]
    assert await desk.counts() == {"sent": 3, "cancelled": 1}


async def test_a_group_that_gets_a_new_id_keeps_all_that_it_has_set(desk: Desk) -> None:
    own = Settings(timezone="Asia/Tehran", digest_time=7 * 60)
    await desk.store.chats.change_settings(NEWSROOM, lambda _: own, desk.now)
    await follow(desk, NEWSROOM, Mode.DAILY)
    await publish(desk, "a", "b")
    planned = await desk.store.holds.next_release()

    await desk.store.chats.migrate_chat(NEWSROOM, UPGRADED)

    assert await desk.store.chats.settings(UPGRADED) == own
    following = await desk.store.chats.following(UPGRADED)
    assert following == {MISSILES: Subscription(mode=Mode.DAILY)}
    assert await desk.store.holds.next_release() == planned
    await release(desk, planned)
    [digest] = await desk.drain()
    assert (digest.chat, *told([digest])) == (UPGRADED, ["a", "b"])


async def test_of_two_digests_under_two_ids_nothing_is_lost_or_told_twice(desk: Desk) -> None:
    for chat in (NEWSROOM, UPGRADED):
        await follow(desk, chat, Mode.DAILY)
    await publish(desk, "a", "b")
    await follow(desk, NEWSROOM, Mode.DAILY, CYBER)
    await publish(desk, "c", "d", topic=CYBER)
    await release(desk, TOMORROW_AT_EIGHT)
    [first] = [one for one in await desk.claim() if one.chat == UPGRADED]
    await desk.finish(first, SENT)

    await desk.store.chats.migrate_chat(NEWSROOM, UPGRADED)
    await desk.store.outbox.recover(desk.later(minutes=5))
    await desk.drain()

    assert await desk.counts() == {"sent": 4}
    async with desk.store.database.reading() as connection:
        chats = await connection.execute(select(deliveries.c.chat_id).distinct())
        assert chats.scalars().all() == [UPGRADED]
