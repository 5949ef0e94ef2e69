"""What is deleted by age: all that is over, and nothing else."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from store_samples import (
    ANNA,
    BORIS,
    CARLA,
    CYBER,
    FEED,
    LASTING,
    MISSILES,
    SENT,
    START,
    Desk,
    alert,
    archived,
    chats_and_keys,
)

from alertbot.model import ChatId
from alertbot.ports import Retention, Verdict
from alertbot.store import open_store
from alertbot.store.keeping import retention
from alertbot.store.tables import TO_BE_SENT, State, alert_topics, alerts, briefs, deliveries
from fakes.sqlite import fresh_file

KEPT = Retention(
    briefs=timedelta(days=365), deliveries=timedelta(days=30), lost_chats=timedelta(days=30)
)
REFUSED = Verdict(dead="message is too long")
LOST = Verdict(dead="bot was blocked by the user", chat_gone=True)


async def prune(desk: Desk, kept: Retention = KEPT) -> list[int]:
    """Prune; return how many rows went with each transaction that deleted any."""
    return [count async for count in desk.store.retention.prune(kept, desk.now) if count]


async def deliveries_left(desk: Desk) -> list[str]:
    """Return the states of the deliveries that are still rows, in the order they were made."""
    async with desk.store.database.reading() as connection:
        rows = await connection.execute(select(deliveries.c.state).order_by(deliveries.c.id))
        return list(rows.scalars())


async def test_what_was_sent_or_refused_is_forgotten_after_thirty_days_and_not_before(
    desk: Desk,
) -> None:
    await desk.subscribe(ANNA, BORIS)
    await desk.publish(alert("a", MISSILES))
    anna, boris = await desk.claim()
    await desk.finish(anna)
    await desk.finish(boris, REFUSED)

    desk.later(days=30)
    assert await prune(desk) == []
    desk.later(seconds=1)
    assert await prune(desk) == [2]

    assert await deliveries_left(desk) == []


@pytest.mark.parametrize("end", [state for state in State if state not in TO_BE_SENT])
async def test_whatever_is_at_an_end_is_forgotten(desk: Desk, end: State) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("a", MISSILES))
    async with desk.store.database.writing() as connection:
        await connection.execute(update(deliveries).values(state=end))

    desk.later(days=31)
    await prune(desk)

    assert await deliveries_left(desk) == []
    assert await desk.counts() == {end: 1}


async def test_what_is_still_to_be_sent_is_sent_however_old_it_is(desk: Desk) -> None:
    await desk.subscribe(ANNA, BORIS)
    await desk.publish(alert("a", MISSILES), topics=LASTING)
    [anna] = await desk.claim(slots=1)

    desk.later(days=4000)
    assert await prune(desk) == []

    assert await deliveries_left(desk) == ["sending", "pending"]
    assert await desk.finish(anna)
    assert chats_and_keys(await desk.drain()) == [(BORIS, "a")]


async def test_the_counts_go_on_over_what_was_deleted(desk: Desk) -> None:
    await desk.subscribe(ANNA, BORIS, CARLA)
    await desk.publish(alert("a", MISSILES))
    anna, boris, _ = await desk.claim()
    await desk.finish(anna)
    await desk.finish(boris, REFUSED)
    await desk.store.outbox.recover(desk.later(minutes=2))
    assert chats_and_keys(await desk.drain()) == [(CARLA, "a")]
    before = await desk.store.status.status()
    assert (before.deliveries["sent"], before.repeated) == (2, 1)

    for key in "bc":
        desk.later(days=31)
        await prune(desk)
        await desk.publish(alert(key, MISSILES))
        await desk.drain()

    status = await desk.store.status.status()
    assert (status.deliveries["sent"], status.deliveries["dead"], status.repeated) == (8, 1, 1)
    assert len(await deliveries_left(desk)) == 3


async def test_a_brief_is_forgotten_after_a_year_with_what_was_told_of_it(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("old", MISSILES), alert("unmatched"))
    await desk.drain()
    desk.later(days=200)
    await desk.publish(alert("new", MISSILES))
    await desk.drain()

    desk.later(days=166)
    await prune(desk)

    assert await archived(desk) == [["new"]]
    assert await desk.store.feeds.archive_size() == 1
    assert [told.alert.brief.key for told in await desk.store.chats.latest([MISSILES], 5)] == [
        "new"
    ]
    async with desk.store.database.reading() as connection:
        left = [len((await connection.execute(select(t))).all()) for t in (alerts, alert_topics)]
    assert left == [1, 1]


async def test_a_brief_that_was_forgotten_is_never_news_again(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("old", MISSILES))
    await desk.drain()
    desk.later(days=800)
    await prune(desk)

    assert set(await desk.store.feeds.known(FEED, ["old", "new"])) == {"old"}
    assert await desk.publish(alert("old", MISSILES), alert("new", MISSILES)) == 1
    assert chats_and_keys(await desk.drain()) == [(ANNA, "new")]


async def test_a_brief_stays_until_all_that_needs_it_is_gone(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("a", MISSILES), topics=LASTING)
    desk.later(days=400)
    assert await prune(desk) == []

    [delivery] = await desk.drain()
    assert delivery.content == alert("a", MISSILES)
    await prune(desk)

    assert await archived(desk) == [[]]


async def test_a_chat_that_stays_lost_for_thirty_days_is_forgotten(desk: Desk) -> None:
    await desk.subscribe(ANNA, BORIS)
    await desk.publish(alert("a", MISSILES), topics=LASTING)
    await desk.store.chats.chat_gone(ANNA, "blocked")
    await prune(desk)

    desk.later(days=30)
    await prune(desk)
    assert (await desk.store.status.status()).unreachable == 1
    desk.later(seconds=1)
    await prune(desk)

    status = await desk.store.status.status()
    assert (status.chats, status.unreachable, status.subscriptions) == (1, 0, 1)
    assert chats_and_keys(await desk.drain()) == [(BORIS, "a")]


async def test_a_chat_that_was_back_in_between_is_not_forgotten(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.store.chats.chat_gone(ANNA, "blocked")
    await prune(desk)
    desk.later(days=29)
    await desk.store.chats.open_chat(ANNA, desk.now)
    await desk.store.chats.chat_gone(ANNA, "blocked")

    for _ in range(2):
        desk.later(days=2)
        await prune(desk)

    assert frozenset({MISSILES}) == await desk.store.chats.subscriptions(ANNA)


async def test_no_transaction_deletes_more_than_a_batch_and_anyone_may_stop_between_two(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    await desk.subscribe(ANNA)
    for key in "abcde":
        await desk.publish(alert(key, MISSILES))
    await desk.drain()
    desk.later(days=366)

    async for deleted in desk.store.retention.prune(KEPT, desk.now):
        assert deleted == 2
        break
    assert len(await deliveries_left(desk)) == 3
    assert await prune(desk) == [2, 1, 2, 2, 1]
    assert await archived(desk) == [[]]


async def test_an_empty_store_has_nothing_to_forget(desk: Desk) -> None:
    assert await prune(desk) == []


# --- whatever is deleted in whatever order ----------------------------------------------------


class Life:
    """A store that is lived in, beside a ledger of what a checker outside of it knows."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.published: set[str] = set()
        self.followers: set[ChatId] = set()
        self.promised: set[tuple[ChatId, str]] = set()
        self.taken: list[tuple[ChatId, str]] = []

    async def publish(self, key: str) -> None:
        fresh = key not in self.published
        wanted = {(chat, key) for chat in self.followers} if fresh else set()
        made = await self.desk.publish(alert(key, MISSILES, CYBER), topics=LASTING)
        assert made == len(wanted), "only what was never published is news"
        self.published.add(key)
        self.promised |= wanted

    async def send(self, verdict: Verdict | None) -> None:
        self.desk.later(seconds=5)
        for delivery in await self.desk.claim(slots=1):
            [one] = chats_and_keys([delivery])
            self.taken.append(one)
            self.promised.discard(one)
            if verdict is LOST:
                self.give_up(delivery.chat)
            if verdict:
                assert await self.desk.finish(delivery, verdict)

    async def wait(self, days: int) -> None:
        self.desk.later(days=days)

    async def prune(self, retention: Retention) -> None:
        await prune(self.desk, retention)

    async def stop(self, chat: ChatId) -> None:
        await self.desk.store.chats.forget(chat)
        self.give_up(chat)

    async def start(self, chat: ChatId) -> None:
        await self.desk.subscribe(chat)
        self.followers.add(chat)

    def give_up(self, chat: ChatId) -> None:
        self.followers.discard(chat)
        self.promised = {one for one in self.promised if one[0] != chat}

    async def settle(self) -> None:
        """Check that every promise is kept, none twice, and that the rows hang together."""
        on_the_wire = set(self.taken)
        rest = [one for one in chats_and_keys(await self.desk.drain()) if one not in on_the_wire]
        assert len(on_the_wire) == len(self.taken), "nothing is taken twice"
        assert set(rest) == self.promised, "what is due is sent"
        async with self.desk.store.database.reading() as connection:
            assert (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all() == []
            keys = (await connection.execute(select(briefs.c.key))).scalars().all()
        assert set(keys) == self.published, "no key is forgotten"


CHATS = (ANNA, BORIS)
DAYS = st.integers(1, 50)
LENGTHS = DAYS.map(lambda days: timedelta(days=days))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just(Life.publish), st.sampled_from("abcd")),
        st.tuples(st.just(Life.send), st.sampled_from([SENT, REFUSED, LOST, None])),
        st.tuples(st.just(Life.wait), DAYS),
        st.tuples(
            st.just(Life.prune),
            st.builds(Retention, briefs=LENGTHS, deliveries=LENGTHS, lost_chats=LENGTHS),
        ),
        st.tuples(st.just(Life.stop), st.sampled_from(CHATS)),
        st.tuples(st.just(Life.start), st.sampled_from(CHATS)),
    ),
    max_size=25,
)


@settings(max_examples=40)
@given(steps=STEPS)
def test_whatever_is_forgotten_when_nothing_due_is_lost_and_nothing_is_told_twice(
    steps: list[tuple[Callable[[Life, Any], Awaitable[None]], Any]],
) -> None:
    async def run() -> None:
        with TemporaryDirectory() as folder:
            store = await open_store(fresh_file(Path(folder) / "a.db"))
            try:
                life = Life(Desk(store, START))
                for step, what in steps:
                    await step(life, what)
                await life.settle()
            finally:
                await store.close()

    asyncio.run(run())
