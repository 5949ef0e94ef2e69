"""What chat commands need: the book of chats, what they follow and what was told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from alertbot.model import Alert, AlertId, ChatId, TopicId


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldAlert:
    """An alert of the past."""

    id: AlertId
    alert: Alert
    made_at: datetime


class ChatBook(Protocol):
    """What chat commands need of the store."""

    async def open_chat(self, chat: ChatId, now: datetime) -> None:
        """Remember the chat; one that was unreachable is reachable again."""
        ...

    async def subscribe(self, chat: ChatId, topic: TopicId, now: datetime) -> bool:
        """Subscribe, opening the chat if need be; False if it already was."""
        ...

    async def unsubscribe(self, chat: ChatId, topic: TopicId) -> bool:
        """Unsubscribe and cancel what is due for it alone; False if it was not subscribed."""
        ...

    async def subscriptions(self, chat: ChatId) -> frozenset[TopicId]:
        """Return the topics the chat follows."""
        ...

    async def subscribers(self) -> Mapping[TopicId, int]:
        """Return how many chats follow each topic, those that are no longer offered too."""
        ...

    async def drop_topic(self, topic: TopicId) -> int:
        """End every subscription to a topic, as `unsubscribe` does; return how many there were."""
        ...

    async def latest(self, topics: Collection[TopicId], limit: int) -> tuple[ToldAlert, ...]:
        """Return the newest alerts on any of the topics, newest first, with only those matches."""
        ...

    async def forget(self, chat: ChatId) -> None:
        """Delete all that is known of the chat: it, its subscriptions, its deliveries."""
        ...

    async def chat_gone(self, chat: ChatId, reason: str) -> None:
        """Mark the chat unreachable and cancel its queue."""
        ...

    async def migrate_chat(self, old: ChatId, new: ChatId) -> None:
        """Give the chat its new id, with subscriptions and queue."""
        ...
