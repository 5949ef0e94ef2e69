"""Who looks after which channel from a private chat."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, UniqueConstraint

from alertbot.store.tables.columns import metadata
from alertbot.store.tables.sending import chats

desks = Table(
    "desks",
    metadata,
    #: the person's
    Column("chat_id", ForeignKey(chats.c.id, ondelete="CASCADE"), primary_key=True),
    #: by which the person's buttons name the channel
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("channel_id", ForeignKey(chats.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("title", String, nullable=False),
    UniqueConstraint("chat_id", "channel_id"),
)
