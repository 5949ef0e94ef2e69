"""What chat commands need: the book of chats, what they follow and what was told."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from alertbot.model import Alert, AlertId, ChatId, Message, TopicId
from alertbot.ports.holding import Mode, Settings, Subscription

#: the rows of a chat, by table and column
ChatData = Mapping[str, Sequence[Mapping[str, object]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldAlert:
    """An alert of the past."""

    id: AlertId
    alert: Alert
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatLanguage:
    """In which language a chat is told: the first of the two that is known."""

    #: by the chat itself
    chosen: str | None = None
    #: what the person's app was set to last
    spoken: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An alert that a chat has, or is about to get."""

    id: AlertId
    #: as it is known by now
    alert: Alert
    #: those the chat followed, sorted; fixed when the alert was sent
    topics: tuple[TopicId, ...]
    #: as it was sent; None if that is not known
    message: Message | None
    #: it was sent with the mark that it may be a repeat
    maybe_repeat: bool
    #: the publisher edited the brief after the alert was made
    edited: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A channel that a person looks after from their private chat."""

    #: by which the person's buttons name it; never that of another
    number: int
    chat: ChatId
    #: as it was called when the person last asked for it
    title: str


class Thumb(StrEnum):
    """What somebody thinks of an alert."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """What a person in a chat thinks of an alert."""

    chat: ChatId
    alert: AlertId
    #: Telegram's id of the person; 0 where it does not say
    user: int
    thumb: Thumb
    at: datetime
    #: of a forum, in which it was given; None: in the chat itself
    thread: int | None = None


class ChatBook(Protocol):
    """What chat commands need of the store."""

    async def open_chat(self, chat: ChatId, now: datetime, spoken: str | None = None) -> None:
        """Remember the chat; one that was unreachable is reachable again.

        spoken: the language that the person's app is set to; None if we do not know.
        """
        ...

    async def language(self, chat: ChatId) -> ChatLanguage:
        """Return in which language the chat is told, and why."""
        ...

    async def choose_language(self, chat: ChatId, language: str | None, now: datetime) -> None:
        """Keep to the language, opening the chat if need be; None: that of the person's app."""
        ...

    async def subscribe(
        self, chat: ChatId, topic: TopicId, now: datetime, thread: int | None = None
    ) -> bool:
        """Subscribe, opening the chat if need be; False if it already was.

        thread: the forum thread it goes to; one that was subscribed already moves there.
        """
        ...

    async def unsubscribe(self, chat: ChatId, topic: TopicId) -> bool:
        """Unsubscribe and cancel what is due for it alone; False if it was not subscribed."""
        ...

    async def subscriptions(self, chat: ChatId) -> frozenset[TopicId]:
        """Return the topics the chat follows."""
        ...

    async def following(self, chat: ChatId) -> Mapping[TopicId, Subscription]:
        """Return how the chat follows each of its topics."""
        ...

    async def set_mode(
        self, chat: ChatId, mode: Mode, topics: Collection[TopicId] | None = None
    ) -> None:
        """Change when the chat is told of topics that it follows; None: of all."""
        ...

    async def mute(self, chat: ChatId, topic: TopicId, until: datetime | None) -> bool:
        """Say nothing on the topic until then, also what waits; None: speak again.

        False if the chat does not follow it.
        """
        ...

    async def settings(self, chat: ChatId) -> Settings:
        """Return what the chat has set, the defaults where it has not."""
        ...

    async def change_settings(
        self, chat: ChatId, change: Callable[[Settings], Settings], now: datetime
    ) -> Settings:
        """Set anew what the change makes of what is set, opening the chat if need be; return it."""
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

    async def data_of(self, chat: ChatId) -> ChatData:
        """Return all that `forget` would delete; empty where nothing is known of the chat."""
        ...

    async def told(self, chat: ChatId, alert: AlertId, thread: int | None = None) -> Told | None:
        """Return what the chat was told; None if it never was, or that is no longer kept.

        thread: of a forum that was told in several; None: in the chat itself. Where nothing was
        told there, what was told in another one.
        """
        ...

    async def vote(self, vote: Vote) -> Thumb | None:
        """Count a vote, the only one of its person on the alert; return what counts by now.

        The same once more takes it back. None: nothing counts, as with an alert that the chat was
        never told.
        """
        ...

    async def look_after(
        self, person: ChatId, channel: ChatId, title: str, now: datetime
    ) -> Channel:
        """Take note that a person looks after a channel, opening both chats if need be.

        The number stays as long as it is noted, whatever else is.
        """
        ...

    async def looked_after(self, person: ChatId) -> tuple[Channel, ...]:
        """Return the channels that a person looks after, by title."""
        ...

    async def let_go(self, person: ChatId, channel: ChatId) -> None:
        """Forget that the person looks after the channel, which goes on."""
        ...

    async def forget(self, chat: ChatId) -> None:
        """Delete all that is known of the chat: it, its subscriptions, its deliveries.

        Its votes are still counted, without chat and person.
        """
        ...

    async def chat_gone(self, chat: ChatId, reason: str) -> None:
        """Mark the chat unreachable and cancel its queue."""
        ...

    async def migrate_chat(self, old: ChatId, new: ChatId) -> None:
        """Give the chat its new id, with subscriptions and queue."""
        ...
