"""Who is what in a group or channel; the door that leads to Telegram finds it out."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from alertbot.model import ChatId


class Standing(StrEnum):
    """What somebody is in a chat."""

    ADMIN = "admin"
    OTHER = "other"
    #: it could not be found out
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A group or channel that was named."""

    chat: ChatId
    title: str
    is_channel: bool


class Members(Protocol):
    """What can be asked about chats that are not the speaker's own."""

    async def find(self, name: str) -> Place | None:
        """Return the group or channel of this @name or id; None if there is none that we see."""
        ...

    async def standing(self, chat: ChatId, user: int) -> Standing:
        """Return what a person is there, as it was less than a minute ago."""
        ...

    async def our_standing(self, channel: ChatId) -> Standing:
        """Return what we are there: ADMIN if we have the right to post."""
        ...
