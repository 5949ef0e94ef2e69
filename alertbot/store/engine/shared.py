"""What the rows know of their database, whichever it is: short transactions, and its schema."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, ParamSpec, TypeVar

from alembic.util import CommandError
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.errors import StoreError
from alertbot.store.engine.migrations import revisions, upgrade

P = ParamSpec("P")
T = TypeVar("T")

#: how often a transaction that another one was in the way of is begun anew
TRIES = 5


class Outrun(StoreError):
    """Another transaction was in the way; nothing is changed, and the same again may succeed."""


class Database(ABC):
    """Short transactions; one that is not opened as `writable` refuses every change."""

    #: what errors call it; no password is in it
    name: str
    #: whether other processes may work on it at the same time
    shared: bool

    @abstractmethod
    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open a transaction that sees one instant of the database; raises StoreError."""

    @abstractmethod
    def writing(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open a transaction that is committed at the end, or not at all; raises StoreError."""

    @abstractmethod
    async def close(self) -> None:
        """Close the connections, and let go of what keeps others out."""

    @abstractmethod
    async def clock_lead(self) -> timedelta:
        """Return how far its clock is ahead of this machine's; raises StoreError."""

    async def migrate(self) -> None:
        """Bring the schema up to date, in one transaction; raises StoreError."""
        async with self._migrating() as connection:
            try:
                await connection.run_sync(upgrade)
                # SQLite says only at a write that the file may not be written
                await connection.exec_driver_sql(
                    "UPDATE alembic_version SET version_num = version_num"
                )
            except CommandError as error:
                raise StoreError(
                    f"{self.name}: made by a newer alertbot ({error}); upgrade alertbot"
                ) from error

    async def require_schema(self) -> None:
        """Raise StoreError unless the schema is the one this version works with."""
        async with self.reading() as connection:
            revision, head = await connection.run_sync(revisions)
        if revision != head:
            raise StoreError(
                f"{self.name}: its schema is {revision or 'missing'}, this alertbot needs {head};"
                " `alertbot db upgrade` brings it up to date"
            )

    @asynccontextmanager
    async def _migrating(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction in which nobody else migrates."""
        async with self.writing() as connection:
            yield connection


def unbroken(rows: type[T]) -> type[T]:
    """Let each call of a class, one transaction, come to its end.

    Even if whoever awaits it is cancelled: a transaction cancelled between two statements may leave
    behind a connection that keeps its lock on a SQLite file for as long as something refers to its
    cursor. And even if it has to be begun anew, as PostgreSQL asks for after a deadlock.
    """
    for name, method in list(vars(rows).items()):
        if iscoroutinefunction(method):
            setattr(rows, name, _to_its_end(_until_not_outrun(method)))
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


def _until_not_outrun(
    call: Callable[P, Coroutine[Any, Any, T]],
) -> Callable[P, Coroutine[Any, Any, T]]:
    @wraps(call)
    async def tried(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(TRIES - 1):
            try:
                return await call(*args, **kwargs)
            except Outrun:
                continue
        return await call(*args, **kwargs)

    return tried
