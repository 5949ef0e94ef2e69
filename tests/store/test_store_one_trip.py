import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alertbot.store.engine import one_trip
from alertbot.store.engine.sqlite import SqliteDatabase

MANY = text(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :most)"
    " SELECT i FROM n"
)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    database = SqliteDatabase(tmp_path / "a.db", writable=True)
    async with database.writing() as connection:
        await connection.exec_driver_sql("CREATE TABLE t (id INTEGER PRIMARY KEY, x UNIQUE)")
    yield database
    await database.close()


@pytest.mark.parametrize("rows", [0, 1, one_trip.AT_ONCE, one_trip.AT_ONCE + 1, 3210])
async def test_all_rows_come_however_many_there_are(database: SqliteDatabase, rows: int) -> None:
    async with database.reading() as connection:
        wanted = MANY if rows else text("SELECT 1 WHERE :most > 0")
        found = (await connection.execute(wanted, {"most": rows})).scalars().all()

    assert found == list(range(1, rows + 1))


async def test_rows_can_be_had_a_few_at_a_time(database: SqliteDatabase) -> None:
    async with database.reading() as connection:
        found = [row.i async for row in await connection.stream(MANY, {"most": 2500})]

    assert found == list(range(1, 2501))


async def test_rows_that_are_left_unread_are_in_nobodys_way(database: SqliteDatabase) -> None:
    async with database.reading() as connection:
        some = await connection.stream(MANY, {"most": 9000})
        await some.fetchone()
        await some.close()

    async with database.writing() as connection:
        await connection.exec_driver_sql("DROP TABLE t")


async def test_it_is_told_how_many_rows_changed_and_which_was_added(
    database: SqliteDatabase,
) -> None:
    async with database.writing() as connection:
        added = await connection.exec_driver_sql("INSERT INTO t (x) VALUES (5)")
        many = await connection.exec_driver_sql("INSERT INTO t (x) VALUES (?)", [(6,), (7,)])
        changed = await connection.exec_driver_sql("UPDATE t SET x = x + 10 WHERE x > 5")
        gone = await connection.exec_driver_sql("DELETE FROM t RETURNING x")

    assert (added.lastrowid, many.rowcount, changed.rowcount) == (1, 2, 2)
    assert sorted(gone.scalars()) == [5, 16, 17]


async def test_a_statement_that_fails_leaves_the_connection_fit_for_the_next(
    database: SqliteDatabase,
) -> None:
    async with database.writing() as connection:
        await connection.exec_driver_sql("INSERT INTO t (x) VALUES (1)")
        for values in [(1,), [(2,), (1,)]]:
            with pytest.raises(DBAPIError) as caught:
                await connection.exec_driver_sql("INSERT INTO t (x) VALUES (?)", values)
            assert isinstance(caught.value.orig, sqlite3.IntegrityError)
        kept = await connection.exec_driver_sql("SELECT count(*) FROM t")

    assert kept.scalar() == 2
