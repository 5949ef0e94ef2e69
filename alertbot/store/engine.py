"""One SQLite file: its lock, its connections, its schema.

The rows of every noun come here for short transactions; what SQLite has against the file leaves
here as a StoreError that names it.
"""

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from functools import wraps
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from urllib.parse import quote

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from alertbot.errors import StoreError, StoreLocked

P = ParamSpec("P")
T = TypeVar("T")

#: how long a statement waits for another process, such as a backup, to let go of the file
BUSY_SECONDS = 10

#: chat ids are personal data; SQLite gives the files beside the database the mode of the database
OWNER_ONLY = 0o600


def database_path(url: str) -> Path:
    """Return the file that a URL such as `sqlite:///alertbot.db` names; raises StoreError."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError("store.url: expected sqlite:///path/to/file.db") from error
    if parsed.drivername != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise StoreError("store.url: only SQLite files are supported: sqlite:///path/to/file.db")
    return Path(parsed.database).resolve()


def unbroken(rows: type[T]) -> type[T]:
    """Let each call of a class come to its end, even if whoever awaits it is cancelled.

    A transaction cancelled between two statements may leave behind a connection that keeps its
    lock on the file for as long as something refers to its cursor.
    """
    for name, method in list(vars(rows).items()):
        if iscoroutinefunction(method):
            setattr(rows, name, _to_its_end(method))
    return rows


def _to_its_end(
    call: Callable[P, Coroutine[Any, Any, T]],
) -> Callable[P, Coroutine[Any, Any, T]]:
    @wraps(call)
    async def ended(*args: P.args, **kwargs: P.kwargs) -> T:
        task = asyncio.create_task(call(*args, **kwargs))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait([task])
            raise

    return ended


class Database:
    """Short transactions on one file, which only `writable` databases may change."""

    def __init__(self, path: Path, *, writable: bool) -> None:
        self.path = path
        self._writable = writable
        self._engine = _engine(path, writable=writable)
        self._writes = self._engine.execution_options(begin="BEGIN IMMEDIATE")
        # SQLite has one writer at a time; waiting here is fair and costs no polling of the file
        self._one_writer = asyncio.Lock()
        self._lock: int | None = _lock(path) if writable else None

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that sees one instant of the database; raises StoreError."""
        with self._errors():
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that is committed at the end, or not at all; raises StoreError."""
        async with self._one_writer:
            with self._errors():
                async with self._writes.begin() as connection:
                    yield connection

    async def migrate(self) -> None:
        """Bring the schema up to date, in one transaction; raises StoreError."""
        await self._try_file()
        async with self.writing() as connection:
            try:
                await connection.run_sync(_upgrade)
                # SQLite says only at a write that the file may not be written
                await connection.exec_driver_sql(
                    "UPDATE alembic_version SET version_num = version_num"
                )
            except CommandError as error:
                raise StoreError(
                    f"{self.path}: made by a newer alertbot ({error}); upgrade alertbot"
                ) from error

    async def require_schema(self) -> None:
        """Raise StoreError unless the schema is the one this version works with."""
        await self._try_file()
        async with self.reading() as connection:
            revision, head = await connection.run_sync(_revisions)
        if revision != head:
            raise StoreError(
                f"{self.path}: its schema is {revision or 'missing'}, this alertbot needs {head};"
                " `alertbot db upgrade` brings it up to date"
            )

    async def close(self) -> None:
        """Close the connections and let go of the lock."""
        async with self._one_writer:
            await self._engine.dispose()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    async def _try_file(self) -> None:
        """Open the file once with plain sqlite3, and have it in WAL mode.

        A connection that aiosqlite fails to open outlives the error in a thread of its own, which
        complains with a traceback if the program ends before it.
        """
        with self._errors():
            await asyncio.to_thread(_try_file, self.path, writable=self._writable)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            said = error.orig if isinstance(error, DBAPIError) else error
            reason = " ".join(str(said).split())
            raise StoreError(f"{self.path}: {reason}") from error


def _try_file(path: Path, *, writable: bool) -> None:
    if writable:
        _make_private(path)
    with closing(sqlite3.connect(_uri(path, writable=writable), uri=True)) as connection:
        connection.execute("PRAGMA journal_mode = WAL" if writable else "PRAGMA schema_version")


def _make_private(path: Path) -> None:
    """Make the file, empty, if there is none, before SQLite makes it readable by anyone.

    One that is there is not even opened: closing it would end this process's SQLite locks on it
    (sqlite.org/howtocorrupt.html, 2.2). What else stands in the way, SQLite will say.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, OWNER_ONLY))


def _uri(path: Path, *, writable: bool) -> str:
    return f"file:{quote(str(path))}?mode={'rwc' if writable else 'ro'}"


def _engine(path: Path, *, writable: bool) -> AsyncEngine:
    file, _, mode = _uri(path, writable=writable).partition("?mode=")
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=file, query={"mode": mode, "uri": "true"}),
        # transactions are begun below, as SQLAlchemy's page on SQLite advises
        connect_args={"isolation_level": None, "timeout": BUSY_SECONDS},
        # parameters hold chat ids
        hide_parameters=True,
    )
    event.listen(engine.sync_engine, "connect", _tune)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _tune(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    # NORMAL may drop the last commits on a power loss, and a lost commit is a repeated message
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    # BEGIN IMMEDIATE: a transaction that reads and then writes must not find itself outrun
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def _lock(path: Path) -> int:
    try:
        handle = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, OWNER_ONLY)
    except OSError as error:
        raise StoreError(f"{path}: cannot make its lock file: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise StoreLocked(f"{path}: another alertbot process is using it") from error
    return handle


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "alertbot.store:migrations")
    return config


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _revisions(connection: Connection) -> tuple[str | None, str | None]:
    present = MigrationContext.configure(connection).get_current_revision()
    return present, ScriptDirectory.from_config(_config()).get_current_head()
