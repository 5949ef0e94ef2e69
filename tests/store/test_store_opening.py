import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from store_samples import ANNA, MISSILES, START, Desk

from alertbot.errors import StoreError
from alertbot.model import ChatId
from alertbot.store import open_store, open_store_readonly
from alertbot.store.tables import metadata
from fakes.postgres import PostgresServer


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that has no schema yet, and may be ruined."""
    if request.param == "sqlite":
        path = tmp_path / "empty.db"
        path.touch()
        return f"sqlite:///{path}"
    postgres: PostgresServer = request.getfixturevalue("postgres")
    return await postgres.empty()


async def open_and_close(url: str) -> None:
    store = await open_store(url)
    await store.close()


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    found: list[object] = compare_metadata(context, metadata)
    return found


async def test_migrations_build_what_the_tables_say(empty_url: str) -> None:
    store = await open_store(empty_url)

    async with store.database.reading() as connection:
        assert await connection.run_sync(differences) == []
    await store.close()


async def test_opening_a_store_again_keeps_what_is_in_it(url: str) -> None:
    await open_and_close(url)
    store = await open_store(url)
    await store.chats.subscribe(ANNA, MISSILES, START)
    await store.close()

    store = await open_store(url)
    assert frozenset({MISSILES}) == await store.chats.subscriptions(ANNA)
    await store.close()


async def test_looking_changes_nothing(url: str) -> None:
    await open_and_close(url)
    looking = await open_store_readonly(url)

    with pytest.raises(StoreError, match=r"read-?only"):
        await looking.chats.subscribe(ANNA, MISSILES, START)

    await looking.close()


async def test_looking_at_an_older_schema_says_how_to_bring_it_up_to_date(empty_url: str) -> None:
    with pytest.raises(StoreError, match=r"its schema is missing.*alertbot db upgrade"):
        await open_store_readonly(empty_url)


async def test_a_database_of_a_newer_alertbot_is_left_alone(empty_url: str) -> None:
    store = await open_store(empty_url)
    async with store.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    await store.close()

    with pytest.raises(StoreError, match="newer alertbot"):
        await open_store(empty_url)


async def test_a_call_that_is_cancelled_at_any_moment_leaves_the_database_free_for_the_next(
    desk: Desk,
) -> None:
    cancelled = []
    for moment in range(60):
        calls = [
            asyncio.create_task(desk.subscribe(ChatId(moment + 1))),
            asyncio.create_task(desk.store.outbox.recover(START)),
            asyncio.create_task(desk.store.status.status()),
        ]
        for _ in range(moment * 2):
            await asyncio.sleep(0)
        for call in calls:
            call.cancel()
        # a lock that stays would have this wait for ten seconds, and fail
        await desk.store.status.alive(START)
        cancelled += calls

    ends = await asyncio.gather(*cancelled, return_exceptions=True)
    assert any(isinstance(end, asyncio.CancelledError) for end in ends)
