"""What the bot's admins do in chat: they pause feeds and topics, tell all chats something."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType, Protocol

from alertbot.model import Message

BroadcastId = NewType("BroadcastId", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What an admin did."""

    at: datetime
    #: Telegram's id of the admin
    user: int
    #: such as "pause"
    what: str
    #: to what, such as "feed fdd"
    detail: str = ""


class Pausable(StrEnum):
    """What admins can pause."""

    #: nothing is asked of it, and what its hub pushes is left
    FEED = "feed"
    #: its briefs are stored, and nobody is told of them
    TOPIC = "topic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A feed or topic that an admin has paused."""

    kind: Pausable
    #: of the feed or topic
    id: str
    since: datetime

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Stage(StrEnum):
    """How far a broadcast is."""

    DRAFT = "draft"
    #: deliveries of it are being made, a few at a time
    UNDER_WAY = "under way"
    #: all its deliveries are made
    MADE = "made"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """What an admin tells all chats."""

    id: BroadcastId
    message: Message
    stage: Stage
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What has become of a broadcast so far."""

    approved_at: datetime
    #: chats that it is still to be queued for
    left: int
    #: its deliveries by state, of those that are kept
    deliveries: dict[str, int]


class ActBook(Protocol):
    """What admins need of the store; each change is committed with the act that made it."""

    async def note(self, act: Act) -> None:
        """Write down an act that changes nothing here."""
        ...

    async def acts(self, limit: int) -> tuple[Act, ...]:
        """Return the latest acts, newest first."""
        ...

    async def pauses(self) -> tuple[Pause, ...]:
        """Return what is paused, feeds first, then by id."""
        ...

    async def pause(self, kind: Pausable, id_: str, act: Act) -> bool:
        """Pause for every process, from the next poll or alert on; False if it is paused."""
        ...

    async def resume(self, kind: Pausable, id_: str, act: Act) -> bool:
        """End a pause; False if there is none."""
        ...


class BroadcastBook(Protocol):
    """What broadcasts need of the store."""

    async def reachable(self) -> int:
        """Return how many chats a broadcast would go to now."""
        ...

    async def draft(self, message: Message, act: Act) -> BroadcastId:
        """Keep what is to be told, for somebody to approve."""
        ...

    async def find(self, id_: BroadcastId) -> Broadcast | None:
        """Return a broadcast; None if it is not kept any more."""
        ...

    async def approve(self, id_: BroadcastId, act: Act) -> bool:
        """Have a draft sent to every chat that can be reached now; False if it is none any more."""
        ...

    async def cancel(self, id_: BroadcastId, act: Act) -> bool:
        """Have a draft never sent; False if it is none any more."""
        ...

    async def latest(self) -> Progress | None:
        """Return what has become of the newest broadcast that was approved."""
        ...

    async def go_on(self, now: datetime) -> int | None:
        """Make a handful of deliveries of a broadcast, unless something is due: alerts go first.

        Returns how many were made; None when no broadcast is under way.
        """
        ...
