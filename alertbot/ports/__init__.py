"""What workers need from the world: protocols, and the values that cross them.

The store has one object for each of the store protocols, so that a worker sees only the part it
uses. Outcomes that one expects are values here, not exceptions.
"""

from alertbot.ports.chats import ChatBook, ToldAlert
from alertbot.ports.clock import Clock
from alertbot.ports.operating import (
    ArchivedBrief,
    FeedStatus,
    Ledger,
    Retention,
    ServiceProcess,
    Status,
    StatusBook,
)
from alertbot.ports.polling import (
    DueFeed,
    Failed,
    FeedSource,
    FeedStore,
    Fetched,
    Hints,
    NotModified,
    PolledFeed,
    PollResult,
    Shortener,
    Validators,
)
from alertbot.ports.sending import (
    LONGEST_PAUSE,
    BotRefused,
    Delivery,
    Messenger,
    Migrated,
    NotSent,
    Outbox,
    Refused,
    SendOutcome,
    Sent,
    Throttled,
    Unknown,
    Verdict,
)

__all__ = [
    "LONGEST_PAUSE",
    "ArchivedBrief",
    "BotRefused",
    "ChatBook",
    "Clock",
    "Delivery",
    "DueFeed",
    "Failed",
    "FeedSource",
    "FeedStatus",
    "FeedStore",
    "Fetched",
    "Hints",
    "Ledger",
    "Messenger",
    "Migrated",
    "NotModified",
    "NotSent",
    "Outbox",
    "PollResult",
    "PolledFeed",
    "Refused",
    "Retention",
    "SendOutcome",
    "Sent",
    "ServiceProcess",
    "Shortener",
    "Status",
    "StatusBook",
    "Throttled",
    "ToldAlert",
    "Unknown",
    "Validators",
    "Verdict",
]
