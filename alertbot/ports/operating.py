"""What the operator's view needs: how all is doing, and the briefs of the past."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from alertbot.model import Brief, FeedId, TopicId
from alertbot.ports.acting import Pause
from alertbot.ports.remembering import Alarm, Notice, Stopped, Traffic, Why


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedBrief:
    """A brief of the past, and when the feed first brought it."""

    brief: Brief
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long what is over and done with is kept."""

    #: briefs and what was told of them, from when they were first seen
    briefs: timedelta
    #: who was sent what, from when the alert was made
    deliveries: timedelta
    #: chats that cannot be reached, with all they have, from when that was found
    lost_chats: timedelta
    #: what admins did, and what they told all chats
    acts: timedelta = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedStatus:
    """How a feed is doing."""

    feed: FeedId
    last_ok_at: datetime | None
    last_new_at: datetime | None
    next_poll_at: datetime
    #: what decided that
    why: Why = Why.INTERVAL
    briefs: int
    errors_in_row: int
    error: str | None
    #: why it is asked no more
    stopped: Stopped | None = None
    #: where it is asked, if that is not its url any more
    moved_to: str | None = None
    #: another feed of the config that is read at the same address
    twin: FeedId | None = None
    traffic: Traffic = field(default_factory=Traffic)
    #: what is wrong with it, and since when
    alarms: Mapping[Alarm, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class HubStatus:
    """How the hub of a feed is doing (WebSub)."""

    feed: FeedId
    hub: str
    #: it pushes until then; None: it does not
    lease_until: datetime | None
    #: requests to it since it last did what was asked
    tries: int
    #: why it does not, as far as it said
    error: str | None
    pushes: int
    pushed_at: datetime | None
    #: pushes without the right signature, which were ignored
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceProcess:
    """A process of the service, as it last gave a sign of life."""

    #: unlike the pid, never used again
    id: str
    host: str
    pid: int
    #: "all", "poll", "send" or "chat"
    role: str
    started_at: datetime
    alive_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How all is doing, at one instant."""

    feeds: tuple[FeedStatus, ...]
    chats: int
    unreachable: int
    #: to topics of the config, those that left it included
    subscriptions: int
    #: how many chats follow each topic, those that are no longer offered too
    subscribers: dict[TopicId, int]
    #: deliveries by state, those deleted by age or on demand too
    deliveries: dict[str, int]
    #: deliveries that were sent again after an unknown outcome, those deleted since too
    repeated: int
    #: reasons of dead deliveries and how many have each, of those that are kept
    dead_reasons: dict[str, int]
    #: no message to anyone before then
    paused_until: datetime | None
    #: last sign of life of the service
    alive_at: datetime | None
    #: when Telegram last answered or, since the service began, was first asked; None: never
    telegram_at: datetime | None
    #: those of the service that did not end well or at all, the longest at work first
    processes: tuple[ServiceProcess, ...] = ()
    #: of feeds that have one
    hubs: tuple[HubStatus, ...] = ()
    #: rules that chats wrote for themselves
    watches: int = 0
    #: by admins
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Votes:
    """How many liked what a topic brought, and how many did not."""

    up: int = 0
    down: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What is due, what the last 24 hours brought, and how it was liked."""

    #: deliveries that wait and may be sent by now
    due: int
    #: deliveries that wait for a later time: another try, or the end of a pause
    waiting: int
    #: when the oldest delivery that is held up was made: none is by a pause of its chat
    oldest_due: datetime | None
    #: chats that Telegram has us leave alone, and until when the last of them
    paused_chats: int
    chats_paused_until: datetime | None
    #: when the oldest of the holds should have ended that have not
    hold_overdue: datetime | None = None
    sent_last_day: int
    #: reasons of the dead among the alerts of the last 24 hours
    dead_last_day: dict[str, int]
    #: votes of the last 30 days by topic, the most first
    feedback: dict[TopicId, Votes] = field(default_factory=dict)


class StatusBook(Protocol):
    """What the operator's view needs of the store."""

    async def status(self) -> Status:
        """Return how all is doing."""
        ...

    async def ledger(self, now: datetime) -> Ledger:
        """Return what is due at an instant, and what the 24 hours before it brought."""
        ...

    async def alerts_by_topic(self, since: datetime) -> dict[TopicId, int]:
        """Return how many alerts since an instant are on each topic."""
        ...

    async def alive(self, now: datetime) -> None:
        """Note a sign of life."""
        ...

    async def telegram_answered(self, at: datetime) -> None:
        """Note that Telegram answered."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DueNotice:
    """A notice that is ours to tell until the lease ends."""

    id: int
    notice: Notice


class NoticeBook(Protocol):
    """What whoever tells the admins needs of the store."""

    async def claim_notices(self, now: datetime, lease: timedelta) -> tuple[DueNotice, ...]:
        """Lease all notices that nobody else is telling, oldest first."""
        ...

    async def told(self, ids: Collection[int]) -> None:
        """Forget notices that admins have been told."""
        ...
