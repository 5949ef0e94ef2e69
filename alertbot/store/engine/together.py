"""Changes that share a commit: those that come while one runs share the next; none waits long."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.store.engine.shared import Database

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting(Generic[T, R]):
    """A change to be committed, and whose the outcome is."""

    change: T
    outcome: asyncio.Future[R]


class Together(Generic[T, R]):
    """Commits changes of one sort, as many at a time as have come by then.

    A commit is most of what a small change costs. If one for several fails, each is tried alone, so
    that none fails for another.
    """

    def __init__(
        self,
        database: Database,
        write: Callable[[AsyncConnection, Sequence[T]], Awaitable[Sequence[R]]],
    ) -> None:
        """write: makes the changes in a transaction, and returns what came of each."""
        self._database = database
        self._write = write
        self._waiting: list[_Waiting[T, R]] = []
        self._one_commit = asyncio.Lock()

    async def commit(self, change: T) -> R:
        """Commit a change and return what came of it; raises what went wrong with it alone."""
        outcome: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(change, outcome))
        async with self._one_commit:
            if not outcome.done():
                await self._commit_waiting()
        return await outcome

    async def _commit_waiting(self) -> None:
        taken: list[_Waiting[T, R]] = []
        try:
            async with self._database.writing() as connection:
                taken = self._take()  # only now: more may have come while another was writing
                made = await self._write(connection, [each.change for each in taken])
        except Exception as error:  # noqa: BLE001 (handed to those it is for)
            await self._commit_each(taken or self._take(), error)
        else:
            for each, outcome in zip(taken, made, strict=True):
                each.outcome.set_result(outcome)

    async def _commit_each(self, failed: Sequence[_Waiting[T, R]], error: Exception) -> None:
        if len(failed) == 1:
            failed[0].outcome.set_exception(error)
            return
        for each in failed:
            try:
                async with self._database.writing() as connection:
                    [outcome] = await self._write(connection, [each.change])
            except Exception as alone:  # noqa: BLE001 (as above)
                each.outcome.set_exception(alone)
            else:
                each.outcome.set_result(outcome)

    def _take(self) -> list[_Waiting[T, R]]:
        taken, self._waiting = self._waiting, []
        return taken
