"""SQLite statements that cost one trip to the thread of their connection, in place of four.

aiosqlite goes there for the cursor, for the statement, for its rows and for the end of the cursor;
most of what a small statement costs are these trips. SQLAlchemy gets these connections in place of
aiosqlite's own. Nothing of a statement whose rows have been read is left, so that none keeps its
lock on the file for as long as something refers to it.
"""

import sqlite3
from collections.abc import Sequence
from functools import partial
from typing import Any, Self

import aiosqlite

#: rows that come with the statement; what is more stays in SQLite until it is asked for
AT_ONCE = 1000

Rows = list[Any]


def connect(database: str, **options: Any) -> aiosqlite.Connection:
    """Return a connection to await; options: those of `sqlite3.connect`."""
    connection = OneTripConnection(partial(sqlite3.connect, database, **options), AT_ONCE)
    connection._thread.daemon = True  # as SQLAlchemy has it
    return connection


class OneTripConnection(aiosqlite.Connection):
    """A connection whose cursors are at hand without a trip.

    A transaction begins in that of its first statement; the end of one that only read is not
    waited for.
    """

    #: the statement that begins the transaction, until it has run
    _beginning: str | None = None
    _only_reads = False

    def begin(self, statement: str, *, only_reads: bool) -> None:
        """Have the next statement begin a transaction with this one."""
        self._beginning = statement
        self._only_reads = only_reads

    async def commit(self) -> None:
        """Commit what was begun."""
        if not self._dropped():
            await super().commit()

    async def rollback(self) -> None:
        """End what was begun; one that only read, without waiting for it."""
        if self._dropped():
            return
        if self._only_reads:
            self._tx.put_nowait((None, self._conn.rollback))
        else:
            await super().rollback()

    def cursor(self) -> "OneTripCursor":  # type: ignore[override]
        """Return a cursor for one statement after the other."""
        return OneTripCursor(self)

    def _dropped(self) -> bool:
        """Return whether the transaction has had no statement, so that there is none."""
        dropped, self._beginning = self._beginning is not None, None
        return dropped

    def _opened(self) -> sqlite3.Cursor:
        """Return a cursor of SQLite's in the transaction; in the connection's thread."""
        beginning, self._beginning = self._beginning, None
        if beginning:
            self._conn.execute(beginning)
        return self._conn.cursor()


class OneTripCursor:
    """What SQLAlchemy wants of a cursor."""

    def __init__(self, connection: OneTripConnection) -> None:
        self._connection = connection
        self._rows: Rows = []
        #: open in the connection's thread, where it has more rows
        self._open: sqlite3.Cursor | None = None
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, values: Sequence[Any] = ()) -> Self:
        """Run a statement and keep its first rows."""
        await self._ask(self._run, statement, values)
        return self

    async def executemany(self, statement: str, values: Sequence[Sequence[Any]]) -> Self:
        """Run a statement once for each of the values."""
        await self._ask(self._run_many, statement, values)
        return self

    async def fetchall(self) -> Rows:
        """Return the rows that are left."""
        rest = await self._ask(self._more, -1) if self._open else []
        rows, self._rows = self._rows + rest, []
        return rows

    async def fetchmany(self, size: int | None = None) -> Rows:
        """Return the next rows; none when all are read."""
        wanted = size or self.arraysize
        if self._open and len(self._rows) < wanted:
            self._rows += await self._ask(self._more, wanted - len(self._rows))
        rows, self._rows = self._rows[:wanted], self._rows[wanted:]
        return rows

    async def fetchone(self) -> Any:
        """Return the next row; None when all are read."""
        rows = await self.fetchmany(1)
        return rows[0] if rows else None

    async def close(self) -> None:
        """Let go of rows that were not read."""
        self._rows = []
        if self._open:
            await self._ask(self._end)

    def _ask(self, call: Any, *values: Any) -> Any:
        return self._connection._execute(call, *values)  # type: ignore[no-untyped-call]

    # --- in the connection's thread

    def _run(self, statement: str, values: Sequence[Any]) -> None:
        self._end()
        self._open = self._connection._opened()
        try:
            self._open.execute(statement, values)
            self.description = self._open.description
            self._rows = self._more(AT_ONCE)
        except BaseException:
            self._end()
            raise

    def _run_many(self, statement: str, values: Sequence[Sequence[Any]]) -> None:
        self._end()
        self._open = self._connection._opened()
        try:
            self._open.executemany(statement, values)
            self.description = self._open.description
        finally:
            self._end()

    def _more(self, size: int) -> Rows:
        assert self._open  # noqa: S101 (asked only while it is)
        rows = self._open.fetchall() if size < 0 else self._open.fetchmany(size)
        if size < 0 or len(rows) < size:
            self._end()
        return rows

    def _end(self) -> None:
        """Close the cursor in SQLite, and keep what it says of the statement."""
        if self._open:
            self.rowcount, self.lastrowid = self._open.rowcount, self._open.lastrowid
            self._open.close()
            self._open = None
