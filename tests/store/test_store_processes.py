from dataclasses import replace
from datetime import timedelta

from store_samples import FEED, LEASE, START, Desk, feed, restarted

from alertbot.ports import ServiceProcess
from alertbot.store import Store

UPDATES = "updates"
SECOND = timedelta(seconds=1)


def process(name: str, **what: object) -> ServiceProcess:
    given = {"host": "a", "pid": 7, "role": "all", "started_at": START, "alive_at": START, **what}
    return ServiceProcess(id=name, **given)  # type: ignore[arg-type]


async def take(store: Store, token: str, after: timedelta = timedelta()) -> bool:
    return await store.processes.take(UPDATES, token, START + after, LEASE)


async def test_one_at_a_time_has_a_role_and_may_keep_it(store: Store) -> None:
    assert await take(store, "one")
    assert not await take(store, "two")
    assert await take(store, "one", LEASE / 2)
    assert not await take(store, "two", LEASE)

    assert await take(store, "two", 1.5 * LEASE)
    assert not await take(store, "one", 1.5 * LEASE)


async def test_a_role_that_is_left_is_free_at_once(store: Store) -> None:
    await take(store, "one")
    await store.processes.release(UPDATES, "two")
    assert not await take(store, "two")

    await store.processes.release(UPDATES, "one")

    assert await take(store, "two")


async def test_another_role_is_another_matter(store: Store) -> None:
    await take(store, "one")

    assert await store.processes.take("other", "two", START, LEASE)


async def test_each_process_is_listed_until_it_ends(store: Store) -> None:
    first, second = process("x"), process("y", host="b", role="send", started_at=START + SECOND)
    for one in (second, first):
        await store.processes.alive(one)
    assert await store.processes.processes() == (first, second)

    later = process("x", alive_at=START + SECOND)
    await store.processes.alive(later)
    await store.processes.ended("y")

    assert await store.processes.processes() == (later,)


async def test_a_process_that_was_killed_is_forgotten_after_a_day(store: Store) -> None:
    await store.processes.alive(process("killed"))

    at_work = process("x", alive_at=START + timedelta(days=1, seconds=1))
    await store.processes.alive(at_work)

    assert await store.processes.processes() == (at_work,)


async def test_what_a_killed_process_held_is_free_at_the_next_start_if_no_other_can_run(
    desk: Desk, url: str
) -> None:
    await take(desk.store, "killed")
    await desk.store.processes.alive(process("killed"))
    often = replace(feed(), min_interval=LEASE / 2)
    await desk.store.feeds.register_feeds([often], START)
    await desk.store.feeds.claim_feeds(START, 1, LEASE)

    async with restarted(desk, url) as again:
        await again.store.feeds.register_feeds([often], START)
        await again.store.recover(START)
        due = await again.store.feeds.claim_feeds(START + LEASE / 2, 1, LEASE)

        alone = not again.store.database.shared
        assert await take(again.store, "new") is alone
        assert [one.feed for one in due] == [FEED] * alone
