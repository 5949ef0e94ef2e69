"""What hubs push (WebSub): the orders that were placed with them."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, text

from alertbot.store.tables.columns import Instant, metadata
from alertbot.store.tables.news import feeds

#: in the words of its index
WANTED = text("wanted")

#: pushes of feeds, asked of their hubs (WebSub); one that is wanted no more is kept until its hub
#: knows
orders = Table(
    "orders",
    metadata,
    #: the last part of the callback's address, which nobody can guess
    Column("callback_key", String, primary_key=True),
    Column("feed_id", ForeignKey(feeds.c.id), nullable=False),
    #: that of the feed when it was read; an order for another is of no use
    Column("feed_url", String, nullable=False),
    #: the callback's address without its last part
    Column("base", String, nullable=False),
    Column("hub", String, nullable=False),
    Column("topic", String, nullable=False),
    Column("secret", String, nullable=False),
    Column("wanted", Boolean, nullable=False),
    Column("placed_at", Instant, nullable=False),
    #: when the hub is asked next
    Column("ask_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("lease_until", Instant),
    #: pushes in a row that brought a brief before a poll did
    Column("ahead", Integer, nullable=False),
    Column("pushes", Integer, nullable=False),
    #: pushes without the right signature
    Column("refused", Integer, nullable=False),
    Column("pushed_at", Instant),
    Column("error", String),
    Index("ix_orders_wanted", "feed_id", unique=True, sqlite_where=WANTED, postgresql_where=WANTED),
    #: two feeds that are one to their hub would be pushed the same
    Index("ix_orders_topic", "topic", unique=True, sqlite_where=WANTED, postgresql_where=WANTED),
)
