"""The tables; the migrations build the same, and a test compares the two.

Instants are integer milliseconds since 1970, UTC: they sort, and every driver knows them. When the
next message may leave is kept in microseconds, or thirty a second would become 29.4.
Documents are JSON text: brief, summary and evidence, written and read by `alerts`, and what is
remembered of a feed, by `feeds`.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Dialect,
    ForeignKey,
    FromClause,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    case,
    literal_column,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
MICROSECOND = timedelta(microseconds=1)


def milliseconds(instant: datetime) -> int:
    """Return the stored form of an instant, rounded down; raises TypeError for a naive one."""
    return (instant - EPOCH) // MILLISECOND


class State(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"
    #: its chat no longer follows any of its topics
    CANCELLED = "cancelled"
    #: sent or not, who knows; at most once, so it is left at that
    UNKNOWN = "unknown"
    #: its shelf life ended before it could be sent
    EXPIRED = "expired"


#: every other state is an end
TO_BE_SENT = (State.PENDING, State.SENDING)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as milliseconds since 1970 in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return the stored form of an instant."""
        return None if value is None else milliseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the instant of a stored number, in UTC."""
        return None if value is None else EPOCH + value * MILLISECOND


class FineInstant(TypeDecorator[datetime]):
    """An aware datetime, kept as microseconds since 1970 in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return the stored form of an instant."""
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the instant of a stored number, in UTC."""
        return None if value is None else EPOCH + value * MICROSECOND


def _index_where(state: str, name: str, *columns: str, unique: bool = False) -> Index:
    """Return an index of the deliveries in one state alone, which stays small."""
    where = text(f"state = '{state}'")
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)

#: SQLite numbers rows by itself only where the type is spelt INTEGER
Id = BigInteger().with_variant(Integer, "sqlite")

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

chats = Table(
    "chats",
    metadata,
    #: Telegram's id: above 0 a private chat, below 0 a group or channel
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("opened_at", Instant, nullable=False),
    #: why the chat cannot be reached; null while it can
    Column("gone_reason", String),
    #: since when `retention` has found it unreachable; null while it can be reached
    Column("gone_since", Instant),
    Column("next_send_at", Instant, nullable=False),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("chat_id", ForeignKey(chats.c.id, ondelete="CASCADE"), primary_key=True),
    Column("topic_id", String, primary_key=True),
    Column("since", Instant, nullable=False),
    Index(None, "topic_id", "chat_id"),
)

#: a delivery that was sent, in the words of its index
SENT = text("sent_at IS NOT NULL")

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("alert_id", ForeignKey(alerts.c.id), nullable=False),
    Column("chat_id", ForeignKey(chats.c.id, ondelete="CASCADE"), nullable=False),
    #: the matched topics the chat follows: ",a,b,"
    Column("topics", String, nullable=False),
    Column("state", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("maybe_repeat", Boolean, nullable=False),
    #: tries that may have arrived, for all we know
    Column("lost_answers", Integer, nullable=False, server_default="0"),
    Column("made_at", Instant, nullable=False),
    #: any of its topics is urgent
    Column("urgent", Boolean, nullable=False),
    #: all of its topics are to be sent at most once
    Column("at_most_once", Boolean, nullable=False),
    #: null: never
    Column("expires_at", Instant),
    #: no try before then
    Column("due_at", Instant, nullable=False),
    #: when a claim looks at it next: later than due where its chat or its turn has to be waited for
    Column("turn_at", Instant, nullable=False),
    Column("token", String),
    Column("lease_until", Instant),
    Column("sent_at", Instant),
    Column("message_id", Id),
    #: why it is dead or unknown
    Column("reason", String),
    UniqueConstraint("alert_id", "chat_id"),
    Index(None, "state", "id"),
    Index(None, "chat_id", "state", "id"),
    _index_where("sending", "ix_deliveries_one_sending", "chat_id", unique=True),
    _index_where("pending", "ix_deliveries_turn", "urgent", "turn_at", "id"),
    _index_where("pending", "ix_deliveries_queue", "chat_id", "urgent", "id"),
    # the state once more: without it SQLite would rather look through all that is pending
    _index_where("pending", "ix_deliveries_expiry", "state", "expires_at"),
    Index(None, "sent_at", sqlite_where=SENT, postgresql_where=SENT),
    Index(
        "ix_deliveries_repeated",
        "state",
        sqlite_where=text("maybe_repeat = 1"),
        postgresql_where=text("maybe_repeat"),
    ),
)

#: what chats are shown, written once, so that each of them and every try gets the same
messages = Table(
    "messages",
    metadata,
    Column("alert_id", ForeignKey(alerts.c.id, ondelete="CASCADE"), primary_key=True),
    #: of those that the chat follows, sorted: "a,b"
    Column("topics", String, primary_key=True),
    Column("html", Text, nullable=False),
    Column("text", Text, nullable=False),
    #: JSON
    Column("buttons", Text, nullable=False),
)

#: how many deliveries that are deleted by now came to each end
past_deliveries = Table(
    "past_deliveries",
    metadata,
    Column("state", String, primary_key=True),
    Column("number", BigInteger, nullable=False),
    #: of those, how many may have been repeats
    Column("repeated", BigInteger, nullable=False),
)

#: one row, "all": when the next message to anyone may leave
pace = Table(
    "pace",
    metadata,
    Column("scope", String, primary_key=True),
    Column("next_at", FineInstant),
    Column("paused_until", Instant),
)

#: the last signs of life: of the "service", and of "telegram", which answered it
heartbeat = Table(
    "heartbeat",
    metadata,
    Column("scope", String, primary_key=True),
    Column("alive_at", Instant, nullable=False),
)

#: what one process at a time may do, such as reading the bot's updates, and who does it now
roles = Table(
    "roles",
    metadata,
    Column("name", String, primary_key=True),
    Column("token", String),
    Column("lease_until", Instant),
)

#: the processes of the service; one that ended well takes its row along
processes = Table(
    "processes",
    metadata,
    Column("id", String, primary_key=True),
    Column("host", String, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("role", String, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("alive_at", Instant, nullable=False),
)


def in_state(state: State, of: FromClause = deliveries) -> ColumnElement[bool]:
    """Return the condition that a delivery is in a state, in a form that finds its own index.

    A partial index serves only where the statement itself, and not a parameter, names the state.
    """
    return of.c.state == literal_column(f"'{state}'")


def due_again(at: datetime | ColumnElement[datetime]) -> dict[str, Any]:
    """Return what puts a delivery back into the queue, unless its chat has left all its topics."""
    return {
        "state": case((deliveries.c.topics == ",", State.CANCELLED), else_=State.PENDING),
        "due_at": at,
        "turn_at": at,
        "token": None,
        "lease_until": None,
    }


def left_alone(at: datetime | ColumnElement[datetime], reason: str) -> dict[str, Any]:
    """Return what becomes of a delivery that may have been sent and that nobody holds any more.

    It is due again and marked or, where it is to be sent at most once, over, for that reason.
    """
    again = due_again(at)
    once = deliveries.c.at_most_once
    return again | {
        "state": case((once, State.UNKNOWN), else_=again["state"]),
        "maybe_repeat": True,
        "lost_answers": deliveries.c.lost_answers + 1,
        "reason": case((once, reason), else_=None),
    }


def upsert(connection: AsyncConnection, table: Table) -> sqlite.Insert:
    """Begin an insert that may say what to do `on_conflict`, in the words of the database."""
    if connection.dialect.name == "postgresql":
        # the two classes say the same, each for its own database
        return cast(sqlite.Insert, postgresql.insert(table))
    return sqlite.insert(table)
