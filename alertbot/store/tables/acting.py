"""What the bot's admins do in chat, and what they have paused or told all chats."""

from sqlalchemy import Column, Index, Select, String, Table, Text, select, text

from alertbot.store.tables.columns import Id, Instant, metadata

#: what admins did, for as long as `[retention]` says
acts = Table(
    "acts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False),
    #: Telegram's id of the admin
    Column("user_id", Id, nullable=False),
    Column("what", String, nullable=False),
    Column("detail", Text, nullable=False),
    Index(None, "at"),
)

#: feeds and topics that are paused until an admin says otherwise
pauses = Table(
    "pauses",
    metadata,
    #: "feed" or "topic"
    Column("kind", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("since", Instant, nullable=False),
)

#: a broadcast of which deliveries are still to be made, in the words of its index
UNDER_WAY = text("stage = 'under way'")

#: what admins tell all chats
broadcasts = Table(
    "broadcasts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("html", Text, nullable=False),
    Column("text", Text, nullable=False),
    #: "draft", "under way", "made" or "cancelled"
    Column("stage", String, nullable=False),
    Column("made_at", Instant, nullable=False),
    #: null: not approved
    Column("approved_at", Instant),
    #: deliveries have been made for the chats with this id and those above; null: for none yet
    Column("reached", Id),
    Index("ix_broadcasts_under_way", "id", sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY),
)


def paused(kind: str) -> Select[tuple[str]]:
    """Select the ids of the feeds or topics that are paused."""
    return select(pauses.c.id).where(pauses.c.kind == kind)
