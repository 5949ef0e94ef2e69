"""What feeds bring: feeds, their briefs, alerts on those, and notices of feeds to admins."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from alertbot.store.tables.columns import Id, Instant, metadata

feeds = Table(
    "feeds",
    metadata,
    Column("id", String, primary_key=True),
    Column("url", String, nullable=False),
    #: where it is asked: the url, or where that has moved for good
    Column("address", String, nullable=False),
    #: of the address
    Column("host", String, nullable=False),
    #: milliseconds
    Column("min_interval", BigInteger, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("etag", String),
    Column("last_modified", String),
    Column("body_hash", String),
    Column("next_poll_at", Instant, nullable=False),
    #: what decided that
    Column("why", String, nullable=False),
    Column("asked_at", Instant),
    Column("token", String),
    Column("lease_until", Instant),
    Column("first_read_at", Instant),
    Column("last_ok_at", Instant),
    Column("last_new_at", Instant),
    Column("errors_in_row", Integer, nullable=False),
    Column("error", String),
    #: why it is asked no more; null while it is
    Column("stopped", String),
    #: a document: what is remembered from poll to poll
    Column("memory", Text),
)

#: what admins are still to be told; a row goes when they have been
notices = Table(
    "notices",
    metadata,
    Column("id", Id, primary_key=True),
    Column("event", String, nullable=False),
    Column("feed_id", ForeignKey(feeds.c.id), nullable=False),
    Column("detail", String, nullable=False),
    Column("lease_until", Instant),
)

#: a brief whose document is still there, in the words of its index
KEPT = text("document <> ''")

briefs = Table(
    "briefs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("feed_id", ForeignKey(feeds.c.id), nullable=False),
    Column("key", String, nullable=False),
    Column("seen_at", Instant, nullable=False),
    #: "" once it is too old to keep: the key stays, so that its entry is never news again
    Column("document", Text, nullable=False),
    #: the digests of `ports.Marks`; no title: known by its key alone
    Column("link", String),
    Column("title", String),
    Column("text", String),
    Column("published", Instant),
    #: how often the publisher has changed it, and when that was last seen
    Column("revisions", Integer, nullable=False),
    Column("revised_at", Instant),
    #: the first brief that told the same; null for that one itself
    Column("same_as", Id),
    #: it came as news; else it was kept without a word, and stays so
    Column("told", Boolean, nullable=False),
    UniqueConstraint("feed_id", "key"),
    Index(None, "link"),
    Index(None, "key"),
    Index(None, "feed_id", "title"),
    Index(None, "feed_id", "published"),
    Index(None, "same_as"),
    Index("ix_briefs_kept", "seen_at", sqlite_where=KEPT, postgresql_where=KEPT),
)

#: what a brief is found by; triggers keep the index of it, which each database has in its own way
brief_words = Table(
    "brief_words",
    metadata,
    Column("brief_id", ForeignKey(briefs.c.id), primary_key=True),
    #: folded, parted by blanks
    Column("words", Text, nullable=False),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("brief_id", ForeignKey(briefs.c.id), nullable=False, unique=True),
    Column("made_at", Instant, nullable=False),
    Column("summary", Text, nullable=False),
)

alert_topics = Table(
    "alert_topics",
    metadata,
    Column("alert_id", ForeignKey(alerts.c.id), primary_key=True),
    #: the place of the match in the alert
    Column("position", Integer, primary_key=True),
    Column("topic_id", String, nullable=False),
    Column("via", String, nullable=False),
    Column("evidence", Text, nullable=False),
    #: how alerts on the topic are delivered, as the config said when this one was made
    Column("urgent", Boolean, nullable=False),
    Column("at_most_once", Boolean, nullable=False),
    #: null: never
    Column("expires_at", Instant),
    Index(None, "topic_id", "alert_id"),
)
