"""PostgreSQL: a few connections to a database that any number of processes work on at once.

Fit for PgBouncer in transaction mode: no statement is prepared under a name, nothing is set for a
session, no lock outlives its transaction. READ COMMITTED, where a statement sees what was committed
before it began: rows are locked before what is read of them decides, and where that is not enough a
constraint stops the later of two transactions, which then is begun anew.
"""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, Select, event, func, select, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from alertbot.errors import StoreError
from alertbot.store.engine.shared import Database, Outrun

#: in a URL, up to the last @ before the path; kept is the user
PASSWORD = re.compile(r"(?<=://)([^:/?#]*):[^/?#]*@")

#: of one process; a server takes a hundred unless told otherwise
CONNECTIONS = 5
#: seconds to wait for a connection of the server, and for a free one of ours
CONNECT_SECONDS = 10
#: seconds to wait for an answer to a statement, but for those of a migration
ANSWER_SECONDS = 30
#: seconds to wait for another transaction's locks
LOCK_SECONDS = 10
#: seconds that a transaction may stand still: a process that is frozen within one must not hold its
#: locks for good
STILL_SECONDS = 20
#: any number will do, if it is always the same
MIGRATION_LOCK = 0x616C657274626F74
CLOCK = select(func.clock_timestamp(type_=DateTime(timezone=True)))
CLOCK_SAMPLES = 3

#: what the server calls our sessions
APPLICATION = "alertbot"
#: the server does not count as idle who stands still within a statement, between its preparation
#: and its execution (asyncpg sends a Flush in between, no Sync): whoever waits in vain ends that
END_FROZEN = text("""
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND application_name = :ours
    AND state = 'active' AND wait_event = 'ClientRead'
    AND query_start < clock_timestamp() - make_interval(secs => :still)
""")

#: serialization_failure, deadlock_detected, and the constraints that only a race can break:
#: foreign_key_violation, unique_violation (postgresql.org/docs/current/errcodes-appendix.html)
OUTRUN = frozenset({"40001", "40P01", "23503", "23505"})
LOCK_NOT_AVAILABLE = "55P03"


def is_postgresql(url: str) -> bool:
    """Tell whether a URL is one of PostgreSQL, in any of its spellings."""
    return url.partition(":")[0] in {"postgresql", "postgresql+asyncpg", "postgres"}


class WaitedInVain(StoreError):
    """Another transaction has held a lock for too long; nothing is changed."""


class PostgresDatabase(Database):
    """A database on a server, which comes back when the server does."""

    shared = True

    def __init__(self, url: str, password: str | None, *, writable: bool) -> None:
        self.name = PASSWORD.sub(r"\1@", url)
        # asyncpg reads the URL as libpq does, and PGPASSWORD and the password file with it
        self._address = {"dsn": f"postgresql:{url.partition(':')[2]}", "password": password}
        self._engine = _engine(self._address, ANSWER_SECONDS)
        self._reads = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._writes = self._engine if writable else self._reads

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that sees one instant of the database; raises StoreError."""
        with self._errors():
            async with self._reads.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that is committed at the end, or not at all; raises StoreError."""
        try:
            with self._errors():
                async with self._writes.begin() as connection:
                    await connection.execute(_limits())
                    yield connection
        except WaitedInVain:
            with self._errors():
                async with self._engine.begin() as connection:
                    named = {"ours": APPLICATION, "still": STILL_SECONDS}
                    await connection.execute(END_FROZEN, named)
            raise

    async def close(self) -> None:
        """Close the connections."""
        await self._engine.dispose()

    async def clock_lead(self) -> timedelta:
        """Return how far the server's clock is ahead; wrong by half a round trip at most."""
        measured = []
        async with self.reading() as connection:
            for _ in range(CLOCK_SAMPLES):
                asked = datetime.now(UTC)
                there = (await connection.execute(CLOCK)).scalar_one()
                trip = datetime.now(UTC) - asked
                measured.append((trip, there - (asked + trip / 2)))
        return min(measured)[1]

    @asynccontextmanager
    async def _migrating(self) -> AsyncIterator[AsyncConnection]:
        engine = _engine(self._address, None)
        try:
            with self._errors():
                async with engine.begin() as connection:
                    await connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
                    yield connection
        finally:
            await engine.dispose()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            state = getattr(error.orig, "sqlstate", None)
            if state == LOCK_NOT_AVAILABLE:
                raise WaitedInVain(f"{self.name}: another process holds its locks") from error
            if state in OUTRUN:
                # the cause would tell the key, which may be a chat's
                raise Outrun(f"{self.name}: {_one_line(error.orig)}") from None
            raise StoreError(f"{self.name}: {_one_line(error.orig)}") from error
        except (TimeoutError, PoolTimeoutError) as error:
            raise StoreError(f"{self.name}: no answer in time") from error
        except OSError as error:
            said = error.strerror or _one_line(error)
            raise StoreError(f"{self.name}: cannot connect: {said}") from error


def _limits() -> Select[Any]:
    """Select nothing, but set limits for the transaction."""
    limits = {
        "idle_in_transaction_session_timeout": STILL_SECONDS,
        "lock_timeout": LOCK_SECONDS,
    }
    return select(*(func.set_config(name, f"{most}s", True) for name, most in limits.items()))


def _engine(address: dict[str, Any], answer_seconds: int | None) -> AsyncEngine:
    engine = create_async_engine(
        "postgresql+asyncpg://",
        connect_args={
            **address,
            "timeout": CONNECT_SECONDS,
            "command_timeout": answer_seconds,
            # no statement under a name, neither asyncpg's nor SQLAlchemy's
            "statement_cache_size": 0,
            "prepared_statement_cache_size": 0,
            "server_settings": {"application_name": APPLICATION},
        },
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=CONNECT_SECONDS,
        # parameters hold chat ids
        hide_parameters=True,
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def _refuse_closed(_: DBAPIConnection, record: ConnectionPoolEntry, __: object) -> None:
    """Have another connection in place of one that the server has closed, as at its restart."""
    if record.driver_connection.is_closed():  # type: ignore[union-attr]
        raise DisconnectionError


def _one_line(error: BaseException | None) -> str:
    """Return the message of an error, without the detail in which PostgreSQL quotes rows."""
    said = error.args[0] if error and error.args else type(error).__name__
    return " ".join(str(said).split())
