"""What the commands of admins work with, beside the desk: the rooms behind it."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from alertbot.chat.talk import Answer, Desk, Speaker
from alertbot.model import Button, ChatId, FeedId, Message
from alertbot.ports import Act, ActBook, BroadcastBook

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """How all is doing, in plain words, a line for each thing."""

    #: what needs a person; none when all is fine
    complaints: tuple[str, ...]
    #: what the service as a whole does: a heading, and what there is to say
    service: tuple[tuple[str, str], ...]
    #: those with errors first
    feeds: tuple[str, ...]
    #: those with most subscribers first
    topics: tuple[str, ...]
    #: what admins did, the latest first
    acts: tuple[str, ...]


class Office(Protocol):
    """What admins can ask for."""

    @property
    def acts(self) -> ActBook:
        """What admins did, and what they paused."""
        ...

    @property
    def broadcasts(self) -> BroadcastBook:
        """What admins tell all chats."""
        ...

    def feeds(self) -> Mapping[FeedId, str]:
        """Return the names of the feeds of the config now."""
        ...

    async def glance(self) -> Glance:
        """Return how all is doing; raises StoreError."""
        ...

    async def reload(self, asker: ChatId) -> Message:
        """Read the config now, and say what changed or what is wrong; raises StoreError."""
        ...

    async def check(self) -> Message:
        """Say what is wrong with the config as it stands, without taking it."""
        ...

    async def test(self, said: str) -> Answer:
        """Show what would be sent of a page, a feed or a text, and why."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Some of a list that admins leaf through."""

    items: Sequence[T]
    #: from 1
    number: int
    #: how many pages there are
    of: int
    #: the ways to the one before and the one after
    turns: tuple[Button, ...]


def paged(items: Sequence[T], page: int, size: int, data: str) -> Page[T]:
    """Return a page, counted from 0; the last one if there are fewer.

    data: what stands before the number of a page in the callback data of its turns.
    """
    last = max(0, (len(items) - 1) // size)
    page = min(page, last)
    turns = tuple(
        Button(label=label, data=f"{data}:{to}")
        for label, to in (("‹", page - 1), ("›", page + 1))
        if 0 <= to <= last
    )
    shown = items[page * size : (page + 1) * size]
    return Page(items=shown, number=page + 1, of=last + 1, turns=turns)


def act_of(desk: Desk, speaker: Speaker, what: str, detail: str = "") -> Act:
    """Return what an admin is about to do."""
    user = speaker.chat if speaker.user is None else speaker.user
    return Act(at=desk.clock.now(), user=user, what=what, detail=detail)


def log_act(act: Act) -> None:
    """Tell the log what an admin did."""
    logger.info("admin %s: %s", act.user, f"{act.what} {act.detail}".strip())
