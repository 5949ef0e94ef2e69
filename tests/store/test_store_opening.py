import asyncio
from collections.abc import Mapping

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect
from store_samples import ANNA, LEASE, MISSILES, SENT, START, Desk

from alertbot.errors import StoreError
from alertbot.model import ChatId
from alertbot.ports import Subscription
from alertbot.store import open_store, open_store_readonly
from alertbot.store.engine import open_database
from alertbot.store.engine.migrations import upgrade
from alertbot.store.tables import metadata


async def open_and_close(url: str) -> None:
    store = await open_store(url)
    await store.close()


def in_both_databases(name: str | None, kind: str, of: Mapping[str, str | None]) -> bool:
    """Leave out the index of the briefs' words, which each database has in its own way."""
    return not (name or "").startswith("brief_index") and (kind, name) != ("column", "vector")


def differences(connection: Connection) -> list[object]:
    opts = {"compare_type": True, "include_name": in_both_databases}
    context = MigrationContext.configure(connection, opts=opts)
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


FIRST_ROWS = (
    "INSERT INTO feeds (id, url, active, next_poll_at, errors_in_row, gone)"
    " VALUES ('f', 'https://example.org/feed', true, 0, 0, false)",
    "INSERT INTO briefs (id, feed_id, key, seen_at, document) VALUES (1, 'f', 'a', 0, '')",
    "INSERT INTO alerts (id, brief_id, made_at, summary) VALUES (1, 1, 0, '')",
    "INSERT INTO alert_topics VALUES (1, 0, 'iran-missiles', 'rule', '[]')",
    "INSERT INTO chats (id, opened_at, next_send_at) VALUES (11, 0, 0)",
    "INSERT INTO subscriptions VALUES (11, 'iran-missiles', 0)",
    "INSERT INTO deliveries (id, alert_id, chat_id, topics, state, attempt, maybe_repeat, made_at,"
    " due_at) VALUES (7, 1, 11, ',iran-missiles,', 'pending', 0, false, 0, 0)",
)


async def test_what_the_first_version_stored_is_there_after_every_step(empty_url: str) -> None:
    database = open_database(empty_url, None, writable=True)
    async with database.writing() as connection:
        await connection.run_sync(upgrade, "0001")
        for statement in FIRST_ROWS:
            await connection.exec_driver_sql(statement)
    await database.close()

    store = await open_store(empty_url)

    tables = "feeds briefs alerts alert_topics chats subscriptions deliveries".split()
    async with store.database.reading() as connection:
        for table in tables:
            rows = (await connection.exec_driver_sql(f"SELECT * FROM {table}")).all()
            assert len(rows) == 1, table
    await store.close()


async def test_what_was_there_before_digests_is_sent_as_it_was_going_to_be(empty_url: str) -> None:
    database = open_database(empty_url, None, writable=True)
    async with database.writing() as connection:
        await connection.run_sync(upgrade, "0007")
        for statement in (
            "INSERT INTO feeds (id, url, address, host, min_interval, active, next_poll_at, why,"
            " errors_in_row) VALUES ('f', 'u', 'u', 'h', 1, true, 0, 'interval', 0)",
            "INSERT INTO briefs (id, feed_id, key, seen_at, document, revisions, told)"
            " VALUES (1, 'f', 'a', 0, '', 0, true)",
            "INSERT INTO alerts (id, brief_id, made_at, summary) VALUES (1, 1, 0, '')",
            "INSERT INTO messages VALUES (1, 'iran-missiles', '<b>a</b>', 'a', '[]')",
            "INSERT INTO chats (id, opened_at, next_send_at) VALUES (11, 0, 0)",
            "INSERT INTO subscriptions VALUES (11, 'iran-missiles', 0)",
            "INSERT INTO deliveries (id, alert_id, chat_id, topics, state, attempt, maybe_repeat,"
            " made_at, urgent, at_most_once, due_at, turn_at)"
            " VALUES (7, 1, 11, ',iran-missiles,', 'pending', 0, false, 0, false, false, 0, 0)",
        ):
            await connection.exec_driver_sql(statement)
    await database.close()

    store = await open_store(empty_url)

    assert await store.chats.following(ANNA) == {MISSILES: Subscription()}
    [delivery] = (await store.outbox.claim(START, 1, LEASE)).deliveries
    assert (delivery.id, delivery.thread, delivery.is_digest) == (7, None, False)
    assert await store.outbox.finish(delivery, SENT, START)
    async with store.database.reading() as connection:
        partial = await connection.run_sync(partial_indexes)
    await store.close()
    assert partial >= {
        "ix_deliveries_one_sending",
        "ix_deliveries_turn",
        "ix_deliveries_queue",
        "ix_deliveries_expiry",
        "ix_deliveries_sent_at",
        "ix_deliveries_repeated",
        "ix_deliveries_held",
        "ix_deliveries_carried",
    }


def partial_indexes(connection: Connection) -> set[str]:
    where = f"{connection.dialect.name}_where"
    found = inspect(connection).get_indexes("deliveries")
    return {index["name"] for index in found if where in index.get("dialect_options", {})}
