"""What a server can do to us, and how well several processes get along on it."""

import asyncio
import itertools
import json
import sys
from asyncio.subprocess import PIPE
from bisect import bisect_left
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from store_samples import ANNA, BORIS, FEED, LASTING, LEASE, MISSILES, START, Desk, alert, feed

from alertbot.errors import StoreError
from alertbot.model import ChatId
from alertbot.ports import Delivery, HubLink, Marks, PolledFeed, PushedFeed
from alertbot.store import Store, open_store, open_store_readonly
from alertbot.store.engine import postgresql
from alertbot.store.engine.shared import unbroken
from alertbot.store.outbox import pace
from fakes.postgres import PostgresServer

#: one of several processes that share a store
WORKER = Path(__file__).with_name("store_worker.py")


@pytest.fixture
async def url(postgres: PostgresServer) -> str:
    return await postgres.fresh()


@pytest.fixture
async def other(url: str) -> AsyncIterator[Store]:
    """The same store, as another process has it open."""
    other = await open_store(url)
    yield other
    await other.close()


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+asyncpg", "postgres"])
async def test_a_server_has_several_names(url: str, scheme: str) -> None:
    store = await open_store(url.replace("postgresql", scheme, 1))

    assert await store.chats.subscribers() == {}

    await store.close()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("/tests", "/nowhere"), 'database "nowhere[0-9]+" does not exist'),
        (("postgres@", "nobody@"), 'role "nobody" does not exist'),
        (("host=", "host=/nowhere"), "cannot connect: No such file or directory"),
        (("/tests", "127.0.0.1:1/tests"), "cannot connect: .*127.0.0.1"),
    ],
)
async def test_what_keeps_us_from_the_server_is_said_in_a_line(
    url: str, change: tuple[str, str], reason: str
) -> None:
    wrong = url.replace(*change, 1)
    if "127" in wrong:
        wrong = wrong.partition("?")[0]

    for opening in (open_store, open_store_readonly):
        with pytest.raises(StoreError, match=rf"^postgresql://.*: {reason}") as caught:
            await opening(wrong)
        assert len(str(caught.value).splitlines()) == 1


async def test_no_error_tells_a_password() -> None:
    for url, password in (
        ("postgresql://me:hu%40sh@127.0.0.1:1/alerts", None),
        ("postgresql://me@127.0.0.1:1/alerts", "hu@sh"),
    ):
        with pytest.raises(StoreError) as caught:
            await open_store(url, password)

        assert str(caught.value).startswith("postgresql://me@127.0.0.1:1/alerts: cannot connect")


async def test_a_restart_of_the_server_is_not_even_noticed(
    store: Store, postgres: PostgresServer
) -> None:
    await store.chats.subscribe(ANNA, MISSILES, START)

    await postgres.stop()
    await postgres.start()

    assert await store.chats.subscriptions(ANNA) == {MISSILES}
    assert await store.chats.subscribe(BORIS, MISSILES, START)


async def test_while_the_server_is_gone_every_call_says_so_and_then_all_goes_on(
    store: Store, postgres: PostgresServer
) -> None:
    await postgres.stop()
    for _ in range(2):
        with pytest.raises(StoreError, match=r"cannot connect|connection was closed"):
            await store.chats.subscriptions(ANNA)

    await postgres.start()

    assert await store.chats.subscribe(ANNA, MISSILES, START)


async def test_many_may_start_at_once_on_an_empty_database(postgres: PostgresServer) -> None:
    url = await postgres.empty()

    stores = await asyncio.gather(*(open_store(url) for _ in range(10)))

    assert await stores[0].chats.subscribe(ANNA, MISSILES, START)
    assert await stores[9].chats.subscriptions(ANNA) == {MISSILES}
    await asyncio.gather(*(store.close() for store in stores))


async def test_who_starts_later_leaves_what_others_have_on_the_wire(
    desk: Desk, other: Store
) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("a", MISSILES))
    [delivery] = await desk.claim()

    await other.recover(desk.later(seconds=5))

    assert await desk.finish(delivery)
    assert await desk.counts() == {"sent": 1}


async def test_nothing_is_prepared_under_a_name_or_set_for_longer_than_a_transaction(
    desk: Desk,
) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("a", MISSILES))

    async with desk.store.database.reading() as connection:
        for catalogue in ("pg_prepared_statements", "pg_cursors WHERE is_holdable"):
            rows = await connection.exec_driver_sql(f"SELECT name, statement FROM {catalogue}")
            assert [row for row in rows if row.name] == []
        sources = await connection.exec_driver_sql(
            "SELECT name FROM pg_settings WHERE source = 'session' AND name LIKE '%timeout'"
        )
        assert sources.all() == []


async def test_the_lead_of_the_servers_clock_is_that_of_the_machine_it_runs_on(
    store: Store,
) -> None:
    assert abs((await store.database.clock_lead()).total_seconds()) < 1


async def test_a_deadlock_is_sorted_out_without_anyone_noticing(store: Store, other: Store) -> None:
    """Two transactions lock two chats in opposite order; one has to begin anew."""
    await store.chats.subscribe(ANNA, MISSILES, START)
    await store.chats.subscribe(BORIS, MISSILES, START)
    both_hold_one = asyncio.Barrier(2)

    @unbroken
    class Locker:
        begun = 0

        async def lock(self, of: Store, *chats: ChatId) -> None:
            Locker.begun += 1
            async with of.database.writing() as connection:
                for chat in chats:
                    await connection.exec_driver_sql(
                        f"UPDATE chats SET gone_reason = 'x' WHERE id = {chat}"
                    )
                    if chat == chats[0] and Locker.begun <= 2:
                        await both_hold_one.wait()

    await asyncio.gather(Locker().lock(store, ANNA, BORIS), Locker().lock(other, BORIS, ANNA))

    assert Locker.begun == 3


@pytest.mark.parametrize("within_a_statement", [False, True])
async def test_who_is_frozen_within_a_transaction_does_not_keep_its_locks(
    desk: Desk, other: Store, monkeypatch: pytest.MonkeyPatch, *, within_a_statement: bool
) -> None:
    """A process may stand still between two statements, or between the two halves of one."""
    monkeypatch.setattr(postgresql, "STILL_SECONDS", 0.2)
    monkeypatch.setattr(postgresql, "LOCK_SECONDS", 0.1)
    await desk.subscribe(ANNA)
    await desk.publish(alert("a", MISSILES))
    taken_over = asyncio.Event()

    async def freeze() -> None:
        async with desk.store.database.writing() as connection:
            await pace.hold(connection)
            if within_a_statement:
                driver = (await connection.get_raw_connection()).driver_connection
                assert driver
                await driver.prepare("SELECT 1")
            await taken_over.wait()

    frozen = asyncio.create_task(freeze())
    claimed: tuple[Delivery, ...] = ()
    while not claimed:
        with suppress(StoreError):
            claimed = (await other.outbox.claim(desk.now, 1, LEASE)).deliveries

    taken_over.set()
    with pytest.raises(StoreError):
        await frozen
    assert await desk.finish(*claimed)


async def test_a_chat_that_leaves_while_an_alert_is_made_for_it_loses_nobody_the_alert(
    desk: Desk, other: Store
) -> None:
    chats = [ChatId(number) for number in range(101, 141)]
    await desk.subscribe(BORIS, *chats)
    await desk.publish()
    published = asyncio.create_task(
        desk.publish(*(alert(f"k{number}", MISSILES) for number in range(10)))
    )

    for chat in chats:
        await other.chats.forget(chat)
    await published

    told = [one.content.brief.key for one in await desk.drain() if one.chat == BORIS]
    assert told == [f"k{number}" for number in range(10)]


async def test_a_feed_that_only_another_process_knows_is_left_to_it(
    store: Store, other: Store
) -> None:
    """Another process has read an edit of the config that this one is still to read."""
    await store.feeds.register_feeds([feed()], START)
    moved = feed(url="https://moved.example/")

    await other.feeds.register_feeds([moved, feed("new")], START)

    assert await store.feeds.claim_feeds(START, 5, LEASE) == ()
    assert len(await other.feeds.claim_feeds(START, 5, LEASE)) == 2


@pytest.mark.slow
async def test_processes_share_feeds_deliveries_and_pace(url: str, desk: Desk) -> None:
    """Four processes poll the same feeds and send the same deliveries for a while."""
    chats = [ChatId(number) for number in range(1, 91)]
    await desk.subscribe(*chats)
    await desk.publish(alert("a", MISSILES), topics=LASTING)

    workers = [
        await asyncio.create_subprocess_exec(
            sys.executable, str(WORKER), url, stdin=PIPE, stdout=PIPE
        )
        for _ in range(4)
    ]
    for worker in workers:
        assert worker.stdout and await worker.stdout.readline() == b"ready\n"
    said = await asyncio.gather(*(worker.communicate(b"go\n") for worker in workers))

    steps = [json.loads(line) for out, _ in said for line in out.splitlines()]
    sent = [step for step in steps if step["what"] == "sent"]
    assert sorted(step["chat"] for step in sent) == chats
    assert len({step["worker"] for step in sent}) > 1
    times = sorted(step["at"] for step in sent)
    in_a_second = max(bisect_left(times, at + 1) - place for place, at in enumerate(times))
    assert in_a_second <= 30 + 4 * 2
    polls = sorted((step["feed"], step["at"], step["until"]) for step in steps if "feed" in step)
    assert {name for name, _, _ in polls} == {"f0", "f1", "f2"}
    for (name, _, until), (next_name, begin, _) in itertools.pairwise(polls):
        assert name != next_name or until <= begin


async def test_what_two_processes_bring_at_once_in_two_feeds_is_told_once(
    desk: Desk, other: Store
) -> None:
    both = [feed("fdd"), feed("wire")]
    await desk.subscribe(ANNA)
    marks = {"k": Marks(link="l", title="t", text="x", published=None)}
    polls = []
    for store in (desk.store, other):
        await store.feeds.register_feeds(both, START)
        [due] = await store.feeds.claim_feeds(START, 1, LEASE)
        polled = PolledFeed(
            feed=due.feed,
            token=due.token,
            next_poll_at=START,
            alerts=(alert("k", MISSILES),),
            marks=marks,
        )
        polls.append(store.feeds.save_poll(polled, START))

    made = await asyncio.gather(*polls)

    assert sorted(made) == [0, 1]


async def test_an_order_is_renewed_by_one_process_and_a_push_that_reaches_two_is_told_once(
    desk: Desk, other: Store
) -> None:
    await desk.subscribe(ANNA)
    await desk.read()
    link = HubLink(hub="https://hub.example/", topic="https://fdd.example/feed")
    base = "https://op.example/websub"
    places = (store.orders.place(FEED, link, base, START) for store in (desk.store, other))
    await asyncio.gather(*places)

    asked = await asyncio.gather(
        *(store.orders.due(base, START, 8) for store in (desk.store, other))
    )
    assert sorted(len(orders) for orders in asked) == [0, 1]

    for number in range(10):
        pushed = PushedFeed(feed=FEED, alerts=(alert(f"{number}", MISSILES),))
        saves = (store.feeds.save_push(pushed, START) for store in (desk.store, other))
        saved = await asyncio.gather(*saves)
        assert sorted(each.briefs for each in saved) == [0, 1]
    assert (await desk.counts())["pending"] == 10


async def test_a_push_and_a_poll_at_once_do_not_get_in_each_others_way(
    desk: Desk, other: Store
) -> None:
    await desk.subscribe(ANNA)
    await desk.read()
    for number in range(10):
        desk.later(minutes=5)
        [due] = await desk.store.feeds.claim_feeds(desk.now, 1, LEASE)
        news = alert(f"{number}", MISSILES)
        polled = PolledFeed(feed=FEED, token=due.token, next_poll_at=desk.now, alerts=(news,))
        pushed = PushedFeed(feed=FEED, alerts=(news,))

        by_poll, by_push = await asyncio.gather(
            desk.store.feeds.save_poll(polled, desk.now), other.feeds.save_push(pushed, desk.now)
        )

        assert (by_poll, by_push.deliveries) in {(1, 0), (0, 1)}
    assert (await desk.counts())["pending"] == 10
