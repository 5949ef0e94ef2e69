"""What chats make for themselves: watches, each a rule of one chat, and a count of changes."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, String, Table

from alertbot.store.tables.columns import Id, Instant, metadata
from alertbot.store.tables.sending import chats

watches = Table(
    "watches",
    metadata,
    #: never used again, since what was told of a watch goes by it
    Column("number", Id, primary_key=True, autoincrement=False),
    Column("chat_id", ForeignKey(chats.c.id, ondelete="CASCADE"), nullable=False),
    Column("rule", String, nullable=False),
    #: since when it is watched; of one that is only proposed, when that was
    Column("since", Instant, nullable=False),
    #: false: proposed, and not decided upon
    Column("saved", Boolean, nullable=False),
    #: why it is paused, as its chat was told; null while it is not
    Column("mistake", String),
    Index(None, "chat_id"),
)

#: one row, "all": how often any watch has changed, which is where their numbers come from
watch_changes = Table(
    "watch_changes",
    metadata,
    Column("scope", String, primary_key=True),
    Column("number", BigInteger, nullable=False),
)
