"""Who is told what: chats, what they follow, deliveries and their states, and the pace."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    FromClause,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    case,
    exists,
    false,
    func,
    literal_column,
    text,
)

from alertbot.store.tables.acting import broadcasts
from alertbot.store.tables.columns import FineInstant, Id, Instant, metadata
from alertbot.store.tables.news import alerts
from alertbot.words import DEFAULT


class State(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    #: for later, as its chat wants it: until quiet hours end, or a digest is due
    HELD = "held"
    #: in the message of another, its carrier, and comes to the same end
    CARRIED = "carried"
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
TO_BE_SENT = (State.PENDING, State.HELD, State.CARRIED, State.SENDING)


def _index_where(state: str, name: str, *columns: str, unique: bool = False) -> Index:
    """Return an index of the deliveries in one state alone, which stays small."""
    where = text(f"state = '{state}'")
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


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
    #: the language that was chosen there; null: that of the person's app
    Column("language", String),
    #: the language that the person's app was set to last; null: none of ours, or a group
    Column("spoken", String),
)

#: in which a chat is told
LANGUAGE = func.coalesce(chats.c.language, chats.c.spoken, literal_column(f"'{DEFAULT}'"))
#: of the columns of a chat that can be reached
REACHABLE = {"gone_reason": None, "gone_since": None}

#: what a chat has set for itself; none of one that has not
settings = Table(
    "settings",
    metadata,
    Column("chat_id", ForeignKey(chats.c.id, ondelete="CASCADE"), primary_key=True),
    #: an IANA name
    Column("timezone", String, nullable=False),
    #: minutes since midnight, local; null: no quiet hours
    Column("quiet_start", Integer),
    Column("quiet_end", Integer),
    #: urgent topics may break them
    Column("quiet_but_urgent", Boolean, nullable=False),
    #: the quiet hours that are on or come next, computed of the above; the end is not in them
    Column("quiet_from", Instant),
    Column("quiet_until", Instant),
    #: minutes since midnight, local
    Column("digest_time", Integer, nullable=False),
    #: Monday is 0
    Column("digest_weekday", Integer, nullable=False),
)

#: when each hold of a chat ends next; at 0: still to be computed
schedules = Table(
    "schedules",
    metadata,
    Column("chat_id", ForeignKey(chats.c.id, ondelete="CASCADE"), primary_key=True),
    Column("hold", String, primary_key=True),
    Column("at", Instant, nullable=False),
    Index(None, "at"),
)

#: the thread of what goes to a chat itself
NO_THREAD = 0

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("chat_id", ForeignKey(chats.c.id, ondelete="CASCADE"), primary_key=True),
    Column("topic_id", String, primary_key=True),
    Column("since", Instant, nullable=False),
    #: when it is told: at once, or in a digest
    Column("mode", String, nullable=False, server_default="instant"),
    Column("thread", Id, nullable=False, server_default=str(NO_THREAD)),
    Column("muted_until", Instant),
    Index(None, "topic_id", "chat_id"),
)

#: a delivery that was sent, in the words of its index
SENT = text("sent_at IS NOT NULL")

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    #: null: of a broadcast
    Column("alert_id", ForeignKey(alerts.c.id)),
    Column("broadcast_id", ForeignKey(broadcasts.c.id)),
    Column("chat_id", ForeignKey(chats.c.id, ondelete="CASCADE"), nullable=False),
    Column("thread", Id, nullable=False, server_default=str(NO_THREAD)),
    #: the matched topics the chat follows: ",a,b,"; of a broadcast "", which no topic leaves
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
    #: what it waits for while it is held, or has waited for
    Column("hold", String),
    #: when that ended
    Column("released_at", Instant),
    #: it carries others: their message is its own
    Column("carrier", Boolean, nullable=False, server_default=false()),
    Column("carried_by", Id),
    UniqueConstraint("alert_id", "chat_id", "thread"),
    UniqueConstraint("broadcast_id", "chat_id", "thread"),
    Index(None, "state", "id"),
    Index(None, "chat_id", "state", "id"),
    _index_where("sending", "ix_deliveries_one_sending", "chat_id", unique=True),
    _index_where("pending", "ix_deliveries_turn", "urgent", "turn_at", "id"),
    _index_where("pending", "ix_deliveries_queue", "chat_id", "urgent", "id"),
    # the state once more: without it SQLite would rather look through all that is in it
    _index_where("pending", "ix_deliveries_expiry", "state", "expires_at"),
    _index_where("held", "ix_deliveries_held", "chat_id", "hold", "id"),
    _index_where("carried", "ix_deliveries_carried", "state", "carried_by"),
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
    #: of those that the chat follows, sorted: "a,b"; of a digest: its delivery, "#7"
    Column("topics", String, primary_key=True),
    Column("language", String, primary_key=True),
    Column("html", Text, nullable=False),
    Column("text", Text, nullable=False),
    #: JSON
    Column("buttons", Text, nullable=False),
)

#: what people think of alerts; those of a chat that was forgotten have neither chat nor person
feedback = Table(
    "feedback",
    metadata,
    Column("id", Id, primary_key=True),
    Column("alert_id", ForeignKey(alerts.c.id, ondelete="CASCADE"), nullable=False),
    Column("chat_id", ForeignKey(chats.c.id, ondelete="SET NULL")),
    #: Telegram's id of the person; 0 where it does not say
    Column("user_id", Id),
    #: those that the chat was told of: ",a,b,"
    Column("topics", String, nullable=False),
    #: "up" or "down"
    Column("thumb", String, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("alert_id", "chat_id", "user_id"),
    Index(None, "chat_id"),
    Index(None, "at"),
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


def digest_key(delivery: int) -> str:
    """Return what stands for the topics of the message of a digest."""
    return f"#{delivery}"


def in_state(state: State, of: FromClause = deliveries) -> ColumnElement[bool]:
    """Return the condition that a delivery is in a state, in a form that finds its own index.

    A partial index serves only where the statement itself, and not a parameter, names the state.
    """
    return of.c.state == literal_column(f"'{state}'")


def is_quiet(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Return the condition that the chat of the settings is in its quiet hours."""
    return and_(settings.c.quiet_from <= now, settings.c.quiet_until > now)


def has_no_topic() -> ColumnElement[bool]:
    """Return the condition that the chat follows no topic any more of what a delivery would tell.

    Of a carrier, that is also what it carries.
    """
    carried = deliveries.alias("carried")
    more = exists().where(
        carried.c.carried_by == deliveries.c.id,
        in_state(State.CARRIED, carried),
        carried.c.topics != ",",
    )
    return and_(deliveries.c.topics == ",", ~more)


def due_again(at: datetime | ColumnElement[datetime]) -> dict[str, Any]:
    """Return what puts a delivery back into the queue, unless its chat has left all its topics."""
    return {
        "state": case((has_no_topic(), State.CANCELLED), else_=State.PENDING),
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
