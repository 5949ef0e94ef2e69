"""One SQLite file: its lock and its connections.

What SQLite has against the file leaves here as a StoreError that names it.
"""

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from alertbot.errors import StoreError, StoreLocked
from alertbot.store.engine import one_trip
from alertbot.store.engine.shared import Database

#: how long a statement waits for another process, such as a backup, to let go of the file
BUSY_SECONDS = 10

#: opened at need, each with a thread and up to 2 MB of the file's pages
MOST_CONNECTIONS = 15

#: chat ids are personal data; SQLite gives the files beside the database the mode of the database
OWNER_ONLY = 0o600

EXPECTED = "store.url: expected sqlite:///path/to/file.db or postgresql://user@host/name"


def database_path(url: str) -> Path:
    """Return the file that a URL such as `sqlite:///alertbot.db` names; raises StoreError."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(EXPECTED) from error
    if parsed.drivername != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise StoreError(EXPECTED)
    return Path(parsed.database).resolve()


class SqliteDatabase(Database):
    """One file, which one process at a time may write."""

    shared = False

    def __init__(self, path: Path, *, writable: bool) -> None:
        self.path = path
        self.name = str(path)
        self._writable = writable
        self._engine = _engine(path, writable=writable)
        self._writes = self._engine.execution_options(writes=True)
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
        await super().migrate()

    async def require_schema(self) -> None:
        """Raise StoreError unless the schema is the one this version works with."""
        await self._try_file()
        await super().require_schema()

    async def close(self) -> None:
        """Close the connections and let go of the lock."""
        async with self._one_writer:
            await self._engine.dispose()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    async def clock_lead(self) -> timedelta:
        """Return zero: a file has no clock of its own."""
        return timedelta()

    async def _try_file(self) -> None:
        """Open the file once with plain sqlite3, and have it in WAL mode.

        A connection that aiosqlite fails to open outlives the error in a thread of its own, which
        complains with a traceback if the program ends before it. One that may only look fails
        where there is no file.
        """
        if not self._writable and not self.path.exists():
            raise StoreError(f"{self.path}: no such file; `alertbot run` makes it")
        with self._errors():
            await asyncio.to_thread(_try_file, self.path, writable=self._writable)

    @asynccontextmanager
    async def _migrating(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction in which a table can be rebuilt without its rows' children noticing.

        SQLite changes most of a table by dropping it for a new one, which would delete or keep from
        that what refers to it (sqlite.org/lang_altertable.html, 7).
        """
        rebuilding = _engine(self.path, writable=self._writable, foreign_keys=False)
        try:
            async with self._one_writer:
                with self._errors():
                    writes = rebuilding.execution_options(writes=True)
                    async with writes.begin() as connection:
                        yield connection
        finally:
            await rebuilding.dispose()

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


def _engine(path: Path, *, writable: bool, foreign_keys: bool = True) -> AsyncEngine:
    file, _, mode = _uri(path, writable=writable).partition("?mode=")
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=file, query={"mode": mode, "uri": "true"}),
        # transactions are begun below, as SQLAlchemy's page on SQLite advises
        connect_args={
            "isolation_level": None,
            "timeout": BUSY_SECONDS,
            "async_creator_fn": one_trip.connect,
        },
        # none is closed again: to open one takes longer than most of what it is opened for
        pool_size=MOST_CONNECTIONS,
        max_overflow=0,
        pool_use_lifo=True,
        # parameters hold chat ids
        hide_parameters=True,
    )
    event.listen(engine.sync_engine, "connect", partial(_tune, foreign_keys=foreign_keys))
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _tune(connection: DBAPIConnection, _: ConnectionPoolEntry, *, foreign_keys: bool) -> None:
    cursor = connection.cursor()
    # NORMAL may drop the last commits on a power loss, and a lost commit is a repeated message
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # BEGIN IMMEDIATE: a transaction that reads and then writes must not find itself outrun
    writes = connection.get_execution_options().get("writes", False)
    own: Any = connection.connection.driver_connection
    own.begin("BEGIN IMMEDIATE" if writes else "BEGIN", only_reads=not writes)


def _lock(path: Path) -> int:
    try:
        handle = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, OWNER_ONLY)
    except OSError as error:
        raise StoreError(f"{path}: cannot make its lock file: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise StoreLocked(
            f"{path}: another alertbot process is using it; "
            "docs/scaling.md tells how to run several"
        ) from error
    return handle
