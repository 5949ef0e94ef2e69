"""The processes of the service: signs of life, roles, and who there is."""

from sqlalchemy import Column, Integer, String, Table

from alertbot.store.tables.columns import Instant, metadata

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
