"""What is remembered of a feed from one poll to the next, what admins are told of it, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from alertbot.model import FeedId


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """How soon the server would like to be asked again."""

    #: Retry-After (RFC 9110 10.2.3)
    retry_after: timedelta | None = None
    #: Cache-Control max-age, else Expires (RFC 9111 4.2.1)
    fresh_for: timedelta | None = None
    #: the feed's own <ttl>
    ttl: timedelta | None = None
    #: hours of the day, GMT, in which the feed asks for no polls (RSS 0.92, <skipHours>)
    skip_hours: frozenset[int] = frozenset()
    #: days, Monday is 0, GMT, on which it asks for none (RSS 0.92, <skipDays>)
    skip_days: frozenset[int] = frozenset()
    #: how often the feed says it is updated (RSS 1.0, sy:updatePeriod and sy:updateFrequency)
    update_every: timedelta | None = None


class Why(StrEnum):
    """What decided when a feed is asked next."""

    INTERVAL = "interval"
    #: hours in which it mostly publishes
    BUSY_HOURS = "busy hours"
    #: hours in which it hardly publishes
    QUIET_HOURS = "quiet hours"
    RETRY_AFTER = "Retry-After"
    #: max-age or Expires
    FRESH = "freshness"
    TTL = "ttl"
    UPDATE_PERIOD = "update period"
    #: skipHours or skipDays
    SKIPPED = "skipped hours"
    ERRORS = "errors"
    #: 429
    THROTTLED = "throttled"
    #: its hub pushes what is new
    PUSHED = "pushed"
    #: it leads to another feed of the config
    TWIN = "another feed"


class Stopped(StrEnum):
    """Why a feed is asked no more, until its url changes."""

    #: 410
    GONE = "gone"
    #: 404 for days
    MISSING = "missing"
    #: it says so itself (JSON Feed 1.1)
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A permanent redirect, as far as it has been seen again and again."""

    to: str
    since: datetime
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What asking a feed has cost, since it is asked at its url."""

    requests: int = 0
    #: answers that the feed is as it was, without the feed (304)
    unchanged: int = 0
    #: of the last answer with a feed
    feed_bytes: int = 0
    #: about what the 304s would have brought again
    bytes_saved: int = 0


class Alarm(StrEnum):
    """What is wrong with a feed that is asked on all the same."""

    #: no news for three times its usual gap
    QUIET = "quiet"
    #: no answer that can be read, for a day
    FAILING = "failing"
    #: its briefs carry tags no more
    UNTAGGED = "untagged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is remembered of a feed from one poll to the next, beside its validators."""

    #: what its document asked for when it was last read; what a header asks for counts once
    hints: Hints = field(default_factory=Hints)
    #: the latest hours in which it published, oldest first, each once
    news_hours: tuple[datetime, ...] = ()
    #: since when the server has known nothing of it (404)
    missing_since: datetime | None = None
    #: how many times its interval is doubled, because the server said that we ask too often (429)
    slowed: int = 0
    #: when that last changed
    slowed_at: datetime | None = None
    move: Move | None = None
    #: another feed of the config that is read at the same address
    twin: FeedId | None = None
    traffic: Traffic = field(default_factory=Traffic)
    #: the first of the errors in a row
    failing_since: datetime | None = None
    #: whether its latest briefs had tags, oldest first
    tagged: tuple[bool, ...] = ()
    #: the alarms that admins have been told of and that hold, and since when
    alarms: Mapping[Alarm, datetime] = field(default_factory=dict)


class Event(StrEnum):
    """What happened to a feed that admins are told of, once."""

    GONE = "gone"
    MISSING = "missing"
    EXPIRED = "expired"
    MOVED = "moved"
    TWIN = "twin"
    #: the three alarms, and the ends of them
    QUIET = "quiet"
    FAILING = "failing"
    UNTAGGED = "untagged"
    NEWS_AGAIN = "news again"
    READ_AGAIN = "read again"
    TAGGED_AGAIN = "tagged again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What admins are to be told of a feed."""

    event: Event
    feed: FeedId
    #: the new address; the other feed; of an alarm, since when (ISO 8601), and the error
    detail: str = ""
