"""The tables; the migrations build the same, and a test compares the two.

Instants are integer milliseconds since 1970, UTC: they sort, and every driver knows them.
Documents (brief, summary, evidence) are JSON text, written and read by `alerts`.
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
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    case,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


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
    Column("active", Boolean, nullable=False),
    Column("etag", String),
    Column("last_modified", String),
    Column("body_hash", String),
    Column("next_poll_at", Instant, nullable=False),
    Column("token", String),
    Column("lease_until", Instant),
    Column("first_read_at", Instant),
    Column("last_ok_at", Instant),
    Column("last_new_at", Instant),
    Column("errors_in_row", Integer, nullable=False),
    Column("error", String),
    Column("gone", Boolean, nullable=False),
)

briefs = Table(
    "briefs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("feed_id", ForeignKey(feeds.c.id), nullable=False),
    Column("key", String, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("document", Text, nullable=False),
    UniqueConstraint("feed_id", "key"),
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
    Column("made_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("token", String),
    Column("lease_until", Instant),
    Column("sent_at", Instant),
    Column("message_id", Id),
    #: why it is dead
    Column("reason", String),
    UniqueConstraint("alert_id", "chat_id"),
    Index(None, "state", "id"),
    Index(None, "chat_id", "state", "id"),
    Index(
        "ix_deliveries_one_sending",
        "chat_id",
        unique=True,
        sqlite_where=text("state = 'sending'"),
        postgresql_where=text("state = 'sending'"),
    ),
)

#: one row, "all": when the next message to anyone may leave
pace = Table(
    "pace",
    metadata,
    Column("scope", String, primary_key=True),
    Column("next_at", Instant),
    Column("paused_until", Instant),
)

#: one row, "service": its last sign of life
heartbeat = Table(
    "heartbeat",
    metadata,
    Column("scope", String, primary_key=True),
    Column("alive_at", Instant, nullable=False),
)


def due_again(at: datetime | ColumnElement[datetime]) -> dict[str, Any]:
    """Return what puts a delivery back into the queue, unless its chat has left all its topics."""
    return {
        "state": case((deliveries.c.topics == ",", State.CANCELLED), else_=State.PENDING),
        "due_at": at,
        "token": None,
        "lease_until": None,
    }


def upsert(connection: AsyncConnection, table: Table) -> sqlite.Insert:
    """Begin an insert that may say what to do `on_conflict`, in the words of the database."""
    if connection.dialect.name == "postgresql":
        # the two classes say the same, each for its own database
        return cast(sqlite.Insert, postgresql.insert(table))
    return sqlite.insert(table)
