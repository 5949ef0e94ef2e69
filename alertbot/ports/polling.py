"""What the scheduler needs: feeds, a language model, and the store of what was polled."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from alertbot.model import Alert, Entry, Feed, FeedId, Topic, TopicId
from alertbot.ports.identity import KnownBrief, Marks


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
    #: hours of the day, GMT, in which the feed asks for no polls (RSS 0.92, <skipHours>)
    skip_hours: frozenset[int] = frozenset()
    #: days, Monday is 0, GMT, on which it asks for none (RSS 0.92, <skipDays>)
    skip_days: frozenset[int] = frozenset()
    #: how often the feed says it is updated (RSS 1.0, sy:updatePeriod and sy:updateFrequency)
    update_every: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A feed was read."""

    entries: tuple[Entry, ...]
    validators: Validators
    hints: Hints = field(default_factory=Hints)
    #: where permanent redirects alone led (301, 308), if anywhere; the URL to ask from now on
    moved_to: str | None = None
    #: of the body, as it came over the wire
    bytes: int = 0
    #: the publisher says that nothing more will come (JSON Feed, "expired")
    expired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The feed is as it was: a 304, or an equal body."""

    validators: Validators
    hints: Hints = field(default_factory=Hints)
    #: as in `Fetched`
    moved_to: str | None = None
    #: of the body, as it came over the wire; none with a 304
    bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The feed could not be read; what we know of it stays."""

    #: one line for the operator, such as "HTTP 503" or "not a feed: an HTML page"
    reason: str
    hints: Hints = field(default_factory=Hints)
    #: of the answer; None if there was none, or one that cannot be read
    status: int | None = None
    #: the server says the feed is gone for good (410)
    gone: bool = False


PollResult = Fetched | NotModified | Failed


class FeedSource(Protocol):
    """Reads feeds."""

    async def fetch(self, feed: Feed, validators: Validators) -> PollResult:
        """Ask the feed's server once; never raises for what a server can do to us."""
        ...


class PageSource(Protocol):
    """Reads the pages of entries."""

    async def complete(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        """Return the entries in order, each with the text of its page, or as it was.

        Takes 10 s at most; never raises for what a server can do to us.
        """
        ...


class Shortener(Protocol):
    """Shortens what alerts tell."""

    async def shorten(self, alerts: Sequence[Alert]) -> tuple[Alert, ...]:
        """Return the alerts in order, each shortened or as it was, in 10 s; never raises."""
        ...


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFeed:
    """A feed whose poll is ours until the lease ends."""

    feed: FeedId
    #: fences the save: a later holder of the lease has another one
    token: str
    #: where to ask: the url of the config, or where that has moved for good
    address: str
    #: of the address
    host: str
    validators: Validators
    #: None: never read before, so that what it holds now is not news
    first_read_at: datetime | None
    errors_in_row: int
    memory: Memory = field(default_factory=Memory)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolledFeed:
    """All that one poll changes; committed as one."""

    feed: FeedId
    token: str
    next_poll_at: datetime
    why: Why = Why.INTERVAL
    #: None leaves the stored ones
    validators: Validators | None = None
    #: None leaves the stored one
    memory: Memory | None = None
    #: where to ask from now on; None leaves it
    address: str | None = None
    #: new briefs, oldest first, the unmatched too
    alerts: tuple[Alert, ...] = ()
    #: new versions of known briefs
    revisions: tuple[Alert, ...] = ()
    #: what briefs are known by from now on, by key: those above, and others that stay as they are
    marks: Mapping[str, Marks] = field(default_factory=dict)
    #: keys of new briefs that are no news
    backlog: frozenset[str] = frozenset()
    #: how alerts on each topic are delivered; of one that is not among them, as by default
    topics: Mapping[TopicId, Topic] = field(default_factory=dict)
    #: store without delivering: the first-poll policy
    quiet: bool = False
    #: the feed could be read: what it holds from now on is news
    read: bool = False
    #: why the poll failed
    error: str | None = None
    #: poll no more
    stopped: Stopped | None = None
    notices: tuple[Notice, ...] = ()


class FeedStore(Protocol):
    """What the scheduler needs of the store."""

    async def register_feeds(self, feeds: Sequence[Feed], now: datetime) -> None:
        """Make the stored feeds those of the config.

        A new URL is asked at once, and nothing is known of it; all else is asked when it was due.
        """
        ...

    async def claim_feeds(
        self, now: datetime, limit: int, lease: timedelta, busy_hosts: Collection[str] = ()
    ) -> tuple[DueFeed, ...]:
        """Lease up to `limit` of the registered feeds that are due, one of each host.

        The longest due come first. busy_hosts: whose feeds are left alone. Whatever becomes of the
        poll, a leased feed is not due again before its min_interval has passed.
        """
        ...

    async def twin_of(self, feed: FeedId, address: str) -> FeedId | None:
        """Return another feed that is read at the address and goes before this one, if any."""
        ...

    async def known(self, feed: FeedId, keys: Collection[str]) -> dict[str, KnownBrief]:
        """Return the stored briefs of the feed that have one of the keys, by key."""
        ...

    async def newest_date(self, feed: FeedId) -> datetime | None:
        """Return the latest date of the stored briefs of the feed; None if none has one."""
        ...

    async def postpone(self, due: DueFeed, until: datetime, why: Why) -> None:
        """Give a lease back unused: the feed is not due before `until`."""
        ...

    async def save_poll(self, polled: PolledFeed, now: datetime) -> int | None:
        """Commit a poll and return how many deliveries it made; None if the lease was lost.

        No chat is told the same twice, in whichever feed and version it comes. What has been told
        goes to more chats if it matches more topics within two days of when it was first seen.
        """
        ...
