"""A watch book for conversations in which nobody watches anything."""

from collections.abc import AsyncIterator
from datetime import datetime

from alertbot.model import ChatId
from alertbot.ports import ArchivedBrief, Saving, Watch


class NobodyWatches:
    """Keeps `ports.WatchBook` empty; what a test of watches needs is a store."""

    async def watches(self, chat: ChatId) -> tuple[Watch, ...]:
        return ()

    async def propose(self, chat: ChatId, rule: str, now: datetime) -> int:
        return 1

    async def save(
        self, chat: ChatId, number: int, now: datetime, limit: int, thread: int | None = None
    ) -> Saving:
        return Saving.GONE

    async def discard(self, chat: ChatId, number: int) -> None:
        return

    async def end(self, chat: ChatId, number: int) -> Watch | None:
        return None

    async def stories(self, since: datetime, most: int) -> AsyncIterator[tuple[ArchivedBrief, ...]]:
        yield ()
