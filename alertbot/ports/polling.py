"""What the scheduler needs: feeds, a language model, and the store of what was polled."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from alertbot.model import Alert, Entry, Feed, FeedId, Topic, TopicId
from alertbot.ports.identity import KnownBrief, Marks
from alertbot.ports.remembering import Hints, Memory, Notice, Stopped, Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What makes the next request conditional; opaque, sent back byte for byte (RFC 9110 13.1)."""

    etag: str | None = None
    last_modified: str | None = None
    #: hex SHA-256 of the last body, so that an equal one is not parsed again
    body_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HubLink:
    """Where a feed says that its new entries are pushed from (WebSub)."""

    hub: str
    #: what the hub calls the feed
    topic: str


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
    #: where it says that it is pushed from
    hub: HubLink | None = None


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

    async def read(
        self, feed: FeedId, body: bytes, *, url: str, content_type: str | None
    ) -> Fetched | Failed:
        """Read a document that came by another way than a poll, from `url` as it were."""
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
class News:
    """What a feed brought."""

    feed: FeedId
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PolledFeed(News):
    """All that one poll changes; committed as one."""

    token: str
    next_poll_at: datetime
    why: Why = Why.INTERVAL
    #: None leaves the stored ones
    validators: Validators | None = None
    #: None leaves the stored one
    memory: Memory | None = None
    #: where to ask from now on; None leaves it
    address: str | None = None
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
