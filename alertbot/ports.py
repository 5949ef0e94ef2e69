"""What workers need from the world: protocols, and the values that cross them.

The store has one object for each of the store protocols, so that a worker sees only the part it
uses. Outcomes that one expects are values here, not exceptions.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from alertbot.model import (
    Alert,
    AlertId,
    Brief,
    ChatId,
    DeliveryId,
    Entry,
    Feed,
    FeedId,
    Message,
    TopicId,
)


class Clock(Protocol):
    """The time, as a value one can drive in tests."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


# --- feeds -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What makes the next request conditional; opaque, sent back byte for byte (RFC 9110 13.1)."""

    etag: str | None = None
    last_modified: str | None = None
    #: hex SHA-256 of the last body, so that an equal one is not parsed again
    body_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """How soon the server would like to be asked again."""

    #: Retry-After (RFC 9110 10.2.3)
    retry_after: timedelta | None = None
    #: Cache-Control max-age, else Expires (RFC 9111 4.2.1)
    fresh_for: timedelta | None = None
    #: the feed's own <ttl>
    ttl: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A feed was read."""

    entries: tuple[Entry, ...]
    validators: Validators
    hints: Hints = field(default_factory=Hints)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The feed is as it was: a 304, or an equal body."""

    validators: Validators
    hints: Hints = field(default_factory=Hints)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The feed could not be read; what we know of it stays."""

    #: one line for the operator, such as "HTTP 503" or "not a feed: an HTML page"
    reason: str
    hints: Hints = field(default_factory=Hints)
    #: the server says the feed is gone for good (410)
    gone: bool = False


PollResult = Fetched | NotModified | Failed


class FeedSource(Protocol):
    """Reads feeds."""

    async def fetch(self, feed: Feed, validators: Validators) -> PollResult:
        """Ask the feed's server once; never raises for what a server can do to us."""
        ...


# --- language model ---------------------------------------------------------------------------


class Shortener(Protocol):
    """Shortens what alerts tell."""

    async def shorten(self, alerts: Sequence[Alert]) -> tuple[Alert, ...]:
        """Return the alerts in order, each shortened or as it was, in 10 s; never raises."""
        ...


# --- store, seen by the scheduler ------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFeed:
    """A feed whose poll is ours until the lease ends."""

    feed: FeedId
    #: fences the save: a later holder of the lease has another one
    token: str
    validators: Validators
    #: never read before: what it holds now is not news
    first_poll: bool
    errors_in_row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PolledFeed:
    """All that one poll changes; committed as one."""

    feed: FeedId
    token: str
    next_poll_at: datetime
    #: None leaves the stored ones
    validators: Validators | None = None
    #: new briefs, oldest first, the unmatched too
    alerts: tuple[Alert, ...] = ()
    #: store without delivering: the first-poll policy
    quiet: bool = False
    #: the feed could be read: what it holds from now on is news
    read: bool = False
    #: why the poll failed
    error: str | None = None
    #: poll no more (410)
    gone: bool = False


class FeedStore(Protocol):
    """What the scheduler needs of the store."""

    async def register_feeds(self, feeds: Sequence[Feed], now: datetime) -> None:
        """Make the stored feeds those of the config; a new URL forgets validators and errors."""
        ...

    async def recover(self, now: datetime) -> None:
        """End every lease: at start, when no other process can hold one.

        A poll planned too far ahead, by a clock that was wrong, is brought back to within 27 hours.
        """
        ...

    async def claim_feeds(self, now: datetime, limit: int, lease: timedelta) -> tuple[DueFeed, ...]:
        """Lease up to `limit` feeds that are due, the longest due first."""
        ...

    async def known_keys(self, feed: FeedId, keys: Collection[str]) -> frozenset[str]:
        """Return those of `keys` that are stored briefs of the feed."""
        ...

    async def save_poll(self, polled: PolledFeed, now: datetime) -> int | None:
        """Commit a poll and return how many deliveries it made; None if the lease was lost."""
        ...


# --- store, seen by the dispatcher -----------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One alert to one chat, claimed: ours to send until the lease ends."""

    id: DeliveryId
    token: str
    chat: ChatId
    alert: Alert
    #: the matched topics this chat follows, fixed when the alert was made
    topics: tuple[TopicId, ...]
    #: 1 for the first try
    attempt: int
    #: an earlier try may have arrived
    maybe_repeat: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Telegram has it."""

    message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttled:
    """Not sent: too fast (429)."""

    retry_after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent:
    """Not sent for certain, worth another try: the request never reached Telegram."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Not sent and never will be."""

    reason: str
    #: the chat is lost to us (blocked, kicked, deactivated, not found), not just this message
    chat_gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """Not sent: the group has a new id."""

    chat: ChatId


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """It may have been sent: the answer was lost."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BotRefused:
    """Not sent, nor will any other be: the token is wrong (401, 404)."""

    reason: str


SendOutcome = Sent | Throttled | NotSent | Refused | Migrated | Unknown | BotRefused


class Messenger(Protocol):
    """Sends messages."""

    async def send(self, chat: ChatId, message: Message) -> SendOutcome:
        """Send, more plainly where formatting is refused; never raises for an outcome."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of a delivery after a try, and of its chat; committed as one."""

    #: exactly one of the next four says the new state; all None: leave it to the lease
    message_id: int | None = None
    retry_at: datetime | None = None
    dead: str | None = None
    migrated_to: ChatId | None = None
    #: the chat is unreachable: its queue is cancelled
    chat_gone: bool = False
    #: no message to this chat before then
    chat_paused_until: datetime | None = None
    #: no message to anyone before then
    all_paused_until: datetime | None = None


class Outbox(Protocol):
    """What the dispatcher needs of the store."""

    async def claim(self, now: datetime, slots: int, lease: timedelta) -> tuple[Delivery, ...]:
        """Mark up to `slots` due deliveries as being sent, committed before it returns.

        At most one per chat; the pace (30 a second overall, one a second to a private chat, 20 a
        minute to a group) and pauses are kept, restarts included: what is returned may be sent now.
        """
        ...

    async def finish(self, delivery: Delivery, verdict: Verdict, now: datetime) -> bool:
        """Commit what became of a try; False if another holds the delivery by now."""
        ...

    async def recover(self, now: datetime, *, everything: bool = False) -> int:
        """Make deliveries with a lapsed lease (or all being sent) due again, as maybe repeats."""
        ...

    async def next_due(self, now: datetime) -> datetime | None:
        """Return when the next delivery may be sent; None when nothing waits."""
        ...


# --- store, seen by chat commands ------------------------------------------------------------


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


# --- store, seen by the operator -------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedBrief:
    """A brief of the past, and when the feed first brought it."""

    brief: Brief
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedStatus:
    """How a feed is doing."""

    feed: FeedId
    last_ok_at: datetime | None
    last_new_at: datetime | None
    next_poll_at: datetime
    briefs: int
    errors_in_row: int
    error: str | None
    gone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How all is doing, at one instant."""

    feeds: tuple[FeedStatus, ...]
    chats: int
    unreachable: int
    subscriptions: int
    #: how many chats follow each topic, those that are no longer offered too
    subscribers: dict[TopicId, int]
    #: deliveries by state
    deliveries: dict[str, int]
    #: deliveries that were sent again after an unknown outcome
    repeated: int
    #: reasons of dead deliveries and how many have each
    dead_reasons: dict[str, int]
    #: when the oldest waiting delivery was made
    oldest_due: datetime | None
    paused_until: datetime | None
    #: last sign of life of the service
    alive_at: datetime | None


class StatusBook(Protocol):
    """What the operator's view needs of the store."""

    async def status(self) -> Status:
        """Return how all is doing."""
        ...

    async def alive(self, now: datetime) -> None:
        """Note a sign of life."""
        ...
