"""Moving from one database to another."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from store_samples import (
    ANNA,
    BORIS,
    CYBER,
    FEED,
    LEASE,
    MISSILES,
    NEWSROOM,
    START,
    Desk,
    alert,
    chats_and_keys,
)

from alertbot.classifier.search import read_search
from alertbot.errors import StoreError
from alertbot.model import ChatId, Message
from alertbot.ports import (
    Act,
    HubLink,
    Mode,
    Pausable,
    ServiceProcess,
    Settings,
    Thumb,
    Verdict,
    Vote,
)
from alertbot.store import Store, copy_store, open_store
from alertbot.store.tables import metadata, notices, past_deliveries
from fakes.postgres import PostgresServer


@pytest.fixture
async def target(request: pytest.FixtureRequest, url: str, tmp_path: Path) -> str:
    """The address of an empty database of the other sort."""
    if url.startswith("postgresql"):
        return f"sqlite:///{tmp_path}/target.db"
    postgres: PostgresServer = request.getfixturevalue("postgres")
    return await postgres.empty()


async def rows(store: Store) -> dict[str, list[tuple[object, ...]]]:
    async with store.database.reading() as connection:
        return {
            table.name: sorted(tuple(row) for row in await connection.execute(select(table)))
            for table in metadata.sorted_tables
        }


async def in_use(desk: Desk) -> None:
    """Have something in every table, in every state."""
    await desk.subscribe(ANNA, BORIS, NEWSROOM)
    await desk.store.watches.propose(ANNA, "al-Asad AND drone*", START)
    await desk.publish(alert("a", MISSILES), alert("b", MISSILES), alert("c"))
    claimed = {delivery.chat: delivery for delivery in await desk.claim()}
    of_others = replace(claimed[ANNA], topics=(CYBER,))
    await desk.store.outbox.keep(of_others, Message(html="<b>a</b>", text="a"))
    await desk.finish(claimed[ANNA])
    await desk.finish(claimed[BORIS], Verdict(dead="blocked", chat_gone=True))
    liked = claimed[ANNA].alert_id
    await desk.store.chats.vote(
        Vote(chat=ANNA, alert=liked, user=ANNA, thumb=Thumb.UP, at=desk.now)
    )
    async with desk.store.database.writing() as connection:
        await connection.execute(insert(past_deliveries).values(state="sent", number=9, repeated=1))
        await connection.execute(insert(notices).values(event="gone", feed_id=FEED, detail=""))
    await desk.store.chats.set_mode(NEWSROOM, Mode.DAILY)
    await desk.store.chats.change_settings(
        NEWSROOM, lambda _: Settings(timezone="Asia/Tehran"), START
    )
    act = Act(at=START, user=ANNA, what="pause", detail="feed isw")
    await desk.store.acts.pause(Pausable.FEED, "isw", act)
    number = await desk.store.broadcasts.draft(Message(html="Hello", text="Hello"), act)
    await desk.store.broadcasts.approve(number, act)
    await desk.store.chats.look_after(ANNA, ChatId(-1_001_234_567_890), "News", START)
    link = HubLink(hub="https://hub.example/", topic="https://fdd.example/feed")
    await desk.store.orders.place(FEED, link, "https://op.example/websub", START)
    await desk.store.status.alive(START)
    await desk.store.processes.take("updates", "one", START, LEASE)
    await desk.store.processes.alive(
        ServiceProcess(id="x", host="a", pid=7, role="all", started_at=START, alive_at=START)
    )


async def test_all_comes_over_and_the_service_goes_on_there(
    desk: Desk, url: str, target: str
) -> None:
    await in_use(desk)
    before = await rows(desk.store)
    await desk.store.close()

    counts = await copy_store((url, None), (target, None))

    assert counts == {name: len(found) for name, found in before.items()}
    assert all(counts.values())
    there = await open_store(target)
    assert await rows(there) == before
    assert len((await there.archive.find(read_search("brief"), [], limit=5)).briefs) == 3
    moved = Desk(there, desk.later(minutes=2))
    await moved.publish(alert("d", MISSILES))
    sent = chats_and_keys(await moved.drain())
    await there.close()
    assert {(ANNA, "b"), (ANNA, "d"), (NEWSROOM, "a")} <= set(sent)


async def test_nothing_is_copied_over_what_is_there(desk: Desk, url: str, target: str) -> None:
    await in_use(desk)
    await desk.store.close()
    there = await open_store(target)
    await there.chats.subscribe(ANNA, MISSILES, START)
    await there.close()

    with pytest.raises(StoreError, match=r"not empty \(chats\); nothing is copied"):
        await copy_store((url, None), (target, None))


async def test_a_database_is_not_copied_while_the_service_runs_on_it(
    desk: Desk, url: str, target: str
) -> None:
    now = datetime.now(UTC)
    await desk.store.processes.alive(
        ServiceProcess(id="x", host="a", pid=7, role="all", started_at=now, alive_at=now)
    )

    with pytest.raises(
        StoreError, match=r"another alertbot process|at work on it \(a, process 7\)"
    ):
        await copy_store((url, None), (target, None))


async def test_a_source_that_is_not_there_is_not_made(tmp_path: Path, target: str) -> None:
    with pytest.raises(StoreError, match=r"nowhere\.db: no such file"):
        await copy_store((f"sqlite:///{tmp_path}/nowhere.db", None), (target, None))

    assert not (tmp_path / "nowhere.db").exists()


async def test_a_database_is_not_copied_onto_itself(desk: Desk, url: str) -> None:
    await desk.subscribe(ANNA)
    await desk.store.close()

    with pytest.raises(StoreError, match=r"another alertbot process|not empty"):
        await copy_store((url, None), (url, None))
