"""What SQLite's file itself can do to us."""

import asyncio
import os
import resource
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import create_engine, text
from store_samples import ANNA, MISSILES, START, Desk, alert, restarted

from alertbot.errors import StoreError, StoreLocked
from alertbot.store import Store, open_store, open_store_readonly, upgrade
from alertbot.store.engine import migrations

HOLD_OPEN = """
import asyncio, sys
from alertbot.store import open_store
async def main():
    await open_store(sys.argv[1])
    print("open", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/alertbot.db"


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


@contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    """Let no file grow beyond `size` bytes, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def unprivileged(folder: Path) -> Iterator[None]:
    """Be somebody whom file modes bind, who owns the folder and what is in it."""
    if os.geteuid() != 0:
        yield
        return
    nobody = 65534
    for path in (folder, *folder.iterdir()):
        os.chown(path, nobody, nobody)
    os.seteuid(nobody)
    try:
        yield
    finally:
        os.seteuid(0)


async def open_and_close(url: str) -> None:
    store = await open_store(url)
    await store.close()


async def test_the_file_is_set_up_so_that_a_commit_survives_a_power_loss(store: Store) -> None:
    async with store.database.reading() as connection:
        said = {
            name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }

    full, on = 2, 1
    assert {"journal_mode": "wal", "synchronous": full, "foreign_keys": on} == said


async def test_messages_of_an_earlier_version_are_english(tmp_path: Path) -> None:
    earlier = create_engine(f"sqlite:///{tmp_path}/alertbot.db")
    with earlier.begin() as connection:
        migrations.upgrade(connection, "0007")
        for statement in (
            "INSERT INTO feeds"
            " (id, url, address, host, active, next_poll_at, errors_in_row, min_interval, why)"
            " VALUES ('a', 'u', 'u', 'h', 1, 0, 0, 1, 'interval')",
            "INSERT INTO briefs (id, feed_id, key, seen_at, document, revisions, told)"
            " VALUES (1, 'a', 'k', 0, '', 0, 1)",
            "INSERT INTO alerts (id, brief_id, made_at, summary) VALUES (1, 1, 0, '')",
            "INSERT INTO messages (alert_id, topics, html, text, buttons)"
            " VALUES (1, 'iran', '<b>told</b>', 'told', '[]')",
        ):
            connection.exec_driver_sql(statement)

    await upgrade(f"sqlite:///{tmp_path}/alertbot.db")

    with earlier.connect() as connection:
        rows = connection.exec_driver_sql("SELECT topics, language, text FROM messages").all()
    earlier.dispose()
    assert rows == [("iran", "en", "told")]


async def test_a_write_holds_the_file_from_its_first_statement(store: Store) -> None:
    other = sqlite3.connect(store.database.path, timeout=0)
    async with store.database.writing() as connection:
        await connection.execute(text("SELECT 1"))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.close()


async def test_a_second_opening_is_refused(store: Store, url: str) -> None:
    with pytest.raises(
        StoreLocked, match=r"alertbot\.db: another alertbot process is using it; docs/scaling\.md"
    ):
        await open_store(url)
    with pytest.raises(StoreLocked):
        await upgrade(url)


async def test_a_second_opening_under_another_name_is_refused(store: Store, tmp_path: Path) -> None:
    (tmp_path / "other.db").symlink_to(tmp_path / "alertbot.db")

    with pytest.raises(StoreLocked):
        await open_store(f"sqlite:///{tmp_path}/other.db")


async def test_the_lock_dies_with_its_process(url: str) -> None:
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLD_OPEN, url, stdout=asyncio.subprocess.PIPE
    )
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"open\n"
    with pytest.raises(StoreLocked):
        await open_store(url)

    holder.kill()
    await holder.wait()

    await open_and_close(url)


async def test_one_may_look_while_the_service_runs_and_when_it_does_not(
    desk: Desk, url: str
) -> None:
    await desk.subscribe(ANNA)
    for _ in range(2):
        looking = await open_store_readonly(url)
        assert (await looking.status.status()).subscriptions == 1
        await looking.close()
        await desk.store.close()


async def test_looking_at_a_file_that_is_not_there_says_so_and_makes_none(url: str) -> None:
    with pytest.raises(StoreError, match=r"alertbot\.db: no such file"):
        await open_store_readonly(url)

    assert not file_of(url).exists()


async def test_a_file_that_is_no_database_is_named_and_left_as_it_is(url: str) -> None:
    garbage = b"this is a text about databases, and a long one" * 100
    file_of(url).write_bytes(garbage)

    for opening in (open_store, open_store_readonly):
        with pytest.raises(StoreError, match=r"alertbot\.db: file is not a database"):
            await opening(url)

    assert garbage == file_of(url).read_bytes()


async def test_a_folder_in_place_of_the_file_is_named(url: str) -> None:
    file_of(url).mkdir()

    with pytest.raises(StoreError, match=r"alertbot\.db: unable to open database file"):
        await open_store(url)


async def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"missing/alertbot\.db: .*No such file or directory"):
        await open_store(f"sqlite:///{tmp_path}/missing/alertbot.db")


async def test_a_file_that_may_not_be_written_is_named() -> None:
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/alertbot.db"
        await open_and_close(url)
        with unprivileged(Path(folder)):
            file_of(url).chmod(0o400)
            with pytest.raises(StoreError, match=r"alertbot\.db: attempt to write a readonly"):
                await open_store(url)

            looking = await open_store_readonly(url)
            await looking.close()


async def test_a_folder_that_may_not_be_written_is_named() -> None:
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/alertbot.db"
        with unprivileged(Path(folder)):
            file_of(url).parent.chmod(0o500)
            with pytest.raises(StoreError, match=r"alertbot\.db: .*Permission denied"):
                await open_store(url)


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "mysql://host/name", "alertbot.db", ""]
)
async def test_a_url_that_names_no_database_of_ours_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match=r"sqlite:///path/to/file\.db"):
        await open_store(url)


async def test_a_path_may_hold_anything_a_file_name_may(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/50% off #1 é.db"
    await open_and_close(url)

    looking = await open_store_readonly(url)
    await looking.close()

    assert (tmp_path / "50% off #1 é.db").exists()


async def test_a_relative_path_starts_where_the_process_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await open_and_close("sqlite:///alertbot.db")

    assert (tmp_path / "alertbot.db").exists()


async def test_a_full_disk_stops_a_save_whole_and_the_next_one_succeeds(
    desk: Desk, url: str
) -> None:
    await desk.subscribe(ANNA)
    many = [alert(f"k{number}", MISSILES) for number in range(200)]
    await desk.publish()
    log = file_of(url).with_name("alertbot.db-wal")

    with (
        files_limited_to(log.stat().st_size + 8192),
        pytest.raises(StoreError, match=r"alertbot\.db: (disk I/O error|.*disk is full)"),
    ):
        await desk.publish(*many)

    assert await desk.counts() == {}
    desk.later(minutes=2)
    assert await desk.publish(*many) == 200
    async with restarted(desk, url) as again:
        assert await again.counts() == {"pending": 200}


async def test_an_error_text_is_one_line_and_tells_no_data(desk: Desk) -> None:
    with sqlite3.connect(desk.store.database.path) as connection:
        connection.execute("DROP TABLE subscriptions")
    connection.close()

    with pytest.raises(StoreError) as caught:
        await desk.subscribe(ANNA)

    assert f"{desk.store.database.path}: no such table: subscriptions" == str(caught.value)
    assert str(ANNA) not in str(caught.value.__cause__)


@pytest.fixture
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("usual_umask")
async def test_only_the_owner_can_read_the_files_for_they_hold_chat_ids(url: str) -> None:
    store = await open_store(url)
    await store.chats.subscribe(ANNA, MISSILES, START)

    modes = {path.name: path.stat().st_mode & 0o777 for path in file_of(url).parent.iterdir()}
    names = ("alertbot.db", "alertbot.db-shm", "alertbot.db-wal", "alertbot.db.lock")
    assert dict.fromkeys(names, 0o600) == modes
    await store.close()


async def test_the_owner_may_look_at_the_private_files() -> None:
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/alertbot.db"
        await open_and_close(url)
        with unprivileged(Path(folder)):
            store = await open_store(url)
            await store.chats.subscribe(ANNA, MISSILES, START)
            for _ in range(2):
                looking = await open_store_readonly(url)
                assert (await looking.status.status()).subscriptions == 1
                await looking.close()
                await store.close()


async def test_a_file_that_is_there_keeps_the_mode_its_owner_gave_it(url: str) -> None:
    await open_and_close(url)
    file_of(url).chmod(0o640)

    await open_and_close(url)

    assert file_of(url).stat().st_mode & 0o777 == 0o640
