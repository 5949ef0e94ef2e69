"""What holds deliveries back, as subscribers want it: quiet hours and digests, and their ends."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from alertbot.model import Alert, TopicId

#: alerts in one digest, as many as surely fit its message
DIGEST_SIZE = 12

#: until when what is muted for good is
FOR_GOOD = datetime(9999, 1, 1, tzinfo=UTC)


class Mode(StrEnum):
    """When a chat is told of a topic."""

    INSTANT = "instant"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"


class Hold(StrEnum):
    """What a held delivery waits for: the end of quiet hours, or the time of a digest."""

    QUIET = "quiet"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """The hours of each day in which a chat wants to hear nothing."""

    #: minutes since midnight, local; past midnight where the end is no later than the start
    start: int
    end: int
    #: urgent topics may break them
    but_urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a chat has set for itself."""

    #: an IANA name
    timezone: str = "UTC"
    quiet: QuietHours | None = None
    #: of daily and weekly digests, in minutes since midnight, local
    digest_time: int = 8 * 60
    #: of weekly digests; Monday is 0
    digest_weekday: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """How a chat follows a topic."""

    mode: Mode = Mode.INSTANT
    #: the forum thread it goes to (message_thread_id); None: to the chat itself
    thread: int | None = None
    #: nothing before then; None: not muted
    muted_until: datetime | None = None
    #: an admin has paused the topic, so that nobody is told of it
    paused: bool = False

    def muted(self, now: datetime) -> bool:
        """Tell whether nothing on the topic is sent at an instant."""
        return self.muted_until is not None and self.muted_until > now


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When the holds of a chat end next."""

    #: those of digests
    digests: Mapping[Hold, datetime] = field(default_factory=dict)
    #: the quiet hours that are on or come next, first and last instant; None: there are none
    quiet: tuple[datetime, datetime] | None = None


#: computes the plan of a chat at an instant, for the digests that it has; pure
Planner = Callable[[Settings, Collection[Hold], datetime], Plan]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestItem:
    """An alert of a digest, and the topics for which the chat gets it, sorted."""

    alert: Alert
    topics: tuple[TopicId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """Alerts that were held back together, still to be written as one message."""

    hold: Hold
    #: in the order of their first topics, then as they were made
    items: tuple[DigestItem, ...]


class HoldBook(Protocol):
    """What whoever ends holds needs of the store."""

    async def release(self, now: datetime, plan: Planner) -> int | None:
        """End the holds of some chats whose time has come, and plan their next, in one commit.

        What was held becomes due: one alone as it is, several as digests. Returns how many messages
        became due; None when no hold is at its end.
        """
        ...

    async def next_release(self) -> datetime | None:
        """Return when the next hold ends; None when there is none."""
        ...
