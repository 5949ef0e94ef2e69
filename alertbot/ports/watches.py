"""What /watch and the matching of watches need: rules that chats wrote for themselves."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from alertbot.model import ChatId
from alertbot.ports.operating import ArchivedBrief


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A rule that a chat wrote for itself; as a topic it is `model.watch_topic(number)`."""

    number: int
    chat: ChatId
    #: on one line, as its chat wrote it
    rule: str
    since: datetime
    #: why it is paused, as its chat was told; None while it is not
    mistake: str | None = None


class Saving(StrEnum):
    """What came of saving a proposed watch."""

    SAVED = "saved"
    #: the chat has the rule already
    KNOWN = "known"
    #: the chat has as many as it may
    FULL = "full"
    #: it was proposed too long ago, or to another chat
    GONE = "gone"


class WatchBook(Protocol):
    """What /watch needs of the store."""

    async def watches(self, chat: ChatId) -> tuple[Watch, ...]:
        """Return what the chat watches, the oldest first."""
        ...

    async def propose(self, chat: ChatId, rule: str, now: datetime) -> int:
        """Remember a rule that the chat may save, opening the chat if need be; return its number.

        Only the newest few of a chat are remembered.
        """
        ...

    async def save(
        self, chat: ChatId, number: int, now: datetime, limit: int, thread: int | None = None
    ) -> Saving:
        """Watch by a rule that was proposed to this chat, which may have `limit` watches.

        Saving what is saved already does no harm. thread: the forum thread that is told.
        """
        ...

    async def discard(self, chat: ChatId, number: int) -> None:
        """Forget a proposal."""
        ...

    async def end(self, chat: ChatId, number: int) -> Watch | None:
        """Forget a watch with all that was told of it; None if the chat has none of this number.

        What is still to be sent on it alone is not sent.
        """
        ...

    def stories(self, since: datetime, most: int) -> AsyncIterator[tuple[ArchivedBrief, ...]]:
        """Yield the briefs seen since then, the newest first, in batches; `most` of them at most.

        Of those that tell the same, the first.
        """
        ...


class WatchSource(Protocol):
    """What the matching of watches needs of the store."""

    async def changes(self) -> int:
        """Return a number that grows whenever any watch comes or goes."""
        ...

    async def numbers(self) -> frozenset[int]:
        """Return the numbers of all watches."""
        ...

    async def paused(self) -> frozenset[int]:
        """Return the watches of which their chats were told that they are paused."""
        ...

    async def load(self, numbers: Collection[int]) -> tuple[Watch, ...]:
        """Return those of these watches that there are."""
        ...

    async def note_paused(self, number: int, mistake: str | None) -> None:
        """Note that the chat was told why a watch is paused; None: it is not paused any more."""
        ...
